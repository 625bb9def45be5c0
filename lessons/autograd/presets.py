"""The expressions and the programs of the autograd lab; knows no torch and no screen."""

from __future__ import annotations

from engine.graph.programs import PROGRAMS
from lessons.lesson import Preset

EXPRESSIONS = (
    Preset(
        name="product",
        title="three factors",
        settings={"expression": "x*y*z", "x": "2", "y": "3", "z": "4"},
    ),
    Preset(
        name="mean",
        title="the mean of a product",
        settings={"expression": "mean(x*y)", "x": "[1]", "y": "[2]"},
    ),
    Preset(
        name="line",
        title="a line and its squared error",
        settings={
            "expression": "mean((w*x + b - y)**2)",
            "w": "1",
            "x": "[1, 2, 3]",
            "b": "0",
            "y": "[2, 4, 6]",
            "requires_grad": "w,b",
        },
    ),
    Preset(
        name="neuron",
        title="a neuron with a sigmoid",
        settings={"expression": "sigmoid(w*x + b)", "w": "0.5", "x": "2", "b": "-1"},
    ),
    Preset(
        name="shared",
        title="one input on three paths",
        settings={"expression": "(x + y)*(x + y) + x", "x": "1", "y": "2"},
    ),
    Preset(
        name="log-loss",
        title="the loss of a confident guess",
        settings={"expression": "log(1 + exp(-z))", "z": "2"},
    ),
    Preset(
        name="bend",
        title="relu lets through, or not",
        settings={"expression": "relu(x) * tanh(y)", "x": "-1", "y": "0.5"},
    ),
)

TRIALS = tuple(
    Preset(name=program.name, title=program.title, settings={"program": program.name})
    for program in PROGRAMS.values()
)
"""What `backward` can do, line by line."""
