"""What to bring about in the plane; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures.boundary import BoundaryPicture


def rolls(frame: Frame) -> bool:
    """On the clouds, stopped before step 200 at a rate of 0.01."""
    settings = frame.settings
    lesson = (settings.get("data"), settings.get("points"), settings.get("seed"))
    if lesson != ("clouds", 200, 10) or settings.get("hidden_layers") != 0 or frame.changed:
        return False
    if settings.get("learning_rate") != 0.01 or settings.get("stop_above") != 0.99:
        return False
    return frame.state is State.FINISHED and 1 < frame.step <= 200


def solves_xor(frame: Frame) -> bool:
    """More than 95% of the xor with no more than three hidden units."""
    layers, units = frame.settings.get("hidden_layers"), frame.settings.get("units")
    if not isinstance(layers, int) or not isinstance(units, int) or layers * units > 3:
        return False
    return _right(frame, "xor") > 0.95


def solves_spiral(frame: Frame) -> bool:
    """More than 95% of the spiral, which no line can have."""
    return _right(frame, "spiral") > 0.95


def _right(frame: Frame, data: str) -> float:
    """The share of points that are right, where these are the lesson's two hundred."""
    picture = cast("BoundaryPicture | None", frame.picture)
    if picture is None or frame.step == 0 or frame.settings.get("data") != data:
        return 0.0
    return picture.accuracy() if len(picture.x) >= 200 else 0.0


CHALLENGES = (
    Challenge(
        slug="rolling",
        text="clouds by step 200, rate 0.01",
        hint="The rate stays. What else makes a step along a steady slope longer?",
        check=rolls,
    ),
    Challenge(
        slug="xor",
        text="xor above 95% with 3 units",
        hint="One hidden layer. Each unit draws one line, and the output puts them together.",
        check=solves_xor,
    ),
    Challenge(
        slug="spiral",
        text="spiral above 95%",
        hint="Two hidden layers, or many units, a rate of 0.1, and some patience.",
        check=solves_spiral,
    ),
    Challenge(
        slug="endless",
        text="say why it has to be stopped",
        hint="Play the preset endless, and look at the loss on a logarithmic axis with l.",
        question="endless",
    ),
)
