"""The controls that several lessons offer, written once; knows no lesson."""

from __future__ import annotations

from lessons.lesson import Control

SEEDS = tuple(range(11))
UNITS = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64)
"""Of a hidden layer."""

MOMENTUM = Control(
    name="momentum",
    label="momentum",
    ladder=(0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99),
    help="How much of its last motion a step keeps.",
)

REDUCTION = Control(
    name="reduction",
    label="loss reduction",
    ladder=("mean", "sum"),
    help="Whether the squared errors are averaged or added up; a sum makes longer steps.",
)

POINTS = Control(
    name="points",
    label="points",
    ladder=(2, 3, 5, 10, 20, 50, 100, 200, 500, 1000),
    help="How many points are drawn around the line.",
)

NOISE = Control(
    name="noise",
    label="noise",
    ladder=(0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    help="How far the points are scattered around the line: a standard deviation.",
)

SLOPE = Control(
    name="slope",
    label="true slope",
    ladder=(-5.0, -3.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0),
    help="The slope of the line behind the points, which w should find.",
)

INTERCEPT = Control(
    name="intercept",
    label="true intercept",
    ladder=(-20.0, -10.0, -5.0, 0.0, 5.0, 10.0, 20.0),
    help="The height of that line at x = 0, which b should find.",
)

INITIAL_W = Control(
    name="initial_w",
    label="initial w",
    ladder=(None, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0),
    help="Where the slope starts; random leaves it to nn.Linear.",
)

INITIAL_B = Control(
    name="initial_b",
    label="initial b",
    ladder=(None, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0),
    help="Where the intercept starts; random leaves it to nn.Linear.",
)
