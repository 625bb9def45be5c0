"""Questions on the size of a batch; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="jumps",
        text="Why does the line trained on single samples never come to rest?",
        choices=(
            Choice(
                text="Each sample pulls towards itself, also where their mean pulls nowhere.",
                why="Yes: at the best line the gradients add up to 0, but each of them is not 0. "
                "Without noise on y they are, and then single rests, too: preset no-noise.",
                right=True,
            ),
            Choice(
                text="It needs more epochs.",
                why="More of the same keeps it jumping. What helps is a smaller learning rate.",
            ),
            Choice(
                text="One sample is too little for a gradient.",
                why="It is a gradient, and on average it is the full one. It only is a noisy "
                "guess of it.",
            ),
        ),
    ),
    Question(
        slug="epoch",
        text="100 points, batches of 32. How many updates has an epoch?",
        choices=(
            Choice(
                text="3, and the last 4 points wait for the next epoch.",
                why="That is what drop_last=True does in a DataLoader. Unless told, nothing is "
                "left out.",
            ),
            Choice(
                text="100: one for every point.",
                why="That would be batches of one: single makes 100 updates in an epoch.",
            ),
            Choice(
                text="4: three of 32 points, and one of 4.",
                why="Yes: an epoch is a pass over all the points, and the last batch is what is "
                "left over. Its 4 points count as much as 32 do elsewhere.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="sense",
        text="On a GPU a batch of 100 takes about as long as a batch of 1. What follows?",
        choices=(
            Choice(
                text="Always take all the data at once.",
                why="An epoch would be one step. With a million samples that is a lot of work "
                "for one step, when a few hundred show nearly the same direction.",
            ),
            Choice(
                text="A batch as large as the GPU takes for nothing, hardly larger.",
                why="Yes: up to there each sample more makes the direction better at no cost. "
                "Beyond, twice the samples cost twice the time, and noise falls by √2 only.",
                right=True,
            ),
            Choice(
                text="The size of the batch does not matter.",
                why="It decides how many updates an epoch has, and how noisy they are.",
            ),
        ),
    ),
)
