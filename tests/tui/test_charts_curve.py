"""The sigmoid curve and its log-odds, as text."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from engine.frame import Frame
from engine.pictures import CurvePicture
from tests.tui.chart_frames import braille, canvas, cell, cells, draw, losses, near


def curved(**changes: Any) -> Frame:
    """Return label 0 at 1 and 2, label 1 at 3 and 4, and a curve with its threshold at 2.5."""
    fields: dict[str, Any] = {
        "x": np.array([1.0, 2.0, 3.0, 4.0]),
        "labels": np.array([0.0, 0.0, 1.0, 1.0]),
        "w": 2.0,
        "b": -5.0,
        "start": (0.0, 0.0),
        "at": 3.5,
    }
    return replace(losses([1.0]), picture=CurvePicture(**{**fields, **changes}))


def test_each_class_has_its_mark_and_threshold_and_odds_are_marked_and_said() -> None:
    for size in ((40, 11), (80, 30), (76, 17)):
        lines = draw("curve", curved(), *size)
        for x, label, glyph in ((1, 0, "○"), (2, 0, "○"), (3, 1, "●"), (4, 1, "●")):
            assert near(lines, x, label, glyph), size
        lines = draw("curve", curved(b=-4.8), *size)
        text = "\n".join(lines)
        assert "P = 0.5 at x = 2.40" in text
        assert f"P(3.5) = 0.900, odds {math.exp(2.2):.2f}" in text
        assert near(lines, 2.4, 0, "┊")
        assert near(lines, 3.5, 0.9, "◆")


def test_the_curve_goes_through_the_cells_it_should() -> None:
    lines = draw("curve", curved(at=100.0), 80, 30)
    drawn = braille(lines) + cells(lines, "●○┊")
    for x in np.linspace(0.7, 4.3, 25):
        row, column = cell(lines, float(x), 1 / (1 + math.exp(5 - 2 * x)))
        assert any(abs(at[0] - row) <= 1.5 and abs(at[1] - column) <= 1.5 for at in drawn)
    assert "off the chart" in "\n".join(draw("curve", curved(w=math.nan), 60, 14))


def test_a_threshold_off_the_chart_is_marked_at_its_edge_and_none_is_not_said() -> None:
    for b, arrow, end in ((9.0, "◂", 0), (-99.0, "▸", -1)):
        lines = draw("curve", curved(b=b), 60, 14)
        left, columns, _ = canvas(lines)
        ((row, column),) = cells(lines, arrow)
        assert column == (left, left + columns - 1)[end]
        assert lines[row].startswith("0.5")
        assert f"P = 0.5 at x = {f'{-b / 2:.2f}'.replace('-', '−')}" in "\n".join(lines)
    assert "P = 0.5 at" not in "\n".join(draw("curve", curved(w=0.0, b=1.0), 60, 14))


def test_residuals_join_each_label_to_the_curve() -> None:
    frame = curved(w=0.0, b=0.0, at=100.0)
    lines = draw("curve", frame, 80, 30, residuals=True)
    assert all(near(lines, 4, p, "│") for p in (0.6, 0.7, 0.8, 0.9))
    left = canvas(lines)[0]
    assert {at for _, at in cells(draw("curve", frame, 80, 30), "│")} == {left - 1}


def test_on_the_log_odds_a_point_stands_above_zero_where_p_is_above_half() -> None:
    lines = draw("log-odds", curved(), 60, 25)
    zero = next(row for row, line in enumerate(lines) if "P = 0.5" in line)
    left, _, _ = canvas(lines)
    seen = {(at > zero, lines[at][place]) for at, place in cells(lines, "●○") if place > left + 8}
    assert {(True, "○"), (False, "●")} <= seen
