"""Questions on boundaries, networks and stopping; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="endless",
        text="On the clouds of seed 10, what would happen without the stop above 99%?",
        choices=(
            Choice(
                text="The weights settle once the loss is least.",
                why="They would if the classes overlapped. These two can be separated, and then "
                "there is no least loss to settle at.",
            ),
            Choice(
                text="The loss rises again, because of the momentum.",
                why="Momentum may carry a run past a goal. Here the goal lies at infinity, and "
                "nothing can be carried past it.",
            ),
            Choice(
                text="The weights grow for ever, while the loss falls towards 0.",
                why="Yes: a line separates the classes, so the same line with twice the weights "
                "is surer of every point, and has a smaller loss.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="xor",
        text="Why can logistic regression not learn the xor?",
        choices=(
            Choice(
                text="Where P = 0.5, z = 0; and z = 0 is always one straight line.",
                why="Yes: the sigmoid bends P, not the boundary. No line has two opposite "
                "quadrants on one side.",
                right=True,
            ),
            Choice(
                text="Its loss has bad local minima.",
                why="The cross-entropy of a linear model is a bowl. It finds its lowest point: "
                "w near 0 and P near 0.5 everywhere.",
            ),
            Choice(
                text="There are too few points.",
                why="A million points would lie in the same four quadrants, and no line would "
                "separate them either.",
            ),
            Choice(
                text="It needs more momentum.",
                why="Momentum gets to the best line sooner. The best line is still a line.",
            ),
        ),
    ),
    Question(
        slug="activation",
        text="Two hidden layers without any activation between them: what can they learn?",
        choices=(
            Choice(
                text="The spiral, if there are enough units.",
                why="Units do not help: a sum of linear functions is linear, however many "
                "there are.",
            ),
            Choice(
                text="No more than a line: a linear function of a linear function is linear.",
                why="Yes: W₂·(W₁·x) is (W₂·W₁)·x, one matrix. It is the bend between the layers "
                "that makes a network more than a line.",
                right=True,
            ),
            Choice(
                text="Nothing at all: their gradients are 0.",
                why="Gradients flow through linear layers very well. They only lead to a line.",
            ),
        ),
    ),
)
