"""Logistic regression, compared with PyTorch, calculations, differences and scikit-learn."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression as Unpenalised
from torch import nn

from engine.config import Setting
from engine.pictures import CurvePicture
from engine.trainers.logistic_regression import LogisticRegression, LogisticRegressionConfig
from tests.engine.test_step_in_numbers import evaluate, of_phase

CPU = torch.device("cpu")


def made(**settings: Setting) -> LogisticRegression:
    return LogisticRegression(LogisticRegressionConfig.of(settings), CPU)


def after(steps: int, **settings: Setting) -> LogisticRegression:
    trainer = made(**settings)
    assert len(list(islice(trainer.steps(), steps))) == steps
    return trainer


def script(seed: int, epochs: int, momentum: float, logits: bool) -> list[float]:
    """Train as a plain script."""
    torch.manual_seed(seed)
    x = torch.tensor([[1.0], [2.0], [0.5], [2.5], [2.6], [3.1]])
    y = torch.tensor([[1.0], [1.0], [0.0], [1.0], [1.0], [1.0]])
    model = nn.Linear(1, 1)
    criterion = nn.BCEWithLogitsLoss() if logits else nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=momentum)
    losses = []
    for _ in range(epochs):
        prediction = model(x) if logits else torch.sigmoid(model(x))
        loss = criterion(prediction, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [
        *losses,
        model.weight.item(),
        model.bias.item(),
        torch.sigmoid(model(3.5 * x[:1])).item(),
    ]


@pytest.mark.parametrize("seed", [0, 10, 2**32 - 1])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("logits", [False, True])
def test_the_losses_are_a_plain_scripts_to_the_last_bit(
    seed: int, momentum: float, logits: bool
) -> None:
    loss = "BCEWithLogitsLoss" if logits else "BCELoss"
    trainer = made(seed=seed, epochs=200, momentum=momentum, loss=loss)
    losses = [step.loss.item() for step in trainer.steps()]
    *expected, prediction = script(seed, 200, momentum, logits)
    assert [*losses, *trainer.parameters().values()] == expected
    assert trainer.predict(3.5) == pytest.approx(prediction, abs=1e-7)


def test_the_figures_of_the_six_points() -> None:
    trainer = made()
    losses = [step.loss.item() for step in trainer.steps()]
    assert len(losses) == 1000
    assert (losses[-1], trainer.predict(3.5)) == pytest.approx((0.26562, 0.98647), abs=5e-6)


def test_another_loss_is_the_same_training() -> None:
    one, other = after(300), after(300, loss="BCEWithLogitsLoss")
    assert one.parameters() == pytest.approx(other.parameters(), abs=1e-5)


def test_the_labels_that_overlap_are_half_and_half_around_their_middles() -> None:
    trainer = made(data="overlap", points=2001, gap=3.0)
    x, labels = trainer.picture().x, trainer.picture().labels
    assert (int(np.sum(labels == 0)), int(np.sum(labels == 1))) == (1000, 1001)
    for label, middle in ((0, 0.5), (1, 3.5)):
        of = x[labels == label]
        assert (of.mean(), of.std()) == pytest.approx((middle, 1), abs=0.1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("gap", [0.0, 1.0, 3.0])
def test_the_best_curve_is_that_of_scikit_learn(seed: int, gap: float) -> None:
    picture = made(data="overlap", seed=seed, gap=gap).picture()
    fit = Unpenalised(C=np.inf, tol=1e-10).fit(picture.x[:, None], picture.labels)
    w, b = fit.coef_[0, 0], fit.intercept_[0]
    assert picture.best() == pytest.approx((w, b), abs=1e-3)


def test_labels_that_a_threshold_separates_have_no_best_curve() -> None:
    assert made().picture().best() is None
    assert made(data="overlap", gap=20.0).picture().best() is None
    assert made(data="overlap", points=2).picture().best() is None
    assert made(data="overlap").picture().best() is not None


@pytest.mark.parametrize("settings", [{}, {"momentum": 0.9}, {"data": "overlap"}])
@pytest.mark.parametrize("steps", [1, 2, 40])
def test_the_numbers_on_screen(settings: dict[str, Setting], steps: int) -> None:
    """Check the loss by its formula, its gradients by differences, and the update as shown."""
    trainer = made(**settings)
    made_steps = list(islice(trainer.steps(), steps))
    equations, picture = trainer.equations(made_steps[-1]), trainer.picture()
    w, b = trainer.path.positions(trainer.w, trainer.b)[-2]

    def loss(w: float, b: float) -> float:
        p = 1 / (1 + np.exp(-(w * picture.x + b)))
        return float(-np.mean(np.where(picture.labels == 1, np.log(p), np.log(1 - p))))

    h = 1e-5
    slopes = [
        (loss(w + h, b) - loss(w - h, b)) / (2 * h),
        (loss(w, b + h) - loss(w, b - h)) / 2 / h,
    ]
    shown = [evaluate(line.result) for line in of_phase(equations, "backward")]
    assert shown == pytest.approx(slopes, abs=1e-4)
    assert evaluate(of_phase(equations, "loss")[0].result) == pytest.approx(loss(w, b), abs=1e-4)
    for line, end in zip(of_phase(equations, "update"), (picture.w, picture.b), strict=True):
        assert evaluate(line.numbers) == pytest.approx(end, abs=2e-4)
        assert evaluate(line.result) == pytest.approx(end, abs=1e-4)
    p, odds = (evaluate(line.result) for line in of_phase(equations, "predict"))
    assert p == pytest.approx(1 / (1 + math.exp(-(picture.w * 3.5 + picture.b))), abs=1e-4)
    assert odds == pytest.approx(p / (1 - p), rel=0.02)


def test_before_the_first_step_there_is_no_gradient_and_yet_a_probability() -> None:
    equations = made().equations(None)
    assert {line.result for line in of_phase(equations, "backward")} == {"none yet"}
    assert {line.result for line in of_phase(equations, "update")} == {"none yet"}
    assert 0 < evaluate(of_phase(equations, "predict")[0].result) < 1
    then = after(1)
    assert [line.phase for line in equations] == [
        line.phase for line in then.equations(next(then.steps()))
    ]


def test_the_x_of_the_odds_moves_while_the_run_goes_on_and_nothing_else_does() -> None:
    trainer = made()
    steps = trainer.steps()
    next(steps)
    before = trainer.parameters()
    trainer.adjust("at", 1.0)
    assert trainer.picture().at == 1.0
    assert trainer.parameters() == before
    assert "at" not in trainer.optimizer.param_groups[0]
    trainer.adjust("learning_rate", 0.5)
    assert trainer.optimizer.param_groups[0]["lr"] == 0.5


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "MSELoss"},
        {"at": math.nan},
        {"at": 1e9},
        {"points": 1},
        {"gap": -1.0},
        {"data": "x"},
    ],
)
def test_what_is_not_allowed_is_refused_by_name(settings: dict[str, Setting]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        made(**settings)


def test_a_picture_is_a_copy() -> None:
    trainer = after(3)
    picture = trainer.picture()
    kept = picture.x.copy(), picture.labels.copy(), picture.w, picture.b
    with torch.no_grad():
        for tensor in (trainer.x, trainer.y, trainer.w, trainer.b):
            tensor += 1
    assert np.array_equal(picture.x, kept[0])
    assert np.array_equal(picture.labels, kept[1])
    assert (picture.w, picture.b) == kept[2:]


def flat(w: float, b: float) -> CurvePicture:
    return CurvePicture(np.array([1.0, 3.0]), np.array([0.0, 1.0]), w, b, (0.0, 0.0), 2.0)


def test_the_threshold_by_hand() -> None:
    assert flat(2.0, -3.0).threshold() == 1.5
    assert flat(0.0, 1.0).threshold() is None
    assert flat(5e-324, 1e300).threshold() is None
    assert (flat(2.0, -3.0).right(), flat(-2.0, 3.0).right(), flat(0.0, 1.0).right()) == (2, 0, 1)


@pytest.mark.parametrize("w", [1e6, -1e6, 1e300])
def test_huge_weights_overflow_nowhere(w: float) -> None:
    picture = flat(w, 0.0)
    assert set(picture.probability(picture.x).tolist()) <= {0.0, 1.0}
    assert picture.odds(2.0) == (math.inf if w > 0 else 0)
    assert math.isfinite(picture.loss(w, 0.0))
