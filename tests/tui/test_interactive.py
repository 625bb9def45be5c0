"""Cycling through presets, and playing with a timer that the test triggers."""

from __future__ import annotations

from collections.abc import Callable

from lessons.lesson import Preset
from tui.labs.interactive import Playing, PresetCycle, after, tempo_keys

RATES = (2, 5, 10, 20)


def test_after_the_last_comes_the_first_and_before_it_the_last() -> None:
    assert [after("abc", "a"), after("abc", "c"), after("abc", "a", -1)] == ["b", "a", "c"]
    assert after("a", "a") == "a"


def test_all_presets_are_seen_once_each_was_chosen_in_whichever_order() -> None:
    presets = [Preset(name=name, title=name) for name in ("first", "second", "third")]
    cycle, seen = PresetCycle(presets), []
    for by in (0, -1, 1, 1, 1):
        cycle.go(by)
        seen.append((cycle.current.name, cycle.all_seen))
    assert [name for name, _ in seen] == ["first", "third", "first", "second", "third"]
    assert [all_seen for _, all_seen in seen] == [False, False, False, True, True]
    cycle.choose("first")
    assert cycle.current is presets[0]
    assert PresetCycle(presets[:1]).all_seen


class Timer:
    """A timer that fires when the test calls it."""

    def __init__(self, interval: float, callback: Callable[[], object]) -> None:
        self.interval, self.go, self.stopped = interval, callback, False

    def stop(self) -> None:
        self.stopped = True


class Widget:
    """A widget with nothing but timers."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def set_interval(self, interval: float, callback: Callable[[], object]) -> Timer:
        self.timers.append(Timer(interval, callback))
        return self.timers[-1]


def test_it_is_held_at_first_then_plays_once_and_is_held_again() -> None:
    widget, ticks = Widget(), []
    playing = Playing(widget, ticks.append, RATES, 5)
    assert not playing.on
    assert not playing.hold()
    playing.start()
    playing.start()
    assert playing.on
    assert playing.pace == "▶ 5 a second · [ ] pace"
    assert not ticks  # the first one comes after one interval
    before, timer = widget.timers
    assert before.stopped
    assert timer.interval == 0.2
    timer.go()
    timer.go()
    assert ticks == [1, 1]
    assert playing.hold()
    assert timer.stopped
    assert not playing.on


def test_the_pace_goes_up_and_down_to_its_ends_and_starts_nothing() -> None:
    widget = Widget()
    playing = Playing(widget, print, RATES, 5)
    rates = []
    for direction in (1, 1, 1, -1, -1, -1, -1, 1):
        playing.faster(direction)
        rates.append(playing.rate)
    assert rates == [10, 20, 20, 10, 5, 2, 2, 5]
    assert not widget.timers
    playing.start()
    playing.faster(1)  # continues at the new pace
    slow, fast = widget.timers
    assert (slow.stopped, fast.stopped, fast.interval) == (True, False, 0.1)
    assert playing.on


def test_at_more_than_the_frames_a_second_several_are_due_at_once() -> None:
    widget, ticks = Widget(), []
    playing = Playing(widget, ticks.append, RATES, 10, fps=4)
    playing.start()
    (timer,) = widget.timers
    assert timer.interval == 0.25
    for _ in range(4):
        timer.go()
    assert ticks == [2, 3, 2, 3]  # 2.5 per frame, 10 per second
    timer.go()  # half a tick remains ...
    playing.start()
    widget.timers[-1].go()
    assert ticks[-1] == 2  # ... and is dropped on restart


def test_the_keys_of_the_pace_have_ids_of_the_lab() -> None:
    slower, faster = tempo_keys("softmax")
    assert (slower.id, slower.action, slower.key, slower.tooltip) == (
        *("softmax.slower", "tempo(-1)", "left_square_bracket", "Fewer steps a second"),
    )
    assert (faster.id, faster.action, faster.key) == (
        *("softmax.faster", "tempo(1)", "right_square_bracket"),
    )
    assert tempo_keys("autograd", "moves")[1].tooltip == "More moves a second"
