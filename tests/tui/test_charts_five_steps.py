"""The charts of the five steps as text: highlights, curves, the map and the heights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame
from engine.pictures import Fit, FitsPicture, StageView
from tests.tui.chart_frames import DARK, braille, canvas, cell, cells, draw, history, losses, near
from tui.charts import CHARTS
from tui.charts.canvas import PLAIN
from tui.charts.surface import minima

MARKS = "▲■◆★"
NAMES = ("data", "model", "loss", "optimizer", "loop")
GRID = np.linspace(-3, 3, 241)
SIZES = [(44, 10), (23, 20), (44, 5), (76, 30)]


def stage(name: str) -> StageView:
    return StageView(
        name, f"code of {name}", f"in {name}", f"out {name}", (f"one {name}", "another")
    )


def fit(name: str, curve: Any = 0.0, **changes: Any) -> Fit:
    """Return a model that predicts `curve` everywhere, and moved from (−1, −0.5) to (0, 0)."""
    path = np.array([[-1.0, -0.5], [-0.5, 0.0], [0.0, 0.0]])
    heights = np.array([1.5, 1.0, 0.5])
    one = Fit(name, GRID * 0 + curve, history([1.5, 1.0, 0.5]), 2, path, heights)
    return replace(one, **changes)


def fitted(*fits: Fit, **changes: Any) -> Frame:
    """Return a frame with forty points of sin(1.5·x), and these models."""
    x = np.linspace(-3, 3, 40)
    picture = FitsPicture(
        x, np.sin(1.5 * x), GRID, fits or (fit("network"),), True, tuple(map(stage, NAMES)), ""
    )
    return replace(losses([1.5, 1.0]), picture=replace(picture, **changes))


FOUR = tuple(fit(name, level) for level, name in enumerate(("SGD", "momentum", "RMSprop", "Adam")))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lit", NAMES)
def test_the_one_that_runs_is_lit_and_no_other(lit: str, size: tuple[int, int]) -> None:
    frame = fitted(lit=lit)
    lines = draw("stages", frame, *size)
    assert [line for line in lines if "▶" in line] == [
        next(line for line in lines if f"▶{NAMES.index(lit) + 1} {lit}" in line)
    ]
    drawn = CHARTS["stages"].draw(frame, *size, DARK)
    shaded = sorted(set(np.nonzero(drawn.backgrounds != PLAIN)[0].tolist()))
    assert shaded[0] == next(row for row, line in enumerate(lines) if "▶" in line)
    assert len(shaded) <= size[1] // 5
    waits = NAMES[NAMES.index(lit) + 1 :]
    for name in waits:  # steps that this update has not reached are dimmed
        row = next(row for row, line in enumerate(lines) if f" {name}" in line[:14])
        assert {run.foreground for run in drawn.spans(row) if run.text.strip()} == {DARK.dim}


@pytest.mark.parametrize("size", SIZES)
def test_all_five_stand_in_order_with_what_goes_in_and_out(size: tuple[int, int]) -> None:
    lines = draw("stages", fitted(), *size)
    rows = [
        next(row for row, line in enumerate(lines) if f"{n} {name}" in line)
        for n, name in enumerate(NAMES, start=1)
    ]
    assert rows == sorted(rows)
    text = "\n".join(lines)
    for name in NAMES:
        assert f"in {name}" in text
        assert f"→ out {name}" in text
        assert (f"one {name}" in text) == (size[1] >= 10)
    assert "▶" not in text
    assert (lines[0][0], lines[rows[-1]][0]) == ("╭", "╰")


def test_where_a_line_is_all_there_is_the_lit_one_has_its_code_below() -> None:
    lines = draw("stages", fitted(lit="loss"), 44, 9)
    assert "code of loss" in lines[6]
    assert "one loss, another" in lines[7]
    assert not any("code of" in line for line in draw("stages", fitted(), 44, 9))


def test_four_curves_have_their_markers_and_lie_where_they_are() -> None:
    frame = fitted(
        *(fit(name, level) for level, name in zip((-0.9, -0.3, 0.3, 0.9), "abcd", strict=True))
    )
    lines = draw("fits", frame, 60, 20)
    rows = [[row for row, _ in cells(lines, mark)] for mark in MARKS]
    assert [len(found) for found in rows] == [4] * 4  # one of them in the legend
    levels = [max(found, key=found.count) for found in rows]
    assert all(found.count(level) >= 3 for found, level in zip(rows, levels, strict=True))
    assert levels == sorted(levels, reverse=True)
    assert all(
        f"{mark} {name}" in "\n".join(lines) for mark, name in zip(MARKS, "abcd", strict=True)
    )


def test_one_curve_goes_through_the_points_without_a_marker() -> None:
    lines = draw("fits", fitted(fit("network", np.sin(1.5 * GRID))), 60, 20)
    assert cells(lines, MARKS) == []
    assert "⠒⠒ network now" in "\n".join(lines)
    left, columns, rows = canvas(lines)
    # At x = ±π/3 the sine is ±1, in a window of ±3.36 and ±1.6.
    for x, y in ((math.pi / 3, 1.0), (-math.pi / 3, -1.0)):
        column = left + (x + 3.36) / 6.72 * (columns - 1)
        row = (1 - (y + 1.6) / 3.2) * (rows - 1)
        near = {(int(row) + d, int(column) + s) for d in (0, 1) for s in (0, 1)}
        assert near & set(braille(lines))


def test_curves_that_left_are_named() -> None:
    for size in SIZES:
        alone = "\n".join(draw("fits", fitted(fit("wave", math.inf)), *size))
        assert "off the chart: wave" in alone
        lost = fit("RMSprop", 9.0), fit("Adam", math.nan)
        four = "\n".join(draw("fits", fitted(*FOUR[:2], *lost), *size))
        assert "off the chart: RMSprop, Adam" in four or "2 off the chart" in four


def test_what_is_too_long_is_cut_and_not_wrapped() -> None:
    long = StageView("data", "c" * 90, "i" * 40, "o" * 40, ("n" * 90,))
    stages = (long, *map(stage, NAMES[1:]))
    for size in SIZES:
        assert "…" in "".join(draw("stages", fitted(stages=stages, lit="data"), *size))


def test_between_two_updates_the_loss_says_which_update_it_is_of() -> None:
    after = draw("loss", fitted(lit="loop"), 60, 14)
    assert "loss 1.0000\n" in "\n".join(after)
    assert after[-1].endswith("updates")
    for lit in NAMES[:-1]:
        assert "loss 1.0000, update 2\n" in "\n".join(draw("loss", fitted(lit=lit), 60, 14))
        assert " update 2" in "\n".join(draw("loss", fitted(*FOUR, lit=lit), 60, 14))
    text = "\n".join(draw("loss", fitted(*FOUR), 60, 14))
    assert all(f"{mark} {walk.name} 0.5000" in text for mark, walk in zip(MARKS, FOUR, strict=True))


def test_four_where_they_have_come_to_on_the_map() -> None:
    places = ((-1.5, -3.1), (0.0, 0.0), (1.5, 0.0), (3.0, 3.0))
    walks = [
        fit(name, path=np.array([[-1.0, -0.5], at]))
        for name, at in zip("abcd", places, strict=True)
    ]
    lines = draw("walks", fitted(*walks), 80, 30)
    for mark, (w, b) in zip(MARKS, places, strict=True):
        assert len(cells(lines, mark)) == 1
        assert near(lines, w, b, mark)
    gone = fit("RMSprop", path=np.array([[-1.0, -0.5], [80.0, 1.0]]))
    assert "off the map: RMSprop" in "".join(draw("walks", fitted(FOUR[0], gone), 60, 16))


def test_the_map_marks_the_minima_that_sin_has() -> None:
    """sin(w·x + b) equals sin(1.5·x) at (1.5, 0), (1.5, 2π) and so on, and at (−1.5, ±π)."""
    lines = draw("walks", fitted(fit("wave")), 120, 40)
    least = [at for at in cells(lines, "✚") if "least" not in lines[at[0]][at[1] : at[1] + 8]]
    assert 3 <= len(least) <= 4, "a little more than a period of b is in sight"
    for w, b in ((1.5, 0.0), (-1.5, math.pi), (-1.5, -math.pi)):
        row, column = cell(lines, w, b)
        assert min(abs(at[0] - row) + abs(at[1] - column) for at in least) < 3
    assert len(cells(lines, "×")) > 2


def test_minima_of_a_land_that_is_known() -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    heights = (x**2 - 1) ** 2 + y**2 + 0.3 * x  # deep valley at the left, higher one at the right
    (rows, columns), (high_rows, high_columns) = minima(heights)
    assert (rows.tolist(), high_rows.tolist()) == ([20], [20])
    assert x[20, columns[0]] == pytest.approx(-1, abs=0.11)
    assert x[20, high_columns[0]] == pytest.approx(1, abs=0.11)


def test_a_network_has_its_loss_over_the_way_it_went() -> None:
    way = np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]])  # at distance 5 from its start
    one = fit("network", path=way, heights=np.array([2.0, 0.0]))
    lines = draw("walks", fitted(one, wave=False), 60, 20)
    left, columns, rows = canvas(lines)
    assert cells(lines, "▲") == [(rows - 1, left + columns - 1)]
    assert "loss, by distance from the start" in lines[0]
    narrow = draw("walks", fitted(one, wave=False), 23, 21)  # three charts beside each other
    assert "loss, by distance" in narrow[0]
    assert "from the start" in narrow[1]
    assert all(lines[-1].endswith("distance") for lines in (lines, narrow))
