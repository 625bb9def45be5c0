"""Decoding keyboard bytes: after any input the next key is recognized."""

from __future__ import annotations

import random

import pytest
from textual.events import Key, Paste, Resize

from tui.terminal.keyboard import PASTE_PATIENCE, Decoder


def keys(decoder: Decoder, data: bytes) -> list[str | None]:
    """Return the characters of the decoded keys."""
    return [event.character for event in decoder.feed(data) if isinstance(event, Key)]


def test_text_in_pieces_is_put_together() -> None:
    decoder = Decoder()
    assert keys(decoder, "aé".encode()[:2]) == ["a"]
    assert keys(decoder, "é".encode()[1:]) == ["é"]


@pytest.mark.parametrize("incomplete", [b"\xe9", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80"])
def test_what_is_no_utf_8_costs_no_key(incomplete: bytes) -> None:
    decoder = Decoder()
    assert [*keys(decoder, incomplete), *keys(decoder, b"q")] == ["\N{REPLACEMENT CHARACTER}", "q"]


MEANINGLESS = [b"\x1b[1114112u", b"\x1b[97:65;1u", b"\x1b[97;2:3;1u", b"\x1b[<0;0;0M"]


@pytest.mark.parametrize("sequence", MEANINGLESS)
def test_a_sequence_that_means_nothing_costs_no_key(sequence: bytes) -> None:
    assert keys(Decoder(), sequence + b"q")[-1:] == ["q"]


def test_a_size_that_the_terminal_reports_is_not_believed() -> None:
    assert not any(isinstance(m, Resize) for m in Decoder().feed(b"\x1b[48;9999;9999;1;1t"))


def test_a_paste_without_an_end_ends_by_itself() -> None:
    now = 0.0
    decoder = Decoder(clock=lambda: now)
    assert list(decoder.feed(b"\x1b[200~a\nb")) == []
    now = PASTE_PATIENCE / 2
    assert list(decoder.tick()) == []
    now = 2 * PASTE_PATIENCE
    (paste,) = decoder.tick()
    assert isinstance(paste, Paste)
    assert paste.text == "a\nb"
    assert keys(decoder, b"q") == ["q"]


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_never_raise_and_keys_come_again(seed: int) -> None:
    now = 0.0
    decoder = Decoder(clock=lambda: now)
    source = random.Random(seed)
    for _ in range(300):
        kind = source.choice([b"", b"\x1b", b"\x1b[", b"\x1b[<", b"\x1b[200~", b"\x1b[48;"])
        list(decoder.feed(kind + source.randbytes(source.randrange(12))))
        list(decoder.tick())
    now = 2 * PASTE_PATIENCE
    list(decoder.tick())
    assert "q" in keys(decoder, b"q" * 200)  # more than the longest sequence
