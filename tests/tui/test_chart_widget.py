from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.geometry import Region
from textual.widget import Widget

from tests.tui.chart_frames import DARK, losses, pictured
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


async def test_it_shows_the_chart_in_its_own_size(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        frame = losses([3.0, 2.0, 1.0])
        app.chart.draw(frame, DARK)
        await pilot.pause()
        assert drawn == [(50, 12)]
        assert on_screen(app.chart) == CHARTS["loss"].draw(frame, 50, 12, DARK).text()
        assert app.chart.border_title == "Loss"


async def test_the_same_frame_again_is_no_work(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        frame = losses([3.0, 2.0, 1.0])
        app.chart.draw(frame, DARK)
        await pilot.pause()
        app.chart.painted.clear()
        drawn.clear()
        app.chart.draw(frame, DARK)
        app.chart.draw(frame, replace(DARK))
        assert drawn == []
        assert app.chart.painted == []


async def test_an_equal_picture_is_not_painted_again(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        app.chart.draw(losses([3.0, 2.0]), DARK)
        await pilot.pause()
        app.chart.painted.clear()
        drawn.clear()
        app.chart.draw(losses([3.0, 2.0]), DARK)
        assert len(drawn) == 1
        assert app.chart.painted == []


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


async def test_a_step_along_the_surface_leaves_most_lines_alone() -> None:
    app = Wall("surface")
    async with app.run_test() as pilot:
        app.chart.draw(pictured(), DARK)
        await pilot.pause()
        app.chart.painted.clear()
        app.chart.draw(pictured(w=0.55, b=1.0), DARK)
        assert 1 <= len(app.chart.painted) <= 2


async def test_another_look_draws_again(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        frame = losses([3.0, 2.0, 1.0])
        app.chart.draw(frame, DARK)
        app.chart.draw(frame, replace(DARK, logarithmic=True))
        await pilot.pause()
        assert len(drawn) == 2
        assert any("10⁰" in line for line in on_screen(app.chart))


async def test_a_new_size_is_filled_with_the_last_frame(drawn: list[tuple[int, int]]) -> None:
    app = Wall()
    async with app.run_test() as pilot:
        app.chart.draw(losses([3.0, 2.0, 1.0]), DARK)
        app.chart.styles.width = 30
        await pilot.pause()
        await pilot.pause()
        assert drawn[-1] == (30, 12)
        assert {len(line) for line in on_screen(app.chart)} == {30}


@pytest.mark.parametrize("hidden", [Spied, Container])
async def test_out_of_sight_nothing_is_drawn_until_it_is_back(
    drawn: list[tuple[int, int]], hidden: type[Widget]
) -> None:
    app = Wall()
    async with app.run_test() as pilot:
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
        await pilot.pause()
        await pilot.pause()
        assert len(drawn) == 1
        assert "loss 3.0000" in on_screen(app.chart)[0]


async def test_a_frame_that_came_before_the_first_layout_is_shown() -> None:
    app = Wall()
    app.chart.draw(losses([9.0]), DARK)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "loss 9.0000" in on_screen(app.chart)[0]


async def test_the_background_is_that_of_the_widget() -> None:
    app = Wall()
    async with app.run_test() as pilot:
        app.chart.styles.background = "#123456"
        app.chart.draw(losses([9.0]), DARK)
        await pilot.pause()
        colours = {part.style.bgcolor.name for part in app.chart.render_line(0) if part.style}
        assert colours == {"#123456"}
