"""The widget that shows a chart and repaints its changed cells; knows no run and no lesson."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from engine.frame import Frame
from tui.charts import CHARTS
from tui.charts.look import RGB, Look
from tui.widgets.painted import Painted

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from tui.charts.canvas import Canvas


class Chart(Painted):
    """One chart. Give it a frame as often as you like: only what changed is painted again.

    What nobody sees is not drawn at all.
    """

    def __init__(self, kind: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = CHARTS[kind]
        self.border_title = self._kind.title
        self._wanted: tuple[Frame, Look] | None = None
        self._drawn: tuple[Frame, Look, int, int] | None = None
        self._canvas: Canvas | None = None

    def draw(self, frame: Frame, look: Look) -> None:
        """Show this frame; while the chart is out of sight, only remember it."""
        self._wanted = frame, look
        self._draw_wanted()

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

    def on_resize(self) -> None:
        """Fill the new size with the last frame; out of sight a widget has no size at all."""
        self._draw_wanted()

    def _draw_wanted(self) -> None:
        width, height = self.size
        if self._wanted is None or not (width and height):
            return
        frame, look = self._wanted
        drawn = frame, look, width, height
        if self._drawn and self._drawn[0] is frame and self._drawn[1:] == drawn[1:]:
            return  # it never changes; and it holds arrays, which `==` does not compare
        self._drawn = drawn
        self.show(self._kind.draw(frame, width, height, look))


def _strip(canvas: Canvas, row: int) -> Strip:
    return Strip([Segment(run.text, _style(run.ink, run.paper)) for run in canvas.runs(row)])


@lru_cache(maxsize=4096)
def _style(ink: RGB | None, paper: RGB | None) -> Style:
    return Style(
        color=None if ink is None else Color.from_rgb(*ink),
        bgcolor=None if paper is None else Color.from_rgb(*paper),
    )
