"""A widget that shows finished lines or a canvas, and repaints only the cells that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.style import RGB
from tui.terminal.painter import repaint

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from tui.charts.canvas import Canvas


class Painted(Widget):
    """Shows strips, or one canvas after another.

    An ordinary widget renders all of itself again when anything of it changes, and sends all of
    it to the terminal. Ten times a second beside a training run that costs too much, and over SSH
    it is slow: here only the cells that differ from those on screen are touched.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.strips: list[Strip] = []
        """The lines on screen."""
        self._canvas: Canvas | None = None

    def paint(self, strips: Sequence[Strip], changed: Iterable[Region] | None) -> None:
        """Show these lines, of which those regions changed; None stands for all of it."""
        self.strips = list(strips)
        if changed is None:
            self.refresh()
        elif (regions := list(changed)) and self.size:
            repaint(self, regions)

    def paint_canvas(self, canvas: Canvas) -> None:
        """Show a canvas; the cells that it shares with the one before stay untouched."""
        before, self._canvas = self._canvas, canvas
        if before is None or before.glyphs.shape != canvas.glyphs.shape:
            self.paint([_strip(canvas, row) for row in range(len(canvas.glyphs))], None)
            return
        strips, changed = list(self.strips), []
        for row, start, end in canvas.changes(before):
            strips[row] = _strip(canvas, row)
            changed.append(Region(start, row, end - start, 1))
        self.paint(strips, changed)

    def render_line(self, y: int) -> Strip:
        width, style = self.content_size.width, self.visual_style.rich_style
        if y >= len(self.strips):
            return Strip.blank(width, style)
        return self.strips[y].adjust_cell_length(width).apply_style(style)


def _strip(canvas: Canvas, row: int) -> Strip:
    return Strip(
        [Segment(span.text, _style(span.foreground, span.background)) for span in canvas.spans(row)]
    )


@lru_cache(maxsize=4096)
def _style(foreground: RGB | None, background: RGB | None) -> Style:
    return Style(
        color=None if foreground is None else Color.from_rgb(*foreground),
        bgcolor=None if background is None else Color.from_rgb(*background),
    )
