"""The lesson Logistic regression: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame
from lessons.controls import MOMENTUM, SEEDS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import CurvePicture

PRESETS = (
    Preset("six-points", "six points, one of them a 0", predict_at=(3.5,)),
    Preset("logits", "the same, computed from z", {"loss": "BCEWithLogitsLoss"}, predict_at=(3.5,)),
    Preset(
        "endless",
        "a weight that grows for ever",
        {"learning_rate": 1.0, "epochs": 10_000},
        predict_at=(3.5,),
    ),
    Preset(
        "overlap",
        "labels that overlap: a best curve",
        {"data": "overlap", "learning_rate": 1.0},
        predict_at=(3.5,),
    ),
    Preset(
        "stuck", "one step too far, and no way back", {"learning_rate": 100.0}, predict_at=(3.5,)
    ),
)

OVERLAP = ("data", "overlap")
"""The setting that the settings of the overlapping labels depend on."""

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0),
        "How far each step goes against the gradient.",
    ),
    Control(
        "at",
        (-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0),
        "The x for which the lab shows the probability and the odds.",
        label="odds at x",
    ),
    MOMENTUM,
    Control(
        "epochs",
        (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 100_000),
        "How many passes over the data; each is one step, with all the points.",
    ),
    Control(
        "loss",
        ("BCELoss", "BCEWithLogitsLoss"),
        "Whether the cross-entropy is computed from P or straight from z.",
    ),
    Control(
        "data",
        ("six-points", "overlap"),
        "Six points that a threshold separates, or labels that overlap.",
    ),
    Control("seed", SEEDS, "Which start nn.Linear draws, and which points where labels overlap."),
    Control(
        "points",
        (10, 20, 50, 100, 200, 500, 1000),
        "How many points there are, half of them with label 1.",
        only_with=OVERLAP,
    ),
    Control(
        "gap",
        (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0),
        "How far apart the middles of the two classes lie, in standard deviations.",
        only_with=OVERLAP,
    ),
)

CLOSE = 1e-4
"""The most that the loss of the best curve may exceed the least possible loss."""


def all_right(frame: Frame) -> bool:
    """Whether all points are right within 1,000 epochs at the lesson's learning rate."""
    picture, settings = _picture(frame), frame.settings
    if picture is None or not 0 < frame.step <= 1000 or "learning_rate" in frame.changed:
        return False
    if settings.get("learning_rate") != 0.01 or settings.get("data") != "six-points":
        return False
    return settings.get("seed") == 0 and picture.right() == len(picture.x)


def comes_loose(frame: Frame) -> bool:
    """Whether the loss on the six points is nearly 0 after a start with a rate of 100 or more."""
    rate = frame.settings.get("learning_rate")
    if not isinstance(rate, int | float) or rate < 100 or frame.changed:
        return False
    if frame.settings.get("data") != "six-points" or frame.loss is None:
        return False
    return frame.step > 1 and frame.loss < 0.001


def best_curve(frame: Frame) -> bool:
    """Whether the loss on the overlapping labels is near the least within 100 epochs."""
    picture, settings = _picture(frame), frame.settings
    if picture is None or frame.step == 0 or settings.get("data") != "overlap":
        return False
    if (settings.get("points"), settings.get("gap"), settings.get("seed")) != (100, 2.0, 0):
        return False
    best = picture.best()
    step = frame.history.first_below(picture.loss(*best) + CLOSE) if best else None
    return step is not None and step <= 100


def _picture(frame: Frame) -> CurvePicture | None:
    return cast("CurvePicture | None", frame.picture)


CHALLENGES = (
    Challenge(
        "right",
        "get all six right at rate 0.01",
        "In 1,000 epochs the threshold must come to lie between 0.5 and 1. What sped up a "
        "small rate before?",
        check=all_right,
        solution={"momentum": 0.8},
    ),
    Challenge(
        "loose",
        "get loss < 0.001 with rate 100",
        "The preset stuck stands at P = 1 exactly. Which loss never computes P?",
        check=comes_loose,
        solution={"learning_rate": 100.0, "loss": "BCEWithLogitsLoss"},
    ),
    Challenge(
        "best",
        "fit overlap best in 100 epochs",
        "The preset overlap needs 264 epochs. Its bowl is shallow: be bold, or let it roll.",
        check=best_curve,
        solution={"data": "overlap", "learning_rate": 3.0},
    ),
    Challenge(
        "endless",
        "say why w never stops growing",
        "Play the preset endless, and think of the threshold and of how steep the curve is.",
        question="endless",
    ),
)

LESSON = TrainingLesson(
    slug="logistic-regression",
    title="Logistic regression",
    minutes=20,
    source="engine.trainers.logistic_regression",
    trainer="LogisticRegression",
    pace=50,
    charts=("curve", "log-odds"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
