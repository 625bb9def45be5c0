"""Questions on the line, its loss and its step; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="floor",
        text="The loss settles at 0.1244 and not at 0. Why?",
        choices=(
            Choice(
                text="No straight line passes through all six points.",
                why="Yes: 0.1244 is what the best line leaves over. Least squares finds it in one "
                "calculation, and gradient descent can only approach it.",
                right=True,
            ),
            Choice(
                text="The learning rate is too small.",
                why="A larger rate gets there sooner, but to the same 0.1244: the floor belongs "
                "to the data and the model.",
            ),
            Choice(
                text="1,000 epochs are too few.",
                why="More epochs change the fifth decimal. The best line itself has this loss.",
            ),
            Choice(
                text="The descent is caught in a local minimum.",
                why="A natural fear with deep networks, but the squared error of a line is a "
                "bowl: it has one minimum and no other.",
            ),
        ),
    ),
    Question(
        slug="stochastic",
        text="The optimizer is called SGD. What is stochastic, random, in this loop?",
        choices=(
            Choice(
                text="Each step picks a random point.",
                why="That is what the name stands for, but nobody picks here: the whole x goes "
                "into the model at each step.",
            ),
            Choice(
                text="Nothing: all points make each step, so it is plain gradient descent.",
                why="Yes: how much data a step sees is decided by what you feed the model, not by "
                "the optimizer. Only the start is drawn at random.",
                right=True,
            ),
            Choice(
                text="SGD adds a little noise to each gradient.",
                why="It adds none. The noise of stochastic descent comes from looking at a part "
                "of the data.",
            ),
        ),
    ),
    Question(
        slug="reduction",
        text="You change the reduction from mean to sum, with six points. What keeps the same run?",
        choices=(
            Choice(
                text="A learning rate six times as large.",
                why="The wrong way: the sum already makes the gradient six times as large.",
            ),
            Choice(
                text="A learning rate one sixth as large.",
                why="Yes: six times the gradient and a sixth of the rate make the same step. "
                "The largest rate that converges shrinks by the same factor.",
                right=True,
            ),
            Choice(
                text="Nothing needs to change: the best line is the same.",
                why="The best line is the same, but the way to it is not: every step is six "
                "times as long, and may be too long.",
            ),
        ),
    ),
)
