"""The states of a run: play, pause, step, stop, close."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest
import torch

from engine.frame import Frame, NamedParameters, State
from engine.pictures import LinePicture
from engine.run import Run
from engine.turns import close_all
from tests.engine.conftest import PATIENCE, Start, finish, look, until
from tests.engine.small_trainers import (
    BrokenAtTheStart,
    BrokenInTheLoop,
    Counting,
    CountingConfig,
    SpikeThenInfinity,
)

SHORT = CountingConfig(epochs=50)


def reach(run: Run, state: State) -> None:
    until(lambda: run.frame.state is state)


def playing(run: Run) -> Run:
    """Play until the run has done a step, and return it."""
    run.play()
    until(lambda: look(run).step)
    return run


def test_ready_playing_paused_playing_finished_and_then_nothing_happens(start: Start) -> None:
    run = start(config=SHORT, pace=100)
    until(lambda: run.frame.picture is not None)
    assert (run.frame.state, run.frame.step, run.frame.loss) == (State.READY, 0, None)
    assert not Counting.made[0].thread.daemon
    assert Counting.made[0].thread is not threading.current_thread()
    run.play()
    reach(run, State.PLAYING)
    until(lambda: look(run).step)
    run.pause()
    reach(run, State.PAUSED)
    assert 0 < run.frame.step < 50
    assert look(run).rate is None
    run.pace = None
    run.play()
    last = finish(run)
    assert (last.state, last.step, last.epoch, last.loss) == (State.FINISHED, 50, 50, 1 / 50)
    assert (last.rate, last.message) == (None, "")
    for press in (run.play, run.pause, run.step, run.request, run.stop, run.close):
        press()
    run.adjust("learning_rate", 0.25)
    run.pace = 3
    assert run.frame is last


def test_a_pause_takes_effect_within_a_step_and_so_does_a_step(start: Start) -> None:
    run = playing(start())
    for tell in (run.pause, run.step):
        run.play()
        tell()
        reach(run, State.PAUSED)
        step = look(run).step
        assert [look(run).step for _ in range(20)] == [step] * 20
        assert Counting.made[0].steps_made == step


def test_every_step_asked_for_is_one_step(start: Start) -> None:
    run = start()
    for _ in range(7):
        run.step()
    until(lambda: run.frame.step == 7)
    assert [look(run).step for _ in range(10)] == [7] * 10
    assert run.frame.state is State.PAUSED
    run.step()
    until(lambda: run.frame.step == 8)
    assert run.frame.loss == 1 / 8
    run.close()
    run = start(config=CountingConfig(epochs=2))
    for _ in range(3):  # beyond the last one
        run.step()
    assert (finish(run).state, run.frame.step) == (State.FINISHED, 2)


def test_before_the_thread_is_started() -> None:
    run = Run(Counting, SHORT)
    run.play()
    run.start()
    assert finish(run).state is State.FINISHED
    run = Run(Counting, SHORT)
    run.close()
    assert run.frame.state is State.READY


def test_close_ends_the_thread_from_any_state(start: Start) -> None:
    for begin in ("ready", "playing", "paused", "stepped", "slow"):
        Counting.made.clear()
        run = start(pace=1e-9 if begin == "slow" else None)
        if begin in ("playing", "slow"):
            run.play()
            reach(run, State.PLAYING)
        if begin in ("paused", "stepped"):
            run.pause() if begin == "paused" else run.step()
            reach(run, State.PAUSED)
        run.close()
        assert not Counting.made[0].thread.is_alive()
        assert run.frame.state is State.STOPPED
        run.close()


def test_only_one_run_trains_at_a_time_and_close_all_ends_every_one(start: Start) -> None:
    first = start()
    until(lambda: first.frame.picture is not None)
    second = start(config=SHORT)
    second.play()
    third = start(config=SHORT)
    third.close()  # it never got a turn
    assert third.frame.state is State.STOPPED
    assert len(Counting.made) == 1
    assert second.frame.step == 0
    first.close()
    assert finish(second).state is State.FINISHED
    assert len(Counting.made) == 2
    runs = [start() for _ in range(3)]
    for run in runs:
        run.play()
    until(lambda: len(Counting.made) == 3)
    close_all()
    assert {run.frame.state for run in runs} == {State.STOPPED}
    assert "training" not in {thread.name for thread in threading.enumerate()}


def test_once_the_state_says_ended_the_frame_is_the_last(start: Start) -> None:
    for _ in range(15):
        run = start(config=CountingConfig(epochs=5))
        run.play()
        while not run.state.ended:
            pass
        assert (run.frame.state, run.frame.step) == (State.FINISHED, 5)


def test_orders_from_many_threads_leave_a_run_that_obeys(start: Start) -> None:
    run = start(pace=5000)
    orders = [run.play, run.pause, run.step, run.request, lambda: setattr(run, "pace", None)]

    def press(seed: int) -> None:
        for i in range(300):
            orders[(seed + i) % len(orders)]()
            run.adjust("learning_rate", 0.1 + i / 1000)

    threads = [threading.Thread(target=press, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.pause()
    reach(run, State.PAUSED)
    step = look(run).step
    run.step()
    until(lambda: run.frame.step == step + 1)
    assert run.frame.settings["learning_rate"] == pytest.approx(0.399)


# Resting: a frame that is read after `resting` is true is the final one.


class Held(Counting):
    """A counting trainer that blocks at one place until it is released."""

    place: ClassVar[str]
    there: ClassVar[threading.Event]
    go_on: ClassVar[threading.Event]

    def __init__(self, config: CountingConfig, device: torch.device) -> None:
        self.hold("the beginning")
        super().__init__(config, device)

    def loss(self, step: int) -> float:
        self.hold("step 1" if step == 1 else "")
        return super().loss(step)

    def picture(self) -> LinePicture:
        self.hold("the picture of step 1" if self.steps_made == 1 else "")
        return super().picture()

    def hold(self, place: str) -> None:
        if place == self.place:
            self.there.set()
            assert self.go_on.wait(PATIENCE)


@pytest.fixture
def held(start: Start) -> Iterator[type[Held]]:  # noqa: ARG001 - it closes the runs, after this
    Held.place, Held.there, Held.go_on = "", threading.Event(), threading.Event()
    yield Held
    Held.go_on.set()


def settle(run: Run) -> Frame:
    """Poll until the run rests, and return the frame read then."""
    deadline = time.monotonic() + PATIENCE
    while not run.resting:
        assert time.monotonic() < deadline, "it never came to rest"
    return run.frame


def test_a_run_does_not_rest_before_its_trainer_is_made(start: Start, held: type[Held]) -> None:
    held.place = "the beginning"
    assert not Run(held, SHORT).resting
    run = start(held)
    assert held.there.wait(PATIENCE)
    assert not run.resting
    held.go_on.set()
    frame = settle(run)
    assert (frame.state, frame.step) == (State.READY, 0)
    assert frame.picture is not None
    waiting = start(config=SHORT)  # waits for the other run
    assert not waiting.resting
    run.close()
    assert settle(waiting).picture is not None
    third = start(config=SHORT)
    third.close()
    assert third.resting
    assert third.frame.state is State.STOPPED


@pytest.mark.parametrize("place", ["step 1", "the picture of step 1", "the end"])
def test_a_run_does_not_rest_until_the_frame_of_its_step_or_its_end_is_there(
    start: Start, held: type[Held], place: str
) -> None:
    ends = place == "the end"
    held.place = "the picture of step 1" if ends else place
    run = start(held, config=CountingConfig(epochs=1) if ends else CountingConfig())
    settle(run)
    run.play() if ends else run.step()
    assert not run.resting
    assert held.there.wait(PATIENCE)
    assert not run.resting
    assert ends or run.frame.step == 0
    held.go_on.set()
    state = State.FINISHED if ends else State.PAUSED
    assert (settle(run).step, run.frame.state) == (1, state)


def test_a_run_that_plays_does_not_rest_and_one_that_was_told_nothing_new_does(
    start: Start,
) -> None:
    for pace in (None, 1e-9, 1e5):
        run = start(pace=pace)
        settle(run)
        playing(run)  # at the slowest speed the next step is years away
        assert not any(run.resting for _ in range(1000))
        run.pause()
        assert settle(run).state is State.PAUSED
        for tell in (run.pause, run.request, lambda: setattr(run, "pace", 3)):  # noqa: B023
            tell()
            settle(run)
        assert run.frame.state is State.PAUSED
        run.close()


def test_what_has_ended_rests_and_shows_its_end(start: Start) -> None:
    for trainer, state in (
        (Counting, State.FINISHED),
        (SpikeThenInfinity, State.DIVERGED),
        (BrokenAtTheStart, State.FAILED),
        (BrokenInTheLoop, State.FAILED),
    ):
        run = start(trainer, config=CountingConfig(epochs=200))
        run.play()
        until(lambda: run.state.ended)  # noqa: B023
        assert run.resting
        assert run.frame.state is state
        last = run.frame
        for tell in (run.step, run.request, run.close):
            tell()
        assert run.resting
        assert run.frame is last
    for plays in (False, True):
        Counting.made.clear()
        run = start()
        settle(run)
        if plays:
            playing(run)
        run.stop()
        frame = settle(run)
        assert (frame.state, frame.step) == (State.STOPPED, Counting.made[0].steps_made)
        assert frame.step == frame.parameters["w"]


@pytest.fixture
def hasty() -> Iterator[None]:
    """Switch threads a hundred times as often as usual, to trigger rare interleavings."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 100)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_once_it_rests_the_frame_shows_all_that_was_asked_for(start: Start) -> None:
    run = start()
    settle(run)
    asked = 0
    for times in (*[1] * 150, *(*range(2, 9), *range(8, 1, -1)) * 3):
        for _ in range(times):
            run.step()
        asked += times
        frame = settle(run)
        assert (frame.step, frame.state) == (asked, State.PAUSED)
        assert frame.parameters["w"] == asked
    for number in range(100):
        run.adjust("learning_rate", 0.1 + number / 1000)
        assert settle(run).settings["learning_rate"] == 0.1 + number / 1000
    for _ in range(100):
        run.play()
        assert not run.resting
        run.pause()
        frame = settle(run)
        assert (frame.state, frame.step) == (State.PAUSED, Counting.made[0].steps_made)
    run.close()
    for _ in range(25):
        run = start(config=CountingConfig(epochs=5))
        settle(run)
        run.play()
        frame = settle(run)
        assert (frame.state, frame.step) == (State.FINISHED, 5)
        run.close()


def test_every_training_uses_one_thread_on_every_machine(start: Start) -> None:
    class Threads(Counting):
        def parameters(self) -> NamedParameters:
            return {"threads": torch.get_num_threads()}

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert look(start(Threads)).parameters == {"threads": 1}
    finally:
        torch.set_num_threads(before)
