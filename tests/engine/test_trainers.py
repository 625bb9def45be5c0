"""What every trainer promises: refusals by name, live settings, pictures that are copies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from itertools import islice, product
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.config import Config, Setting
from engine.frame import State
from engine.history import Diverged, History
from engine.pictures import LinePicture
from engine.run import train
from engine.trainer import Trainer
from engine.trainers.batches import Batches, BatchesConfig
from engine.trainers.dataloader import TableLearner
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from engine.trainers.five_steps import FiveSteps, FiveStepsConfig
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.logistic_regression import LogisticRegression, LogisticRegressionConfig
from engine.trainers.loss_reduction import LossReduction, LossReductionConfig
from engine.trainers.mnist import Mnist, MnistConfig
from engine.trainers.parameters import Parameters
from tests.engine.conftest import Start, look, until
from tests.engine.digits import folders
from tests.engine.test_step_in_numbers import after, of_phase

__all__ = ("folders",)
CPU = torch.device("cpu")
LINES = (GradientByHand, LinearRegression, Parameters)
LEARNERS: list[tuple[type[Trainer[Any]], dict[str, Setting]]] = [
    *((kind, {}) for kind in LINES),
    *((kind, {}) for kind in (LogisticRegression, LossReduction, Batches, TableLearner)),
    *((DecisionBoundary, {"hidden_layers": layers}) for layers in (0, 1, 3)),
    *((FiveSteps, {"optimizer": kind}) for kind in ("sgd", "momentum", "rmsprop", "adam")),
    (FiveSteps, {"compare": "seeds", "units": 3}),
    (Mnist, {"data": "digits", "learning_rate": 0.5, "width": 24, "depth": 1}),
]
ids = [f"{kind.__name__}-{'-'.join(map(str, given.values()))}" for kind, given in LEARNERS]
every_learner = pytest.mark.parametrize(("kind", "settings"), LEARNERS, ids=ids)


def same(one: Any, other: Any) -> bool:
    """Whether two pictures have equal numbers; networks in them are compared by other tests."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one) and not isinstance(one, type):
        names = [each.name for each in fields(one) if each.name not in ("reader", "walks_of")]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    return callable(one) or bool(one == other)


def tensors_of(owner: object) -> Iterator[torch.Tensor]:
    """Yield the tensors of a trainer and of the objects of the engine that it has."""
    for value in vars(owner).values():
        for each in value.values() if isinstance(value, dict) else [value]:
            if isinstance(each, nn.Module):
                yield from each.parameters()
            elif isinstance(each, torch.Tensor):
                yield each
            elif type(each).__module__.startswith("engine.trainers") and hasattr(each, "__dict__"):
                yield from tensors_of(each)


@every_learner
def test_a_picture_is_a_copy_and_the_formulas_have_numbers_after_the_first_step(
    kind: type[Trainer[Any]], settings: dict[str, Setting]
) -> None:
    trainer = kind(kind.Config.of({**settings, "epochs": 300}), CPU)
    before, steps = trainer.equations(None), trainer.steps()
    then = trainer.equations(next(steps))
    undone = [line.result for line in before if line.phase in ("backward", "update", "velocity")]
    assert set(undone) <= {"none yet", ""}
    assert {line.result for line in of_phase(then, "backward")} != {"none yet"}
    assert {line.phase for line in before} <= {line.phase for line in then}
    picture, parameters = trainer.picture(), trainer.parameters()
    kept = deepcopy(picture)
    list(islice(steps, 9))
    with torch.no_grad():
        changed = [tensor.add_(1) for tensor in tensors_of(trainer) if tensor.is_floating_point()]
    assert changed
    assert same(picture, kept)
    assert trainer.parameters() != parameters or parameters == {}
    assert not same(trainer.picture(), kept)
    if isinstance(picture, LinePicture):
        assert {array.dtype for array in (picture.x, picture.y, picture.path)} == {np.dtype(float)}


def test_a_picture_has_the_start_of_the_walk_and_its_position_now() -> None:
    for kind in LINES:
        config = kind.Config.of({"initial_w": 2, "learning_rate": 0.001, "epochs": 600})
        trainer = kind(config, CPU)
        first = trainer.picture()
        assert len(first.path) == 1
        assert first.start[0] == first.path[0, 0] == first.w == 2
        for _ in trainer.steps():
            pass
        last = trainer.picture()
        assert last.start == first.start
        assert last.path[0].tolist() == first.path[0].tolist()
        assert last.path[-1].tolist() == list(trainer.parameters().values())
        assert len(last.path) <= 513
    trainer = GradientByHand(GradientByHand.Config(), CPU)
    samples = [trainer.picture().sample, *(trainer.picture().sample for _ in trainer.steps())]
    assert samples[:5] == [None, 0, 1, 2, 0]


def test_r2_is_the_share_of_the_variance_that_is_explained() -> None:
    trainer = LinearRegression(LinearRegression.Config.of({"epochs": 1000}), CPU)
    losses = [step.loss.item() for step in trainer.steps()]
    y = np.array([3.7, 4.6, 1.65, 5.68, 5.98, 6.95])
    assert trainer.metrics()["r2"] == pytest.approx(1 - losses[-1] / y.var(), abs=1e-4)


# Live settings.


LIVE: list[tuple[type[Trainer[Any]], str, str]] = [
    (LossReduction, "learning_rate", "w_sum b_sum"),
    (LossReduction, "mean_learning_rate", "w_mean b_mean"),
    (Batches, "learning_rate", "w_single b_single w_mini b_mini w_full b_full"),
    (LinearRegression, "learning_rate", "w b"),
    (LogisticRegression, "learning_rate", "w b"),
]


def test_a_live_rate_works_from_the_next_step_and_other_settings_are_refused() -> None:
    for kind, name, own in LIVE:
        trainer = kind(kind.Config(), CPU)
        steps = trainer.steps()
        next(steps)
        trainer.adjust(name, 1e-15)  # too small to change a float32
        before = trainer.parameters()
        list(islice(steps, 10))
        now = trainer.parameters()
        assert [each for each in now if now[each] == before[each]] == own.split()
        with pytest.raises(ValueError, match="seed cannot change"):
            trainer.adjust("seed", 1)
    logistic = LogisticRegression(LogisticRegressionConfig(), CPU)
    logistic.adjust("at", 1.0)
    assert logistic.picture().at == 1.0
    assert "at" not in logistic.optimizer.param_groups[0]


def test_a_rate_changed_while_paused_is_not_the_rate_of_the_step_before(start: Start) -> None:
    for kind in (GradientByHand, LinearRegression):
        run = start(kind, kind.Config())
        run.step()
        until(lambda run=run: run.frame.step == 1)
        before = run.frame.equations
        run.adjust("learning_rate", 0.005)
        until(lambda run=run: run.frame.settings["learning_rate"] == 0.005)
        assert look(run).equations == before
        run.step()
        until(lambda run=run: run.frame.step == 2)
        assert "0.005·" in of_phase(run.frame.equations, "update")[0].numbers
        run.close()
        assert run.frame.state is State.STOPPED


OTHER = {
    "learning_rate": 0.005,
    "mean_learning_rate": 0.005,
    "turn": "update",
    "momentum": 0.5,
    "at": 1.5,
    "digit": 1,
}
"""A value for each live setting that the configurations below do not start with."""


@every_learner
@pytest.mark.usefixtures("folders")
def test_every_live_setting_can_change_between_two_steps(
    start: Start, kind: type[Trainer[Any]], settings: dict[str, Setting]
) -> None:
    run = start(kind, kind.Config.of(settings))
    for step, name in enumerate((*sorted(kind.live), ""), 1):
        while not run.frame.state.ended and look(run).step < step:  # some make it in five parts
            run.step()
        if name:
            run.adjust(name, OTHER[name])
            until(lambda name=name: run.frame.settings[name] == OTHER[name])
        assert look(run).state is State.PAUSED, (name, run.frame.message)


# Divergence.


def test_a_training_that_diverges_says_so_and_its_formulas_have_words() -> None:
    for kind in LINES:
        _, equations = after(300, kind, {"learning_rate": 1e6})
        assert "not a number" in {line.result for line in equations}
    deep = {"data": "spiral", "hidden_layers": 3, "activation": "relu", "learning_rate": 1000.0}
    trainer = DecisionBoundary(DecisionBoundaryConfig.of(deep), CPU)
    with pytest.raises(Diverged):
        list(train(trainer, History(), lambda: False))
    assert not math.isnan(trainer.metrics()["accuracy"])
    trainer = DecisionBoundary(
        DecisionBoundaryConfig(learning_rate=1e9, momentum=1.0, epochs=200), CPU
    )
    list(train(trainer, History(), lambda: False))  # a line stays finite at any rate
    assert np.isfinite(trainer.picture().log_odds(trainer.picture().x)).all()
    both = LossReduction(LossReductionConfig(mean_learning_rate=1.0), CPU)
    with pytest.raises(Diverged, match="the mean's loss became ∞ at step"):
        list(both.steps())
    picture = both.picture()
    assert math.isfinite(picture.walk("sum").w)
    assert np.isfinite(picture.walk("mean").losses.low).all()
    assert both.equations(None)
    batches = Batches(
        BatchesConfig(learning_rate=0.5, epochs=12), CPU
    )  # one that diverges ends no other
    assert all(step.loss.isfinite() for step in batches.steps())
    assert not math.isfinite(batches.picture().walk("single").w)
    assert batches.picture().walk("full").w == pytest.approx(3, abs=0.5)
    assert len(batches.equations(None)) == 8


# Settings.


REFUSED: dict[type[Config], list[tuple[str, Any]]] = {
    BatchesConfig: [("batch_size", 0), ("batch_size", 2.5), ("shuffle", "yes"), ("points", 1)],
    LossReductionConfig: [
        *(("points", 1), ("mean_learning_rate", 0), ("mean_learning_rate", math.nan)),
        ("learning_rate", "fast"),
    ],
    FiveStepsConfig: [
        *(("learning_rate", 0), ("learning_rate", math.nan), ("compare", "rates")),
        *(("model", "line"), ("optimizer", "Adam"), ("turn", "step"), ("units", 0), ("units", 65)),
        *(("momentum", 1.1), ("points", 1), ("frequency", -1), ("initial_w", "left")),
        ("seed", -1),
    ],
    DecisionBoundaryConfig: [
        *(("hidden_layers", -1), ("units", 0), ("activation", "step"), ("stop_above", 99.0)),
        ("points", 2),
    ],
    LogisticRegressionConfig: [
        *(("loss", "MSELoss"), ("at", math.nan), ("at", 1e9), ("points", 1), ("gap", -1.0)),
        ("data", "x"),
    ],
    MnistConfig: [
        *(("data", "imagenet"), ("network", "transformer"), ("width", 5), ("depth", 9)),
        *(("batch_size", 0), ("pipeline", "fast"), ("start", "somewhere"), ("digit", -1)),
    ],
}


def test_what_makes_no_sense_is_refused_by_name() -> None:
    for config, settings in REFUSED.items():
        for name, value in settings:
            with pytest.raises(ValueError, match=rf"^{name} = .* is not allowed: it must be"):
                config.of({name: value})
    for kind in LINES:
        assert {"seed", "learning_rate", "epochs"} <= set(kind.Config.allowed())
        for name in kind.Config.allowed():
            with pytest.raises(ValueError, match=f"{name} = nan"):
                kind.Config.of({name: math.nan})
    for config in (BatchesConfig, LinearRegression.Config):
        for low in (2.0, 4.0):
            with pytest.raises(ValueError, match=f"low = {low} must be below high = 2.0"):
                config.of({"low": low, "high": 2.0})
    with pytest.raises(ValueError, match="no setting 'reduction'"):
        LossReductionConfig.of({"reduction": "sum"})


def test_the_ends_of_what_is_allowed_train() -> None:
    extremes: list[dict[str, Setting]] = [{"points": 2}, {"units": 64}, {"frequency": 0}]
    for model, compare, settings in product(
        ("network", "wave"), ("nothing", "seeds", "optimizers"), extremes
    ):
        given = {"model": model, "compare": compare, "epochs": 5, "turn": "update", **settings}
        trainer = FiveSteps(FiveStepsConfig.of({"noise": 0, **given}), CPU)
        assert len(list(trainer.steps())) == 5
        assert all(math.isfinite(value) for value in trainer.metrics().values())
        assert len(trainer.picture().walks) == (1 if compare == "nothing" else 4)
