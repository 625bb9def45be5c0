"""Models side by side, with two losses or three batch sizes: closed forms and known limits."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from engine.history import History
from engine.trainers.batches import Batches, BatchesConfig
from engine.trainers.loss_reduction import LossReduction, LossReductionConfig

CPU = torch.device("cpu")


def losses_reduced(**settings: Any) -> LossReduction:
    trainer = LossReduction(LossReductionConfig.of(settings), CPU)
    for _ in trainer.steps():
        pass
    return trainer


def batches(**settings: Any) -> tuple[Batches, list[float]]:
    trainer = Batches(BatchesConfig.of(settings), CPU)
    return trainer, [step.loss.item() for step in trainer.steps()]


def test_n_times_the_rate_is_the_same_path_and_any_other_is_another() -> None:
    for points in (3, 64):
        settings = {"points": points, "noise": 1.0, "learning_rate": 0.001, "epochs": 300}
        sums, means = losses_reduced(mean_learning_rate=0.001 * points, **settings).picture().walks
        assert means.path == pytest.approx(sums.path, abs=1e-5)
        assert abs(sums.path[-1] - sums.path[0]).max() > 0.5
    sums, means = losses_reduced(mean_learning_rate=0.031, epochs=200).picture().walks
    assert abs(sums.path - means.path).max() > 0.01


def test_all_end_where_a_quadratic_says() -> None:
    """Gradient descent on a quadratic has a closed form: e(t) = (1 − η·H)ᵗ·e(0)."""
    trainer = losses_reduced(epochs=200)
    x = np.array([1.0, 2.0, 3.0])
    bowl = 2 * np.array([[x @ x, x.sum()], [x.sum(), 3]])
    for walk, hessian in zip(trainer.picture().walks, (bowl, bowl / 3), strict=True):
        shrink = np.linalg.matrix_power(np.eye(2) - 0.01 * hessian, 200)
        w, b = shrink @ (walk.path[0] - [2, 0])
        assert (walk.w, walk.b) == pytest.approx((2 + w, b), abs=2e-5)
    assert list(trainer.parameters()) == ["w_sum", "b_sum", "w_mean", "b_mean"]
    assert trainer.predict(4) == trainer.metrics()["prediction_sum"]

    trainer, _ = batches(epochs=30)
    picture = trainer.picture()
    x, full = picture.x, picture.walk("full")
    best = np.polyfit(x, picture.y, 1)
    hessian = 2 * np.array([[np.mean(x * x), x.mean()], [x.mean(), 1]])
    error = np.linalg.matrix_power(np.eye(2) - 0.05 * hessian, 30) @ (full.path[0] - best)
    assert np.array([full.w, full.b]) == pytest.approx(best + error, abs=1e-4)
    losses = trainer.metrics()  # the others come close to the least-squares line
    for name, distance in (("mini", 0.02), ("single", 0.5)):
        assert losses[f"loss_{name}"] == pytest.approx(picture.least_loss(), abs=distance)


def test_the_walks_are_as_long_as_each_other_however_many_steps() -> None:
    sums, means = losses_reduced(epochs=700).picture().walks
    assert sums.path.shape == means.path.shape
    assert len(sums.path) <= 514
    assert sums.updates == means.updates == 700


def test_losses_that_wait_on_their_device_are_in_the_picture_all_the_same() -> None:
    trainer = LossReduction(LossReductionConfig(), CPU)
    trainer.mean_history = History(batch=64)  # as on a GPU
    step = list(islice(trainer.steps(), 10))[-1]
    assert trainer.picture().walk("mean").losses.steps == 10
    assert trainer.equations(step)[3].result != "none yet"


def test_every_epoch_shows_every_point_once_to_each_size() -> None:
    trainer, losses = batches(epochs=3, batch_size=32)
    assert len(losses) == 3 * 4
    walks = {walk.name: walk for walk in trainer.picture().walks}
    assert [walks[name].updates for name in ("single", "mini", "full")] == [300, 12, 3]
    assert {walk.samples for walk in walks.values()} == {300}
    assert all(walk.seconds > 0 for walk in walks.values())
    assert walks["single"].seconds > walks["full"].seconds  # a hundred times as many updates
    trainer, losses = batches(batch_size=500, points=7, epochs=2)  # more than there is: all of it
    assert len(losses) == 2
    assert [walk.updates for walk in trainer.picture().walks] == [14, 2, 2]
    picture = batches(batch_size=100, epochs=7)[0].picture()
    assert picture.walk("mini").path == pytest.approx(picture.walk("full").path, abs=1e-5)


def test_the_losses_are_those_over_all_points_along_the_path() -> None:
    picture = batches(epochs=7)[0].picture()
    for walk in picture.walks:
        assert walk.losses is not None
        brute = [np.mean((w * picture.x + b - picture.y) ** 2) for w, b in walk.path]
        assert walk.losses.low == pytest.approx(np.array(brute))
        assert walk.losses.first[0] == 1
        assert walk.losses.first[-1] == walk.updates + 1
        assert (np.diff(walk.losses.first) > 0).all()
