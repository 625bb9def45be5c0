"""The lesson Autograd: presets, controls and challenges."""

from __future__ import annotations

from engine.graph.programs import PROGRAMS, ProgramPosition
from engine.graph.walk import WalkPosition
from lessons.lesson import Challenge, Lesson, Preset

EXPRESSIONS = (
    Preset("product", "three factors", {"expression": "x*y*z", "x": "2", "y": "3", "z": "4"}),
    Preset("mean", "the mean of a product", {"expression": "mean(x*y)", "x": "[1]", "y": "[2]"}),
    Preset(
        "line",
        "a line and its squared error",
        {
            "expression": "mean((w*x + b - y)**2)",
            "w": "1",
            "x": "[1, 2, 3]",
            "b": "0",
            "y": "[2, 4, 6]",
            "requires_grad": "w,b",
        },
    ),
    Preset(
        "neuron",
        "a neuron with a sigmoid",
        {"expression": "sigmoid(w*x + b)", "w": "0.5", "x": "2", "b": "-1"},
    ),
    Preset(
        "shared",
        "one input on three paths",
        {"expression": "(x + y)*(x + y) + x", "x": "1", "y": "2"},
    ),
    Preset(
        "log-loss", "the loss of a confident guess", {"expression": "log(1 + exp(-z))", "z": "2"}
    ),
    Preset(
        "bend",
        "relu lets through, or not",
        {"expression": "relu(x) * tanh(y)", "x": "-1", "y": "0.5"},
    ),
)

TRIALS = tuple(
    Preset(program.name, program.title, {"program": program.name}) for program in PROGRAMS.values()
)
"""Programs that show features of `backward`, line by line."""

FAINT = 1e-6


def walked(look: WalkPosition | ProgramPosition) -> bool:
    """Whether a gradient went all the way back, over at least two operations."""
    if not isinstance(look, WalkPosition) or look.walk.error:
        return False
    return look.done and sum(bool(node.operation) for node in look.walk.nodes) >= 2


def six(look: WalkPosition | ProgramPosition) -> bool:
    """Whether the gradient at x is exactly 6."""
    return look.done and (6.0,) in _gradients(look, "x")


def faint(look: WalkPosition | ProgramPosition) -> bool:
    """Whether a gradient at a leaf has almost vanished, but is not 0."""
    if not isinstance(look, WalkPosition) or not look.done:
        return False
    leaves = [node.gradient for node in look.walk.nodes if node.kind == "input"]
    return any(0 < abs(g) < FAINT for found in leaves if found for g in found.numbers)


def refused(look: WalkPosition | ProgramPosition) -> bool:
    """Whether PyTorch refused to go back through an expression; the programs do not count."""
    return isinstance(look, WalkPosition) and look.done and bool(look.walk.error)


def _gradients(look: WalkPosition | ProgramPosition, name: str) -> list[tuple[float, ...]]:
    if not isinstance(look, WalkPosition):
        return []
    named = [node for node in look.walk.nodes if node.kind == "input" and node.name == name]
    return [node.gradient.numbers for node in named if node.gradient is not None]


CHALLENGES = (
    Challenge(
        "walked",
        "take the gradient to every input",
        "Press s until the gradient has come to every input that requires one.",
        check=walked,
        solution={"expression": "x*y*z", "x": "2", "y": "3", "z": "4"},
    ),
    Challenge(
        "six",
        "give x a gradient of exactly 6",
        "Which formula has the slope 6? Where x is 3, x**2 has. Press enter and type one.",
        check=six,
        solution={"expression": "x**2", "x": "3"},
    ),
    Challenge(
        "faint",
        "make a |gradient| < 10⁻⁶, not 0",
        "The slope of sigmoid is 0.25 at most, and less and less away from 0. Far away, or "
        "through many in a row?",
        check=faint,
        solution={"expression": "sigmoid(x)", "x": "15"},
    ),
    Challenge(
        "refused",
        "type what backward() refuses",
        "backward() starts from one number, and needs an input that requires a gradient. "
        "Type an expression of vectors, or leave no input with a gradient (g).",
        check=refused,
        solution={"expression": "x*2", "x": "[1, 2]"},
    ),
)

LESSON = Lesson(
    slug="autograd",
    title="Autograd",
    minutes=25,
    lab="autograd",
    source="engine.graph.take_apart",
    presets=EXPRESSIONS + TRIALS,
    challenges=CHALLENGES,
)
