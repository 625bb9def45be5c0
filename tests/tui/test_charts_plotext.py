"""Every chart with two axes is drawn by plotext, and no number ends the process there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import plotext
import pytest

from engine.frame import Frame
from engine.pictures import CurvePicture
from tests.tui import test_charts_five_steps as five_steps
from tests.tui import test_charts_table as table
from tests.tui import test_charts_time as timing
from tests.tui import test_charts_walks as walks
from tests.tui.chart_frames import braille, cells, draw, losses, pictured
from tui.charts import CHARTS, fit, surface
from tui.charts.axis import Scale
from tui.charts.curves import Panel, PanelCurve, PanelPoint, stacked
from tui.charts.plot import Plot
from tui.charts.style import ChartStyle
from tui.charts.tables import SignedBar, signed_bars

DARK = ChartStyle.dark()
HOSTILE = (math.nan, math.inf, -math.inf, 1e300, -1e308, 1e12, 5e-324)
CURVE = CurvePicture(
    np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0, 1, 1]), 2.0, -5.0, (0.0, 0.0), 3.5
)
FRAMES: dict[str, Frame] = {
    "loss": losses([8.0, 4, 2, 1]),
    "fit": pictured(),
    "valley": pictured(path=np.array([[0.0], [0.3], [0.5]]), b=0.0),
    "lines": walks.compared(*walks.THREE),
    "samples": walks.compared(*walks.THREE),
    "seconds": walks.compared(*walks.THREE),
    "curve": replace(losses([1.0]), picture=CURVE),
    "log-odds": replace(losses([1.0]), picture=CURVE),
    "fits": five_steps.fitted(five_steps.fit("wave")),
    "walks": five_steps.fitted(five_steps.fit("one"), five_steps.fit("two"), wave=False),
    "validation": table.frame(),
    "gradients": table.frame(),
    "accuracy": timing.scored(0.1, 0.9, 0.98),
    "time": timing.timed(),
}
"""A frame for each chart with an x and a y axis."""
MARKS = "●◆▲■★○│█▀▄╌┊∘"


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Plotext, whose figures draw nothing."""
    _forget()
    monkeypatch.setattr(type(plotext.figure), "draw", lambda self, _: self)
    yield
    _forget()


def _forget() -> None:
    """Draw again what is kept from one frame to the next."""
    from tui.charts import curves

    for kept in (
        fit._ground,
        curves._curve_ground,
        curves._log_odds_ground,
        surface._terrain,
        surface._wave_terrain,
    ):
        kept.cache_clear()


@pytest.mark.parametrize("name", FRAMES)
def test_without_plotext_a_chart_loses_its_curves_and_markers(
    name: str, request: pytest.FixtureRequest
) -> None:
    before = draw(name, FRAMES[name], 61, 17)
    assert len(braille(before)) + len(cells(before, MARKS.replace("│", ""))) > 2
    request.getfixturevalue("no_drawing")
    after = draw(name, FRAMES[name], 61, 17)
    headings = {"time": 2}  # the two marks of its head, beside the figure
    assert braille(after) == []
    assert len(cells(after, MARKS.replace("│", ""))) == headings.get(name, 0)


@pytest.mark.usefixtures("no_drawing")
def test_panels_and_bars_are_drawn_by_plotext_too() -> None:
    x = np.linspace(0, 1, 9)
    curve = PanelCurve("up", x, x, DARK.line)
    point = PanelPoint(0.5, 0.5, DARK.points, "here", guided=True)
    panel = Panel(Scale("x", 0, 1), Scale("y", 0, 1), [curve], [point], [0.2])
    assert braille(stacked([panel], 40, 12, DARK).text()) == []
    assert cells(stacked([panel], 40, 12, DARK).text(), MARKS.replace("│", "")) == []
    bars = signed_bars([SignedBar("a", 0.5, "0.5", DARK.line)], -1, 1, 40, 3, DARK).text()
    assert cells(bars, "█") == []


@pytest.mark.parametrize("name", FRAMES)
def test_signals_are_drawn_in_every_frame(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    figure, real = type(plotext.figure), type(plotext.figure).draw
    monkeypatch.setattr(figure, "draw", lambda self, one: (drawn.append(one), real(self, one))[1])
    for _ in range(3):
        drawn.clear()
        draw(name, replace(FRAMES[name], step=FRAMES[name].step + 1), 61, 17)
        assert drawn


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("value", HOSTILE)
def test_no_number_ends_the_process(name: str, value: float) -> None:
    """Plotext's kernel aborts on nan, on inf, and on points far outside the limits."""
    frame = FRAMES.get(name, pictured())
    for index in range(3):
        poisoned = _poisoned(frame, value, index)
        for style in ({}, {"logarithmic": True}, {"residuals": True}):
            with np.errstate(all="ignore"):
                draw(name, poisoned, 47, 12, **style)


def _poisoned(value: Any, poison: float, index: int) -> Any:
    """The same with a hostile number in its losses, curves, weights and paths: first, middle or
    last in each array. The data, which a training run has read, stays."""
    if isinstance(value, np.ndarray):
        if value.dtype == np.float64 and value.size:
            value = value.copy()
            value.flat[(0, value.size // 2, value.size - 1)[index]] = poison
        return value
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_poisoned(each, poison, index) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            each.name: poison
            if each.name in ("w", "b", "loss")
            else _poisoned(getattr(value, each.name), poison, index)
            for each in fields(value)
            if each.name not in ("x", "y", "start", "labels", "grid", "first", "epochs")
            and each.name not in ("distances", "score_to_beat", "loss_to_beat", "likely", "sure")
        }
        return replace(value, **changes)
    return value


@pytest.mark.parametrize("value", HOSTILE)
def test_every_way_to_draw_takes_any_number(value: float) -> None:
    plot = Plot(40, 12, Scale("x", 0, 1), Scale("y", 0, 1), DARK)
    for x, y in (([0.1, value, 0.9], [0.1, 0.5, 0.9]), ([0.1, 0.5, 0.9], [value, 0.5, -value])):
        plot.line(x, y, DARK.line)
        plot.points(x, y, DARK.line, "●")
        plot.segments(np.array(x), np.array(y), 0.5, DARK.line, "│")
        plot.legend([("●", "here", DARK.line)], (x, y), (y, x))
    plot.bar(value, 0.5, 0.5, DARK.line)
    plot.bar(0.5, 0.6, value, DARK.line)
    plot.level(value, DARK.dim)
    assert len(plot.canvas.text()) == 12


def test_a_long_line_is_drawn_with_few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """A point costs plotext some 20 µs: a frame must cost the same after a million steps."""
    points: list[int] = []
    real = type(plotext.figure).signal

    def counted(self: Any, x: list[float], *rest: Any, **options: Any) -> Any:
        points.append(len(x))
        return real(self, x, *rest, **options)

    monkeypatch.setattr(type(plotext.figure), "signal", counted)
    rng = np.random.default_rng(0)
    for width in (48, 120, 200):
        points.clear()
        draw("loss", losses(rng.uniform(1, 2, 5000).tolist()), width, 15)
        assert sum(points) <= 2 * 80 + 10
    points.clear()
    draw("loss", losses([1.0] * 5000), 120, 15)
    assert sum(points) < 10
