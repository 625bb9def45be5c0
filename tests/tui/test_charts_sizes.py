from __future__ import annotations

import subprocess
import sys

import pytest

from engine.frame import Frame, State
from tests.tui.chart_frames import DARK, draw, losses, pictured
from tui.charts import CHARTS
from tui.charts.style import RGB, ChartStyle


@pytest.mark.parametrize("kind", CHARTS)
def test_every_size_is_filled_to_the_cell(kind: str) -> None:
    sizes = [(width, height) for width in range(1, 48, 2) for height in (1, 2, 3, 4, 5, 6, 9, 14)]
    for width, height in sizes:
        draw(kind, pictured(), width, height, residuals=True)


@pytest.mark.parametrize("kind", CHARTS)
def test_no_size_at_all_has_no_lines(kind: str) -> None:
    assert draw(kind, pictured(), 0, 0) == []
    assert draw(kind, pictured(), 10, 0) == []
    assert draw(kind, pictured(), 0, 2) == ["", ""]


@pytest.mark.parametrize("kind", CHARTS)
def test_where_there_is_no_room_it_says_so(kind: str) -> None:
    assert "too small" in "".join(draw(kind, pictured(), 15, 4))


@pytest.mark.parametrize("kind", CHARTS)
def test_a_run_that_failed_before_its_first_picture_says_why(kind: str) -> None:
    frame = Frame(State.FAILED, {}, losses([]).history, message="RuntimeError: out of memory")
    assert "out of memory" in "".join(draw(kind, frame, 60, 10))


@pytest.mark.parametrize("kind", CHARTS)
def test_one_chart_leaves_nothing_behind_for_the_next(kind: str) -> None:
    frame = pictured()
    alone = draw(kind, frame, 50, 12)
    for other in CHARTS:
        draw(other, pictured(w=3.0), 33, 9)
    assert draw(kind, frame, 50, 12) == alone


@pytest.mark.parametrize("kind", CHARTS)
def test_charts_are_painted_in_the_colours_of_the_look(kind: str) -> None:
    dark, light = (
        CHARTS[kind].draw(pictured(), 50, 12, look) for look in (DARK, ChartStyle.light())
    )
    assert (dark.foregrounds != light.foregrounds).any()


@pytest.mark.parametrize(
    ("look", "background"),
    [(ChartStyle.dark(), (18, 18, 18)), (ChartStyle.light(), (224, 224, 224))],
)
@pytest.mark.parametrize(
    "name", ["text", "line", "start", "points", "sample", "residual", "minimum"]
)
def test_colours_stand_out_from_the_background(
    look: ChartStyle, background: RGB, name: str
) -> None:
    assert contrast(getattr(look, name), background) >= 4


@pytest.mark.parametrize("look", [ChartStyle.dark(), ChartStyle.light()])
def test_what_lies_on_the_map_stands_out_from_all_of_it(look: ChartStyle) -> None:
    assert all(contrast(look.path, shade) >= 3.5 for shade in look.ramp)


@pytest.mark.parametrize("look", [ChartStyle.dark(), ChartStyle.light()])
def test_the_luminance_of_the_map_goes_one_way(look: ChartStyle) -> None:
    shades = [luminance(shade) for shade in look.ramp]
    assert shades == sorted(shades) or shades == sorted(shades, reverse=True)


def luminance(colour: RGB) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


HEAVY = "import sys; print(*sorted({'torch', 'numpy', 'plotext'} & set(sys.modules)))"


def imported_by(statement: str) -> str:
    """Which heavy libraries a fresh interpreter has imported after this statement."""
    command = [sys.executable, "-c", f"{statement}; {HEAVY}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_names_of_the_charts_cost_no_heavy_import() -> None:
    assert imported_by("from tui.charts import CHARTS") == ""


def test_drawing_costs_no_torch() -> None:
    names = ", ".join(kind.module for kind in CHARTS.values())
    assert imported_by(f"import {names}") == "numpy"
