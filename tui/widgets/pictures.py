"""The chart panels of a lab, and which of them are visible."""

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
"""Most charts side by side on a wide screen; with more charts, one is visible at a time."""


class Chart(Painted):
    """One chart; draws each frame only once, and only while the chart is visible."""

    def __init__(self, name: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = CHARTS[name]
        self.border_title = self._kind.title
        self._wanted: tuple[Frame, ChartStyle] | None = None
        self._drawn: tuple[Frame, ChartStyle, Size] | None = None

    def draw(self, frame: Frame, style: ChartStyle) -> None:
        """Show this frame, now or when the chart becomes visible."""
        self._wanted = frame, style
        self.on_resize()

    def on_resize(self) -> None:
        """Draw the last frame in the new size, unless that is zero because the chart is hidden."""
        size = self.size
        if self._wanted is None or not size.area:
            return
        frame, style = self._wanted
        drawn = frame, style, size  # frames are compared by identity
        if self._drawn != drawn:
            self._drawn = drawn
            self.paint_canvas(self._kind.draw(frame, *size, style))


class Pictures(Vertical, ThemeAware):
    """Shows one chart above the loss chart, or several side by side on a wide screen."""

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
        self._charts: list[Chart] = []
        self._look = replace(ChartStyle.dark(), places={})
        self._frame: Frame | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            for index, name in enumerate(self._names):
                chosen = " -chosen" if index == self._chosen else ""
                chart = Chart(name, id=f"chart-{name}", classes=f"picture{chosen}")
                if len(self._names) > TOGETHER:
                    chart.border_title = f"{chart.border_title} · {index + 1}/{len(self._names)}"
                self._charts.append(chart)
                yield chart
        with Vertical(id="lower"):
            self._charts.append(Chart("loss", id="chart-loss"))
            yield self._charts[-1]
            if self._below is not None:
                yield self._below

    def on_mount(self) -> None:
        self.apply_theme()

    @property
    def hidden(self) -> bool:
        """Whether there are hidden charts."""
        if self.has_class("-together") and self.screen.has_class("-wide"):
            return False
        return len(self._names) > 1

    @property
    def others(self) -> dict[str, str]:
        """The titles of the charts to choose from, by name; empty if all are visible."""
        return {name: CHARTS[name].title for name in self._names} if self.hidden else {}

    @property
    def has_other(self) -> bool:
        """Whether a visible chart has an alternative view."""
        names = [self._names[self._chosen]] if self.hidden else self._names
        return any(CHARTS[name].has_other for name in names)

    def show(self, frame: Frame) -> None:
        """Draw this frame."""
        self._frame = frame
        self._draw()

    def turn(self) -> None:
        """Show the next chart."""
        self._bring((self._chosen + 1) % len(self._names))

    def choose(self, name: str) -> None:
        """Show the chart with this name."""
        self._bring(self._names.index(name))

    def _bring(self, index: int) -> None:
        self._chosen = index
        for place, chart in enumerate(self.query(".picture")):
            chart.set_class(place == index, "-chosen")
        self.call_after_refresh(self._draw)

    def toggle_logarithmic(self) -> None:
        """Toggle the logarithmic loss axis."""
        self._look = replace(self._look, logarithmic=not self._look.logarithmic)
        self._draw()

    def toggle_residuals(self) -> None:
        """Toggle the residuals."""
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
            for chart in self._charts:
                chart.draw(self._frame, self._look)
