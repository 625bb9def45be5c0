"""Questions on the gradient and its sign; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="sign",
        text="At some step ∂L/∂w = −7.84. What does the minus sign say?",
        choices=(
            Choice(
                text="The loss is negative.",
                why="A squared error is never negative. The sign belongs to the slope of the "
                "loss, not to its height.",
            ),
            Choice(
                text="A larger w would make this loss smaller, so w must grow.",
                why="Yes: the loss falls towards larger w, and w ← w − η·∂L/∂w adds "
                "0.01 · 7.84 = 0.0784 to w.",
                right=True,
            ),
            Choice(
                text="A smaller w would make this loss smaller, so w must shrink.",
                why="Tempting, since the number has a minus. But the gradient points uphill: here "
                "uphill is towards smaller w, and the step goes the other way.",
            ),
            Choice(
                text="The prediction was too high.",
                why="The other way round: 2·(ŷ − y)·x is negative for a positive x exactly when "
                "ŷ is below y.",
            ),
        ),
    ),
    Question(
        slug="zero",
        text="What happens if w.grad is not cleared between two calls of backward()?",
        choices=(
            Choice(
                text="backward() raises an error.",
                why="It does not, and that is the trouble: the run goes on with wrong gradients. "
                "The error people remember comes from walking one graph twice.",
            ),
            Choice(
                text="The new gradient replaces the old one.",
                why="That would be handy, but PyTorch adds, so that a large batch can be summed "
                "up from small ones.",
            ),
            Choice(
                text="The new gradient is added to the old one.",
                why="Yes: the second step would use −2 + −7.84 = −9.84 and be too long. In each "
                "training loop something has to clear the gradient.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="updates",
        text="Three samples, 100 epochs, one sample a step. How often is w updated?",
        choices=(
            Choice(
                text="3 times",
                why="There are three samples, but each is used once in every epoch.",
            ),
            Choice(
                text="100 times",
                why="That would be so if all three made one step together, as they do in "
                "the lesson on linear regression.",
            ),
            Choice(
                text="300 times",
                why="Yes: an epoch is one pass over the data, and here a pass has three steps.",
                right=True,
            ),
        ),
    ),
)
