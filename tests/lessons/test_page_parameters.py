"""The page on parameters: each figure by its formula, or by the run it quotes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.frame import State
from lessons.catalog import find
from tests.lessons.figures import (
    curvatures,
    hundred_points,
    normal_equations,
    says,
    says_question,
)
from tests.lessons.runs import walk

LINE = "parameters"


def test_line_least_squares() -> None:
    slope, intercept, loss = normal_equations(*hundred_points())
    says(LINE, f"{slope:.4f} b*", f"w*·xₘ {intercept:.4f}", f"L is {loss:.4f}")
    run = walk(LINE)
    assert run.weights[-1] == pytest.approx([slope, intercept], abs=1e-3)
    assert run.losses[-1] == pytest.approx(loss, rel=1e-5)


def test_line_the_table_of_the_descent() -> None:
    run = walk(LINE)
    for step in (0, 10, 40, 1000, 5000, 20000):
        w, b = run.weights[step]
        loss = np.append(run.losses, run.losses[-1])[step]
        says(LINE, f" {step} {w:.4f} {b:.4f} {loss:.2f}")


def test_line_the_run_agrees_with_the_formula() -> None:
    x, y = hundred_points()
    w, b = walk(LINE).weights[0]
    for _ in range(1000):
        error = w * x + b - y
        w, b = w - 1e-3 * 2 * np.mean(error * x), b - 1e-3 * 2 * np.mean(error)
    assert walk(LINE).weights[1000] == pytest.approx([w, b], abs=1e-4)


def test_line_w_leaps_to_near_the_best_slope_for_its_b() -> None:
    x, y = hundred_points()
    w, b = walk(LINE).weights[40]
    best = float(x @ (y - b) / (x @ x))
    assert w == pytest.approx(best, abs=0.1)
    says(LINE, f"w leaps to {w:.2f}")


def test_line_the_shape_of_the_bowl() -> None:
    x, _ = hundred_points()
    small, large = curvatures(x)
    says(LINE, f"{large:.2f} across and {small:.3f} along", f"a ratio of {large / small:.0f}")
    says(LINE, f"{large / 10:.1f}% across, {small / 10:.2f}% along")
    centred = curvatures(x - x.mean())
    scaled = curvatures((x - x.mean()) / x.std())
    says(LINE, f"the number would be {centred[1] / centred[0]:.1f}")
    assert scaled[1] / scaled[0] == pytest.approx(1)
    says_question(LINE, "crawl", f"{large:.2f} and {small:.2f}")


def test_line_the_limit_of_the_rate() -> None:
    _, large = curvatures(hundred_points()[0])
    says(LINE, f"2 / {large:.2f} = {2 / large:.5f}")
    below = walk(LINE, learning_rate=0.0236, epochs=5000)
    above = walk(LINE, learning_rate=0.0237, epochs=12_000)
    assert 0.0236 < 2 / large < 0.0237
    assert below.losses[-1] == pytest.approx(1.0495, abs=1e-3)
    assert above.frame.state is State.DIVERGED
    assert len(above.losses) == pytest.approx(11_000, rel=0.01)
    edge = walk(LINE, **find(LINE).load().preset("edge").settings)
    assert edge.frame.state is State.DIVERGED
    assert len(edge.losses) == pytest.approx(1370, rel=0.01)


def test_line_momentum_is_ten_times_as_fast() -> None:
    loss = normal_equations(*hundred_points())[2] + 0.001
    rolling = walk(LINE, **find(LINE).load().preset("momentum").settings).first_below(loss)
    plain = walk(LINE).first_below(loss)
    assert [rolling, plain] == pytest.approx([625, 6674], abs=3)
    says(LINE, "at step 625; without momentum, at step 6,674")


def test_line_other_presets() -> None:
    exact = walk(LINE, **find(LINE).load().preset("no-noise").settings)
    few = normal_equations(*hundred_points(points=5))
    says(LINE, "finds {:.4f} and {:.4f}".format(*exact.weights[-1]))
    says(LINE, f"{few[0]:.4f}·x + {few[1]:.4f}")
    run = walk(LINE, **find(LINE).load().preset("few-points").settings)
    assert run.weights[-1] == pytest.approx(few[:2], abs=1e-3)


def test_line_a_sum_is_a_hundred_times_as_steep() -> None:
    mean, total = walk(LINE, epochs=1), walk(LINE, epochs=1, reduction="sum")
    moved = [run.weights[1] - run.weights[0] for run in (mean, total)]
    assert moved[1] == pytest.approx(100 * moved[0], rel=1e-4)
    says(LINE, "a hundred times as large, and the limit a hundredth")


def test_line_stands_still_in_float32() -> None:
    """The update is at most half the gap between two floats, and rounds away."""
    x, y = hundred_points()
    late = walk(LINE).weights[15_000:]
    w, b = late[-1]
    assert len(np.unique(late[:, 1])) == 1
    update = 1e-3 * abs(2 * np.mean(w * x + b - y))
    assert update < float(np.spacing(np.float32(b)))
    short = normal_equations(x, y)[1] - b
    says(LINE, f"b stays at {b:.4f}, {short:.4f} short")


def test_line_what_a_module_registers() -> None:
    class Half(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = torch.randn(1, 1)
            self.b = nn.Parameter(torch.randn(1, 1))

    class Hasty(nn.Module):
        def __init__(self) -> None:
            self.w = nn.Parameter(torch.randn(1, 1))

    half = Half()
    (half.w + half.b).sum().backward()
    assert [name for name, _ in half.named_parameters()] == ["b"]
    assert half.w.grad is None
    with pytest.raises(AttributeError, match="before Module"):
        Hasty()


def test_line_the_question_about_b() -> None:
    slope, intercept, _ = normal_equations(*hundred_points())
    b = walk(LINE).weights[:, 1]
    arrival = int(np.argmax(np.abs(b - intercept) < 0.01))
    text = next(one.text for one in find(LINE).load().questions if one.slug == "crawl")
    assert f"moves {b[40] - b[0]:.1f} in the first 40 steps" in text
    assert f"some {round(arrival, -2):,} to arrive" in text
    _, large = curvatures(hundred_points()[0])
    assert np.log(100) / -np.log(1 - 1e-3 * large) == pytest.approx(50, abs=3)
    says_question(LINE, "true-line", f"{slope:.5f}·x + {intercept:.5f}")
