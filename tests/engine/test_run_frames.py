"""Frames of a run: immutable, current, made only on request; and its speed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
import torch

from engine import device
from engine.config import Change
from engine.equations import number
from engine.frame import State
from engine.history import Diverged
from engine.run import Recorder
from engine.trainer import Phase, Step
from engine.trainers.five_steps import FiveSteps, FiveStepsConfig
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
from engine.trainers.mnist import Mnist, MnistConfig
from tests.engine.conftest import Start, finish, look, until
from tests.engine.small_trainers import Counting, CountingConfig, SpikeThenInfinity


def test_a_picture_is_drawn_only_for_a_frame_that_was_asked_for(start: Start) -> None:
    run = start(config=CountingConfig(epochs=5000))
    until(lambda: run.frame.picture is not None)
    run.play()
    finish(run)
    # ready, playing, the first step, finished: one picture each
    assert (Counting.made[0].pictures, Counting.made[0].steps_made) == (4, 5000)
    run = start()
    run.play()
    until(lambda: run.frame.state is State.PLAYING and run.frame.step)
    before = Counting.made[1].pictures
    for _ in range(10):
        look(run)
    assert Counting.made[1].pictures == before + 10
    for _ in range(50):  # all values of a frame belong to the same step
        frame = look(run)
        assert frame.step == frame.epoch == frame.parameters["w"] == frame.history.steps
        assert frame.loss is None or frame.loss == 1 / frame.step
    memory = run.frame.memory
    assert memory is not None
    assert 0 < memory.used < memory.total


def test_a_frame_is_replaced_and_never_changed(start: Start) -> None:
    run = start(LinearRegression, LinearRegressionConfig())
    run.step()
    until(lambda: run.frame.step == 1)
    frame: Any = run.frame
    copy = deepcopy(frame)
    run.adjust("learning_rate", 0.02)
    for _ in range(20):
        run.step()
    until(lambda: run.frame.step == 21)
    assert frame is not run.frame
    for name in ("state", "settings", "changes", "step", "loss", "equations", "parameters"):
        assert getattr(frame, name) == getattr(copy, name)
    assert np.array_equal(copy.history.low, frame.history.low)
    assert np.array_equal(copy.picture.path, frame.picture.path)
    with pytest.raises(FrozenInstanceError):
        frame.step = 5


def test_a_setting_that_is_changed_shows_in_the_frame(start: Start) -> None:
    run = start()
    run.adjust("learning_rate", 0.25)  # no change before the first step
    until(lambda: run.frame.settings["learning_rate"] == 0.25)
    run.step()
    until(lambda: run.frame.step == 1)
    run.adjust("learning_rate", 0.25)  # no change to the same value
    assert look(run).changes == ()
    run.adjust("learning_rate", 0.5)
    until(lambda: run.frame.settings["learning_rate"] == 0.5)
    assert (run.frame.changes, run.frame.step) == ((Change("learning_rate", 0.5, 2),), 1)
    assert run.frame.initial["learning_rate"] == 0.25


def test_every_change_is_kept_with_the_step_that_it_counts_from() -> None:
    trainer, steps, recorder = training()
    for values in ([0.4], [], [0.3, 0.2], [0.1, 0.2], [0.3], [0.2, 0.3, 0.1], []):
        recorder.adjust(trainer, [("learning_rate", value) for value in values])
        recorder.add(next(steps))
    recorder.show(trainer, State.PAUSED)
    assert recorder.frame.initial["learning_rate"] == 0.4
    assert [str(change) for change in recorder.frame.changes] == [
        "learning_rate=0.2@3",
        "learning_rate=0.3@5",
        "learning_rate=0.1@6",
    ]
    assert recorder.frame.changed == {"learning_rate"}


def test_a_change_between_two_phases_counts_from_the_update_that_uses_it() -> None:
    config = FiveStepsConfig(epochs=4, optimizer="sgd")
    trainer, recorder = FiveSteps(config, torch.device("cpu")), Recorder(config, "cpu")
    (learner,) = trainer.learners
    rates = []
    for turn, made in enumerate(trainer.turns()):
        if isinstance(made, Step):
            recorder.add(made)
        elif isinstance(made, Phase):
            recorder.add_phase(made)
            if made.name == "optimizer":
                rates.append(learner.optimizer.param_groups[0]["lr"])
        recorder.adjust(trainer, [("learning_rate", 0.01 + 0.001 * turn)])
    recorder.show(trainer, State.FINISHED)
    found = {1: recorder.frame.initial["learning_rate"]}
    found |= {change.step: change.value for change in recorder.frame.changes}
    assert [found[step] for step in range(1, 5)] == rates


def test_the_result_of_an_evaluation_is_the_newest_also_between_two_steps() -> None:
    """A run may pause after an evaluation; the frame then shows its numbers and charts."""
    config = MnistConfig(data="digits", batch_size=1000, epochs=2)
    trainer, recorder = Mnist(config, torch.device("cpu")), Recorder(config, "cpu")
    evaluations = 0
    for made in trainer.turns():
        if isinstance(made, Step):
            recorder.add(made)
        elif len(trainer.accuracies) > evaluations:
            evaluations = len(trainer.accuracies)
            recorder.show(trainer, State.PAUSED)
            shown = {line.formula: line.result for line in recorder.frame.equations}
            age = f"after epoch {evaluations - 1}" if evaluations > 1 else "before epoch 1"
            assert shown[f"validation, {age}"] == number(trainer.accuracies[-1])
            phases = [line.phase for line in recorder.frame.equations]
            assert phases.count("test") == phases.count("validation") == 1
    recorder.show(trainer, State.FINISHED)
    shown = {line.formula: line.result for line in recorder.frame.equations}
    assert shown["validation, after epoch 2"] == number(trainer.accuracies[-1])
    assert shown["test accuracy"] == number(trainer.test_accuracy)


def test_a_bad_value_is_refused_where_it_was_given_and_the_old_one_kept(start: Start) -> None:
    run = start()
    bad: list[Any] = [0, -1.0, float("nan"), True, "fast", None]
    for value in bad:
        with pytest.raises(ValueError, match=r"learning_rate = .* above 0"):
            run.adjust("learning_rate", value)
    for name in ("epochs", "seed", "colour"):
        with pytest.raises(ValueError, match=f"{name} cannot change"):
            run.adjust(name, 1)
    run.step()
    until(lambda: run.frame.step == 1)
    assert run.frame.settings["learning_rate"] == 0.5
    assert run.frame.changes == ()


# Speed: never faster than requested, and changed at once. Only lower bounds of times are safe.


def test_no_faster_than_the_pace_and_the_rate_is_what_was_measured(start: Start) -> None:
    for pace, steps in ((4, 3), (100, 30)):
        run = start(config=CountingConfig(epochs=steps), pace=pace)
        began = time.monotonic()
        run.play()
        assert finish(run).step == steps
        assert time.monotonic() - began >= (steps - 1) / pace
    run = start(pace=100)
    run.play()
    began = time.monotonic()
    until(lambda: look(run).step >= 40)
    rate = run.frame.rate
    assert rate is not None
    seconds = time.monotonic() - began
    assert rate >= 0.5 * 40 / seconds  # the frames start slightly later than this clock
    assert rate <= 110


# Recording, step by step and without a thread.


def training(kind: type[Counting] = Counting) -> tuple[Counting, Iterator[Step], Recorder]:
    trainer = kind(CountingConfig(), torch.device("cpu"))
    return trainer, trainer.steps(), Recorder(trainer.config, "cpu")


def test_there_is_a_rate_only_while_it_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, steps, recorder = training()
    rates = []
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    for state in (State.READY, State.PLAYING, State.PLAYING, State.PAUSED, State.PLAYING):
        for _ in range(6):
            recorder.add(next(steps))
        clock[0] += 0.5
        recorder.show(trainer, state)
        rates.append(recorder.frame.rate)
    assert rates == [None, None, 12, None, None]  # six steps in half a second


def test_the_memory_is_read_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, _, recorder = training()
    clock, readings = [100.0], []
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr(device, "memory", readings.append)
    for _ in range(21):
        recorder.show(trainer, State.PLAYING)
        clock[0] += 0.125
    assert readings == ["cpu"] * 3


def test_the_end_is_shown_with_all_losses_and_without_a_look_at_the_trainer() -> None:
    trainer, steps, recorder = training(SpikeThenInfinity)
    with pytest.raises(Diverged):
        list(map(recorder.add, steps))
    recorder.show_end(State.FAILED, "the driver is gone")
    assert trainer.pictures == 0
    frame = recorder.frame
    assert (frame.state, frame.message) == (State.FAILED, "the driver is gone")
    assert (frame.step, len(frame.history)) == (99, 99)
