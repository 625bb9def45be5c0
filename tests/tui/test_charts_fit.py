from __future__ import annotations

import math
from itertools import product

import numpy as np

from tests.tui.chart_frames import braille, canvas, cell, cells, draw, near, pictured

SAME = {"start": (1.0, 0.0), "w": 1.0, "b": 0.0}


def test_every_point_stands_at_its_cell_and_the_line_goes_through_its_own() -> None:
    for size in ((44, 10), (76, 17), (36, 10)):
        lines = draw("fit", pictured(**SAME), *size)
        found = [row for row, at in cells(lines, "●") if "points" not in lines[row][at : at + 10]]
        assert len(found) == 5
        assert all(near(lines, x, x, "●") for x in range(5))
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


def test_a_line_that_left_is_said_in_words() -> None:
    for w, b, side in (
        *((0.0, 99.0, ", above"), (0.0, -99.0, ", below"), (-1e308, -1e308, "")),
        *((math.nan, 0.0, ""), (math.inf, 0.0, "")),
    ):
        assert f"the line is off the chart{side}" in "\n".join(
            draw("fit", pictured(w=w, b=b), 60, 12)
        )
        for size, sample in product(((44, 7), (40, 7), (36, 8), (24, 20)), (None, 1)):
            frame = pictured(w=w, b=b, sample=sample)  # shorter texts in small panels
            assert "off the chart" in "\n".join(draw("fit", frame, *size))
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
        expected = next(line for line in text.splitlines() if "off the chart" in line)
        assert not any(mark in expected for mark in ("▏", "points", "now", "start"))
