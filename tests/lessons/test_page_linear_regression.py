"""Figures of the page on linear regression, checked by formulas or runs."""

from __future__ import annotations

import numpy as np
import pytest

from engine.frame import State
from tests.lessons.figures import SIX, curvatures, hundred_points, normal_equations, says, walk

LINEAR = "linear-regression"


def test_what_a_thousand_epochs_reach() -> None:
    run, (slope, intercept, loss) = walk(LINEAR), normal_equations(*SIX)
    (w, b), prediction = run.weights[-1], run.trainer.predict(3.5)
    says(LINEAR, f"gradient descent {w:.4f} {b:.4f} {run.losses[-1]:.5f} {prediction:.4f}")
    best = 3.5 * slope + intercept
    says(LINEAR, f"least squares {slope:.4f} {intercept:.4f} {loss:.5f} {best:.4f}")
    assert f"{run.losses[-1]:.4f}" == "0.1244"
    assert round(prediction, 2) == 7.62
    says(LINEAR, f"at 100 it says {run.trainer.predict(100.0):.1f}")
    x, y = SIX
    residual = slope * x + intercept - y
    worst = int(np.argmax(np.abs(residual)))
    assert (x[worst], f"{residual[worst]:.2f}") == (1.0, "-0.69")
    says(LINEAR, "the largest residual is at x = 1, 0.69 too low")
    # The loss falls more than tenfold in the first 20 epochs, and hardly from epoch 40 on.
    assert run.losses[20] / run.losses[0] < 0.1
    assert run.losses[60] / run.losses[40] > 0.95
    w, b = run.weights[0]
    for _ in range(300):
        error = w * x + b - y
        w, b = w - 0.01 * 2 * np.mean(error * x), b - 0.01 * 2 * np.mean(error)
    assert run.weights[300] == pytest.approx([w, b], abs=1e-4)


def test_the_bowl_and_how_soon_each_rate_arrives() -> None:
    small, large = curvatures(SIX[0])
    limit = 2 / large
    says(LINEAR, f"{large / small:.0f} times as curved", f"λ = {large:.3f}", f"{limit:.4f}")
    says(LINEAR, f"the limit is a sixth: {limit / 6:.4f}")
    far = walk(LINEAR, learning_rate=0.19)
    assert far.frame.state is State.DIVERGED
    assert len(far.losses) == pytest.approx(500, rel=0.02)
    steps = [walk(LINEAR, learning_rate=rate).first_below(0.13) for rate in (0.15, 0.01, 0.18)]
    assert steps == [11, 41, 178]
    says(LINEAR, "in the 11th epoch", "that takes 41", "it takes 178")


@pytest.mark.slow
def test_the_limits_of_the_rate() -> None:
    below = walk(LINEAR, learning_rate=0.182, epochs=7000)
    above = walk(LINEAR, learning_rate=0.1822, epochs=7000)
    assert below.losses[-1] < 0.1245 < walk(LINEAR, learning_rate=0.182, epochs=2000).losses[-1]
    assert above.losses[-1] > 1000 * above.losses[0]
    for rate, converges in ((0.0303, True), (0.0304, False)):
        run = walk(LINEAR, learning_rate=rate, reduction="sum", epochs=5000)
        assert bool(run.losses[-1] < run.losses[0]) is converges
    mean = walk(LINEAR, learning_rate=0.06)
    total = walk(LINEAR, learning_rate=0.01, reduction="sum")  # six times as steep
    assert total.weights == pytest.approx(mean.weights, abs=1e-4)


def test_momentum_circles_and_rests_and_double_is_found() -> None:
    run = walk(LINEAR, "momentum")
    rises = int(np.sum((np.diff(run.losses[:-1]) < 0) & (np.diff(run.losses[1:]) > 0)))
    assert rises > 10
    assert run.losses[-1] == pytest.approx(normal_equations(*SIX)[2], rel=1e-5)
    mean = walk(LINEAR, "double").trainer.predict(4.0)
    total = walk(LINEAR, "double", reduction="sum").trainer.predict(4.0)
    says(LINEAR, f"ŷ(4) is {mean:.4f}", f"it is {total:.5f}")
    assert (f"{mean:.5f}", f"{total:.5f}") == ("7.91860", "7.99935")


@pytest.mark.slow
def test_noisy_line_is_the_least_squares_line() -> None:
    slope, intercept, _ = normal_equations(*hundred_points())
    assert walk(LINEAR, "noisy-line").weights[-1] == pytest.approx([slope, intercept], abs=1e-3)


def test_without_clearing_it_swings_for_ever() -> None:
    x, y = SIX
    (w, b), velocity, losses = walk(LINEAR, epochs=1).weights[0], np.zeros(2), []
    for _ in range(1000):
        error = w * x + b - y
        losses.append(float(np.mean(error**2)))
        velocity += 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - 0.01 * velocity[0], b - 0.01 * velocity[1]
    says(LINEAR, f"between {min(losses):.3f} and {max(losses):.1f}")
    assert max(losses[900:]) > 20
