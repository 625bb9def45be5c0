"""The widget that shows a chart and repaints its changed cells; knows no run and no lesson."""

from __future__ import annotations

from engine.frame import Frame
from tui.charts import CHARTS
from tui.charts.drawing import Drawing
from tui.charts.look import Look


class Chart(Drawing):
    """One chart. Give it a frame as often as you like: only what changed is painted again.

    What nobody sees is not drawn at all.
    """

    def __init__(self, kind: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = CHARTS[kind]
        self.border_title = self._kind.title
        self._wanted: tuple[Frame, Look] | None = None
        self._drawn: tuple[Frame, Look, int, int] | None = None

    def draw(self, frame: Frame, look: Look) -> None:
        """Show this frame; while the chart is out of sight, only remember it."""
        self._wanted = frame, look
        self._draw_wanted()

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
