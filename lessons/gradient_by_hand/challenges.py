"""What to bring about with one weight; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures import LinePicture


def overshoots_and_arrives(frame: Frame) -> bool:
    """On its way from 1 to 2 the weight went beyond 2.3, and now it rests at 2."""
    picture = cast("LinePicture | None", frame.picture)
    if picture is None or not _exact(frame):
        return False
    if (_number(frame, "initial_w"), _number(frame, "slope")) != (1, 2):
        return False
    walked = picture.path[:, 0]
    # The last few together: a single one may be on its way through.
    return bool(walked.max() > 2.3 and abs(walked[-4:] - 2).max() < 0.002)


def lands_at_once(frame: Frame) -> bool:
    """The loss is gone by the fourth step, from a start that was not already there."""
    if not _exact(frame) or "learning_rate" in frame.changed:
        return False
    if abs(_number(frame, "initial_w") - _number(frame, "slope")) < 0.5:
        return False
    step = frame.history.first_below(1e-6)
    return step is not None and step <= 4


def diverges_by_the_data(frame: Frame) -> bool:
    """The loss blew up although the rate stayed where the lesson had it."""
    untouched = _number(frame, "learning_rate") == 0.01 and not frame.changed
    return frame.state is State.DIVERGED and untouched


def _exact(frame: Frame) -> bool:
    """Whether some w fits every sample, so that there is a place to arrive at."""
    return frame.settings.get("noise") == 0 and frame.settings.get("intercept") == 0


def _number(frame: Frame, name: str) -> float:
    value = frame.settings.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


CHALLENGES = (
    Challenge(
        slug="sign",
        text="say what the sign of ∂L/∂w means",
        hint="Start once from w = 1 and once from w = 3, press s, and compare the two gradients.",
        question="sign",
    ),
    Challenge(
        slug="overshoot",
        text="w beyond 2.3, then at rest at 2",
        hint="The preset zigzag goes beyond 2.1; from w = 1, a little more rate goes farther.",
        check=overshoots_and_arrives,
    ),
    Challenge(
        slug="diverge",
        text="diverge with the rate at 0.01",
        hint="A sample multiplies the distance by 1 − 2·η·x²: if η may not grow, what may?",
        check=diverges_by_the_data,
    ),
    Challenge(
        slug="dead-on",
        text="loss below 0.000001 by step 4",
        hint="Type a rate for which 1 − 2·η·x² is zero at one of the three samples.",
        check=lands_at_once,
    ),
)
