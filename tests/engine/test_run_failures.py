"""A failure in a training appears in the frame; the thread ends and the next run works."""

from __future__ import annotations

import logging

import pytest
import torch

from engine.frame import State
from engine.history import Diverged, History
from engine.run import train
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from engine.trainers.parameters import Parameters
from tests.engine.conftest import Start, finish, until
from tests.engine.small_trainers import (
    BrokenAtTheStart,
    BrokenEquations,
    BrokenInTheLoop,
    BrokenPicture,
    Counting,
    CountingConfig,
    SpikeThenInfinity,
)

CPU = torch.device("cpu")
BROKEN = (
    (BrokenAtTheStart, "RuntimeError: no data today", 0),
    (BrokenInTheLoop, "ZeroDivisionError: step five", 4),
    (BrokenPicture, "KeyError: 'paint'", 100),
    (BrokenEquations, "ValueError: illegible", 100),
)


def test_an_exception_becomes_failed_with_its_message_and_is_logged(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    for trainer, message, steps in BROKEN:
        with caplog.at_level(logging.ERROR, "engine"):
            run = start(trainer, CountingConfig(epochs=100))
            if steps:
                until(lambda: run.frame.picture is not None)  # noqa: B023
            run.play()
            last = finish(run)
        assert (last.state, last.message) == (State.FAILED, message)
        assert last.step == len(last.history) <= steps
        assert message.partition(": ")[2] in caplog.text
        again = start(config=CountingConfig(epochs=3))
        again.play()
        assert finish(again).state is State.FINISHED
    run = start(LinearRegression, LinearRegression.Config(), device="nonsense:7")
    assert finish(run).state is State.FAILED
    assert "nonsense" in run.frame.message


def test_where_nobody_keeps_a_log_a_failure_prints_nothing(
    start: Start, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    finish(start(BrokenAtTheStart))
    assert capfd.readouterr() == ("", "")


def test_divergence_keeps_the_history_and_says_where(start: Start) -> None:
    run = start(SpikeThenInfinity)
    run.play()
    last = finish(run)
    assert (last.state, last.message) == (State.DIVERGED, "the loss became ∞ at step 100")
    assert (last.step, last.loss) == (99, float("inf"))
    assert (len(last.history), last.history.high.max()) == (99, 7)
    for trainer in (GradientByHand, LinearRegression, Parameters):
        run = start(trainer, trainer.Config.of({"learning_rate": 1e6}))
        run.play()
        last = finish(run)
        assert last.state is State.DIVERGED
        assert "at step" in last.message
        assert len(last.history) == last.step > 0
        assert last.picture is not None
        assert last.equations


def test_train_yields_every_step_and_stops_when_told_or_raises_diverged() -> None:
    history = History(batch=64)
    trainer = Counting(CountingConfig(), CPU)
    steps = [step.step for step in train(trainer, history, lambda: trainer.steps_made == 70)]
    assert steps == list(range(1, 71))
    assert history.steps == 70
    for batch in (1, 64):
        history = History(batch=batch)
        with pytest.raises(Diverged, match="∞ at step 100"):
            list(train(SpikeThenInfinity(CountingConfig(), CPU), history, lambda: False))
        assert history.steps == 99
