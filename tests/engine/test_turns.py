"""Whose turn it is, asked for by hand: no thread, no training."""

from __future__ import annotations

import threading
import time

import pytest

from engine.frame import State
from engine.turns import Turn, Turns
from tests.engine.conftest import until


def taken(turns: Turns, count: int) -> list[Turn]:
    return [turns.next() for _ in range(count)]


def test_playing_at_full_speed_every_turn_is_a_step() -> None:
    turns = Turns()
    turns.play()
    assert taken(turns, 100) == [Turn.SERVE] + [Turn.STEP] * 99
    assert turns.state is State.PLAYING


def test_a_single_step_is_one_step_and_a_look_at_it() -> None:
    turns = Turns()
    turns.step()
    turns.step()
    assert taken(turns, 5) == [Turn.SERVE, Turn.STEP, Turn.SERVE, Turn.STEP, Turn.SERVE]
    assert turns.state is State.PAUSED
    turns.stop()
    assert turns.next() is Turn.STOP


@pytest.mark.parametrize("pace", [None, 1e9])
def test_whatever_is_said_is_the_next_turn(pace: float | None) -> None:
    turns = Turns(pace)
    turns.play()
    taken(turns, 10)
    turns.serve()
    assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
    turns.stop()
    assert taken(turns, 2) == [Turn.STOP, Turn.STOP]


def test_a_pause_takes_back_the_single_steps_not_yet_made() -> None:
    turns = Turns()
    for _ in range(5):
        turns.step()
    assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
    turns.pause()
    assert turns.next() is Turn.SERVE
    turns.stop()
    assert turns.next() is Turn.STOP


def test_a_turn_that_is_not_due_is_waited_for_and_a_word_ends_the_wait() -> None:
    for say in (Turns.serve, Turns.stop, Turns.pause, Turns.play, Turns.step):
        turns = Turns(pace=1e-300)
        turns.play()
        assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
        got: list[Turn] = []
        waiting = threading.Thread(target=lambda turns=turns, got=got: got.append(turns.next()))
        waiting.start()
        say(turns)
        waiting.join(60)
        assert got == [Turn.STOP if say is Turns.stop else Turn.SERVE]


def test_a_new_pace_counts_from_now() -> None:
    turns = Turns(pace=1e-3)
    turns.play()
    assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
    turns.pace = 1e9
    assert taken(turns, 3) == [Turn.STEP] * 3
    turns.pace = None
    assert taken(turns, 3) == [Turn.STEP] * 3


@pytest.mark.parametrize("pace", [20.0, 200.0])
def test_no_step_comes_before_it_is_due(pace: float) -> None:
    turns = Turns(pace)
    turns.play()
    turns.next()
    began = time.monotonic()
    for step in range(8):
        assert turns.next() is Turn.STEP
        assert time.monotonic() - began >= step / pace


def test_time_that_was_lost_is_not_made_up_for() -> None:
    turns = Turns(pace=20)
    turns.play()
    assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
    late = time.monotonic() + 0.2
    until(lambda: time.monotonic() > late)  # a step that takes four times too long
    began = time.monotonic()
    assert taken(turns, 3) == [Turn.STEP] * 3
    assert time.monotonic() - began >= 2 / 20


@pytest.mark.parametrize("pace", [0, -1, float("nan")])
def test_a_pace_that_is_none_is_refused_and_the_old_one_kept(pace: float) -> None:
    turns = Turns(pace=5)
    with pytest.raises(ValueError, match="must be above 0"):
        turns.pace = pace
    assert turns.pace == 5
    with pytest.raises(ValueError, match=f"{pace} steps a second"):
        Turns(pace)


@pytest.mark.parametrize("end", [state for state in State if state.ended])
def test_nothing_leaves_the_end(end: State) -> None:
    turns = Turns()
    turns.play()
    turns.end(end)
    for say in (turns.play, turns.pause, turns.step):
        say()
        assert turns.state is end
