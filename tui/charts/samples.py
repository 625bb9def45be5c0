"""The loss of several trainings against the samples seen; knows no widget."""

from __future__ import annotations

from engine.frame import Frame
from engine.pictures import WalksPicture
from tui.charts.canvas import Canvas
from tui.charts.losses import by_samples
from tui.charts.plot import too_small, words
from tui.charts.style import ChartStyle


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """The curve of each training, as far as it has come."""
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if not isinstance(picture, WalksPicture) or not frame.step:
        return words(frame.message or "nothing to see yet", width, height, look)
    return by_samples(frame, picture, width, height, look)
