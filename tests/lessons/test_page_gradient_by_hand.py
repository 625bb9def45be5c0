"""Figures of the page on gradient descent by hand, checked by formulas or runs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.frame import State
from tests.lessons.figures import number, says, says_question, walk

HAND = "gradient-by-hand"


def steps_by_hand(rate: float, epochs: int, w: float = 1.0) -> list[tuple[float, ...]]:
    """Return (x, y, w before, ŷ, loss, gradient, w after) of each step, by formula."""
    rows: list[tuple[float, ...]] = []
    for _ in range(epochs):
        for x, y in ((1, 2), (2, 4), (3, 6)):
            gradient = 2 * (w * x - y) * x
            rows.append((x, y, w, w * x, (w * x - y) ** 2, gradient, w - rate * gradient))
            w -= rate * gradient
    return rows


def test_the_table_of_the_first_epoch_and_the_run() -> None:
    run, rows = walk(HAND), steps_by_hand(0.01, 100)
    for x, y, w, prediction, loss, gradient, after in rows[:3]:
        cells = [number(value, 4) for value in (w, prediction, loss, gradient, after)]
        says(HAND, f" {x} {y} {' '.join(cells)}")
    assert run.losses[:30] == pytest.approx([row[4] for row in rows[:30]], rel=1e-4)
    assert run.weights[1:31, 0] == pytest.approx([row[6] for row in rows[:30]], rel=1e-6)
    assert [row[5] for row in rows[:3]] == pytest.approx([-2, -7.84, -16.2288])
    assert run.losses[2] == pytest.approx(7.315944, abs=1e-6)
    says(HAND, f"its loss is {number(run.losses[5], 4)}")  # of the third sample in the next epoch
    assert f"{run.trainer.predict(4.0):.6f}" == "7.999999"
    says(HAND, "ŷ(4) is 7.999999")
    assert steps_by_hand(0.01, 1, w=3.0)[0][5] == 2
    says(HAND, "the gradient is now +2")
    run = walk(HAND, epochs=5)
    prediction = run.trainer.predict(4.0)
    says(HAND, f"After 5 epochs w is {run.weights[-1, 0]:.3f}, and ŷ(4) is {prediction:.2f}")


def factor(rate: float) -> float:
    """Return the factor by which one epoch multiplies the distance from w to 2."""
    return float(np.prod([1 - 2 * rate * x * x for x in (1, 2, 3)]))


def test_the_factors_of_an_epoch_and_the_limits_of_the_rate() -> None:
    """The product is 1 at 288η² − 196η + 28 = 0, and −1 at the end of the second interval."""
    says(HAND, "0.98, 0.92 and 0.82", f"together {factor(0.01):.3f}", "removes 26%")
    assert [1 - 2 * 0.01 * x * x for x in (1, 2, 3)] == pytest.approx([0.98, 0.92, 0.82])
    assert round(100 * (1 - factor(0.01))) == 26
    run = walk(HAND, epochs=2)
    assert (run.weights[3, 0] - 2) / (run.weights[0, 0] - 2) == pytest.approx(factor(0.01), 1e-5)
    low, high = sorted(np.roots([288, -196, 28]).real)
    ends = [root.real for root in np.roots([288, -196, 28, -2]) if abs(root.imag) < 1e-9]
    assert factor(low) == pytest.approx(1)
    assert factor(ends[0]) == pytest.approx(-1)
    assert (0.2040 < low < 0.2041, 0.4765 < high < 0.4766) == (True, True)
    says(HAND, "From η = 0.2041 on", f"between 0.4766 and {ends[0]:.3f}")


def test_runs_on_both_sides_of_each_limit() -> None:
    for rate, epochs, converges in (
        (0.203, 1500, True),
        (0.205, 1500, False),
        (0.475, 500, False),
        (0.4775, 1000, True),
        (0.518, 500, True),
        (0.52, 500, False),
    ):
        run = walk(HAND, learning_rate=rate, epochs=epochs)
        assert bool(abs(run.weights[-1, 0] - 2) < 0.1) is converges, rate
        assert bool(abs(factor(rate)) < 1) is converges


def test_the_presets() -> None:
    assert walk(HAND, learning_rate=0.5, epochs=1).weights[1:, 0].tolist() == [2.0, 2.0, 2.0]
    says(HAND, "at 0.5 the first sample lands exactly on 2")
    run = walk(HAND, "zigzag")
    assert run.weights[1:3, 0] == pytest.approx([1.3, 2.14])
    assert run.weights[-1, 0] == pytest.approx(2, abs=1e-6)
    says(HAND, "w jumps from 1.3 to 2.14")
    run = walk(HAND, "runaway")
    distances = np.abs(run.weights[:16:3, 0] - 2)
    assert distances[1:] / distances[:-1] == pytest.approx(1.75)
    assert run.frame.state is State.DIVERGED
    says(HAND, "1.75 times as far away")
    for name in ("noisy", "intercept"):  # without an exact fit, w cycles
        run = walk(HAND, name)
        points = len(run.trainer.x)
        last, before = run.weights[-points:, 0], run.weights[-2 * points : -points, 0]
        assert last.tolist() == before.tolist()
        assert np.ptp(last) > 0.05


def test_without_clearing_it_has_no_rest_and_a_recorded_update_is_refused() -> None:
    w, gradient, walked = 1.0, 0.0, []
    for _ in range(100):
        for x in (1, 2, 3):
            gradient += 2 * (w * x - 2 * x) * x
            w -= 0.01 * gradient
            walked.append(w)
    late = walked[-60:]
    assert (f"{min(late):.2f}", f"{max(late):.2f}") == ("0.95", "3.06")
    says(HAND, "between 0.95 and 3.06")
    says_question(HAND, "zero", "−2 + −7.84 = −9.84")
    leaf = torch.tensor([1.0], requires_grad=True)
    ((leaf - 2) ** 2).sum().backward()
    with pytest.raises(RuntimeError, match="leaf"):
        leaf -= 0.01
    moved = leaf - 0.01
    assert not moved.is_leaf
    moved.sum().backward()
    with pytest.warns(UserWarning, match="leaf"):
        assert moved.grad is None
