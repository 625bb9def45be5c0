"""Questions on softmax, its loss and its arithmetic; knows no computation and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="shift",
        text="The logits are 2, 1, 0, −1. All of them grow by 5. What happens to P?",
        choices=(
            Choice(
                text="The largest class gains: e⁷ is so much more than e⁶.",
                why="e⁷/e⁶ is e, and so was e²/e¹. Each power grows by the same factor e⁵, and the "
                "sum below the fraction does, too.",
            ),
            Choice(
                text="Nothing: only differences between logits count.",
                why="Yes: e⁵ stands above and below each fraction and cancels out. softmax uses "
                "it: it subtracts the largest logit first, so that no power overflows.",
                right=True,
            ),
            Choice(
                text="They all grow a little.",
                why="They cannot all grow: they add up to 1, whatever the logits are.",
            ),
        ),
    ),
    Question(
        slug="twice",
        text="A network ends with softmax, and its output goes into nn.CrossEntropyLoss. "
        "What comes of it?",
        choices=(
            Choice(
                text="An error: the loss wants logits.",
                why="It has no way to know: probabilities are numbers like others. That is what "
                "makes this mistake so common.",
            ),
            Choice(
                text="The same loss, computed twice as safely.",
                why="softmax of probabilities is something else: they differ by 1 at most, so no "
                "class can be more than e times as likely as another.",
            ),
            Choice(
                text="It trains, but badly: with 10 classes the loss never goes below 1.46.",
                why="Yes: at best a 1 and nine 0s come in, and −ln(e/(e + 9)) = 1.4612 is left. "
                "Give it the logits; the softmax is inside.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="gradient",
        text="P is 0.7, 0.2, 0.1, and the label is the second class. What is ∂L/∂z?",
        choices=(
            Choice(
                text="0.7, −0.8, 0.1",
                why="Yes: P − y, with a 1 in y for the label. A step against it raises the second "
                "logit and lowers the others, each in proportion to its P.",
                right=True,
            ),
            Choice(
                text="0, −0.8, 0",
                why="The label's own part is right. But all logits stand below the fraction, in "
                "the sum, so each of them has a gradient: its P.",
            ),
            Choice(
                text="−0.7, 0.8, −0.1",
                why="The signs are those of the step, which goes against the gradient. The loss "
                "falls as the label's logit grows, so its slope is below 0.",
            ),
        ),
    ),
)
