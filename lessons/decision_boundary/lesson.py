"""The lesson Decision boundary: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.controls import MOMENTUM, SEEDS, UNITS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import BoundaryPicture

PRESETS = (
    Preset("clouds", "two clouds, stop above 99%", predict_at=(0.0, 2.0)),
    Preset(
        "endless",
        "the same clouds, and no stop",
        {"learning_rate": 0.1, "epochs": 10_000, "stop_above": 1.0},
        predict_at=(0.0, 2.0),
    ),
    Preset(
        "overlap",
        "clouds that overlap: a best line",
        {"data": "overlap", "learning_rate": 0.1, "epochs": 2000, "stop_above": 1.0},
        predict_at=(0.0, 2.0),
    ),
    Preset(
        "moons",
        "two crescents and a small network",
        {"data": "moons", "learning_rate": 0.1, "hidden_layers": 1},
        predict_at=(0.0,),
    ),
    Preset(
        "circles",
        "a ring: three units draw three lines",
        {"data": "circles", "learning_rate": 0.1, "hidden_layers": 1, "units": 3},
        predict_at=(0.0,),
    ),
    Preset(
        "xor",
        "four quadrants: no line will do",
        {"data": "xor", "learning_rate": 0.1},
        predict_at=(0.0,),
    ),
    Preset(
        "spiral",
        "two arms: configure a network",
        {"data": "spiral", "learning_rate": 0.1, "epochs": 5000},
        predict_at=(0.0,),
    ),
)

NETWORK_HELP = "matters only with a hidden layer"

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
        "How far each step goes against the gradient.",
    ),
    MOMENTUM,
    Control(
        "data",
        ("clouds", "overlap", "moons", "circles", "xor", "spiral"),
        "How the points of the two classes lie.",
    ),
    Control(
        "hidden_layers",
        (0, 1, 2, 3, 4),
        "Layers between inputs and output; without any, the boundary is a line.",
    ),
    Control("units", UNITS, f"How many units each hidden layer has; {NETWORK_HELP}."),
    Control(
        "activation",
        ("tanh", "relu", "sigmoid"),
        f"What bends the outputs of a hidden layer; {NETWORK_HELP}.",
    ),
    Control(
        "epochs",
        (100, 200, 500, 1000, 2000, 5000, 10_000),
        "How many steps there are at most; each uses all the points.",
    ),
    Control(
        "stop_above",
        (0.9, 0.95, 0.98, 0.99, 1.0),
        "The accuracy that is enough, checked every 20 steps; 1 never stops.",
    ),
    Control(
        "points",
        (20, 50, 100, 200, 500, 1000),
        "How many points there are, half of them of each class.",
    ),
    Control("seed", SEEDS, "Which points and which starting weights are drawn."),
)


def rolls(frame: Frame) -> bool:
    """Whether a run on the clouds stopped before step 200 at a rate of 0.01."""
    settings = frame.settings
    lesson = (settings.get("data"), settings.get("points"), settings.get("seed"))
    if lesson != ("clouds", 200, 10) or settings.get("hidden_layers") != 0 or frame.changed:
        return False
    if settings.get("learning_rate") != 0.01 or settings.get("stop_above") != 0.99:
        return False
    return frame.state is State.FINISHED and 1 < frame.step <= 200


def solves_xor(frame: Frame) -> bool:
    """Whether at most three hidden units get more than 95% of the xor points right."""
    layers, units = frame.settings.get("hidden_layers"), frame.settings.get("units")
    if not isinstance(layers, int) or not isinstance(units, int) or layers * units > 3:
        return False
    return _right(frame, "xor") > 0.95


def solves_spiral(frame: Frame) -> bool:
    """Whether more than 95% of the spiral is right, which no line achieves."""
    return _right(frame, "spiral") > 0.95


def _right(frame: Frame, data: str) -> float:
    """Return the share of points that are right; 0 for other data or fewer than 200 points."""
    picture = cast("BoundaryPicture | None", frame.picture)
    if picture is None or frame.step == 0 or frame.settings.get("data") != data:
        return 0.0
    return picture.accuracy() if len(picture.x) >= 200 else 0.0


CHALLENGES = (
    Challenge(
        "rolling",
        "clouds: pass 99% by step 200",
        "The rate stays at 0.01. What else makes a step along a steady slope longer?",
        check=rolls,
        solution={"momentum": 0.98},
    ),
    Challenge(
        "xor",
        "xor: get above 95% with 3 units",
        "One hidden layer. Each unit draws one line, and the output puts them together.",
        check=solves_xor,
        solution={"data": "xor", "learning_rate": 0.1, "hidden_layers": 1, "units": 3},
    ),
    Challenge(
        "spiral",
        "spiral: get above 95%",
        "Two hidden layers, or many units, a rate of 0.1, and some patience.",
        check=solves_spiral,
        solution={"data": "spiral", "learning_rate": 0.1, "epochs": 5000, "hidden_layers": 2},
    ),
    Challenge(
        "endless",
        "say why endless must be stopped",
        "Play the preset endless, and look at the loss on a logarithmic axis with l.",
        question="endless",
    ),
)

LESSON = TrainingLesson(
    slug="decision-boundary",
    title="Decision boundary",
    minutes=25,
    source="engine.trainers.decision_boundary",
    trainer="DecisionBoundary",
    pace=30,
    charts=("boundary", "network"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
