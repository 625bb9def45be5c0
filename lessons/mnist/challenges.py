"""What to bring about with digits; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from engine.frame import Frame
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures.digits import DigitsPicture

DIGITS = ("mnist", "digits")
TIMES = 1000
"""How much smaller the gradient of the first layer is where nothing arrives there."""


def reads(frame: Frame) -> bool:
    """At the last test, 97% of the digits right."""
    return _right(frame) >= 0.97


def convolves(frame: Frame) -> bool:
    """By convolution, 98% of the digits right."""
    return frame.settings.get("network") == "convolutional" and _right(frame) >= 0.98


def vanishes(frame: Frame) -> bool:
    """After an epoch, the first layer's gradient is a thousandth of the last's."""
    picture = _picture(frame)
    if picture is None or len(picture.accuracies) < 2 or len(picture.gradients) < 2:
        return False
    first, last = picture.gradients[0][1], picture.gradients[-1][1]
    return 0 < first * TIMES <= last


def mends_sigmoids(frame: Frame) -> bool:
    """Sigmoids, and 90% of the digits right all the same."""
    return frame.settings.get("activation") == "sigmoid" and _right(frame) >= 0.9


def _right(frame: Frame) -> float:
    """The share of the test digits that was right at the last test."""
    picture = _picture(frame)
    if picture is None or picture.data not in DIGITS or not len(picture.accuracies):
        return 0.0
    return float(picture.accuracies[-1])


def _picture(frame: Frame) -> DigitsPicture | None:
    return cast("DigitsPicture | None", frame.picture) if frame.step else None


CHALLENGES = (
    Challenge(
        slug="reads",
        text="97% of the test digits right",
        hint="Ten epochs do it on MNIST; scikit-learn's digits take 60, at a rate of 0.05.",
        check=reads,
    ),
    Challenge(
        slug="convolution",
        text="98% by a convolution",
        hint="A preset has one. On scikit-learn's digits, 60 epochs at a rate of 0.05 do it.",
        check=convolves,
    ),
    Challenge(
        slug="vanish",
        text="see the first gradient vanish",
        hint="Play the preset sigmoid: after an epoch it is 1,000 times smaller than the last. "
        "Which slope is never above 1/4?",
        check=vanishes,
    ),
    Challenge(
        slug="sigmoids",
        text="90% with sigmoids all the same",
        hint="How many of them lie between the loss and the first layer? And how long is a step?",
        check=mends_sigmoids,
    ),
)
