"""Questions on the S curve, its odds and its loss; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="endless",
        text="On the six points w grows for as long as you train. Why?",
        choices=(
            Choice(
                text="The learning rate is too large.",
                why="A smaller rate only grows more slowly: w rises at 0.01 as it does at 1. "
                "The loss falls at every step, so nothing has been overshot.",
            ),
            Choice(
                text="A threshold separates the labels, so a steeper curve always fits better.",
                why="Yes: once every point is on its side, doubling w and b brings every P nearer "
                "to its label. There is no best w: the loss nears 0 and never gets there.",
                right=True,
            ),
            Choice(
                text="Six points are too few for a sigmoid.",
                why="A thousand points with a gap between the labels would do the same, and six "
                "whose labels overlap would not. It is the gap that matters.",
            ),
            Choice(
                text="The sum of rounding errors drives it.",
                why="Rounding will stop it in the end: once P is exactly the label, there is no "
                "gradient. What drives it is the loss, and that is no error.",
            ),
        ),
    ),
    Question(
        slug="odds",
        text="w is 1.149. What happens to the odds when x grows by 1?",
        choices=(
            Choice(
                text="They grow by 1.149.",
                why="The log-odds do: z = w·x + b. The odds are e to the power of z, and there "
                "adding turns into multiplying.",
            ),
            Choice(
                text="P grows by 1.149.",
                why="P stays between 0 and 1; how much it grows depends on where on the curve "
                "you stand.",
            ),
            Choice(
                text="They are multiplied by e to the power of 1.149, about 3.155.",
                why="Yes: one more x adds w to z, so the odds are multiplied by eʷ, the same "
                "everywhere on the curve.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="stuck",
        text="With BCELoss and a rate of 100 the loss stays at 16.67. What holds it there?",
        choices=(
            Choice(
                text="P rounds to exactly 1, where the sigmoid is flat: its gradient is 0.",
                why="Yes: P·(1 − P) is 0, so nothing comes through to w. From z itself the "
                "gradient is P − y = 1, and BCEWithLogitsLoss finds its way back.",
                right=True,
            ),
            Choice(
                text="It is a local minimum of the loss.",
                why="The cross-entropy of a line is a bowl without local minima. The true loss "
                "still slopes there; the computed one has lost it.",
            ),
            Choice(
                text="The loss has become infinite.",
                why="It would, with ln 0. BCELoss stops each logarithm at −100: one point of six "
                "wrong is 100/6 = 16.67.",
            ),
        ),
    ),
)
