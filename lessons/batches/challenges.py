"""What to bring about with three sizes of batch; looks at frames, knows no training, no screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from engine.pictures.walks import Walk, WalksPicture

CLOSE = 0.01
"""A loss this near to the least possible one counts as the best line."""
REST = 0.05
"""A loss that stays this near to it hardly jumps any more."""
OWN = {"points": 100, "noise": 1.0, "slope": 3.0, "intercept": 10.0, "low": -2.0, "high": 2.0}


def at_rest(frame: Frame) -> bool:
    """In the last quarter of a whole run the single samples never throw the line far off."""
    if not _own_run(frame) or frame.state is not State.FINISHED:
        return False
    losses = _walk(frame, "single").losses
    last = losses.high[-(len(losses) // 4) :] if losses else ()
    return len(last) > 0 and bool(max(last) < _least(frame) + REST)


def quick_full(frame: Frame) -> bool:
    """All points at once: the best line within 20 updates."""
    if not _own_run(frame):
        return False
    losses = _walk(frame, "full").losses
    step = losses.first_below(_least(frame) + CLOSE) if losses else None
    return step is not None and step <= 20


def apart(frame: Frame) -> bool:
    """At one rate the single samples drive w and b beyond all numbers, and the full batch not."""
    if not _own_run(frame) or frame.state is not State.FINISHED:
        return False
    losses = _walk(frame, "full").losses
    arrived = losses is not None and bool(losses.high[-1] < _least(frame) + CLOSE)
    return arrived and not math.isfinite(_walk(frame, "single").w)


def same_path(frame: Frame) -> bool:
    """The mini-batches are the full batch: one update an epoch, and one path."""
    if not _own_run(frame):
        return False
    mini, full = _walk(frame, "mini"), _walk(frame, "full")
    if mini.updates != full.updates or mini.updates < 10:
        return False
    return bool(abs(mini.path - full.path).max() < 1e-3)


def _own_run(frame: Frame) -> bool:
    """Whether data and start are the lesson's: nothing placed on the goal beforehand."""
    settings = frame.settings
    own = all(settings.get(name) == value for name, value in OWN.items())
    drawn = settings.get("initial_w") is None and settings.get("initial_b") is None
    return frame.picture is not None and frame.step > 0 and own and drawn


def _walk(frame: Frame, name: str) -> Walk:
    return cast("WalksPicture", frame.picture).walk(name)


def _least(frame: Frame) -> float:
    return cast("WalksPicture", frame.picture).least_loss()


CHALLENGES = (
    Challenge(
        slug="same",
        text="mini and full walk as one",
        hint="How many points would a batch need for that?",
        check=same_path,
    ),
    Challenge(
        slug="full",
        text="full arrives within 20 epochs",
        hint="It has no noise: it stands steps three times as long. Arrived is 0.01 above least.",
        check=quick_full,
    ),
    Challenge(
        slug="rest",
        text="single rests near the least",
        hint="Within 0.05 of it, in the last quarter of the run: which steps jump less?",
        check=at_rest,
    ),
    Challenge(
        slug="apart",
        text="single diverges, full arrives",
        hint="Press enter on the rate and type; the page says where the limit of each is.",
        check=apart,
    ),
)
