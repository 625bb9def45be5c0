"""The controls that several lessons share."""

from __future__ import annotations

from lessons.lesson import Control

SEEDS = tuple(range(11))
UNITS = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64)
"""The numbers of units of a hidden layer."""
STARTS = (None, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0)

MOMENTUM = Control(
    "momentum",
    (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99),
    "How much of its last motion a step keeps.",
)
REDUCTION = Control(
    "reduction",
    ("mean", "sum"),
    "Whether the squared errors are averaged or added up; a sum makes longer steps.",
    label="loss reduction",
)
POINTS = Control(
    "points",
    (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000),
    "How many points are drawn around the line.",
)
NOISE = Control(
    "noise",
    (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    "How far the points are scattered around the line: a standard deviation.",
)
SLOPE = Control(
    "slope",
    (-5.0, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0),
    "The slope of the line behind the points, which w should find.",
    label="true slope",
)
INTERCEPT = Control(
    "intercept",
    (-20.0, -10.0, -5.0, 0.0, 5.0, 10.0, 20.0),
    "The height of that line at x = 0, which b should find.",
    label="true intercept",
)
INITIAL_W = Control("initial_w", STARTS, "Where the slope starts; random leaves it to nn.Linear.")
INITIAL_B = Control(
    "initial_b", STARTS, "Where the intercept starts; random leaves it to nn.Linear."
)
