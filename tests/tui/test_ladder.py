"""The presets of a lab one after the other."""

from __future__ import annotations

from lessons.lesson import Preset
from tui.labs.interactive import PresetCycle, after

FIRST, SECOND, THIRD = (Preset(name=name, title=name) for name in ("first", "second", "third"))


def test_after_the_last_comes_the_first_and_before_it_the_last() -> None:
    assert after("abc", "a") == "b"
    assert after("abc", "c") == "a"
    assert after("abc", "a", -1) == "c"
    assert after("a", "a") == "a"


def test_all_are_seen_once_each_was_stood_on_in_whichever_order() -> None:
    ladder = PresetCycle((FIRST, SECOND, THIRD))
    assert ladder.current is FIRST
    assert not ladder.all_seen
    ladder.go(-1)
    assert ladder.current is THIRD
    ladder.go()
    assert ladder.current is FIRST
    assert not ladder.all_seen
    ladder.go()
    assert ladder.current is SECOND
    assert ladder.all_seen
    ladder.go()
    assert ladder.all_seen


def test_of_one_preset_all_are_seen() -> None:
    assert PresetCycle((FIRST,)).all_seen
