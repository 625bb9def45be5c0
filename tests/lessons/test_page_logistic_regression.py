"""Figures of the page on logistic regression, checked by formulas or runs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression as Unpenalised

from tests.lessons.figures import SIX, Walk, number, says, walk

LOGISTIC = "logistic-regression"
LABELS = np.array([1.0, 1, 0, 1, 1, 1])


def row(run: Walk) -> str:
    w, b = run.weights[-1]
    return f"{number(w, 4)} {number(b, 4)} {number(-b / w, 2)} {run.losses[-1]:.5f}"


def test_what_training_reaches() -> None:
    run, endless = walk(LOGISTIC), walk(LOGISTIC, "endless")
    says(LOGISTIC, f"0.01 1,000 {row(run)}")
    says(LOGISTIC, f"0.01 20,000 {row(walk(LOGISTIC, epochs=20_000))}")
    says(LOGISTIC, f"1 10,000 {row(endless)}")
    p = run.trainer.predict(3.5)
    assert (f"{run.losses[-1]:.5f}", f"{p:.5f}") == ("0.26562", "0.98647")
    says(LOGISTIC, f"P(3.5) = {p:.5f}, odds of {p / (1 - p):.1f} to 1")
    assert run.trainer.metrics()["accuracy"] == pytest.approx(5 / 6)
    w, b = run.weights[-1]
    assert w * 0.5 + b > 0
    assert (f"{w:.3f}", f"{math.exp(w):.3f}") == ("1.149", "3.155")  # as in a question
    assert walk(LOGISTIC, "logits").losses == pytest.approx(run.losses, abs=1e-6)
    x, (w, b) = SIX[0], run.weights[0]
    for _ in range(1000):
        error = 1 / (1 + np.exp(-(w * x + b))) - LABELS
        w, b = w - 0.01 * np.mean(error * x), b - 0.01 * np.mean(error)
    assert run.weights[-1] == pytest.approx([w, b], abs=1e-4)
    # On separable classes w grows without limit.
    assert np.all(np.diff(endless.weights[1000::1000, 0]) > 0)
    assert np.all(np.diff(endless.losses[1000::1000]) < 0)
    assert endless.frame.picture.odds(3.5) > 1e23
    says(LOGISTIC, "beyond 10²³ to 1")


def test_overlap_comes_to_rest_at_the_best_curve() -> None:
    run = walk(LOGISTIC, "overlap")
    (w, b), picture = run.weights[-1], run.frame.picture
    says(LOGISTIC, f"w = {w:.4f}, b = {number(b, 4)}, loss {run.losses[-1]:.5f}")
    says(LOGISTIC, f"with {picture.right()} of 100 right")
    fit = Unpenalised(C=np.inf, tol=1e-10).fit(picture.x[:, None], picture.labels)
    assert (w, b) == pytest.approx((fit.coef_[0, 0], fit.intercept_[0]), abs=2e-4)
    assert abs(np.diff(run.weights[-100:], axis=0)).max() < 1e-5
    assert picture.best() == pytest.approx((fit.coef_[0, 0], fit.intercept_[0]), abs=1e-4)
    assert walk(LOGISTIC, "overlap", gap=10.0).frame.picture.best() is None
    assert run.first_below(run.losses.min() + 1e-4) == 264


def test_stuck_at_16_67_and_back_from_there() -> None:
    run = walk(LOGISTIC, "stuck")
    assert set(run.losses[1:].tolist()) == {run.losses[1]}
    assert len({tuple(weights) for weights in run.weights[1:].tolist()}) == 1
    w, b = run.weights[1]
    says(LOGISTIC, f"a z of {w * 0.5 + b:.0f}", f"stays at {100 / 6:.2f} for ever")
    assert run.losses[1] == pytest.approx(100 / 6)
    assert torch.sigmoid(torch.tensor(w * 0.5 + b, dtype=torch.float32)).item() == 1
    loose = walk(LOGISTIC, "stuck", loss="BCEWithLogitsLoss")
    says(LOGISTIC, f"it ends at {loose.losses[-1]:.7f}")
    # The sigmoid applied twice: P of P is at most σ(1), so the loss is at least −ln σ(1).
    says(LOGISTIC, f"never be below {-math.log(1 / (1 + math.exp(-1))):.3f}")
