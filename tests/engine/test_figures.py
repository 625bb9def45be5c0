"""Numbers promised by the lessons, and the closed forms behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.config import Config
from engine.trainer import Trainer
from engine.trainers.gradient_by_hand import GradientByHand, GradientByHandConfig
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
from engine.trainers.parameters import Parameters, ParametersConfig

CPU = torch.device("cpu")


def trained(kind: type[Trainer[Any]], config: Config) -> tuple[Trainer[Any], list[float]]:
    trainer = kind(config, CPU)
    return trainer, [step.loss.item() for step in trainer.steps()]


def test_the_first_gradients_by_hand() -> None:
    trainer = GradientByHand(GradientByHandConfig(), CPU)
    steps = trainer.steps()
    gradients = []
    for _ in range(3):
        next(steps)
        gradients.append(trainer.w.grad.item())
    assert gradients == pytest.approx([-2, -7.84, -16.228802], abs=1e-6)


def test_the_loss_after_the_first_epoch_and_the_answer_after_the_last() -> None:
    trainer, losses = trained(GradientByHand, GradientByHandConfig())
    assert len(losses) == 300
    assert losses[2] == pytest.approx(7.315944, abs=1e-6)
    assert trainer.predict(4) == pytest.approx(7.999999, abs=1e-6)


def test_two_parameters_find_the_least_squares_line_of_their_own_data() -> None:
    trainer, losses = trained(Parameters, ParametersConfig())
    assert len(losses) == 20_000
    x, y = trainer.picture().x, trainer.picture().y
    design = np.stack([x, np.ones_like(x)], axis=1)
    (w, b), *_ = np.linalg.lstsq(design, y, rcond=None)
    assert trainer.parameters() == pytest.approx({"w": w, "b": b}, abs=1e-3)
    assert losses[-1] == pytest.approx(np.mean((w * x + b - y) ** 2), rel=1e-5)
    assert (w, b) == pytest.approx((3, 10), abs=0.5)


def test_six_points() -> None:
    trainer, losses = trained(LinearRegression, LinearRegressionConfig())
    assert len(losses) == 1000
    assert losses[-1] == pytest.approx(0.1244, abs=5e-5)
    assert trainer.predict(3.5) == pytest.approx(7.62, abs=0.01)


@pytest.mark.parametrize(("reduction", "answer"), [("sum", 7.99935), ("mean", 7.91860)])
def test_y_is_2x_with_either_reduction(reduction: str, answer: float) -> None:
    config = LinearRegressionConfig.of(
        {
            "data": "line",
            "points": 3,
            "low": 1,
            "high": 3,
            "slope": 2,
            "intercept": 0,
            "noise": 0,
            "reduction": reduction,
        }
    )
    trainer, _ = trained(LinearRegression, config)
    assert trainer.predict(4) == pytest.approx(answer, abs=5e-6)


def test_r2_is_the_share_of_the_variance_explained() -> None:
    trainer, losses = trained(LinearRegression, LinearRegressionConfig(epochs=3000))
    y = np.array([3.7, 4.6, 1.65, 5.68, 5.98, 6.95])
    best = 1 - losses[-1] / y.var()
    assert trainer.metrics()["r2"] == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("kind", [GradientByHand, Parameters, LinearRegression])
def test_a_whole_number_does_where_a_number_is_asked_for(kind: type[Trainer[Any]]) -> None:
    config = kind.Config.of({"initial_w": 2, "learning_rate": 1, "epochs": 1})
    trainer, losses = trained(kind, config)
    assert trainer.picture().start[0] == 2
    assert len(losses) == (3 if kind is GradientByHand else 1)
