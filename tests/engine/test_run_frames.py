"""What a run shows of itself: frozen, fresh, and only when somebody asks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch

from engine.equations import number
from engine.frame import State
from engine.run import Recorder
from engine.trainer import Step
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
from engine.trainers.mnist import Mnist, MnistConfig
from tests.engine.conftest import Start, finish, look, until
from tests.engine.small_trainers import Counting, CountingConfig


def test_nothing_is_drawn_when_nobody_asks(start: Start) -> None:
    run = start(config=CountingConfig(epochs=5000))
    until(lambda: run.frame.picture is not None)
    run.play()
    finish(run)
    # ready, playing, the first step, finished: a picture each
    assert Counting.made[0].pictures == 4
    assert Counting.made[0].steps_made == 5000


def test_a_picture_is_drawn_for_each_frame_that_was_asked_for(start: Start) -> None:
    run = start()
    run.play()
    until(lambda: run.frame.state is State.PLAYING and run.frame.step)
    before = Counting.made[0].pictures
    for _ in range(10):
        look(run)
    assert Counting.made[0].pictures == before + 10


def test_a_frame_is_replaced_and_never_changed(start: Start) -> None:
    run = start(LinearRegression, LinearRegressionConfig())
    run.step()
    until(lambda: run.frame.step == 1)
    frame = run.frame
    copy = deepcopy(frame)
    run.adjust("learning_rate", 0.02)
    for _ in range(20):
        run.step()
    until(lambda: run.frame.step == 21)
    assert frame is not run.frame
    for name in ("state", "settings", "changed", "step", "loss", "equations", "parameters"):
        assert getattr(frame, name) == getattr(copy, name)
    for before, after in (
        (copy.history.low, frame.history.low),
        (copy.picture.path, frame.picture.path),  # type: ignore[union-attr]
    ):
        assert np.array_equal(before, after)
    with pytest.raises(FrozenInstanceError):
        frame.step = 5  # type: ignore[misc]


def test_the_steps_of_a_frame_belong_together(start: Start) -> None:
    run = start()
    run.play()
    for _ in range(50):
        frame = look(run)
        assert frame.step == frame.epoch == frame.parameters["w"] == frame.history.steps
        assert frame.loss is None or frame.loss == 1 / frame.step


def test_an_adjustment_while_paused_shows_in_the_frame(start: Start) -> None:
    run = start()
    run.step()
    until(lambda: run.frame.step == 1)
    run.adjust("learning_rate", 0.25)
    until(lambda: run.frame.settings["learning_rate"] == 0.25)
    assert run.frame.changed == {"learning_rate": (1, 0.5)}
    assert run.frame.step == 1


def test_what_is_set_before_the_first_step_or_set_to_what_it_was_is_no_change(
    start: Start,
) -> None:
    run = start()
    run.adjust("learning_rate", 0.25)
    until(lambda: run.frame.settings["learning_rate"] == 0.25)
    run.step()
    until(lambda: run.frame.step == 1)
    run.adjust("learning_rate", 0.25)
    assert look(run).changed == {}


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), True, "fast", None])
def test_a_bad_value_is_refused_where_it_was_given_and_the_old_one_kept(
    start: Start, value: float
) -> None:
    run = start()
    with pytest.raises(ValueError, match=r"learning_rate = .* above 0"):
        run.adjust("learning_rate", value)
    run.step()
    until(lambda: run.frame.step == 1)
    assert run.frame.settings["learning_rate"] == 0.5
    assert run.frame.changed == {}


@pytest.mark.parametrize("name", ["epochs", "seed", "colour"])
def test_a_setting_that_is_not_live_cannot_be_changed(start: Start, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} cannot change"):
        start().adjust(name, 1)


def test_the_frame_tells_the_memory(start: Start) -> None:
    run = start()
    until(lambda: run.frame.picture is not None)
    memory = run.frame.memory
    assert memory is not None
    assert 0 < memory.used < memory.total


def test_the_result_of_an_evaluation_is_the_newest_also_between_two_steps() -> None:
    """A run may pause behind an evaluation: its numbers are then those that its charts show."""
    config = MnistConfig(data="digits", batch_size=1000, epochs=2)
    trainer, recorder = Mnist(config, torch.device("cpu")), Recorder(config, "cpu")
    evaluations = 0
    for made in trainer.turns():
        if isinstance(made, Step):
            recorder.add(made)
        elif len(trainer.accuracies) > evaluations or trainer.test_accuracy is not None:
            evaluations = len(trainer.accuracies)
            recorder.show(trainer, State.PAUSED)
            shown = {line.formula: line.result for line in recorder.frame.equations}
            assert shown["validation accuracy"] == number(trainer.accuracies[-1])
            phases = [line.phase for line in recorder.frame.equations]
            assert phases.count("test") == phases.count("validation") == 1
    recorder.show(trainer, State.FINISHED)
    shown = {line.formula: line.result for line in recorder.frame.equations}
    assert evaluations == len(trainer.accuracies) - 1 == 2
    assert shown["test accuracy"] == number(trainer.test_accuracy)
