"""The widget that shows a chart and repaints its changed lines; knows no run and no lesson."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from engine.frame import Frame
from tui.charts import CHARTS
from tui.charts.ansi import segments
from tui.charts.look import Look


class Chart(Widget):
    """One chart. Give it a frame as often as you like: only what changed is painted again.

    Not drawing what nobody sees, and not painting what is there already, is what leaves the
    training most of the processor, and a slow connection idle.
    """

    ALLOW_SELECT = False

    def __init__(self, kind: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = CHARTS[kind]
        self.border_title = self._kind.title
        self._wanted: tuple[Frame, Look] | None = None
        self._drawn: tuple[Frame, Look, int, int] | None = None
        self._lines: list[str] = []
        self._strips: list[Strip] = []

    def draw(self, frame: Frame, look: Look) -> None:
        """Show this frame; while the chart is out of sight, only remember it."""
        self._wanted = frame, look
        self._draw_wanted()

    def show(self, lines: Sequence[str]) -> None:
        """Show lines of text with ANSI colours; those that are there already stay untouched."""
        before, self._lines = self._lines, list(lines)
        if len(before) != len(self._lines):
            self._strips = [Strip(segments(line)) for line in self._lines]
            self.refresh()
            return
        changed = [y for y, line in enumerate(self._lines) if line != before[y]]
        for y in changed:
            self._strips[y] = Strip(segments(self._lines[y]))
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.visual_style.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, style)
        return self._strips[y].adjust_cell_length(width).apply_style(style)

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
