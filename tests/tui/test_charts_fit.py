from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.tui.chart_frames import braille, canvas, cell, cells, draw, losses, near, pictured

SAME = {"start": (1.0, 0.0), "w": 1.0, "b": 0.0}


@pytest.mark.parametrize("size", [(44, 10), (76, 17), (36, 10)])
def test_every_point_stands_at_its_cell(size: tuple[int, int]) -> None:
    lines = draw("fit", pictured(**SAME), *size)
    points = [at for at in cells(lines, "●") if "points" not in lines[at[0]][at[1] : at[1] + 10]]
    assert len(points) == 5
    assert all(near(lines, x, x, "●") for x in range(5))


def test_the_line_goes_through_the_cells_it_should() -> None:
    lines = draw("fit", pictured(start=(1.0, 0.0), w=-1.0, b=4.0), 76, 17)
    drawn = set(braille(lines))
    for x in np.linspace(0.6, 3.4, 14):
        row, column = cell(lines, float(x), 4 - float(x))
        assert any(abs(at[0] - row) <= 1.5 and abs(at[1] - column) <= 1.5 for at in drawn)


def test_the_window_stays_while_the_line_moves() -> None:
    frames = [pictured(w=w, b=b) for w, b in ((0.5, 1), (1, 0), (-9, 50), (1e30, 0))]
    drawn = [draw("fit", frame, 44, 10) for frame in frames]
    assert len({tuple(line[: canvas(lines)[0]] for line in lines) for lines in drawn}) == 1
    assert len({tuple(lines[-2:]) for lines in drawn}) == 1


def test_a_far_start_does_not_press_the_points_flat() -> None:
    lines = draw("fit", pictured(start=(-1000.0, -1000.0)), 60, 17)
    rows = [row for row, at in cells(lines, "●") if "points" not in lines[row][at : at + 10]]
    assert max(rows) - min(rows) >= canvas(lines)[2] // 3


@pytest.mark.parametrize(
    ("w", "b", "said"),
    [
        (0.0, 99.0, "the line is off the chart, above"),
        (0.0, -99.0, "the line is off the chart, below"),
        (math.nan, 0.0, "the line is off the chart"),
        (math.inf, 0.0, "the line is off the chart"),
        (-1e308, -1e308, "the line is off the chart"),
    ],
)
def test_a_line_that_left_is_said_in_words(w: float, b: float, said: str) -> None:
    assert said in "\n".join(draw("fit", pictured(w=w, b=b), 60, 12))
    for size in ((44, 7), (40, 7), (36, 8), (24, 20)):  # shorter texts in small panels
        for sample in (None, 1):
            frame = pictured(w=w, b=b, sample=sample)
            assert "off the chart" in "\n".join(draw("fit", frame, *size))


def test_a_line_in_sight_is_not_said_to_be_off() -> None:
    assert "off" not in "\n".join(draw("fit", pictured(), 60, 12))


def test_the_sample_at_work_has_a_mark_of_its_own() -> None:
    lines = draw("fit", pictured(**SAME, sample=3), 60, 14)
    assert near(lines, 3, 3, "◆")
    assert not near(lines, 3, 3, "●")
    assert any("◆" in line and "this sample" in line for line in lines)


def test_residuals_join_points_to_the_line_only_when_asked() -> None:
    frame = pictured(start=(0.0, 0.0), w=0.0, b=0.0)
    lines = draw("fit", frame, 60, 17, residuals=True)
    assert all(near(lines, 4, y, "│") for y in (1, 2, 3))
    without = draw("fit", frame, 60, 17)
    assert {at for _, at in cells(without, "│")} == {canvas(without)[0] - 1}


def test_the_legend_names_every_mark() -> None:
    text = "\n".join(draw("fit", pictured(), 44, 10, residuals=True))
    assert all(name in text for name in ("● ", "points", "⠒⠒", "line now", "at the start", "│"))


def test_no_picture_yet() -> None:
    assert "nothing to see yet" in "".join(draw("fit", losses([]), 44, 10))
    assert "no memory" in "".join(draw("fit", replace(losses([]), message="no memory"), 44, 10))


@pytest.mark.parametrize("points", [1, 2, 100, 10_000])
@pytest.mark.parametrize("residuals", [False, True])
def test_any_number_of_points(points: int, residuals: bool) -> None:
    rng = np.random.default_rng(points)
    x = rng.uniform(-1e6, 1e6, points)
    draw("fit", pictured(x=x, y=3 * x + 1), 50, 11, residuals=residuals)


@pytest.mark.parametrize("value", [0.0, -0.0, 1e300, -1e300, 1e-300])
def test_points_all_alike(value: float) -> None:
    same = np.full(4, value)
    draw("fit", pictured(x=same, y=same), 50, 11, residuals=True)
    draw("fit", pictured(y=np.full(5, value)), 50, 11, residuals=True)


def test_the_legend_covers_neither_residuals_nor_what_is_said_of_the_line() -> None:
    """Residuals are unbroken: from each point the column is drawn down to the line."""
    x, y = np.array([1.0, 2.0, 0.5, 2.5, 2.6, 3.1]), np.array([3.7, 4.6, 1.65, 5.7, 6.0, 6.95])
    frame = pictured(x=x, y=y, start=(0.0, 0.5), w=0.0, b=0.5)
    for size in product((36, 42, 44, 76), (8, 9, 10, 17)):
        lines = draw("fit", frame, *size, residuals=True)
        left, _, rows = canvas(lines)
        tops = {line.index("●", left): row for row, line in enumerate(lines) if "●" in line[left:]}
        for column, row in tops.items():
            if lines[row][column + 1 : column + 3] not in ("  ", " p"):  # not the legend
                continue
            if "points" not in lines[row][column : column + 10]:
                below = [lines[at][column] for at in range(row + 1, rows - 1)]
                assert set(below) <= {"│", "●"}, "\n".join(lines)
    for size in product((24, 30, 36, 44), (5, 6, 7, 8)):
        text = "\n".join(draw("fit", pictured(x=x, y=y, w=1e9, b=1e9), *size))
        said = next(line for line in text.splitlines() if "off the chart" in line)
        assert not any(mark in said for mark in ("▏", "points", "now", "start"))
