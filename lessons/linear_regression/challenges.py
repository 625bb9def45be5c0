"""What to bring about with six points; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from engine.frame import Frame, State
from lessons.lesson import Challenge

GOOD = 0.1245
"""A loss just above the least that any line reaches on the six points, 0.124434."""


def quick(frame: Frame) -> bool:
    """Almost the best line within 100 epochs."""
    return _good_within(frame, 100)


def rolling(frame: Frame) -> bool:
    """Almost the best line within 30 epochs, which plain gradient descent cannot do."""
    return frame.settings.get("momentum") != 0 and _good_within(frame, 30)


def diverges_narrowly(frame: Frame) -> bool:
    """The loss blew up at a rate less than a tenth above the limit."""
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
    """Whether these are the six points, and the loss is their mean: sums do not compare."""
    return frame.settings.get("data") == "six-points" and frame.settings.get("reduction") == "mean"


CHALLENGES = (
    Challenge(
        slug="quick",
        text="loss below 0.1245 in 100 epochs",
        hint="On the six points, seed 0, with the mean: the rate is ten times too careful.",
        check=quick,
    ),
    Challenge(
        slug="rolling",
        text="loss below 0.1245 in 30 epochs",
        hint="Rate alone will not do; add momentum, neither little nor much.",
        check=rolling,
    ),
    Challenge(
        slug="diverge",
        text="diverge with a rate below 0.2",
        hint="On the six points, without momentum; just over the limit it takes hundreds of steps.",
        check=diverges_narrowly,
    ),
    Challenge(
        slug="floor",
        text="say why the loss ends at 0.124",
        hint="Press e in the lab and look at the residuals of the final line.",
        question="floor",
    ),
)
