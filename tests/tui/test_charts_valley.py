from __future__ import annotations

import math

import numpy as np
import pytest

from engine.frame import Frame
from tests.tui.chart_frames import braille, canvas, cells, draw, pictured


def stepped(*path: float, sample: int | None = 0, **changes: object) -> Frame:
    """One weight on (1, 2), (2, 4), (3, 6), from 1: the least loss is at w = 2."""
    x = np.array([1.0, 2.0, 3.0])
    walk = np.array(path, dtype=float).reshape(-1, 1)
    fields = {"x": x, "y": 2 * x, "w": path[-1], "b": 0.0, "start": (1.0, 0.0), "path": walk}
    return pictured(**{**fields, "sample": sample, **changes})


def cell(lines: list[str], w: float, loss: float) -> tuple[int, int]:
    """By hand: w from 2 − 1.4 to 2 + 1.4; the loss from 0 to 1.05·9, sample (3, 6) at w = 1."""
    left, columns, rows = canvas(lines)
    column = left + math.floor((w - 0.6) / 2.8 * (columns - 1) + 0.5)
    return math.floor((1 - loss / 9.45) * (rows - 1) + 0.5), column


def test_the_point_and_where_the_step_leads_stand_at_their_cells() -> None:
    # Sample (3, 6) at w = 1: loss 9, gradient 2·(3 − 6)·3 = −18; with η = 0.02, w = 1.36.
    lines = draw("valley", stepped(1.0, 1.36, sample=2), 76, 17)
    assert cell(lines, 1.0, 9.0) in cells(lines, "●")
    assert cell(lines, 1.36, (3 * 1.36 - 6) ** 2) in cells(lines, "○")
    assert "slope −18.0000" in "\n".join(lines)


def test_the_slope_is_that_before_the_update() -> None:
    text = "\n".join(draw("valley", stepped(1.0, 1.02), 76, 17))
    assert "slope −2.0000" in text


@pytest.mark.parametrize(("reduction", "slope"), [("mean", "−9.3333"), ("sum", "−28.0000")])
def test_without_a_sample_the_loss_is_over_all(reduction: str, slope: str) -> None:
    frame = stepped(1.0, 1.1, sample=None, reduction=reduction)
    assert f"slope {slope}" in "\n".join(draw("valley", frame, 76, 17))


def test_the_tangent_goes_through_the_point_with_the_slope() -> None:
    lines = draw("valley", stepped(1.0, 1.36, sample=2), 76, 17)
    assert {
        (row, column)
        for row, column in braille(lines)
        if (row, column) == cell(lines, 1.2, 9 - 18 * 0.2)
    }


def test_the_parabola_has_its_bottom_at_the_least_loss() -> None:
    lines = draw("valley", stepped(1.0), 76, 17)
    assert cell(lines, 2.0, 0.0) in braille(lines)


def test_the_window_keeps_still_and_then_narrows() -> None:
    far, same, near = (draw("valley", stepped(*([w] * 5)), 60, 12)[-1] for w in (1.0, 1.6, 1.999))
    assert far == same
    assert far != near
    assert "2.0" in near


def test_divergence_widens_the_window() -> None:
    lines = draw("valley", stepped(1.0, -3e10, 5e12), 60, 12)
    assert cells(lines, "●")
    assert "10¹" in lines[-1]


def test_before_the_first_step_there_is_no_slope() -> None:
    text = "\n".join(draw("valley", stepped(1.0, sample=None), 60, 12))
    assert "slope" not in text
    assert "w now" in text


@pytest.mark.parametrize("w", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_no_number_is_said(w: float) -> None:
    assert "no longer a number" in "".join(draw("valley", stepped(1.0, w), 60, 12))


@pytest.mark.parametrize("w", [1e300, -1e308, 1e-300, -0.0, 2.0])
def test_hostile_weights(w: float) -> None:
    draw("valley", stepped(1.0, w), 60, 12)
    draw("valley", stepped(w, w, start=(w, 0.0)), 60, 12)


def test_points_on_which_no_weight_depends() -> None:
    zero = np.zeros(3)
    draw("valley", stepped(1.0, 1.0, x=zero, y=zero), 60, 12)
