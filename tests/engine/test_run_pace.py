"""Steps a second: never faster than asked for, and changed at once. Time has lower bounds only."""

from __future__ import annotations

import time

import pytest

from tests.engine.conftest import Start, finish, look, until
from tests.engine.small_trainers import CountingConfig


@pytest.mark.parametrize(("pace", "steps"), [(4, 3), (100, 30)])
def test_no_faster_than_the_pace(start: Start, pace: float, steps: int) -> None:
    run = start(config=CountingConfig(epochs=steps), pace=pace)
    began = time.monotonic()
    run.play()
    assert finish(run).step == steps
    assert time.monotonic() - began >= (steps - 1) / pace


def test_a_change_of_pace_ends_the_wait(start: Start) -> None:
    run = start(config=CountingConfig(epochs=200), pace=0.001)
    run.play()
    until(lambda: look(run).step == 1)
    run.pace = None
    assert finish(run).step == 200


def test_a_request_during_a_long_wait_is_answered_and_no_step_is_made(start: Start) -> None:
    run = start(pace=0.001)
    run.play()
    until(lambda: look(run).step == 1)
    assert [look(run).step for _ in range(5)] == [1] * 5


def test_stop_ends_a_long_wait(start: Start) -> None:
    run = start(pace=0.001)
    run.play()
    until(lambda: look(run).step == 1)
    run.stop()
    assert finish(run).step == 1


def test_the_rate_is_what_was_measured(start: Start) -> None:
    run = start(pace=100)
    run.play()
    began = time.monotonic()
    until(lambda: look(run).step >= 40)
    rate = run.frame.rate
    assert rate is not None
    seconds = time.monotonic() - began
    assert rate >= 0.5 * 40 / seconds  # the frames do not begin quite where the clock here does
    assert rate <= 110
