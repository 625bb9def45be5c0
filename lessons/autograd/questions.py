"""Questions on the chain rule and on what backward does; knows no torch and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="two-paths",
        text="f = x·y + x at x = 2, y = 3. What is ∂f/∂x?",
        choices=(
            Choice(
                text="3",
                why="That is what comes back through the product. x has a second path, straight "
                "into the sum, and its 1 has to be added.",
            ),
            Choice(
                text="4",
                why="Yes: 3 over the product and 1 over the sum. Where paths meet, gradients add "
                "up, and that is why PyTorch adds to grad and never sets it.",
                right=True,
            ),
            Choice(
                text="8",
                why="That is the value of f, the answer of the walk forward. The gradient says "
                "how f would change, not what it is.",
            ),
        ),
    ),
    Question(
        slug="second-backward",
        text="x.grad is 12. The same f is computed again, f.backward() called again. x.grad is…",
        choices=(
            Choice(
                text="24: the new gradient was added to the old one.",
                why="Yes. Nothing resets grad but you: optimizer.zero_grad(), or x.grad = None. "
                "A training loop without it adds up the gradients of all its steps.",
                right=True,
            ),
            Choice(
                text="12: backward() computes the same gradient again.",
                why="It does compute the same 12, but then adds it to what stands in grad.",
            ),
            Choice(
                text="An error: a graph is freed after backward().",
                why="That happens when backward() runs twice through one graph. Here f was "
                "computed again, so there is a new graph.",
            ),
            Choice(
                text="144: the gradients multiply.",
                why="Slopes multiply along a path through the graph. Two calls are two paths, "
                "and what arrives over several paths is added.",
            ),
        ),
    ),
    Question(
        slug="constant-input",
        text="A loss is mean((w·x + b − y)²). Which of them should require a gradient?",
        choices=(
            Choice(
                text="All four: a gradient is needed for everything in the formula.",
                why="It would work, and waste time and memory: nobody moves the data x and y "
                "downhill.",
            ),
            Choice(
                text="x and y, because the loss depends on the data.",
                why="It does, but the data stay what they are. A gradient is wanted for what "
                "training may change.",
            ),
            Choice(
                text="w and b: they are what training changes.",
                why="Yes. nn.Parameter switches it on for exactly these, and autograd then "
                "leaves out every branch that leads to data alone.",
                right=True,
            ),
        ),
    ),
)
