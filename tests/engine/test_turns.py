"""The turns of a run, requested by hand without thread or training."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from engine.frame import State
from engine.turns import Turn, Turns
from tests.engine.conftest import until

FIRST = [Turn.SERVE, Turn.STEP, Turn.SERVE]
"""The turns after play: showing the state, the first step, and showing that."""


def taken(turns: Turns, count: int) -> list[Turn]:
    return [turns.next_turn() for _ in range(count)]


def test_the_turns_of_playing_of_single_steps_and_of_requests() -> None:
    turns = Turns()
    assert not turns.resting  # nothing rests before the first turn is asked for
    for pace in (None, 1e9):
        turns = Turns(pace)
        turns.play()
        assert taken(turns, 100) == [*FIRST, *[Turn.STEP] * 97]
        assert turns.state is State.PLAYING
        assert not turns.resting
        turns.request()
        assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
        turns.stop()
        assert taken(turns, 2) == [Turn.STOP, Turn.STOP]
    turns = Turns()
    for _ in range(5):
        turns.step()
    assert taken(turns, 4) == [Turn.SERVE, Turn.STEP, Turn.SERVE, Turn.STEP]
    assert turns.state is State.PAUSED
    turns.pause()  # takes back the single steps that are not yet made
    assert turns.next_turn() is Turn.SERVE
    turns.stop()
    assert turns.next_turn() is Turn.STOP
    turns = Turns()
    turns.step()
    assert taken(turns, 2) == [Turn.SERVE, Turn.STEP]
    turns.pause()
    turns.repeat_turn()  # the step had a rest, which the pause takes back
    assert turns.next_turn() is Turn.SERVE
    turns.stop()
    assert turns.next_turn() is Turn.STOP


def test_a_turn_that_is_not_due_is_waited_for_and_a_word_ends_the_wait() -> None:
    for say in (Turns.request, Turns.stop, Turns.pause, Turns.play, Turns.step):
        turns = Turns(pace=1e-300)
        turns.play()
        assert taken(turns, 3) == FIRST
        got: list[Turn] = []
        waiting = threading.Thread(
            target=lambda turns=turns, got=got: got.append(turns.next_turn())
        )
        waiting.start()
        say(turns)
        waiting.join(60)
        assert got == [Turn.STOP if say is Turns.stop else Turn.SERVE]


def test_a_new_pace_counts_from_now() -> None:
    turns = Turns(pace=1e-3)
    turns.play()
    assert taken(turns, 3) == FIRST
    turns.pace = 1e9
    assert taken(turns, 3) == [Turn.STEP] * 3
    turns.pace = None
    assert taken(turns, 3) == [Turn.STEP] * 3


def test_no_step_comes_before_it_is_due_and_lost_time_is_not_made_up_for() -> None:
    for pace in (50.0, 200.0):
        turns = Turns(pace)
        turns.play()
        began = time.monotonic()
        assert taken(turns, 3) == FIRST
        for step in range(1, 8):
            assert turns.next_turn() is Turn.STEP
            assert time.monotonic() - began >= step / pace
    turns = Turns(pace=20)
    turns.play()
    assert taken(turns, 3) == FIRST
    late = time.monotonic() + 0.2
    until(lambda: time.monotonic() > late)  # a step that takes four times too long
    began = time.monotonic()
    assert taken(turns, 3) == [Turn.STEP] * 3
    assert time.monotonic() - began >= 2 / 20


def test_a_pace_that_is_none_is_refused_and_the_old_one_kept() -> None:
    turns = Turns(pace=5)
    for pace in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="must be above 0"):
            turns.pace = pace
        assert turns.pace == 5
        with pytest.raises(ValueError, match=f"{pace} steps a second"):
            Turns(pace)


def test_nothing_leaves_the_end_and_what_has_ended_rests() -> None:
    for end in (state for state in State if state.ended):
        turns = Turns()
        turns.play()
        taken(turns, 5)
        assert not turns.resting
        turns.end(end)
        for say in (turns.play, turns.pause, turns.step, turns.request):
            say()
            assert turns.state is end
            assert turns.resting
        turns.stop()
        assert turns.resting


# Resting.


def test_a_word_ends_the_rest_at_once() -> None:
    words: list[Callable[[Turns], object]] = [Turns.play, Turns.pause, Turns.step, Turns.request]
    for say in (*words, Turns.stop, lambda turns: setattr(turns, "pace", 1)):
        turns = Turns()
        waiting = threading.Thread(target=turns.next_turn)
        waiting.start()
        until(lambda turns=turns: turns.resting)
        with turns._changed:  # so that nothing continues before the check
            say(turns)
            assert not turns.resting
        turns.stop()
        waiting.join(60)
        assert not waiting.is_alive()
