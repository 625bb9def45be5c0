"""The sigmoid curve and its log-odds, as text."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame
from engine.pictures import CurvePicture
from tests.tui.chart_frames import braille, canvas, cell, cells, draw, losses, near

KINDS = ("curve", "log-odds")


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


SIZES = [(40, 11), (80, 30), (76, 17)]


@pytest.mark.parametrize("size", SIZES)
def test_each_class_has_its_mark_at_its_place(size: tuple[int, int]) -> None:
    lines = draw("curve", curved(), *size)
    for x, label, glyph in ((1, 0, "○"), (2, 0, "○"), (3, 1, "●"), (4, 1, "●")):
        assert near(lines, x, label, glyph)


def test_the_curve_goes_through_the_cells_it_should() -> None:
    lines = draw("curve", curved(at=100.0), 80, 30)
    drawn = braille(lines) + cells(lines, "●○┊")
    for x in np.linspace(0.7, 4.3, 25):
        row, column = cell(lines, float(x), 1 / (1 + math.exp(5 - 2 * x)))
        assert any(abs(at[0] - row) <= 1.5 and abs(at[1] - column) <= 1.5 for at in drawn)


@pytest.mark.parametrize("size", [(40, 11), (80, 30)])
def test_threshold_and_odds_are_marked_and_said(size: tuple[int, int]) -> None:
    lines = draw("curve", curved(b=-4.8), *size)
    text = "\n".join(lines)
    assert "P = 0.5 at x = 2.40" in text
    assert f"P(3.5) = 0.900, odds {math.exp(2.2):.2f}" in text
    assert near(lines, 2.4, 0, "┊")
    assert near(lines, 3.5, 0.9, "◆")


@pytest.mark.parametrize(("b", "arrow", "end"), [(9.0, "◂", 0), (-99.0, "▸", -1)])
def test_a_threshold_off_the_chart_is_marked_at_its_edge(b: float, arrow: str, end: int) -> None:
    lines = draw("curve", curved(b=b), 60, 14)
    left, columns, _ = canvas(lines)
    (row, column), *others = cells(lines, arrow)
    assert not others
    assert column == (left, left + columns - 1)[end]
    assert lines[row].startswith("0.5")
    assert f"P = 0.5 at x = {f'{-b / 2:.2f}'.replace('-', '−')}" in "\n".join(lines)


def test_a_curve_without_a_threshold_says_none() -> None:
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(16, 5), (40, 8), (80, 30), (120, 50), (200, 9)])
@pytest.mark.parametrize(
    ("w", "b"), [(1e300, -1e300), (-1e6, 3.0), (math.nan, 0.0), (math.inf, 0.0), (0.0, 0.0)]
)
def test_any_curve_at_any_size(kind: str, size: tuple[int, int], w: float, b: float) -> None:
    lines = draw(kind, curved(w=w, b=b), *size, residuals=True)
    if math.isnan(w) and size[0] >= 40:
        assert "off the chart" in "\n".join(lines)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("points", [1, 2, 100, 2000])
def test_any_number_of_points(kind: str, points: int) -> None:
    rng = np.random.default_rng(points)
    x, labels = rng.normal(size=points), (rng.uniform(size=points) > 0.5).astype(float)
    draw(kind, curved(x=x, labels=labels), 50, 11, residuals=True)
