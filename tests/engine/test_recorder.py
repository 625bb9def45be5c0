"""Recording and frames of a training, step by step and without a thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from engine import device
from engine.equations import Equation
from engine.frame import State
from engine.history import Diverged
from engine.run import Recorder
from engine.trainer import Step
from tests.engine.small_trainers import Counting, CountingConfig, SpikeThenInfinity


def training(kind: type[Counting] = Counting) -> tuple[Counting, Iterator[Step], Recorder]:
    trainer = kind(CountingConfig(), torch.device("cpu"))
    return trainer, trainer.steps(), Recorder(trainer.config, "cpu")


def test_a_rate_changed_after_the_step_is_not_told_as_the_rate_of_the_step() -> None:
    trainer, steps, recorder = training()
    recorder.add(next(steps))
    recorder.adjust(trainer, [("learning_rate", 0.25)])
    recorder.show(trainer, State.PLAYING)
    assert recorder.frame.settings["learning_rate"] == 0.25
    assert [line.result for line in recorder.frame.equations] == ["0.5"]
    recorder.add(next(steps))
    recorder.show(trainer, State.PLAYING)
    assert [line.result for line in recorder.frame.equations] == ["0.25"]


class Judged(Counting):
    """A trainer that counts its evaluations, of which one may follow the last step."""

    asked = 0

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        self.asked += 1
        return (*super().equations(step), Equation("test", "asked", "", str(self.asked)))


def test_the_test_is_always_the_newest_and_the_step_stays_as_it_was_made() -> None:
    trainer, steps, recorder = training(Judged)
    recorder.add(next(steps))
    recorder.show(trainer, State.PLAYING)
    rate, first = (line.result for line in recorder.frame.equations)
    recorder.adjust(trainer, [("learning_rate", 0.25)])
    for state in (State.PLAYING, State.FINISHED):
        recorder.show(trainer, state)
        assert [line.result for line in recorder.frame.equations] == [rate, str(trainer.asked)]
    assert int(first) < trainer.asked


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
