"""How each of several trainings is told from the others; knows no chart and no widget."""

from __future__ import annotations

from engine.pictures_walks import WalksPicture
from tui.charts.legend import Entry
from tui.charts.look import Look

MARKS = ("▲", "■", "◆")
"""A marker for each, since colours alone tell nothing to some eyes and on some terminals."""


def entries(picture: WalksPicture, look: Look) -> tuple[Entry, ...]:
    """The marker, the name and the colour of every training, in the order of the picture."""
    colours = (look.line, look.sample, look.residual)
    return tuple(
        (mark, walk.name, colour)
        for mark, walk, colour in zip(MARKS, picture.walks, colours, strict=False)
    )
