"""What to bring about with the five steps; looks at frames, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from collections.abc import Mapping

    from engine.pictures.fits import FitsPicture

ARRIVED, STUCK = 0.05, 0.3
"""Losses on the curve of the lesson: the noise alone leaves 0.009, the next valley 0.496."""
ALIKE, APART = 0.01, 20
OWN = {"points": 40, "frequency": 1.5, "noise": 0.1}


def far_apart(frame: Frame) -> bool:
    """Two networks that differ in their seed alone end at losses 20 times apart, or farther."""
    losses = _losses(frame, "network", "seeds").values()
    return len(losses) > 0 and max(losses) >= APART * min(losses)


def all_alike(frame: Frame) -> bool:
    """Networks from four seeds all get down to what the noise leaves."""
    losses = _losses(frame, "network", "seeds").values()
    return len(losses) > 0 and max(losses) < ALIKE


def out_of_the_valley(frame: Frame) -> bool:
    """From one start momentum gets to the least loss, and SGD stays in another valley."""
    losses = _losses(frame, "wave", "optimizers")
    return losses.get("momentum", 1) < ARRIVED and losses.get("SGD", 0) > STUCK


def upset(frame: Frame) -> bool:
    """From one start plain SGD gets to the least loss, and Adam does not."""
    losses = _losses(frame, "wave", "optimizers")
    return losses.get("SGD", 1) < ARRIVED and losses.get("Adam", 0) > STUCK


def _losses(frame: Frame, model: str, compare: str) -> Mapping[str, float]:
    """The losses at the end of such a run on the lesson's own curve; else none."""
    settings = frame.settings
    asked = {**OWN, "model": model, "compare": compare}
    own = all(settings.get(name) == value for name, value in asked.items())
    if not own or frame.state is not State.FINISHED or frame.step < 100:
        return {}
    losses = {walk.name: walk.loss for walk in cast("FitsPicture", frame.picture).walks}
    return losses if all(loss < float("inf") for loss in losses.values()) else {}


CHALLENGES = (
    Challenge(
        slug="apart",
        text="two seeds end 20 times apart",
        hint="Preset seeds comes near: turn to other seeds, each of which draws four others.",
        check=far_apart,
    ),
    Challenge(
        slug="alike",
        text="all four seeds below 0.01",
        hint="What could more units, and more epochs, do for all of them?",
        check=all_alike,
    ),
    Challenge(
        slug="valley",
        text="momentum arrives, SGD does not",
        hint="Preset optimizers: how fast must one roll to get over the next ridge?",
        check=out_of_the_valley,
    ),
    Challenge(
        slug="upset",
        text="SGD arrives, Adam does not",
        hint="Preset optimizers, from another start: set initial w and b. There are few such "
        "starts; What goes wrong, at the end of the page, names one.",
        check=upset,
    ),
)
