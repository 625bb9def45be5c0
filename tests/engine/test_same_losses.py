"""The same seed gives losses that equal those of a plain script to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from engine.config import Change, Config, Setting
from engine.datasets.points import moons
from engine.pictures import WalksPicture
from engine.run import Run
from engine.trainer import Trainer
from engine.trainers.batches import Batches
from engine.trainers.decision_boundary import DecisionBoundary
from engine.trainers.gradient_by_hand import GradientByHand, GradientByHandConfig
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
from engine.trainers.logistic_regression import LogisticRegression
from engine.trainers.loss_reduction import LossReduction
from engine.trainers.parameters import Parameters, ParametersConfig
from tests.engine import plain_scripts as plain
from tests.engine.conftest import Start, finish, until


class Training(NamedTuple):
    trainer: type[Trainer[Any]]
    config: Config
    script: Callable[[plain.Rate], plain.Outcome]


def by_hand(seed: int) -> Training:
    return Training(
        GradientByHand,
        GradientByHandConfig(seed=seed, epochs=40, points=5, noise=1.5, learning_rate=0.003),
        lambda rate: plain.gradient_by_hand(seed, 40, rate, points=5, noise=1.5),
    )


def parameters(seed: int) -> Training:
    return Training(
        Parameters,
        ParametersConfig(seed=seed, epochs=200, momentum=0.5),
        lambda rate: plain.parameters(seed, 200, rate, momentum=0.5),
    )


def six_points(seed: int) -> Training:
    return Training(
        LinearRegression,
        LinearRegressionConfig(seed=seed, epochs=200, momentum=0.8, reduction="sum"),
        lambda rate: plain.linear_regression(seed, 200, rate, momentum=0.8, reduction="sum"),
    )


MAKERS = (by_hand, parameters, six_points)
SEEDS = (0, 10, 2**32 - 1)
every_training = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


def expected(training: Training) -> plain.Outcome:
    rate = training.config.learning_rate  # type: ignore[attr-defined]
    return training.script(lambda _: rate)


def outcome(run: Run) -> plain.Outcome:
    """Return all losses: with fewer steps than buckets, each bucket is one step."""
    frame = finish(run)
    assert frame.history.stride == 1
    assert frame.history.low.tolist() == frame.history.high.tolist()
    return frame.history.low.tolist(), list(frame.parameters.values())


def trained(kind: type[Trainer[Any]], **settings: Setting) -> tuple[Trainer[Any], list[float]]:
    trainer = kind(kind.Config.of(settings), torch.device("cpu"))
    return trainer, [step.loss.item() for step in trainer.steps()]


def ends(trainer: Trainer[Any]) -> list[float]:
    """Return the parameters, the elements of vectors one by one."""
    return [each for value in trainer.parameters().values() for each in np.ravel(value).tolist()]


def test_the_bare_loop_gives_the_losses_of_a_plain_script() -> None:
    for make, seed in product(MAKERS, SEEDS):
        training = make(seed)
        trainer = training.trainer(training.config, torch.device("cpu"))
        losses = [step.loss.item() for step in trainer.steps()]
        assert (losses, ends(trainer)) == expected(training)
    trainer, losses = trained(LinearRegression, epochs=200)
    assert (losses, ends(trainer)) == plain.linear_regression(0, 200, lambda _: 0.01)
    drawn = []  # nn.Linear draws its parameters anyway, so later random numbers stay the same
    for settings in ({}, {"initial_w": 1, "initial_b": -2}):
        LinearRegression(LinearRegressionConfig.of(settings), torch.device("cpu"))
        drawn.append(torch.rand(3).tolist())
    assert drawn[0] == drawn[1]


def test_classifiers_give_the_losses_of_a_plain_script() -> None:
    seeds = ((0, 0.0, False), (10, 0.8, False), (2**32 - 1, 0.0, True), (0, 0.8, True))
    for seed, momentum, logits in seeds:
        loss = "BCEWithLogitsLoss" if logits else "BCELoss"
        settings = {"seed": seed, "epochs": 100, "momentum": momentum, "loss": loss}
        trainer, losses = trained(LogisticRegression, **settings)
        assert (losses, ends(trainer)) == plain.logistic_regression(seed, 100, momentum, logits)
    for seed in (3, 10):
        trainer, losses = trained(DecisionBoundary, seed=seed)
        assert (losses, ends(trainer)) == plain.decision_boundary(seed)
    settings = {"hidden_layers": 2, "units": 5, "activation": "relu", "stop_above": 1.0}
    _, losses = trained(DecisionBoundary, data="moons", epochs=60, **settings)
    torch.manual_seed(10)
    data = moons(points=200, device=torch.device("cpu"))
    model = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    assert losses == plain.loop(model, nn.BCEWithLogitsLoss(), optimizer, [data] * 60)


def test_models_side_by_side_are_each_a_plain_script() -> None:
    for seed, points, noise in ((0, 3, 0.0), (10, 7, 1.5), (2**32 - 1, 7, 1.5)):
        settings = {"seed": seed, "epochs": 100, "points": points, "noise": noise}
        trainer, losses = trained(LossReduction, mean_learning_rate=0.02, **settings)
        sums = plain.loss_reduction("sum", seed, 100, 0.01, points, noise)
        means = plain.loss_reduction("mean", seed, 100, 0.02, points, noise)
        assert (losses, ends(trainer)) == (sums[0], sums[1] + means[1])
        assert trainer.picture().walk("mean").losses.low.tolist() == means[0]
    for seed, size, points in ((0, 10, 100), (10, 32, 100), (2**32 - 1, 7, 20), (0, 1, 5)):
        settings = {"seed": seed, "epochs": 4, "batch_size": size, "points": points}
        trainer, losses = trained(Batches, **settings)
        scripts = [plain.batches(each, seed, 4, points) for each in (1, size, points)]
        assert losses == scripts[1][0]
        assert ends(trainer) == [value for script in scripts for value in script[1]]
    trainer, losses = trained(Batches, epochs=4, shuffle="never")
    assert losses == plain.batches(10, 0, 4, shuffle=False)[0]
    assert ends(trainer)[:2] == plain.batches(1, 0, 4, shuffle=False)[1]


def test_a_run_of_two_models_gives_the_losses_of_both(start: Start) -> None:
    run = start(LossReduction, LossReduction.Config.of({"epochs": 200}), pace=2000)
    run.step()
    run.play()
    until(lambda: run.frame.step > 2 or run.request())
    run.pace = None
    frame = finish(run)
    assert frame.history.low.tolist() == plain.loss_reduction("sum", 0, 200, 0.01)[0]
    assert isinstance(frame.picture, WalksPicture)
    losses = frame.picture.walk("mean").losses
    assert losses is not None
    assert losses.low.tolist() == plain.loss_reduction("mean", 0, 200, 0.01)[0]


@every_training
def test_a_run_gives_them_whatever_the_pace_and_the_pauses(
    make: Callable[[int], Training], start: Start
) -> None:
    training = make(3)
    run = start(training.trainer, training.config, pace=2000)
    run.step()
    run.step()
    run.play()
    until(lambda: run.frame.step > 2 or run.request())
    run.pause()
    until(lambda: run.frame.state == "paused")
    run.pace = None
    run.play()
    assert outcome(run) == expected(training)
    run = start(training.trainer, make(1).config)  # another seed is another run
    run.play()
    assert outcome(run) == expected(make(1)) != expected(training)


@every_training
def test_a_rate_changed_on_the_way_works_from_the_very_next_step(
    make: Callable[[int], Training], start: Start
) -> None:
    training = make(0)
    before = training.config.learning_rate  # type: ignore[attr-defined]
    run = start(training.trainer, training.config)
    for _ in range(17):
        run.step()
    until(lambda: run.frame.step == 17)
    run.adjust("learning_rate", before / 4)
    run.play()
    assert outcome(run) == training.script(lambda step: before if step <= 17 else before / 4)
    assert run.frame.changes == (Change("learning_rate", before / 4, 18),)
