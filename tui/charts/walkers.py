"""How each of several trainings is told from the others; knows no chart and no widget."""

from __future__ import annotations

from collections.abc import Sequence

from engine.pictures import Fit, FitsPicture, LineWalk, WalksPicture
from tui.charts.legend import Entry
from tui.charts.style import ChartStyle

MARKS = ("▲", "■", "◆", "★")
"""A marker for each, since colours alone tell nothing to some eyes and on some terminals."""


def entries(picture: WalksPicture | FitsPicture, look: ChartStyle) -> tuple[Entry, ...]:
    """The marker, the name and the colour of every training, in the order of the picture."""
    walks: Sequence[LineWalk | Fit] = picture.walks
    colours = (look.line, look.sample, look.residual, look.minimum)
    return tuple(
        (mark, walk.name, colour) for mark, walk, colour in zip(MARKS, walks, colours, strict=False)
    )
