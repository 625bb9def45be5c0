"""Figures of the page on parameters, checked by formulas or runs."""

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
    walk,
)

LINE = "parameters"


def test_least_squares_and_the_table_of_the_descent() -> None:
    (x, y), run = hundred_points(), walk(LINE)
    slope, intercept, loss = normal_equations(x, y)
    says(LINE, f"{slope:.4f} b*", f"w*·xₘ {intercept:.4f}", f"L is {loss:.4f}")
    assert run.weights[-1] == pytest.approx([slope, intercept], abs=1e-3)
    assert run.losses[-1] == pytest.approx(loss, rel=1e-5)
    for step in (0, 10, 40, 1000, 5000, 20000):
        w, b = run.weights[step]
        says(LINE, f" {step} {w:.4f} {b:.4f} {np.append(run.losses, run.losses[-1])[step]:.2f}")
    w, b = run.weights[0]
    for _ in range(1000):
        error = w * x + b - y
        w, b = w - 1e-3 * 2 * np.mean(error * x), b - 1e-3 * 2 * np.mean(error)
    assert run.weights[1000] == pytest.approx([w, b], abs=1e-4)
    w, b = run.weights[40]  # w jumps close to the best slope for its b
    assert w == pytest.approx(float(x @ (y - b) / (x @ x)), abs=0.1)
    says(LINE, f"w leaps to {w:.2f}")
    says_question(LINE, "true-line", f"{slope:.5f}·x + {intercept:.5f}")


def test_it_stands_still_in_float32() -> None:
    """The update is at most half the distance between two floats, and is rounded away."""
    x, y = hundred_points()
    late = walk(LINE).weights[15_000:]
    w, b = late[-1]
    assert len(np.unique(late[:, 1])) == 1
    update = 1e-3 * abs(2 * np.mean(w * x + b - y))
    assert update < float(np.spacing(np.float32(b)))
    says(LINE, f"b stays at {b:.4f}, {normal_equations(x, y)[1] - b:.4f} short")


def test_the_shape_of_the_bowl_and_the_limit_of_the_rate() -> None:
    x, _ = hundred_points()
    small, large = curvatures(x)
    says(LINE, f"{large:.2f} across and {small:.3f} along", f"a ratio of {large / small:.0f}")
    says(LINE, f"{large / 10:.1f}% across, {small / 10:.2f}% along")
    centred = curvatures(x - x.mean())
    scaled = curvatures((x - x.mean()) / x.std())
    says(LINE, f"the number would be {centred[1] / centred[0]:.1f}")
    assert scaled[1] / scaled[0] == pytest.approx(1)
    says_question(LINE, "crawl", f"{large:.2f} and {small:.2f}")
    says(LINE, f"2 / {large:.2f} = {2 / large:.5f}")
    assert 0.0236 < 2 / large < 0.0237
    below = walk(LINE, learning_rate=0.0236, epochs=5000)
    assert below.losses[-1] == pytest.approx(1.0495, abs=1e-3)
    above = walk(LINE, learning_rate=0.0237, epochs=12_000)
    for run, steps in ((above, 11_000), (walk(LINE, "edge"), 1370)):
        assert run.frame.state is State.DIVERGED
        assert len(run.losses) == pytest.approx(steps, rel=0.01)


def test_the_other_presets() -> None:
    loss = normal_equations(*hundred_points())[2] + 0.001
    arrived = [run.first_below(loss) for run in (walk(LINE, "momentum"), walk(LINE))]
    assert arrived == pytest.approx([625, 6674], abs=3)
    says(LINE, "at step 625; without momentum, at step 6,674")
    few = normal_equations(*hundred_points(points=5))
    says(LINE, "finds {:.4f} and {:.4f}".format(*walk(LINE, "no-noise").weights[-1]))
    says(LINE, f"{few[0]:.4f}·x + {few[1]:.4f}")
    assert walk(LINE, "few-points").weights[-1] == pytest.approx(few[:2], abs=1e-3)
    mean, total = walk(LINE, epochs=1), walk(LINE, epochs=1, reduction="sum")
    moved = [run.weights[1] - run.weights[0] for run in (mean, total)]
    assert moved[1] == pytest.approx(100 * moved[0], rel=1e-4)
    says(LINE, "a hundred times as large, and the limit a hundredth")


def test_what_a_module_registers() -> None:
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


def test_the_question_about_b() -> None:
    _, intercept, _ = normal_equations(*hundred_points())
    b = walk(LINE).weights[:, 1]
    arrival = int(np.argmax(np.abs(b - intercept) < 0.01))
    text = next(one.text for one in find(LINE).load().questions if one.slug == "crawl")
    assert f"moves {b[40] - b[0]:.1f} in the first 40 steps" in text
    assert f"some {round(arrival, -2):,} to arrive" in text
    _, large = curvatures(hundred_points()[0])
    assert np.log(100) / -np.log(1 - 1e-3 * large) == pytest.approx(50, abs=3)
