"""Questions on the five steps; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="optimum",
        text="A training has come to rest at a loss of 0.21. What do you know?",
        choices=(
            Choice(
                text="This is the best that the model can do.",
                why="Preset seeds says no: of four networks of one size, two rest near 0.01, and "
                "two above 0.2. They differ in nothing but where they began.",
            ),
            Choice(
                text="That no small step from here makes it better.",
                why="Yes: that is a local optimum, and it is all that a gradient can tell. "
                "Whether there is a deeper valley elsewhere, other starts may show.",
                right=True,
            ),
            Choice(
                text="That the learning rate is too small.",
                why="With too small a rate the loss still falls, only slowly. At rest the "
                "gradient is almost zero, and a larger step of nothing is nothing.",
            ),
        ),
    ),
    Question(
        slug="adam",
        text="Which optimizer finds the deepest valley?",
        choices=(
            Choice(
                text="Adam, since it is the newest of the four.",
                why="From w = 2, b = 2 Adam ends in a local optimum, and plain SGD at the least "
                "loss. Newer is not surer.",
            ),
            Choice(
                text="SGD: it follows the gradient and nothing else.",
                why="It goes down into the valley whose slope it stands on, whichever that is: "
                "in preset optimizers a poor one.",
            ),
            Choice(
                text="None always does: start and rate decide as much.",
                why="Yes: each of them knows only slopes it has met. Adam is a good first try, "
                "since it needs the least tuning; several starts are a second.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="steps",
        text="What does loss.backward() change?",
        choices=(
            Choice(
                text="The gradients of the weights, and no weight.",
                why="Yes: it fills .grad of every weight, adding to what is there. The weights "
                "move in optimizer.step(), and zero_grad() empties .grad before the next.",
                right=True,
            ),
            Choice(
                text="The weights: they go against the gradient.",
                why="That is optimizer.step(), one line later. In between one may still look at "
                "the gradients, or cut them.",
            ),
            Choice(
                text="The loss: it becomes smaller.",
                why="The number stays what it was. A smaller one comes out of the next pass "
                "through model and loss, when the weights have moved.",
            ),
        ),
    ),
)
