"""What every chart of one kind of picture does where there is none: it says so in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from engine.frame import Frame
from tui.charts.canvas import Canvas
from tui.charts.plot import too_small, words
from tui.charts.style import ChartStyle

PictureT = TypeVar("PictureT")


def shows(
    kind: type[PictureT],
) -> Callable[
    [Callable[[PictureT, int, int, ChartStyle], Canvas]],
    Callable[[Frame, int, int, ChartStyle], Canvas],
]:
    """Make a chart of a function that draws this kind of picture.

    The function is given the picture in place of its frame, and only where there is one of
    that kind and room for it.
    """

    def chart(
        draw: Callable[[PictureT, int, int, ChartStyle], Canvas],
    ) -> Callable[[Frame, int, int, ChartStyle], Canvas]:
        @wraps(draw)
        def drawn(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
            if too_small(width, height):
                return words("too small", width, height, look)
            if not isinstance(frame.picture, kind):
                return words(frame.message or "nothing to see yet", width, height, look)
            return draw(frame.picture, width, height, look)

        return drawn

    return chart
