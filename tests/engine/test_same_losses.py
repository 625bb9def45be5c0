"""The same seed gives losses that equal those of a plain script to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch

from engine.config import Config
from engine.run import Run
from engine.trainer import Trainer
from engine.trainers.gradient_by_hand import GradientByHand, GradientByHandConfig
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
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
        LinearRegressionConfig(seed=seed, epochs=200),
        lambda rate: plain.linear_regression(seed, 200, rate),
    )


def six_points_summed(seed: int) -> Training:
    return Training(
        LinearRegression,
        LinearRegressionConfig(seed=seed, epochs=200, momentum=0.8, reduction="sum"),
        lambda rate: plain.linear_regression(seed, 200, rate, momentum=0.8, reduction="sum"),
    )


MAKERS = (by_hand, parameters, six_points, six_points_summed)
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


@every_training
@pytest.mark.parametrize("seed", [0, 10, 2**32 - 1])
def test_the_bare_loop_gives_the_losses_of_a_plain_script(
    make: Callable[[int], Training], seed: int
) -> None:
    training = make(seed)
    trainer = training.trainer(training.config, torch.device("cpu"))
    losses = [step.loss.item() for step in trainer.steps()]
    assert (losses, list(trainer.parameters().values())) == expected(training)


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


@every_training
def test_again_is_the_same_and_another_seed_is_another_run(
    make: Callable[[int], Training], start: Start
) -> None:
    outcomes = []
    for seed in (1, 2, 1):
        training = make(seed)
        run = start(training.trainer, training.config)
        run.play()
        outcomes.append(outcome(run))
    assert outcomes[0] == outcomes[2]
    assert outcomes[0][0] != outcomes[1][0]
    assert outcomes[0] == expected(make(1))


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
    assert run.frame.changed == {"learning_rate": (17, before)}


def test_a_start_that_is_asked_for_costs_no_random_numbers() -> None:
    """nn.Linear draws its parameters anyway, so later random numbers stay the same."""
    drawn = []
    for settings in ({}, {"initial_w": 1, "initial_b": -2}):
        LinearRegression(LinearRegressionConfig.of(settings), torch.device("cpu"))
        drawn.append(torch.rand(3).tolist())
    assert drawn[0] == drawn[1]
