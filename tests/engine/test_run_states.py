"""A run from ready to its end: play, pause, step, stop, close."""

from __future__ import annotations

import threading

import pytest

from engine.frame import State
from engine.run import Run, close_all
from tests.engine.conftest import Start, finish, look, until
from tests.engine.small_trainers import Counting, CountingConfig

SHORT = CountingConfig(epochs=50)


def reach(run: Run, state: State) -> None:
    until(lambda: run.frame.state is state)


def test_ready_playing_paused_playing_finished(start: Start) -> None:
    run = start(config=SHORT, pace=100)
    until(lambda: run.frame.picture is not None)
    assert (run.frame.state, run.frame.step, run.frame.loss) == (State.READY, 0, None)
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


def test_a_pause_takes_effect_within_a_step(start: Start) -> None:
    run = start()
    run.play()
    until(lambda: look(run).step)
    run.pause()
    reach(run, State.PAUSED)
    step = run.frame.step
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


def test_a_step_in_the_middle_of_playing_pauses(start: Start) -> None:
    run = start()
    run.play()
    until(lambda: look(run).step)
    run.step()
    reach(run, State.PAUSED)
    step = look(run).step
    assert look(run).step == step


def test_stepping_past_the_last_step_finishes(start: Start) -> None:
    run = start(config=CountingConfig(epochs=2))
    for _ in range(3):
        run.step()
    assert (finish(run).state, run.frame.step) == (State.FINISHED, 2)


def test_what_is_pressed_before_the_thread_is_started_counts() -> None:
    run = Run(Counting, SHORT)
    run.play()
    run.start()
    assert finish(run).state is State.FINISHED


def test_after_the_end_nothing_happens(start: Start) -> None:
    run = start(config=SHORT)
    run.play()
    last = finish(run)
    for press in (run.play, run.pause, run.step, run.request, run.stop, run.close):
        press()
    run.adjust("learning_rate", 0.25)
    run.pace = 3
    assert run.frame is last


@pytest.mark.parametrize("begin", ["ready", "playing", "paused", "stepped", "slow"])
def test_close_ends_the_thread_from_any_state(start: Start, begin: str) -> None:
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


def test_close_before_start_is_no_trouble() -> None:
    run = Run(Counting, SHORT)
    run.close()
    assert run.frame.state is State.READY


def test_a_stopped_run_shows_its_last_step(start: Start) -> None:
    run = start()
    run.play()
    until(lambda: look(run).step)
    run.stop()
    last = finish(run)
    assert last.state is State.STOPPED
    assert last.step == Counting.made[0].steps_made == last.parameters["w"]


def test_only_one_run_trains_at_a_time(start: Start) -> None:
    first = start()
    until(lambda: first.frame.picture is not None)
    second = start(config=SHORT)
    second.play()
    third = start(config=SHORT)
    third.close()  # it never had its turn
    assert third.frame.state is State.STOPPED
    assert len(Counting.made) == 1
    assert second.frame.step == 0
    first.close()
    assert finish(second).state is State.FINISHED
    assert len(Counting.made) == 2


def test_once_the_state_says_ended_the_frame_is_the_last(start: Start) -> None:
    for _ in range(30):
        run = start(config=CountingConfig(epochs=5))
        run.play()
        while not run.state.ended:
            pass
        assert (run.frame.state, run.frame.step) == (State.FINISHED, 5)


def test_close_all_ends_every_run(start: Start) -> None:
    runs = [start() for _ in range(3)]
    for run in runs:
        run.play()
    until(lambda: len(Counting.made) == 1)
    close_all()
    assert {run.frame.state for run in runs} == {State.STOPPED}
    assert "training" not in {thread.name for thread in threading.enumerate()}


def test_the_thread_is_not_daemon(start: Start) -> None:
    run = start(config=SHORT)
    until(lambda: run.frame.picture is not None)
    assert not Counting.made[0].thread.daemon
    assert Counting.made[0].thread is not threading.current_thread()


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
