"""Every chart of the registry: every size, every number, and drawn by plotext."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import plotext
import pytest

from engine.frame import Frame, State
from tests.tui import test_charts_boundary as boundary
from tests.tui import test_charts_curve as curve
from tests.tui import test_charts_five_steps as five_steps
from tests.tui import test_charts_table as table
from tests.tui import test_charts_time as timing
from tests.tui import test_charts_valley as valley
from tests.tui import test_charts_walks as walks
from tests.tui.chart_frames import DARK, braille, canvas, cells, draw, losses, near, pictured
from tests.tui.digit_frames import digits, hardest
from tui.charts import CHARTS
from tui.charts.axis import Scale
from tui.charts.curves import Panel, PanelCurve, PanelPoint, stacked
from tui.charts.plot import LINE, Plot
from tui.charts.style import ChartStyle
from tui.charts.tables import SignedBar, signed_bars

HOSTILE = (math.nan, math.inf, -math.inf, 1e300, -1e308, 5e-324, 1e7, -3e8)
WIDTHS, HEIGHTS = (1, 15, 16, 17, 23, 30, 38, 44, 47, 60), (1, 4, 5, 6, 9, 14)
SIZES = [(w, HEIGHTS[(i + j) % 6]) for i, w in enumerate(WIDTHS) for j in (0, 3)]
SIZES += [(0, 0), (10, 0), (0, 2), (200, 60), (200, 9)]
FRAMES: dict[str, Frame] = {
    "loss": losses([8.0, 4, 2, 1]),
    "fit": pictured(),
    "surface": pictured(),
    "lines": walks.compared(*walks.THREE),
    "paths": walks.compared(*walks.THREE),
    "samples": walks.compared(*walks.THREE),
    "seconds": walks.compared(*walks.THREE),
    "valley": valley.stepped(1.0, 1.2, 1.36),
    "boundary": boundary.plane(),
    "network": boundary.plane(*boundary.hidden(3)),
    "curve": curve.curved(),
    "stages": five_steps.fitted(lit="model"),
    "fits": five_steps.fitted(five_steps.fit("wave")),
    "walks": five_steps.fitted(five_steps.fit("one"), five_steps.fit("two"), wave=False),
    "log-odds": curve.curved(),
    "digits": digits(),
    "weights": digits(),
    "activations": digits(),
    "confusion": table.frame(),
    "accuracy": timing.scored(0.1, 0.9, 0.98),
    "time": timing.timed(),
    "gradients": table.frame(),
    "belt": table.frame(),
    "validation": table.frame(),
    "throughput": table.frame(throughput=table.timed(16)),
}
"""A frame for each chart."""
OTHERS = {
    "loss": [five_steps.fitted(*five_steps.FOUR), walks.compared(*walks.TWO)],
    "walks": [five_steps.fitted(*five_steps.FOUR)],
    "time": [timing.timed(other=()), timing.timed(seconds=())],
    "accuracy": [timing.scored(), timing.scored(0.5, 1.0), timing.scored(0.0)],
    "confusion": [table.frame(classes=(), confusion=np.zeros((0, 0)))],
    "throughput": [table.frame()],
}
"""More frames for charts with several variants."""
ALIKE = [np.full(4, value) for value in (0.0, -0.0, 1e300, -1e300, 1e-300)]
MANY = np.random.default_rng(0).normal(size=2000)
ODD: dict[str, list[Frame]] = {
    "loss": [
        *(losses(values) for values in ([], [1.0], [-0.0, -0.0], [3.0] * 50, [0.0, 1.0, 0.0])),
        *(losses(values) for values in ([1e-300, 1e-310, 5e-324], [1e300, 1e308, 1.7e308])),
        *(losses(values) for values in ([-1e308, 1e308], [1e-300, 1e300], [-5.0, -3.0])),
        losses([1.0, 1.0 + 1e-15]),
        replace(losses([1.0, 2.0]), loss=math.nan),
        replace(losses([1.0, 2.0]), loss=None),
        walks.compared(walks.TWO[0], walks.walker("mean", 0.5, 1.0, [1e300, 1e308])),
        walks.compared(walks.TWO[0], walks.walker("mean", 0.5, 1.0, [0.0])),
        walks.compared(walks.TWO[0], walks.walker("mean", 0.5, 1.0, [])),
    ],
    "fit": [
        *(pictured(x=x, y=3 * x + 1) for x in (MANY[:1] * 1e6, MANY[:2], np.tile(MANY, 5))),
        *(pictured(x=same, y=same) for same in ALIKE),
        *(pictured(y=np.full(5, same[0])) for same in ALIKE),
    ],
    "surface": [pictured(start=(1.0, 0.0), path=np.array([[1.0, 0.0]]), w=1.0, b=0.0)],
    "valley": [
        valley.stepped(1.0, 1.0, x=np.zeros(3), y=np.zeros(3)),
        *(valley.stepped(w, w, start=(w, 0.0)) for w in (1e300, -1e308, 1e-300, -0.0, 2.0)),
    ],
    "boundary": [
        *(boundary.plane(x=np.full((4, 2), at)) for at in (0.0, 1e300)),
        *(boundary.network(at, act) for at in (math.nan, math.inf) for act in ("relu", "sigmoid")),
    ],
    "digits": [digits(hardest=hardest([1], [2], math.nan))],
    "curve": [curve.curved(x=x, labels=(x > 0.1) * 1.0) for x in (MANY[:1], MANY[:2], MANY)],
    "accuracy": [timing.scored(0.5, 1.0), timing.scored(0.0)],
}
ODD["log-odds"] = ODD["curve"]
"""Few, many, equal and extreme numbers, which are drawn at a few sizes only."""
MARKS = "●◆▲■★○█▀▄╌┊∘"
PIXELS = {"surface", "paths", "boundary"}
"""Pixel pictures with plotext axes; their content is drawn as cells."""


def frames(name: str) -> list[Frame]:
    return [FRAMES[name], *OTHERS.get(name, [])]


def test_every_chart_has_its_frame_here() -> None:
    assert set(FRAMES) == set(CHARTS)
    for name, frame in FRAMES.items():
        assert "nothing to see" not in "".join(draw(name, frame, 72, 18)), name


# Every size, style and state.


@pytest.mark.parametrize("kind", CHARTS)
def test_every_size_is_filled_to_the_cell(kind: str) -> None:
    for index, (width, height) in enumerate(SIZES):
        for frame in frames(kind):
            draw(kind, frame, width, height, residuals=index % 2, logarithmic=index % 3 == 0)
    for index, frame in enumerate(ODD.get(kind, ())):
        for width, height in ((44, 10), (16, 5), (76, 17)):
            for logarithmic in (False, True)[: 1 + (kind in ("loss", "accuracy"))]:
                lines = draw(
                    kind, frame, width, height, residuals=index % 2, logarithmic=logarithmic
                )
                assert kind != "loss" or not any("nan" in line.lower() for line in lines)


def test_what_a_chart_says_where_it_has_nothing_to_draw() -> None:
    failed = Frame(State.FAILED, {}, losses([]).history, message="RuntimeError: out of memory")
    odd = replace(losses([1.0]), picture=object())
    for kind, frame in FRAMES.items():
        assert "too small" in "".join(draw(kind, frame, 15, 4)), kind
        assert "out of memory" in "".join(draw(kind, failed, 60, 10)), kind
        if kind != "loss":
            assert "nothing to see yet" in "".join(draw(kind, odd, 60, 10)), kind


def test_no_chart_leaves_anything_behind_for_the_next() -> None:
    before = {kind: draw(kind, frame, 50, 12) for kind, frame in FRAMES.items()}
    for kind in reversed(CHARTS):
        draw(kind, FRAMES[kind], 33, 9)
    for kind in reversed(CHARTS):
        assert draw(kind, FRAMES[kind], 50, 12) == before[kind], kind
        dark, light = (
            CHARTS[kind].draw(FRAMES[kind], 50, 12, style) for style in (DARK, ChartStyle.light())
        )
        assert (dark.foregrounds != light.foregrounds).any(), kind


# Texts and points.


def moving(name: str) -> list[Frame]:
    """Return frames in which the marked point is at many positions."""
    places = [(w, b) for w in (-3.0, 0.1, 2.6) for b in (-3.5, 0.3, 3.5)]
    if name in ("curve", "log-odds"):
        return [curve.curved(w=w, b=2 * b, at=at) for w, b in places for at in (0.4, 3.5)]
    if name in ("surface", "fit"):
        return [pictured(w=w, b=b, path=np.array([[0.0, 0.0], [w, b]])) for w, b in places]
    if name in ("lines", "paths"):
        return [walks.compared(walks.walker("sum", *at, None), walks.TWO[1]) for at in places]
    if name == "walks":
        paths = (np.array([[-1.0, -0.5], at]) for at in places)
        return [five_steps.fitted(five_steps.fit("one", path=path)) for path in paths]
    if name == "valley":
        return [valley.stepped(*np.linspace(1, w, 9)) for w, _ in places]
    if name == "loss":
        ends = [losses([5.0] * 9 + [end]) for end in (0.0, 1, 4, 5, 9)]
        return [*ends, losses([9.0, 8, 9, 9, 9, 9, 9, 9, 9, 9]), *frames(name)]
    if name in ("samples", "seconds"):
        costs = ((1, 1), (1, 40), (40, 1), (1000, 2))
        spent = [
            [walks.spent(at, n, n, n / 10) for n, at in zip(c, "ab", strict=True)] for c in costs
        ]
        return [walks.compared(*both) for both in spent]
    if name == "accuracy":
        levels = (0.1135, 0.5, 0.97)
        return [timing.scored(0.1, *[at] * n) for at in levels for n in (2, 5, 10)]
    return frames(name)


@pytest.mark.parametrize("name", CHARTS)
def test_no_words_cover_a_point_and_no_point_covers_words(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    points, note = Plot.points, Plot.note
    marked: set[tuple[int, int]] = set()
    written: list[tuple[int, int, str]] = []

    def mark(self: Plot, x: Any, y: Any, colour: Any, marker: str = LINE) -> None:
        # A line has three of its marks, also shown in the legend: one may be hidden.
        if colour == DARK.points or (marker != LINE and name not in ("lines", "fits")):
            marked.update(zip(*(at.tolist() for at in self.mask(x, y).nonzero()), strict=True))
        points(self, x, y, colour, marker)

    def write(self: Plot, column: int, row: int, text: str, colour: Any) -> None:
        if any(map(str.isalnum, text)) and 0 <= column <= self.columns - len(text):
            written.append((row, column + len(text) - len(text.lstrip()), text.lstrip()))
        note(self, column, row, text, colour)

    monkeypatch.setattr(Plot, "points", mark)
    monkeypatch.setattr(Plot, "note", write)
    for size, every in (((43, 8), 1), ((72, 18), 2)):
        for frame in moving(name)[::every]:
            for style in ({}, {"residuals": True})[: 1 + CHARTS[name].has_other]:
                forget()
                marked.clear()
                written.clear()
                lines = draw(name, frame, *size, **style)
                if not marked:
                    continue
                inner = [line[canvas(lines)[0] :] for line in lines]
                covered = {at for at in marked if inner[at[0]][at[1]].isalnum()}
                assert not covered, "\n".join([str(covered), *lines])
                for row, column, text in written:
                    shown = inner[row][column : column + len(text)]
                    same = sum(one == other for one, other in zip(shown, text, strict=True))
                    assert same == len(text) or same < len(text) / 2, "\n".join([text, *lines])


def test_a_mark_stands_in_the_cell_that_is_counted_as_taken() -> None:
    """Also for points half-way between two cells, for which plotext chooses the inner one."""
    for columns, rows in ((41, 6), (40, 10), (111, 27)):
        x, y = Scale("", 0, columns - 1), Scale("", 0, rows - 1)
        for index in range(0, 2 * (columns - 1), 3):
            plot = Plot(columns, rows, x, y, DARK, axes=False)
            at = index / 2, index / 2 % (rows - 1)
            plot.points(*at, DARK.line, "●")
            shown = np.array([list(line) for line in plot.canvas.text()]) == "●"
            assert (shown == plot.mask(*at)).all(), at


def test_a_caption_takes_the_first_free_place_and_gives_up_its_last_lines() -> None:
    plot = Plot(20, 6, Scale("", 0, 19), Scale("", 0, 5), DARK, axes=False)
    taken = np.zeros((6, 20), dtype=bool)
    taken[0, 15] = True
    lines = [("●", "one", DARK.line), ("", "second", DARK.dim)]
    plot.caption(lines, [(-1, 0), (2, -2)], taken)
    assert [line.rstrip() for line in plot.canvas.text()] == ["", "", "", "  ● one", "  second", ""]
    other = plot.blank()
    taken[1:, 2] = True
    other.caption(lines, [(-1, 0), (2, 0)], taken)
    assert [line.rstrip() for line in other.canvas.text()] == ["  ● one", *[""] * 5]


# Plotext.


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Replace the drawing of plotext's figures by nothing."""
    forget()
    monkeypatch.setattr(type(plotext.figure), "draw", lambda self, _: self)
    yield
    forget()


def forget() -> None:
    """Clear what the charts cache between frames."""
    for name, module in sys.modules.items():
        if name.startswith("tui.charts."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear") and kept.__name__ not in ("_plotext", "_coloured"):
                    kept.cache_clear()


def charts_with_axes() -> list[str]:
    drawn = {name: "".join(draw(name, frame, 61, 17)) for name, frame in FRAMES.items()}
    return [name for name in drawn if {"└", "┤"} <= set(drawn[name]) and name not in PIXELS]


def test_while_a_lab_runs_signals_are_drawn_in_every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    names = charts_with_axes()
    assert len(names) >= 14
    drawn: list[Any] = []
    figure, real = type(plotext.figure), type(plotext.figure).draw
    monkeypatch.setattr(figure, "draw", lambda self, one: (drawn.append(one), real(self, one))[1])
    for name in names:
        for step in range(3):
            drawn.clear()
            draw(name, replace(FRAMES[name], step=FRAMES[name].step + step), 61, 17)
            assert drawn, name


def test_without_plotext_a_chart_loses_its_curves_and_markers(
    request: pytest.FixtureRequest,
) -> None:
    names = charts_with_axes()
    for name in names:
        before = draw(name, FRAMES[name], 61, 17)
        assert len(braille(before)) + len(cells(before, MARKS)) > 2, name
    request.getfixturevalue("no_drawing")
    for name in names:
        after = draw(name, FRAMES[name], 61, 17)
        headings = {"time": 2}  # the two marks of its heading, beside the figure
        assert braille(after) == [], name
        assert len(cells(after, MARKS)) == headings.get(name, 0), name


@pytest.mark.usefixtures("no_drawing")
def test_panels_and_bars_are_drawn_by_plotext_too() -> None:
    x = np.linspace(0, 1, 9)
    curve = PanelCurve("up", x, x, DARK.line)
    point = PanelPoint(0.5, 0.5, DARK.points, "here", guided=True)
    panel = Panel(Scale("x", 0, 1), Scale("y", 0, 1), [curve], [point], [0.2])
    lines = stacked([panel], 40, 12, DARK).text()
    assert braille(lines) + cells(lines, MARKS) == []
    bars = signed_bars([SignedBar("a", 0.5, "0.5", DARK.line)], -1, 1, 40, 3, DARK).text()
    assert cells(bars, "█") == []


# Numbers that crash plotext's kernel: nan, inf, and points far outside the limits.


@pytest.mark.parametrize("name", CHARTS)
def test_no_number_ends_the_process(name: str) -> None:
    for value in HOSTILE:
        for frame in frames(name):
            for index, style in enumerate(({}, {"logarithmic": True}, {"residuals": True})):
                with np.errstate(all="ignore"):
                    draw(name, poisoned(frame, value, index), 47, 12, **style)


def poisoned(value: Any, poison: float, index: int) -> Any:
    """Return the value with a hostile number in its losses, curves, weights and paths.

    It is the first, middle or last one of each array. The data of the training is not changed.
    """
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.size:
            value = value.copy()
            value.flat[(0, value.size // 2, value.size - 1)[index]] = poison
        return value
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(poisoned(each, poison, index) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            each.name: poison
            if each.name in ("w", "b", "loss")
            else poisoned(getattr(value, each.name), poison, index)
            for each in fields(value)
            if each.init
            and each.name not in ("x", "y", "start", "labels", "grid", "first", "epochs")
            and each.name not in ("distances", "score_to_beat", "loss_to_beat", "likely", "sure")
        }
        return replace(value, **changes)
    return value


def test_every_way_to_draw_takes_any_number() -> None:
    for value in (*HOSTILE, 1e12):
        plot = Plot(40, 12, Scale("x", 0, 1), Scale("y", 0, 1), DARK)
        for x, y in (([0.1, value, 0.9], [0.1, 0.5, 0.9]), ([0.1, 0.5, 0.9], [value, 0.5, -value])):
            plot.line(x, y, DARK.line)
            plot.points(x, y, DARK.line, "●")
            plot.segments(np.array(x), np.array(y), 0.5, DARK.line, "│")
            plot.legend([("●", "here", DARK.line)], (x, y), (y, x))
            plot.caption([("●", "there", DARK.line)], [(-1, 0), (0, -1)], plot.mask(x, y))
        plot.bar(value, 0.5, 0.5, DARK.line)
        plot.bar(0.5, 0.6, value, DARK.line)
        plot.level(value, DARK.dim)
        assert len(plot.canvas.text()) == 12


def test_a_long_line_is_drawn_with_few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """A point costs plotext about 20 µs, and a frame must cost the same after a million steps."""
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


HEAVY = "import sys; print(*sorted({'torch', 'numpy', 'plotext'} & set(sys.modules)))"


def test_names_cost_no_heavy_import_and_drawing_costs_no_torch() -> None:
    modules = ", ".join(kind.module for kind in CHARTS.values())
    for statement, heavy in (("from tui.charts import CHARTS", ""), (f"import {modules}", "numpy")):
        command = [sys.executable, "-c", f"{statement}; {HEAVY}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == heavy


def test_a_legend_stays_where_it_is_while_it_covers_nothing() -> None:
    """A point moves from corner to corner: the legend moves only if it would be covered."""
    places: dict = {}
    at = []
    for x, y in ((5, 5), (1, 11), (5, 5), (9, 11), (1, 11), (5, 5), (9, 11), (5, 9)):
        plot = Plot(40, 14, Scale("", 0, 10), Scale("", 0, 11), DARK)
        plot.points([x], [y], DARK.points, "●")
        assert plot.legend([("⠒⠒", "here", DARK.line)], ([x], [y]), places=places)
        lines = plot.canvas.text()
        assert near(lines, x, y, "●")
        assert "▏⠒⠒ here" in "".join(lines)
        at.append(cells(lines, "▏")[0])
    left, right = at[:2]
    assert left != right
    assert at == [left, right, right, left, right, right, left, left]
