"""The charts of a lab, in the colours of the theme; knows which is in sight, and no run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.theme import Theme

from engine.frame import Frame
from tui.charts.chart import Chart
from tui.charts.look import Look


class Pictures(Vertical):
    """One picture over the loss; a wide screen has room for every picture side by side."""

    DEFAULT_CSS = """
    Pictures {
        Horizontal, #chart-loss { height: 1fr; }
        .picture { width: 1fr; display: none; }
        .picture.-chosen { display: block; }
    }
    """

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:
        """Show the charts of these names, the first of them first."""
        super().__init__(id=id)
        self._names = list(names)
        self._chosen = 0
        self._look = Look.dark()
        self._frame: Frame | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            for index, name in enumerate(self._names):
                chosen = " -chosen" if index == self._chosen else ""
                yield Chart(name, id=f"chart-{name}", classes=f"picture{chosen}")
        yield Chart("loss", id="chart-loss")

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._dress)
        self._dress(self.app.current_theme)

    def show(self, frame: Frame) -> None:
        """Draw this frame."""
        self._frame = frame
        self._draw()

    def turn(self) -> None:
        """Bring the next picture into sight."""
        self._chosen = (self._chosen + 1) % len(self._names)
        for index, chart in enumerate(self.query(".picture")):
            chart.set_class(index == self._chosen, "-chosen")
        self.call_after_refresh(self._draw)

    def toggle_logarithmic(self) -> None:
        """Draw the loss on a logarithmic axis, or on a plain one again."""
        self._look = replace(self._look, logarithmic=not self._look.logarithmic)
        self._draw()

    def toggle_residuals(self) -> None:
        """Draw the residuals, or leave them out again."""
        self._look = replace(self._look, residuals=not self._look.residuals)
        self._draw()

    def _dress(self, theme: Theme) -> None:
        colours = Look.dark() if theme.dark else Look.light()
        old = self._look
        self._look = replace(colours, logarithmic=old.logarithmic, residuals=old.residuals)
        self._draw()

    def _draw(self) -> None:
        if self._frame is not None:
            for chart in self.query(Chart):
                chart.draw(self._frame, self._look)
