"""Questions on loaders, validation and vanishing gradients; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="scale",
        text="Mean and deviation for standardising: of which rows?",
        choices=(
            Choice(
                text="Of all rows: more rows, better numbers.",
                why="Then the validation rows have had a say in the training, and the accuracy on "
                "them is no longer that on rows never seen.",
            ),
            Choice(
                text="Of each batch, when it comes.",
                why="Then a row would mean something else in every batch. (Batch normalisation "
                "does this inside a network, on purpose, and keeps running means for later.)",
            ),
            Choice(
                text="Of the training part; the validation part is scaled by the same numbers.",
                why="Yes: whatever is learned from data, even a mean, is learned from the training "
                "part alone.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="workers",
        text="Two workers make this table's batches. Why does the training not get faster?",
        choices=(
            Choice(
                text="A row lies in memory; sending it from process to process costs more.",
                why="Yes: workers pay where a sample takes long to make, such as an image that "
                "has to be decoded. Press m in the lab: both are measured.",
                right=True,
            ),
            Choice(
                text="Python runs one thread at a time.",
                why="That is so, and it is why the workers are processes and not threads. "
                "It does not slow them down.",
            ),
            Choice(
                text="Two workers train two networks.",
                why="Workers make batches, and nothing else. There is one network, in the process "
                "that asks for them.",
            ),
        ),
    ),
    Question(
        slug="stuck",
        text="An accuracy of 0.63 after 100 epochs. What do you ask first?",
        choices=(
            Choice(
                text="How many units to add.",
                why="More units learn nothing either, as long as no gradient reaches them.",
            ),
            Choice(
                text="How often the commoner class comes: 0.63 of the rows are benign.",
                why="Yes: the network says benign to everybody. It has learned how common the "
                "classes are, and nothing from the features.",
                right=True,
            ),
            Choice(
                text="Whether 100 more epochs would help.",
                why="They might, and here they hardly do. What the number means comes first: it "
                "is that of a network that looks at nothing.",
            ),
            Choice(
                text="Which seed was bad.",
                why="Every seed ends there with these settings. Look at the gradients before you "
                "blame the dice.",
            ),
        ),
    ),
)
