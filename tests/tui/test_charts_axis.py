"""The axes of charts, and curves cut at the edges of the window."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui.charts.axis import (
    LARGEST,
    Scale,
    linear,
    logarithmic,
    nice_step,
    padded,
    round_up,
    vertical,
)
from tui.charts.polyline import clip, inside


def words(axis: object) -> list[str]:
    return [label for _, label in axis.ticks]  # type: ignore[attr-defined]


def test_ticks_stand_at_round_numbers_written_as_mathematics() -> None:
    axis = linear(0, 10, 5)
    assert axis.ticks == ((0.0, "0"), (0.2, "2"), (0.4, "4"), (0.6, "6"), (0.8, "8"), (1.0, "10"))
    for low, high, count, expected in (
        (-1, 1, 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (-0.0, 1, 2, ["0.0", "0.5", "1.0"]),
        (0, 1e-5, 2, ["0", "5×10⁻⁶", "10⁻⁵"]),
        (0, 2e37, 2, ["0", "10³⁷", "2×10³⁷"]),
        (0, 1_000_000, 2, ["0", "500,000", "1,000,000"]),
        (1.9999, 2.0001, 2, ["1.9999", "2.0000", "2.0001"]),
    ):
        assert words(linear(low, high, count)) == expected


def test_a_logarithmic_axis_holds_its_range_with_powers_of_ten_as_ticks() -> None:
    axis = logarithmic(1e-3, 1e3, 6)
    assert words(axis) == ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²", "10³"]
    assert axis.place([1e-3, 1.0, 1e3]).tolist() == [0.0, 0.5, 1.0]
    for low, high in ((0.002, 500), (0.9, 1.1), (3.0, 3.0), (5e-324, 1e308)):
        places = logarithmic(low, high, 4).place([low, high])
        assert 0 <= places[0] <= places[1] <= 1
        assert 1 <= len(logarithmic(low, high, 4).ticks) <= 6
    # Numbers without a logarithm lie infinitely low.
    assert logarithmic(0.1, 10, 3).place([0.0, -0.0, -5.0]).tolist() == [-math.inf] * 3


def test_any_range_makes_an_axis_whose_ticks_lie_where_their_values_do() -> None:
    for seed in range(50):
        rng = np.random.default_rng(seed)
        low, high = np.sort(rng.choice([-1, 1], 2) * 10.0 ** rng.uniform(-290, 299, 2))
        axis = linear(float(low), float(high), int(rng.integers(1, 9)))
        assert -LARGEST <= axis.low < axis.high <= LARGEST
        assert len(axis.ticks) <= 10
        assert all(-1e-6 <= place <= 1 + 1e-6 for place, _ in axis.ticks)
        assert all("e" not in label and "-" not in label for _, label in axis.ticks)
    without_width = ((0, 0), (1, 1), (1e300, 1e300), (-1e308, 1e308), (1e-320, 2e-320))
    for low, high in (*without_width, (5, 5 + 1e-15)):
        axis = linear(low, high, 4)
        assert axis.low < axis.high
        assert np.isfinite(axis.place([low, high])).all()


def test_nice_steps_round_limits_and_padding() -> None:
    steps = {1: 1, 1.1: 2, 2: 2, 3: 5, 5.1: 10, 0.02: 0.02, 700: 1000}
    assert {value: nice_step(value) for value in steps} == steps
    limits = {1: 1, 20.98: 25, 312: 400, 1001: 1200, 9: 10}
    assert {value: round_up(value) for value in limits} == limits
    assert padded(0, 10, 0.1) == (-1, 11)
    assert padded(3, 3, 0.1) == pytest.approx((2.7, 3.3))
    assert padded(0, 0, 0.1) == (-1, 1)


def test_an_axis_of_few_rows_is_little_wider_than_asked() -> None:
    ranges = [(-0.04, 1.08), (-0.01, 0.27), (-0.8, 20), (-6, 6), (-0.3, 8.4), (-1.1, 1.25)]
    for low, high in [*ranges, (-5, 128), (0, 1), (0, 1.2), (0.45, 1), (2, 2)]:
        for rows in (3, 4, 5, 6):
            axis = vertical(Scale("", low, high), rows)
            assert axis.low <= low <= high <= axis.high
            assert axis.high - axis.low <= max(1.5 * (high - low), 1e-5), (low, high, rows)
            places = np.array([place * (rows - 1) for place, _ in axis.ticks])
            at = np.floor(places + 0.5)
            assert 1 <= len(at) == len(set(at))
            assert np.abs(places - at).max() <= 0.26, "a tick stands in its row"
            assert len(set(np.diff(at))) <= 1, "the rows between two ticks are equally many"


# Curves cut at the edges of the window.


def stretches(*points: tuple[float, float]) -> list[list[tuple[float, float]]]:
    x, y = np.array(points).T
    return [[(float(a), float(b)) for a, b in zip(*run, strict=True)] for run in clip(x, y)]


def test_a_curve_is_cut_where_it_leaves_the_window() -> None:
    nan = math.nan
    for points, expected in (
        (((0, 0), (0.5, 1), (1, 0.25)), [[(0, 0), (0.5, 1), (1, 0.25)]]),
        (((-1, 0), (2, 0.75)), [[(0, 0.25), (1, 0.5)]]),
        (((0, 0.5), (0.5, 1.5), (1, 0.5)), [[(0, 0.5), (0.25, 1)], [(0.75, 1), (1, 0.5)]]),
        (((0, 1), (1, 1)), [[(0, 1), (1, 1)]]),  # on the edge
        *((points, []) for points in (((-1, 2), (2, 2)), ((2, 0.5), (3, 0.5), (3, 9)))),
        *((points, []) for points in (((0, 0), (nan, 0.5), (1, 1)), ((0, nan), (1, nan)))),
    ):
        assert stretches(*points) == expected
    for far in (1e12, 1e300, np.inf):
        runs = stretches((0.5, 0.5), (0.5, far), (0.5, -far))
        assert runs
        assert np.isfinite([value for run in runs for point in run for value in point]).all()


def test_stretches_agree_with_dense_sampling() -> None:
    share = np.linspace(0, 1, 2001)
    for seed in range(30):
        x, y = np.random.default_rng(seed).uniform(-1, 2, (2, 6))
        steps = list(zip(x, np.diff(x), y, np.diff(y), strict=False))
        expected = sum(
            np.hypot(dx, dy) * len(inside(x0 + share * dx, y0 + share * dy)) / 2001
            for x0, dx, y0, dy in steps
        )
        length = sum(float(np.hypot(np.diff(a), np.diff(b)).sum()) for a, b in clip(x, y))
        assert length == pytest.approx(expected, abs=0.01)
