"""The lesson Linear regression: presets, controls and challenges."""

from __future__ import annotations

from dataclasses import replace

from engine.frame import Frame, State
from lessons.controls import (
    INITIAL_B,
    INITIAL_W,
    INTERCEPT,
    MOMENTUM,
    NOISE,
    POINTS,
    REDUCTION,
    SEEDS,
    SLOPE,
)
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

PRESETS = (
    Preset("six-points", "six points near a line", predict_at=(3.5,)),
    Preset(
        "double",
        "y = 2x from three points",
        {
            "data": "line",
            "points": 3,
            "low": 1.0,
            "high": 3.0,
            "slope": 2.0,
            "intercept": 0.0,
            "noise": 0.0,
        },
        predict_at=(4.0,),
    ),
    Preset(
        "noisy-line",
        "a hundred noisy points",
        {"data": "line", "learning_rate": 0.001, "epochs": 20_000},
        predict_at=(4.0,),
    ),
    Preset("overshoot", "a rate just below the limit", {"learning_rate": 0.18}, predict_at=(3.5,)),
    Preset("momentum", "a ball with hardly any friction", {"momentum": 0.98}, predict_at=(3.5,)),
)

OWN_LINE = ("data", "line")
"""The setting that the settings of the line depend on."""

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.18, 0.2, 0.5, 1.0),
        "How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        "epochs",
        (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000),
        "How many passes over the data; each is one step, with all the points.",
    ),
    REDUCTION,
    Control(
        "data", ("six-points", "line"), "Six fixed points, or points around a line that you choose."
    ),
    INITIAL_W,
    INITIAL_B,
    Control("seed", SEEDS, "Which start nn.Linear draws, and which noise the line gets."),
    replace(POINTS, only_with=OWN_LINE),
    replace(NOISE, only_with=OWN_LINE),
    replace(SLOPE, only_with=OWN_LINE),
    replace(INTERCEPT, only_with=OWN_LINE),
    Control(
        "low",
        (-10.0, -5.0, -2.0, 0.0, 1.0),
        "Where the points begin; far from zero makes a long, narrow bowl.",
        label="smallest x",
        only_with=OWN_LINE,
    ),
    Control(
        "high",
        (2.0, 3.0, 5.0, 12.0, 20.0),
        "Where the points end.",
        label="largest x",
        only_with=OWN_LINE,
    ),
)

GOOD = 0.1245
"""A loss just above the least possible one on the six points, 0.124434."""


def quick(frame: Frame) -> bool:
    """Whether almost the best line is found within 100 epochs."""
    return _good_within(frame, 100)


def rolling(frame: Frame) -> bool:
    """Whether it is found within 30 epochs, which plain gradient descent cannot do."""
    return frame.settings.get("momentum") != 0 and _good_within(frame, 30)


def diverges_narrowly(frame: Frame) -> bool:
    """Whether the loss diverged at a rate less than a tenth above the limit."""
    rate = frame.settings.get("learning_rate")
    plain = frame.settings.get("momentum") == 0 and not frame.changed
    if not _six_points(frame) or not plain or not isinstance(rate, int | float):
        return False
    return frame.state is State.DIVERGED and rate < 0.2


def _good_within(frame: Frame, epochs: int) -> bool:
    drawn = frame.settings.get("initial_w") is None and frame.settings.get("initial_b") is None
    if not drawn or not _six_points(frame) or frame.settings.get("seed") != 0:
        return False
    step = frame.history.first_below(GOOD)
    return step is not None and step <= epochs


def _six_points(frame: Frame) -> bool:
    """Whether these are the six points with the mean loss; a sum has other values."""
    return frame.settings.get("data") == "six-points" and frame.settings.get("reduction") == "mean"


CHALLENGES = (
    Challenge(
        "quick",
        "get loss < 0.1245 in 100 epochs",
        "On the six points, seed 0, with the mean: the rate is ten times too careful.",
        check=quick,
        solution={"learning_rate": 0.1},
    ),
    Challenge(
        "rolling",
        "get loss < 0.1245 in 30 epochs",
        "Rate alone will not do; add momentum, neither little nor much.",
        check=rolling,
        solution={"learning_rate": 0.1, "momentum": 0.6},
    ),
    Challenge(
        "diverge",
        "make it diverge, rate below 0.2",
        "On the six points, without momentum; just over the limit it takes hundreds of steps.",
        check=diverges_narrowly,
        solution={"learning_rate": 0.19},
    ),
    Challenge(
        "floor",
        "say why the loss ends at 0.124",
        "Press e in the lab and look at the residuals of the final line.",
        question="floor",
    ),
)

LESSON = TrainingLesson(
    slug="linear-regression",
    title="Linear regression",
    minutes=20,
    source="engine.trainers.linear_regression",
    trainer="LinearRegression",
    pace=30,
    charts=("fit", "surface"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
