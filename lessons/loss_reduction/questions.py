"""Questions on the sum, the mean and the rate; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="fifty",
        text="50 points, the sum at a rate of 0.0002. Which rate gives the mean the same path?",
        choices=(
            Choice(
                text="0.0002: the best line is the same for both.",
                why="The goal is the same, the steps are not: the mean's gradient is a fiftieth "
                "of the sum's, so it would need fifty times as many steps.",
            ),
            Choice(
                text="0.000004, fifty times smaller.",
                why="The wrong way round: the mean has the smaller gradient already, and needs "
                "the larger rate.",
            ),
            Choice(
                text="0.01, fifty times larger.",
                why="Yes: a step is rate times gradient. A fiftieth of the gradient and fifty "
                "times the rate make the same step, and so the same path.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="twice",
        text="Each of the 3 points is put into the data twice. What happens to the first step?",
        choices=(
            Choice(
                text="The sum's step doubles, the mean's stays as it was.",
                why="Yes: the sum adds every error twice, the mean divides by six in place of "
                "three. A rate found for the mean survives a change of the data's size.",
                right=True,
            ),
            Choice(
                text="Both double: there is twice as much data.",
                why="The mean divides by the number of points, so twice the points leave it as "
                "it was.",
            ),
            Choice(
                text="Neither changes: no new point was added.",
                why="The mean does not notice, but the sum counts each error twice, and so does "
                "its gradient.",
            ),
        ),
    ),
    Question(
        slug="better",
        text="After 1,000 epochs at a rate of 0.01 the sum says 7.99935 and the mean 7.9186. Why?",
        choices=(
            Choice(
                text="The sum is the better loss: it uses every error in full.",
                why="Both use every error. The sum and the mean are least at the same line; at "
                "0.03 the mean says 7.99935, too.",
            ),
            Choice(
                text="The mean cannot get nearer to 8 than that.",
                why="It can, and does: after 3,000 epochs at 0.01 it says 7.99934, and goes on.",
            ),
            Choice(
                text="The same loss but for rounding: the mean rounds more.",
                why="float32 keeps about seven digits in either. The difference is far larger.",
            ),
            Choice(
                text="The mean's steps are a third as long, so it is still on the way.",
                why="Yes: same direction, a third of the length. It walks the same kind of path "
                "and is simply not as far along.",
                right=True,
            ),
        ),
    ),
)
