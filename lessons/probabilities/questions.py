"""Questions on log-odds, on losses and on 32 bits; knows no computation and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="one-more",
        text="z grows from 1 to 2. What happens to the odds?",
        choices=(
            Choice(
                text="They grow by 1.",
                why="The log-odds do: that is z itself. The odds are e to the power of z, and "
                "adding in the power multiplies what comes out.",
            ),
            Choice(
                text="They double.",
                why="z doubles here, and only here. From 2 to 3 it does not, yet the odds grow by "
                "the same factor again.",
            ),
            Choice(
                text="They become e = 2.718 times as large.",
                why="Yes: from e¹ = 2.718 to e² = 7.389. Each step of z multiplies the odds by e, "
                "wherever it begins.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="asleep",
        text="A network is sure of a wrong answer: P = 0.0025, and the label is 1. What does "
        "squared error do?",
        choices=(
            Choice(
                text="Almost nothing: the gradient is −0.005.",
                why="Yes: its gradient has the slope P·(1 − P) = 0.0025 as a factor. Where the "
                "sigmoid is flat, nothing comes through, right or wrong.",
                right=True,
            ),
            Choice(
                text="It pulls hard, since the error P − y is nearly −1.",
                why="So does cross-entropy, whose gradient is that error alone. In squared error "
                "it is multiplied by P·(1 − P), and that is 0.0025.",
            ),
            Choice(
                text="It overshoots, since squares grow fast.",
                why="Squares of numbers between 0 and 1 do not grow: (P − y)² is 1 at most. It is "
                "the cross-entropy that has no upper limit.",
            ),
        ),
    ),
    Question(
        slug="cut-off",
        text="Label 0, z = 20. BCELoss says 100 and a gradient of 0. Why?",
        choices=(
            Choice(
                text="The true loss at z = 20 is 100.",
                why="It is 20, as BCEWithLogitsLoss says: ln(1 + e²⁰) is 20 and a little. 100 is "
                "only where BCELoss cuts its logarithm off.",
            ),
            Choice(
                text="σ(20) rounds to exactly 1: the sigmoid is flat there, and ln 0 is cut off.",
                why="Yes: 1 − 2·10⁻⁹ has no place in 32 bits. The loss would be infinite, so it is "
                "held at 100; and P·(1 − P) = 0 lets no gradient through.",
                right=True,
            ),
            Choice(
                text="The training has converged.",
                why="A gradient of 0 looks like that, and it is the danger: the answer could not "
                "be more wrong, and nothing will ever mend it.",
            ),
            Choice(
                text="BCELoss has a bug.",
                why="It does what its page says: each logarithm is at least −100. What was lost "
                "was lost before, when P was rounded to 1.",
            ),
        ),
    ),
)
