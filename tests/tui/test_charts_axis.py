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


def words(axis: object) -> list[str]:
    return [label for _, label in axis.ticks]  # type: ignore[attr-defined]


def test_ticks_stand_at_round_numbers() -> None:
    axis = linear(0, 10, 5)
    assert axis.ticks == ((0.0, "0"), (0.2, "2"), (0.4, "4"), (0.6, "6"), (0.8, "8"), (1.0, "10"))


def test_negative_ticks_have_a_true_minus_sign_and_zero_has_none() -> None:
    assert words(linear(-1, 1, 4)) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
    assert words(linear(-0.0, 1, 2)) == ["0.0", "0.5", "1.0"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1e-5, ["0", "5×10⁻⁶", "10⁻⁵"]),
        (0, 2e37, ["0", "10³⁷", "2×10³⁷"]),
        (0, 1_000_000, ["0", "500,000", "1,000,000"]),
        (1.9999, 2.0001, ["1.9999", "2.0000", "2.0001"]),
    ],
)
def test_small_and_great_ticks_are_written_as_mathematics(
    low: float, high: float, expected: list[str]
) -> None:
    assert words(linear(low, high, 2)) == expected


def test_powers_of_ten_are_the_ticks_of_a_logarithmic_axis() -> None:
    axis = logarithmic(1e-3, 1e3, 6)
    assert words(axis) == ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²", "10³"]
    assert axis.place([1e-3, 1.0, 1e3]).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(("low", "high"), [(0.002, 500), (0.9, 1.1), (3.0, 3.0), (5e-324, 1e308)])
def test_a_logarithmic_axis_holds_its_range(low: float, high: float) -> None:
    places = logarithmic(low, high, 4).place([low, high])
    assert 0 <= places[0] <= places[1] <= 1
    assert 1 <= len(logarithmic(low, high, 4).ticks) <= 6


def test_what_has_no_logarithm_lies_infinitely_low() -> None:
    assert logarithmic(0.1, 10, 3).place([0.0, -0.0, -5.0]).tolist() == [-math.inf] * 3


@pytest.mark.parametrize("seed", range(50))
def test_any_range_makes_an_axis_whose_ticks_lie_where_their_values_do(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.choice([-1, 1], 2) * 10.0 ** rng.uniform(-290, 299, 2))
    axis = linear(float(low), float(high), int(rng.integers(1, 9)))
    assert -LARGEST <= axis.low < axis.high <= LARGEST
    assert len(axis.ticks) <= 10
    assert all(-1e-6 <= place <= 1 + 1e-6 for place, _ in axis.ticks)
    assert all("e" not in label and "-" not in label for _, label in axis.ticks)


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 0), (1, 1), (1e300, 1e300), (-1e308, 1e308), (1e-320, 2e-320), (5, 5 + 1e-15)],
)
def test_ranges_without_width_or_beyond_floats_still_make_an_axis(low: float, high: float) -> None:
    axis = linear(low, high, 4)
    assert axis.low < axis.high
    assert np.isfinite(axis.place([low, high])).all()


def test_nice_steps_and_round_limits() -> None:
    assert [nice_step(value) for value in (1, 1.1, 2, 3, 5.1, 0.02, 700)] == [
        1, 2, 2, 5, 10, 0.02, 1000,
    ]  # fmt: skip
    assert [round_up(value) for value in (1, 20.98, 312, 1001, 9)] == [1, 25, 400, 1200, 10]


def test_padding_gives_room_even_where_there_is_no_width() -> None:
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
