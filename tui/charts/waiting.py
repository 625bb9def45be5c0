"""What a chart says that has nothing to show before the first step; knows no chart."""

from __future__ import annotations

from engine.frame import Frame, State

ON_ITS_WAY = "the first step is on its way"


def nothing_yet(frame: Frame, said: str) -> str:
    """What went wrong; or that a step is coming; or what is not here yet, and what to press.

    A run may play for seconds before its first step: worker processes start, or all test images
    are asked.
    """
    if frame.message:
        return frame.message
    begun = getattr(frame.picture, "lit", "")
    if not frame.step and (frame.state is State.PLAYING or begun):
        return ON_ITS_WAY
    return f"{said}: press s or space"
