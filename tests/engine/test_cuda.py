"""The same guarantees on a machine with CUDA."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.device import memory, probe
from engine.frame import State
from engine.trainer import Trainer
from engine.trainers.batches import Batches
from engine.trainers.decision_boundary import DecisionBoundary
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.logistic_regression import LogisticRegression
from engine.trainers.loss_reduction import LossReduction
from engine.trainers.parameters import Parameters
from tests.engine.conftest import Start, finish, look, until

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

KINDS = [
    DecisionBoundary,
    GradientByHand,
    LinearRegression,
    LogisticRegression,
    Parameters,
    LossReduction,
    Batches,
]
EPOCHS = 150


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_losses(start: Start, kind: type[Trainer[Any]]) -> None:
    config = kind.Config.of({"epochs": EPOCHS, "seed": 4})
    bare = [step.loss.item() for step in kind(config, torch.device("cuda:0")).steps()]
    for _ in range(2):
        run = start(kind, config, device="cuda:0")
        run.play()
        assert finish(run).history.low.tolist() == bare
    on_cpu = [step.loss.item() for step in kind(config, torch.device("cpu")).steps()]
    assert bare == pytest.approx(on_cpu, rel=1e-3, abs=1e-6)  # same data, other summation order


def test_a_frame_has_every_loss_up_to_its_step(start: Start) -> None:
    run = start(LinearRegression, LinearRegression.Config(), device="cuda:0")
    for count in (1, 2, 70):
        for _ in range(count - run.frame.step):
            run.step()
        until(lambda count=count: run.frame.step == count)
        frame = look(run)
        assert len(frame.history) == count
        assert frame.loss == frame.history.low[-1]


def test_divergence_is_found_at_its_own_step(start: Start) -> None:
    steps = []
    for device in ("cpu", "cuda:0"):
        config = LinearRegression.Config.of({"learning_rate": 1e6})
        run = start(LinearRegression, config, device=device)
        run.play()
        assert finish(run).state is State.DIVERGED
        steps.append(run.frame.step)
    assert abs(steps[0] - steps[1]) <= 1


def test_the_device_is_found_and_tells_its_memory() -> None:
    found, why = probe(seconds=120).choose()
    assert (found.name, why) == ("cuda:0", "")
    assert found.title == torch.cuda.get_device_name(0)
    seen = memory("cuda:0")
    assert seen is not None
    assert 0 < seen.used < seen.total == torch.cuda.mem_get_info(0)[1]
