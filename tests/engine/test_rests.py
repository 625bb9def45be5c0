"""Rests between two steps: a run can pause or end there, and they do not count as steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from engine.frame import State
from engine.trainer import Rest, Step
from engine.turns import Turn, Turns
from tests.engine.conftest import Start, finish, look, until
from tests.engine.small_trainers import Counting, CountingConfig


class Testing(Counting):
    """A trainer that rests a thousand times between two steps, and blocks at one of them."""

    __test__ = False
    RESTS = 1000
    reached: ClassVar[threading.Event]
    go_on: ClassVar[threading.Event]

    def turns(self) -> Iterator[Step | Rest]:
        for step in self.steps():
            yield step
            for rest in range(self.RESTS):
                if step.step == 3 and rest == 500:
                    self.reached.set()
                    assert self.go_on.wait(60)
                yield Rest()


@pytest.fixture(autouse=True)
def _gates() -> Iterator[None]:
    Testing.reached, Testing.go_on = threading.Event(), threading.Event()
    yield
    Testing.go_on.set()


def test_rests_are_no_steps(start: Start) -> None:
    Testing.go_on.set()
    run = start(Testing, CountingConfig(epochs=5))
    run.play()
    frame = finish(run)
    assert frame.state is State.FINISHED
    assert frame.step == len(frame.history) == 5


def test_a_single_step_goes_on_behind_the_rests(start: Start) -> None:
    Testing.go_on.set()
    run = start(Testing)
    for count in range(1, 6):
        run.step()
        until(lambda count=count: run.frame.step == count)
    assert look(run).step == 5
    assert run.state is State.PAUSED


def test_a_pace_holds_for_steps_alone(start: Start) -> None:
    Testing.go_on.set()
    run = start(Testing, CountingConfig(epochs=3), pace=1000)
    run.play()
    assert finish(run).step == 3  # with a thousand rests per step of a millisecond each


@pytest.mark.parametrize("end", [State.PAUSED, State.STOPPED])
def test_a_run_is_paused_or_ended_in_the_middle_of_a_test(start: Start, end: State) -> None:
    run = start(Testing)
    run.play()
    assert Testing.reached.wait(60)
    run.pause() if end is State.PAUSED else run.stop()
    Testing.go_on.set()
    if end is State.PAUSED:
        until(lambda: run.resting)
        assert look(run).step == 3
        run.step()
        until(lambda: run.frame.step == 4)
    else:
        assert finish(run).step == 3


def test_who_pauses_after_a_single_step_takes_the_rest_back() -> None:
    turns = Turns()
    turns.step()
    assert [turns.next_turn(), turns.next_turn()] == [Turn.SERVE, Turn.STEP]
    turns.pause()
    turns.repeat_turn()
    assert turns.next_turn() is Turn.SERVE
    turns.stop()
    assert turns.next_turn() is Turn.STOP
