"""What to bring about with two parameters; looks at frames only, knows no training, no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures import LinePicture

CLOSE = 0.001
"""A loss this near to the least possible one counts as the best line."""


def quick(frame: Frame) -> bool:
    """The best line within 500 steps of plain gradient descent."""
    return frame.settings.get("momentum") == 0 and _arrives_within(frame, 500)


def rolling(frame: Frame) -> bool:
    """The best line within 150 steps; no constant rate manages that without momentum."""
    return _arrives_within(frame, 150)


def near_the_edge(frame: Frame) -> bool:
    """A rate just below 2 / λmax, and the run still ends on the best line."""
    rate = frame.settings.get("learning_rate")
    if not isinstance(rate, int | float) or rate < 0.0235 or "learning_rate" in frame.changed:
        return False
    if frame.state is not State.FINISHED or frame.settings.get("momentum") != 0:
        return False
    return _arrives_within(frame, frame.step)


def diverges_by_the_sum(frame: Frame) -> bool:
    """The loss blew up although the rate stayed where the lesson had it."""
    untouched = frame.settings.get("learning_rate") == 0.001 and not frame.changed
    return frame.state is State.DIVERGED and untouched


def _arrives_within(frame: Frame, steps: int) -> bool:
    """Whether the loss came close to the least possible one, from a start that was drawn."""
    picture = cast("LinePicture | None", frame.picture)
    if picture is None or not _drawn(frame) or frame.step == 0:
        return False
    w, b = picture.least_squares()
    best = float(picture.loss_at(picture.x[:1] * 0 + w, b)[0])
    step = frame.history.first_below(best + CLOSE)
    return step is not None and step <= steps


def _drawn(frame: Frame) -> bool:
    """Whether data and start are the lesson's: nothing placed on the goal beforehand."""
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
        slug="quick",
        text="the best line in 500 steps",
        hint="Without momentum: the rate may grow twentyfold before the bowl throws w out.",
        check=quick,
    ),
    Challenge(
        slug="rolling",
        text="the best line in 150 steps",
        hint="Along the floor of the bowl speed has to build up: momentum, and a larger rate.",
        check=rolling,
    ),
    Challenge(
        slug="edge",
        text="arrive with a rate over 0.0235",
        hint="Press enter on the learning rate and type; the page says where the limit is.",
        check=near_the_edge,
    ),
    Challenge(
        slug="sum",
        text="diverge with the rate at 0.001",
        hint="Something else multiplies the gradient by the number of points.",
        check=diverges_by_the_sum,
    ),
)
