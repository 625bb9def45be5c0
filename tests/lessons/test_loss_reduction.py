"""Figures and answers of the page about sum and mean, checked by runs."""

from __future__ import annotations

import numpy as np

from engine.frame import State
from tests.lessons.figures import curvatures, number, says, says_question, walk
from tests.lessons.play import met

SLUG = "loss-reduction"


def test_page_the_tables() -> None:
    for epoch in (1, 10, 100, 1000):
        both = walk(SLUG, epochs=epoch).trainer.metrics()
        third = walk(SLUG, epochs=epoch, mean_learning_rate=0.03).trainer.metrics()
        row = both["prediction_sum"], both["prediction_mean"], third["prediction_mean"]
        says(SLUG, f"{epoch} " + " ".join(f"{value:.5f}" for value in row))
    x, (w, b) = np.array([1.0, 2.0, 3.0]), walk(SLUG, epochs=1).weights[0][:2]
    slopes = 2 * (w * x + b - 2 * x) * x
    total, mean = number(slopes.sum(), 4), number(slopes.mean(), 4)
    says(SLUG, f"is {total}, that of the mean {mean}: a third")


def test_page_the_limits() -> None:
    for points in (3, 20, 100):
        limit = 2 / curvatures(np.linspace(1, 3, points))[1]
        says(SLUG, f"{points} {limit:.4f} {limit / points:.4f}")
    for rate, grows in ((0.06, False), (0.061, True)):
        losses = walk(SLUG, learning_rate=rate).losses
        assert bool(losses[-1] > losses[0]) is grows
    for points, steps, expected in (
        (20, 369, "after 369 steps"),
        (50, 29, "with 50 points after 29"),
    ):
        run = walk(SLUG, points=points)  # with more points the sum diverges
        assert (run.frame.state, run.frame.step) == (State.DIVERGED, steps)
        says(SLUG, expected)
    assert walk(SLUG, points=10).first_below(1e-6) < walk(SLUG).first_below(1e-6)


def test_page_the_noisy_losses_and_the_questions() -> None:
    run = walk(SLUG, "noisy")
    mean = run.frame.picture.walk("mean").losses.low[-1]
    assert (f"{run.losses[-1]:.0f}", f"{mean:.2f}") == ("105", "1.05")
    says(SLUG, "about 105 and 1.05")
    longer = walk(SLUG, epochs=3000).trainer.metrics()["prediction_mean"]
    says_question(SLUG, "better", f"{longer:.5f}")
    fifty = walk(SLUG, points=50, learning_rate=0.0002, mean_learning_rate=0.01)
    assert met(SLUG, "same-path", fifty.frame)
