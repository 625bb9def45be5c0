from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.geometry import Region

from tests.tui.chart_frames import DARK, losses, pictured
from tests.tui.conftest import until
from tui.charts import CHARTS
from tui.charts.canvas import Canvas
from tui.widgets.pictures import Chart


class Spied(Chart):
    """A chart that records which regions it repaints."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.painted: list[Region] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "painted"):
            self.painted.extend(regions)
        return super().refresh(*regions, **options)


class Wall(App[None]):
    CSS = "Spied { width: 50; height: 12; } .away { display: none; }"

    def __init__(self, kind: str = "loss") -> None:
        super().__init__()
        self.chart = Spied(kind)

    def compose(self) -> ComposeResult:
        with Container():
            yield self.chart


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Record the sizes at which a chart is drawn."""
    sizes: list[tuple[int, int]] = []
    kind = type(CHARTS["loss"])
    real = kind.draw

    def spy(self: Any, frame: Any, width: int, height: int, look: Any) -> Canvas:
        sizes.append((width, height))
        return real(self, frame, width, height, look)

    monkeypatch.setattr(kind, "draw", spy)
    return sizes


def on_screen(chart: Chart) -> list[str]:
    return [chart.render_line(y).text for y in range(chart.size.height)]


async def test_a_chart_is_drawn_in_its_own_size_and_again_only_if_it_changes(
    drawn: list[tuple[int, int]],
) -> None:
    app = Wall()
    chart = app.chart
    chart.draw(losses([9.0]), DARK)  # before the first layout
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "loss 9.0000" in on_screen(chart)[0]
        drawn.clear()
        frame = losses([3.0, 2.0, 1.0])
        chart.draw(frame, DARK)
        await pilot.pause()
        assert drawn == [(50, 12)]
        assert on_screen(chart) == CHARTS["loss"].draw(frame, 50, 12, DARK).text()
        assert chart.border_title == "Loss"
        # The same frame is not drawn again, and an equal picture is not painted again.
        chart.painted.clear()
        drawn.clear()
        chart.draw(frame, DARK)
        chart.draw(frame, replace(DARK))
        assert drawn == []
        chart.draw(losses([3.0, 2.0, 1.0]), DARK)
        assert len(drawn) == 1
        assert chart.painted == []
        # Another style and another size draw the last frame again.
        chart.draw(frame, replace(DARK, logarithmic=True))
        await pilot.pause()
        assert len(drawn) == 2
        assert any("10⁰" in line for line in on_screen(chart))
        chart.styles.width = 30
        await until(pilot, lambda: drawn[-1] == (30, 12))
        assert {len(line) for line in on_screen(chart)} == {30}
        chart.styles.background = "#123456"
        await pilot.pause()
        colours = {part.style.bgcolor.name for part in chart.render_line(0) if part.style}
        assert colours == {"#123456"}


async def test_only_changed_cells_are_painted() -> None:
    app = Wall()
    async with app.run_test() as pilot:
        app.chart.paint_canvas(Canvas.of([f"line {y:<45}" for y in range(12)], DARK.text))
        await pilot.pause()
        app.chart.painted.clear()
        changed = Canvas.of([f"line {y:<45}" for y in range(12)], DARK.text)
        changed.write(3, 10, "here", DARK.text)
        changed.write(7, 0, "l", DARK.line)
        app.chart.paint_canvas(changed)
        assert app.chart.painted == [Region(10, 3, 4, 1), Region(0, 7, 1, 1)]
        assert on_screen(app.chart)[3].rstrip() == "line 3    here"
        assert on_screen(app.chart)[4].rstrip() == "line 4"
    app = Wall("surface")  # a step along the surface changes few lines
    async with app.run_test() as pilot:
        app.chart.draw(pictured(), DARK)
        await pilot.pause()
        app.chart.painted.clear()
        app.chart.draw(pictured(w=0.55, b=1.0), DARK)
        assert 1 <= len(app.chart.painted) <= 2


async def test_a_hidden_chart_is_drawn_only_when_it_is_back(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        for hidden in (Spied, Container):
            away = app.query_one(hidden)
            app.chart.draw(losses([9.0]), DARK)
            away.add_class("away")
            await pilot.pause()
            await pilot.pause()
            drawn.clear()
            app.chart.draw(losses([9.0, 5.0]), DARK)
            app.chart.draw(losses([9.0, 5.0, 3.0]), DARK)
            assert drawn == []
            away.remove_class("away")
            await until(pilot, lambda: drawn)
            assert len(drawn) == 1
            assert "loss 3.0000" in on_screen(app.chart)[0]
