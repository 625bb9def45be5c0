"""The charts of a lab, in the colours of the theme; knows which is in sight, and no run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget

from engine.frame import Frame
from tui.charts import CHARTS
from tui.charts.style import ChartStyle
from tui.themes import ThemeAware, chart_style
from tui.widgets.painted import Painted

TOGETHER = 3
"""So many pictures stand side by side on a wide screen; of more, one is in sight at a time."""


class Chart(Painted):
    """One chart of a lab; the same frame again, or one while it is out of sight, costs nothing."""

    def __init__(self, name: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = CHARTS[name]
        self.border_title = self._kind.title
        self._wanted: tuple[Frame, ChartStyle] | None = None
        self._drawn: tuple[Frame, ChartStyle, Size] | None = None

    def draw(self, frame: Frame, style: ChartStyle) -> None:
        """Show this frame, now or once the chart is in sight."""
        self._wanted = frame, style
        self.on_resize()

    def on_resize(self) -> None:
        """Fill the new size with the last frame; out of sight a widget has no size at all."""
        if self._wanted is None or not self.size.area:
            return
        frame, style = self._wanted
        drawn = frame, style, self.size  # a frame is equal to itself alone
        if self._drawn != drawn:
            self._drawn = drawn
            self.paint_canvas(self._kind.draw(frame, *self.size, style))


class Pictures(Vertical, ThemeAware):
    """One picture over the loss; a wide screen has room for a few of them side by side."""

    DEFAULT_CSS = """
    Pictures {
        Horizontal, #lower, #chart-loss { height: 1fr; }
        .picture { width: 1fr; display: none; }
        .picture.-chosen { display: block; }
    }
    """

    def __init__(
        self, names: Sequence[str], below: Widget | None = None, *, id: str | None = None
    ) -> None:
        """Show the charts of these names, the first of them first, and `below` under the loss."""
        super().__init__(id=id, classes="-together" if len(names) <= TOGETHER else None)
        self._names = list(names)
        self._below = below
        self._chosen = 0
        self._look = replace(ChartStyle.dark(), places={})
        self._frame: Frame | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            for index, name in enumerate(self._names):
                chosen = " -chosen" if index == self._chosen else ""
                chart = Chart(name, id=f"chart-{name}", classes=f"picture{chosen}")
                if len(self._names) > TOGETHER:
                    chart.border_title = f"{chart.border_title} · {index + 1}/{len(self._names)}"
                yield chart
        with Vertical(id="lower"):
            yield Chart("loss", id="chart-loss")
            if self._below is not None:
                yield self._below

    def on_mount(self) -> None:
        self.apply_theme()

    @property
    def hidden(self) -> bool:
        """Whether there is a picture out of sight, to turn to."""
        if self.has_class("-together") and self.screen.has_class("-wide"):
            return False
        return len(self._names) > 1

    @property
    def others(self) -> dict[str, str]:
        """The titles of the pictures to turn to, by name; none where all are in sight."""
        return {name: CHARTS[name].title for name in self._names} if self.hidden else {}

    @property
    def has_other(self) -> bool:
        """Whether a picture in sight has something else to show."""
        names = [self._names[self._chosen]] if self.hidden else self._names
        return any(CHARTS[name].has_other for name in names)

    def show(self, frame: Frame) -> None:
        """Draw this frame."""
        self._frame = frame
        self._draw()

    def turn(self) -> None:
        """Bring the next picture into sight."""
        self._bring((self._chosen + 1) % len(self._names))

    def choose(self, name: str) -> None:
        """Bring the picture of that name into sight."""
        self._bring(self._names.index(name))

    def _bring(self, index: int) -> None:
        self._chosen = index
        for place, chart in enumerate(self.query(".picture")):
            chart.set_class(place == index, "-chosen")
        self.call_after_refresh(self._draw)

    def toggle_logarithmic(self) -> None:
        """Draw the loss on a logarithmic axis, or on a plain one again."""
        self._look = replace(self._look, logarithmic=not self._look.logarithmic)
        self._draw()

    def toggle_residuals(self) -> None:
        """Draw the residuals, or leave them out again."""
        self._look = replace(self._look, residuals=not self._look.residuals)
        self._draw()

    def apply_theme(self) -> None:
        old = self._look
        self._look = replace(
            chart_style(self.app),
            logarithmic=old.logarithmic,
            residuals=old.residuals,
            places=old.places,
        )
        self._draw()

    def _draw(self) -> None:
        if self._frame is not None:
            for chart in self.query(Chart):
                chart.draw(self._frame, self._look)
