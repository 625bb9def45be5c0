"""The lesson Parameters: presets, controls and challenges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

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

if TYPE_CHECKING:
    from engine.pictures import LinePicture

PRESETS = (
    Preset("seed", "the original: y = 3x + 10 with noise", predict_at=(4.0,)),
    Preset(
        "momentum",
        "the same bowl, with momentum",
        {"momentum": 0.9, "epochs": 2000},
        predict_at=(4.0,),
    ),
    Preset(
        "edge",
        "a rate just over the limit",
        {"learning_rate": 0.024, "epochs": 2000},
        predict_at=(4.0,),
    ),
    Preset("no-noise", "points exactly on the line", {"noise": 0.0}, predict_at=(4.0,)),
    Preset("few-points", "five points, a line of their own", {"points": 5}, predict_at=(4.0,)),
)

CONTROLS = (
    Control(
        "learning_rate",
        (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.024, 0.05, 0.1),
        "How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        "epochs",
        (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000),
        "How many steps there are; each uses all the points.",
    ),
    NOISE,
    replace(POINTS, help="How many points there are between x = −2 and x = 12."),
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where the slope starts; random draws it from N(0, 1)."),
    replace(INITIAL_B, help="Where the intercept starts; random draws it from N(0, 1)."),
    REDUCTION,
    Control("seed", SEEDS, "Which noise and which start are drawn."),
)

CLOSE = 0.001
"""The most that the loss of the best line may exceed the least possible loss."""


def quick(frame: Frame) -> bool:
    """Whether the best line is found within 500 steps of plain gradient descent."""
    return frame.settings.get("momentum") == 0 and _arrives_within(frame, 500)


def rolling(frame: Frame) -> bool:
    """Whether it is found within 150 steps; no constant rate achieves that without momentum."""
    return _arrives_within(frame, 150)


def near_the_edge(frame: Frame) -> bool:
    """Whether the run ends at the best line with a rate just below 2/λmax."""
    rate = frame.settings.get("learning_rate")
    if not isinstance(rate, int | float) or rate < 0.0235 or "learning_rate" in frame.changed:
        return False
    if frame.state is not State.FINISHED or frame.settings.get("momentum") != 0:
        return False
    return _arrives_within(frame, frame.step)


def diverges_by_the_sum(frame: Frame) -> bool:
    """Whether the loss diverged at the lesson's learning rate."""
    untouched = frame.settings.get("learning_rate") == 0.001 and not frame.changed
    return frame.state is State.DIVERGED and untouched


def _arrives_within(frame: Frame, steps: int) -> bool:
    """Whether the loss came close to the least possible one, from a random start."""
    picture = cast("LinePicture | None", frame.picture)
    if picture is None or not _drawn(frame) or frame.step == 0:
        return False
    w, b = picture.least_squares()
    best = float(picture.loss_at(picture.x[:1] * 0 + w, b)[0])
    step = frame.history.first_below(best + CLOSE)
    return step is not None and step <= steps


def _drawn(frame: Frame) -> bool:
    """Whether data and start are those of the lesson, so that no run starts at the minimum."""
    settings = frame.settings
    return (
        settings.get("initial_w") is None
        and settings.get("initial_b") is None
        and settings.get("reduction") == "mean"
        and (settings.get("slope"), settings.get("intercept")) == (3.0, 10.0)
        and (settings.get("points"), settings.get("noise")) == (100, 1.0)
    )


CHALLENGES = (
    Challenge(
        "quick",
        "reach the best line in 500 steps",
        "Without momentum: the rate may grow twentyfold before the bowl throws w out.",
        check=quick,
        solution={"learning_rate": 0.02, "epochs": 500},
    ),
    Challenge(
        "rolling",
        "reach the best line in 150 steps",
        "Along the floor of the bowl speed has to build up: momentum, and a larger rate.",
        check=rolling,
        solution={"learning_rate": 0.01, "momentum": 0.9, "epochs": 500},
    ),
    Challenge(
        "edge",
        "reach it at a rate above 0.0235",
        "Press enter on the learning rate and type; the page says where the limit is.",
        check=near_the_edge,
        solution={"learning_rate": 0.0235, "epochs": 1000},
    ),
    Challenge(
        "sum",
        "make it diverge at rate 0.001",
        "Something else multiplies the gradient by the number of points.",
        check=diverges_by_the_sum,
        solution={"reduction": "sum"},
    ),
)

LESSON = TrainingLesson(
    slug="parameters",
    title="Parameters",
    minutes=15,
    source="engine.trainers.parameters",
    trainer="Parameters",
    pace=200,
    charts=("fit", "surface"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
