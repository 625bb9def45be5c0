from __future__ import annotations

import numpy as np
import pytest

from tui.charts.plot import clip, inside


def stretches(*points: tuple[float, float]) -> list[list[tuple[float, float]]]:
    x, y = np.array(points).T
    return [[(float(a), float(b)) for a, b in zip(*run, strict=True)] for run in clip(x, y)]


def test_a_curve_inside_stays_whole() -> None:
    assert stretches((0, 0), (0.5, 1), (1, 0.25)) == [[(0, 0), (0.5, 1), (1, 0.25)]]


def test_a_line_through_is_cut_at_both_edges() -> None:
    assert stretches((-1, 0), (2, 0.75)) == [[(0, 0.25), (1, 0.5)]]


def test_a_curve_that_leaves_and_comes_back_is_in_two_stretches() -> None:
    assert stretches((0, 0.5), (0.5, 1.5), (1, 0.5)) == [
        [(0, 0.5), (0.25, 1.0)],
        [(0.75, 1.0), (1, 0.5)],
    ]


def test_what_passes_by_is_left_out() -> None:
    assert stretches((-1, 2), (2, 2)) == []
    assert stretches((2, 0.5), (3, 0.5), (3, 9)) == []


def test_a_line_on_the_edge_is_inside() -> None:
    assert stretches((0, 1), (1, 1)) == [[(0, 1), (1, 1)]]


@pytest.mark.parametrize("far", [1e12, 1e300, np.inf])
def test_points_however_far_leave_finite_stretches(far: float) -> None:
    runs = stretches((0.5, 0.5), (0.5, far), (0.5, -far))
    assert runs
    assert np.isfinite([value for run in runs for point in run for value in point]).all()


def test_what_is_not_a_number_is_left_out() -> None:
    assert stretches((0, 0), (np.nan, 0.5), (1, 1)) == []
    assert stretches((0, np.nan), (1, np.nan)) == []


@pytest.mark.parametrize("seed", range(30))
def test_stretches_agree_with_dense_sampling(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-1, 2, (2, 6))
    share = np.linspace(0, 1, 2001)
    dense = [
        np.stack([x[i] + share * (x[i + 1] - x[i]), y[i] + share * (y[i + 1] - y[i])])
        for i in range(5)
    ]
    expected = sum(
        np.hypot(x[i + 1] - x[i], y[i + 1] - y[i]) * len(inside(*dense[i])) / 2001 for i in range(5)
    )
    length = sum(float(np.hypot(np.diff(a), np.diff(b)).sum()) for a, b in clip(x, y))
    assert length == pytest.approx(expected, abs=0.01)
