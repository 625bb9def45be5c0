"""Two models in one training, compared with plain scripts, a closed form and differences."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.history import Diverged, History
from engine.pictures import WalksPicture
from engine.run import Run
from engine.trainers.loss_reduction import LossReduction, LossReductionConfig
from tests.engine.conftest import Start, finish, until
from tests.engine.test_step_in_numbers import evaluate, of_phase

CPU = torch.device("cpu")


def script(
    reduction: str, seed: int, epochs: int, rate: float, points: int = 3, noise: float = 0.0
) -> tuple[list[float], tuple[float, float]]:
    """Return the losses and parameters of a plain PyTorch script with one reduction."""
    torch.manual_seed(seed)
    x = torch.linspace(1, 3, points).reshape(-1, 1)
    y = 2 * x + 0
    if noise:
        y = y + noise * torch.randn(points, 1)
    model = nn.Linear(1, 1)
    criterion = nn.MSELoss(reduction=reduction)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, (model.weight.item(), model.bias.item())


def trained(**settings: Any) -> tuple[LossReduction, list[float]]:
    trainer = LossReduction(LossReductionConfig.of(settings), CPU)
    return trainer, [step.loss.item() for step in trainer.steps()]


def mean_losses(picture: WalksPicture) -> list[float]:
    losses = picture.walk("mean").losses
    assert losses is not None
    assert losses.stride == 1
    return losses.low.tolist()


@pytest.mark.parametrize("seed", [0, 10, 2**32 - 1])
@pytest.mark.parametrize(("points", "noise"), [(3, 0.0), (7, 1.5)])
def test_each_is_a_plain_script_to_the_last_bit(seed: int, points: int, noise: float) -> None:
    trainer, losses = trained(
        seed=seed, epochs=200, points=points, noise=noise, mean_learning_rate=0.02
    )
    sums = script("sum", seed, 200, 0.01, points, noise)
    means = script("mean", seed, 200, 0.02, points, noise)
    assert losses == sums[0]
    assert mean_losses(trainer.picture()) == means[0]
    assert tuple(trainer.parameters().values()) == (*sums[1], *means[1])


def test_a_run_gives_them_too(start: Start) -> None:
    run: Run = start(LossReduction, LossReductionConfig(epochs=200), pace=2000)
    run.step()
    run.play()
    until(lambda: run.frame.step > 2 or run.request())
    run.pace = None
    frame = finish(run)
    assert frame.history.low.tolist() == script("sum", 0, 200, 0.01)[0]
    assert isinstance(frame.picture, WalksPicture)
    assert mean_losses(frame.picture) == script("mean", 0, 200, 0.01)[0]


def test_the_figures() -> None:
    trainer, losses = trained()
    assert len(losses) == 1000
    assert trainer.metrics() == pytest.approx(
        {"prediction_sum": 7.99935, "prediction_mean": 7.91860}, abs=5e-6
    )
    assert trainer.predict(4) == trainer.metrics()["prediction_sum"]
    assert list(trainer.parameters()) == ["w_sum", "b_sum", "w_mean", "b_mean"]


@pytest.mark.parametrize("points", [2, 3, 10, 64])
def test_n_times_the_rate_is_the_same_path(points: int) -> None:
    trainer, _ = trained(
        points=points, noise=1.0, mean_learning_rate=0.001 * points, learning_rate=0.001, epochs=300
    )
    sums, means = trainer.picture().walks
    assert means.path == pytest.approx(sums.path, abs=1e-5)
    assert abs(sums.path[-1] - sums.path[0]).max() > 0.5


def test_any_other_rate_is_another_path() -> None:
    trainer, _ = trained(mean_learning_rate=0.031)
    sums, means = trainer.picture().walks
    assert abs(sums.path - means.path).max() > 0.01


def test_both_end_where_a_quadratic_says() -> None:
    """Gradient descent on a quadratic has a closed form: e(t) = (1 − η·H)ᵗ·e(0)."""
    trainer, _ = trained()
    x = np.array([1.0, 2.0, 3.0])
    bowl = 2 * np.array([[x @ x, x.sum()], [x.sum(), 3]])
    for walk, hessian in zip(trainer.picture().walks, (bowl, bowl / 3), strict=True):
        shrink = np.linalg.matrix_power(np.eye(2) - 0.01 * hessian, 1000)
        w, b = shrink @ (walk.path[0] - [2, 0])
        assert (walk.w, walk.b) == pytest.approx((2 + w, b), abs=2e-5)


@pytest.mark.parametrize("steps", [1, 2, 40])
def test_the_numbers_of_the_step(steps: int) -> None:
    trainer = LossReduction(LossReductionConfig(noise=1.0, points=5, mean_learning_rate=0.03), CPU)
    step = list(islice(trainer.steps(), steps))[-1]
    picture, equations = trainer.picture(), trainer.equations(step)
    for walk, total, phase, index, rate in (
        (picture.walks[0], np.sum, "sum", 0, 0.01),
        (picture.walks[1], np.mean, "mean", 1, 0.03),
    ):
        w, b = walk.path[-2]
        residual = w * picture.x + b - picture.y
        slope = total(2 * residual * picture.x)
        loss = of_phase(equations, phase)[0]
        assert evaluate(loss.result) == pytest.approx(total(residual**2), rel=1e-3)
        shown = of_phase(equations, "backward")[index]
        assert evaluate(shown.result) == pytest.approx(slope, rel=1e-3, abs=1e-4)
        update = of_phase(equations, "update")[index]
        assert evaluate(update.numbers) == pytest.approx(w - rate * slope, abs=2e-4)
        assert evaluate(update.result) == pytest.approx(walk.w, abs=1e-4)


def test_before_the_first_step_there_are_formulas_and_no_numbers() -> None:
    trainer = LossReduction(LossReductionConfig(), CPU)
    first = trainer.equations(None)
    assert {line.result for line in first} == {"none yet"}
    then = trainer.equations(next(iter(trainer.steps())))
    assert [line.formula for line in first] == [line.formula for line in then]


@pytest.mark.parametrize(("name", "moved"), [("learning_rate", 0), ("mean_learning_rate", 1)])
def test_each_rate_is_live_and_moves_its_own_training(name: str, moved: int) -> None:
    trainer = LossReduction(LossReductionConfig(), CPU)
    steps = trainer.steps()
    next(steps)
    trainer.adjust(name, 1e-15)  # too small to change a float32
    before = trainer.picture()
    next(steps)
    after = trainer.picture()
    still = [a.w == b.w for a, b in zip(before.walks, after.walks, strict=True)]
    assert still == [index == moved for index in range(2)]


def test_a_mean_that_diverges_ends_the_run() -> None:
    trainer = LossReduction(LossReductionConfig(mean_learning_rate=1.0), CPU)
    with pytest.raises(Diverged, match="the mean's loss became ∞ at step"):
        for _ in trainer.steps():
            pass
    picture = trainer.picture()
    assert math.isfinite(picture.walk("sum").w)
    assert np.isfinite(mean_losses(picture)).all()
    assert trainer.equations(None)


def test_losses_that_wait_on_their_device_are_in_the_picture_all_the_same() -> None:
    trainer = LossReduction(LossReductionConfig(), CPU)
    trainer.mean_history = History(batch=64)  # as on a GPU
    step = list(islice(trainer.steps(), 10))[-1]
    assert len(mean_losses(trainer.picture())) == 10
    assert trainer.equations(step)[3].result != "none yet"


def test_the_picture_is_a_copy() -> None:
    trainer = LossReduction(LossReductionConfig(initial_w=2.5, initial_b=-1), CPU)
    first = trainer.picture()
    assert first.start == (2.5, -1)
    kept = [first.x.copy(), first.y.copy(), *(walk.path.copy() for walk in first.walks)]
    with torch.no_grad():
        for tensor in (trainer.x, trainer.y, trainer.sum_model.weight, trainer.mean_model.weight):
            tensor += 1
    now = [first.x, first.y, *(walk.path for walk in first.walks)]
    assert all(np.array_equal(a, b) for a, b in zip(now, kept, strict=True))


def test_the_walks_are_as_long_as_each_other_however_many_steps() -> None:
    trainer, _ = trained(epochs=3000)
    sums, means = trainer.picture().walks
    assert sums.path.shape == means.path.shape
    assert len(sums.path) <= 514
    assert sums.updates == means.updates == 3000


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"points": 1}, "points = 1"),
        ({"mean_learning_rate": 0}, "mean_learning_rate = 0"),
        ({"mean_learning_rate": math.nan}, "mean_learning_rate = nan"),
        ({"learning_rate": "fast"}, "learning_rate = 'fast'"),
        ({"reduction": "sum"}, "no setting 'reduction'"),
    ],
)
def test_bad_settings_are_refused_in_words(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LossReductionConfig.of(settings)
