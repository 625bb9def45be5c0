"""What to bring about with a graph; looks at frozen values only, knows no torch and no screen."""

from __future__ import annotations

from engine.graph.programs import ProgramPosition
from engine.graph.walk import WalkPosition
from lessons.lesson import Challenge

FAINT = 1e-6


def walked(look: WalkPosition | ProgramPosition) -> bool:
    """A gradient went all the way back, over two operations at least."""
    if not isinstance(look, WalkPosition) or look.walk.error:
        return False
    return look.done and sum(bool(node.operation) for node in look.walk.nodes) >= 2


def six(look: WalkPosition | ProgramPosition) -> bool:
    """The gradient that has arrived at x is exactly 6."""
    return look.done and (6.0,) in _gradients(look, "x")


def faint(look: WalkPosition | ProgramPosition) -> bool:
    """A gradient has almost vanished at a leaf, but is not 0."""
    if not isinstance(look, WalkPosition) or not look.done:
        return False
    leaves = [node.gradient for node in look.walk.nodes if node.kind == "input"]
    return any(0 < abs(g) < FAINT for found in leaves if found for g in found.numbers)


def refused(look: WalkPosition | ProgramPosition) -> bool:
    """PyTorch has refused to go back through an expression; the programs are made to show it."""
    return isinstance(look, WalkPosition) and look.done and bool(look.walk.error)


def _gradients(look: WalkPosition | ProgramPosition, name: str) -> list[tuple[float, ...]]:
    if not isinstance(look, WalkPosition):
        return []
    named = [node for node in look.walk.nodes if node.kind == "input" and node.name == name]
    return [node.gradient.numbers for node in named if node.gradient is not None]


CHALLENGES = (
    Challenge(
        slug="walked",
        text="walk a graph all the way back",
        hint="Press s until the gradient has come to every input that requires one.",
        check=walked,
    ),
    Challenge(
        slug="six",
        text="give x a gradient of exactly 6",
        hint="Which formula has the slope 6? Where x is 3, x**2 has. Press enter and type one.",
        check=six,
    ),
    Challenge(
        slug="faint",
        text="a gradient below 10⁻⁶, not 0",
        hint="The slope of sigmoid is 0.25 at most, and less and less away from 0. Far away, or "
        "through many in a row?",
        check=faint,
    ),
    Challenge(
        slug="refused",
        text="type what backward() refuses",
        hint="backward() starts from one number, and needs an input that requires a gradient. "
        "Type an expression of vectors, or leave no input with a gradient (g).",
        check=refused,
    ),
)
