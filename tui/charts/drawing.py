"""The widget that shows a canvas and repaints its changed cells; knows not what is drawn on it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui.charts.look import RGB
from tui.widgets.painted import Painted

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from tui.charts.canvas import Canvas


class Drawing(Painted):
    """One canvas at a time. Of the next one only what differs is painted."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._canvas: Canvas | None = None

    def show(self, canvas: Canvas) -> None:
        """Show a canvas; the cells that are there already stay untouched."""
        before, self._canvas = self._canvas, canvas
        if before is None or before.glyphs.shape != canvas.glyphs.shape:
            self.paint([_strip(canvas, row) for row in range(len(canvas.glyphs))], None)
            return
        strips, changed = list(self.strips), []
        for row, start, end in canvas.changes(before):
            strips[row] = _strip(canvas, row)
            changed.append(Region(start, row, end - start, 1))
        self.paint(strips, changed)


def _strip(canvas: Canvas, row: int) -> Strip:
    return Strip([Segment(run.text, _style(run.ink, run.paper)) for run in canvas.runs(row)])


@lru_cache(maxsize=4096)
def _style(ink: RGB | None, paper: RGB | None) -> Style:
    return Style(
        color=None if ink is None else Color.from_rgb(*ink),
        bgcolor=None if paper is None else Color.from_rgb(*paper),
    )
