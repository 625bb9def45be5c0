"""Which keys wait for a lab and which act at once, without any lab; and the words for it."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from tui.labs.lab import MOST_KEYS, KeptKeys, starting_text

ELSEWHERE = set("q123ct?") | {"escape", "ctrl+q"}
"""Keys that mean something outside of the lab."""


def key(name: str) -> Key:
    return Key(name, name if len(name) == 1 else None)


def pressed(kept: KeptKeys, *names: str) -> list[str]:
    """The keys that act at once, of these."""
    return [name for name in names if not kept.keep(key(name), name in ELSEWHERE)]


def taken(kept: KeptKeys) -> list[str]:
    return [event.key if isinstance(event, Key) else event.text for event in kept.take()]


def test_what_means_something_elsewhere_acts_at_once_and_the_rest_is_kept_in_order() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    assert pressed(kept, "s", "s", "1", "2", "p", "q", "tab") == ["1", "2", "q"]
    assert len(kept) == 4
    assert taken(kept) == ["s", "s", "p", "tab"]
    assert not len(kept)


@pytest.mark.parametrize("end", ["enter", "escape"])
def test_in_a_line_that_is_typed_every_letter_is_kept_until_it_ends(end: str) -> None:
    kept = KeptKeys(frozenset({"enter", "e"}))
    assert pressed(kept, "e", "q", "1", "e", end, "1", "q") == ["1", "q"]
    assert taken(kept) == ["e", "q", "1", "e", end]


def test_what_no_line_holds_acts_while_one_is_typed() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    assert pressed(kept, "enter", "1", "ctrl+q") == ["ctrl+q"]


def test_where_no_key_opens_a_line_enter_opens_none() -> None:
    kept = KeptKeys(frozenset())
    assert pressed(kept, "enter", "q") == ["q"]


def test_what_was_taken_leaves_no_open_line_behind() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    pressed(kept, "enter")
    kept.take()
    assert pressed(kept, "q") == ["q"]


def test_pasted_text_is_kept_among_the_keys() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    pressed(kept, "enter")
    assert kept.keep(Paste("q = 1"), acts_now=False)
    pressed(kept, "enter")
    assert taken(kept) == ["enter", "q = 1", "enter"]


def test_of_too_many_the_first_are_kept_and_leaving_is_possible() -> None:
    kept = KeptKeys(frozenset({"enter"}))
    assert pressed(kept, "enter", *"a" * MOST_KEYS) == []
    assert kept.full
    assert pressed(kept, "b", "escape", "q") == ["escape", "q"]
    assert taken(kept) == ["enter", *"a" * (MOST_KEYS - 1)]


@pytest.mark.parametrize(
    ("seconds", "keys", "words"),
    [
        (0, 0, "starting PyTorch…"),
        (2, 0, "starting PyTorch, 2 s"),
        (2, 1, "starting PyTorch, 2 s\n1 key waits for it"),
        (3, 12, "starting PyTorch, 3 s\n12 keys wait for it"),
        (3, MOST_KEYS, f"starting PyTorch, 3 s\n{MOST_KEYS} keys wait for it, no more fit"),
    ],
)
def test_the_words(seconds: int, keys: int, words: str) -> None:
    assert starting_text("starting PyTorch", seconds, keys) == words
