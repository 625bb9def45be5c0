"""Rests between two steps: a run can pause or end there, and they do not count as steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from engine.frame import State
from engine.trainer import Rest, Step
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


def test_rests_are_no_steps_and_a_single_step_goes_on_behind_them(start: Start) -> None:
    Testing.go_on.set()
    for pace in (None, 1000):  # with a pace, a thousand rests per step take no millisecond each
        run = start(Testing, CountingConfig(epochs=4), pace=pace)
        run.play()
        frame = finish(run)
        assert frame.state is State.FINISHED
        assert frame.step == len(frame.history) == 4
    run = start(Testing)
    for count in range(1, 5):
        run.step()
        until(lambda count=count: run.frame.step == count)
    assert look(run).step == 4
    assert run.state is State.PAUSED


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
