"""The page about sum or mean: each of its figures and answers by its run."""

from __future__ import annotations

import numpy as np
import pytest

from engine.frame import State
from lessons.catalog import find
from tests.lessons.figures import curvatures, number, says, says_question
from tests.lessons.play import met
from tests.lessons.runs import walk

SLUG = "loss-reduction"


def test_page_what_a_thousand_epochs_reach() -> None:
    for epoch in (1, 10, 100, 1000):
        both = walk(SLUG, epochs=epoch).trainer.metrics()
        third = walk(SLUG, epochs=epoch, mean_learning_rate=0.03).trainer.metrics()
        row = both["prediction_sum"], both["prediction_mean"], third["prediction_mean"]
        says(SLUG, f"{epoch} " + " ".join(f"{value:.5f}" for value in row))


def test_page_the_first_step() -> None:
    x, (w, b) = np.array([1.0, 2.0, 3.0]), walk(SLUG, epochs=1).weights[0][:2]
    slopes = 2 * (w * x + b - 2 * x) * x
    total, mean = number(slopes.sum(), 4), number(slopes.mean(), 4)
    says(SLUG, f"is {total}, that of the mean {mean}: a third")


@pytest.mark.parametrize("points", [3, 20, 100])
def test_page_the_limits(points: int) -> None:
    limit = 2 / curvatures(np.linspace(1, 3, points))[1]
    says(SLUG, f"{points} {limit:.4f} {limit / points:.4f}")


@pytest.mark.parametrize(("rate", "grows"), [(0.06, False), (0.061, True)])
def test_page_the_limit_of_the_sum(rate: float, grows: bool) -> None:
    losses = walk(SLUG, learning_rate=rate).losses
    assert bool(losses[-1] > losses[0]) is grows


def test_page_with_more_points_the_sum_diverges() -> None:
    for points, said in ((20, "after 369 steps"), (50, "with 50 points after 29")):
        run = walk(SLUG, points=points)
        assert run.frame.state is State.DIVERGED
        assert said.split()[-1 if points == 50 else 1] == str(run.frame.step)
        says(SLUG, said)


def test_page_ten_points_arrive_sooner() -> None:
    three, ten = walk(SLUG), walk(SLUG, points=10)
    assert ten.first_below(1e-6) < three.first_below(1e-6)


def test_page_the_noisy_losses() -> None:
    run = walk(SLUG, **find(SLUG).load().preset("noisy").settings)
    mean = run.frame.picture.walk("mean").losses.low[-1]
    assert (f"{run.losses[-1]:.0f}", f"{mean:.2f}") == ("105", "1.05")
    says(SLUG, "about 105 and 1.05")


def test_questions() -> None:
    longer = walk(SLUG, epochs=3000).trainer.metrics()["prediction_mean"]
    says_question(SLUG, "better", f"{longer:.5f}")
    fifty = walk(SLUG, points=50, learning_rate=0.0002, mean_learning_rate=0.01)
    assert met(SLUG, "same-path", fifty.frame)
