"""What to bring about with an S curve; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures.curve import CurvePicture

CLOSE = 1e-4
"""A loss this near to the least possible one counts as the best curve."""


def all_right(frame: Frame) -> bool:
    """The threshold came between 0.5 and 1 within 1,000 epochs, the rate being what it was."""
    picture, settings = _picture(frame), frame.settings
    if picture is None or not 0 < frame.step <= 1000 or "learning_rate" in frame.changed:
        return False
    if settings.get("learning_rate") != 0.01 or settings.get("data") != "six-points":
        return False
    return settings.get("seed") == 0 and picture.right() == len(picture.x)


def comes_loose(frame: Frame) -> bool:
    """Begun at a rate of 100 or more, and yet the loss of the six points is nearly gone."""
    rate = frame.settings.get("learning_rate")
    if not isinstance(rate, int | float) or rate < 100 or frame.changed:
        return False
    if frame.settings.get("data") != "six-points" or frame.loss is None:
        return False
    return frame.step > 1 and frame.loss < 0.001


def best_curve(frame: Frame) -> bool:
    """On the overlapping labels, a loss next to the least within 100 epochs."""
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
        slug="right",
        text="six right by 1,000 at rate 0.01",
        hint="The threshold must come to lie between 0.5 and 1. What sped up a small rate before?",
        check=all_right,
    ),
    Challenge(
        slug="loose",
        text="rate 100, yet a loss below 0.001",
        hint="The preset stuck stands at P = 1 exactly. Which loss never computes P?",
        check=comes_loose,
    ),
    Challenge(
        slug="best",
        text="overlap: best curve in 100",
        hint="The preset overlap needs 264 epochs. Its bowl is shallow: be bold, or let it roll.",
        check=best_curve,
    ),
    Challenge(
        slug="endless",
        text="say why w never stops growing",
        hint="Play the preset endless, and think of the threshold and of how steep the curve is.",
        question="endless",
    ),
)
