"""Fewer bytes for the same screen, checked with a terminal emulator or by hand."""

from __future__ import annotations

import random

import pyte
import pytest

from tui.terminal.terse import terse

COLUMNS, ROWS = 12, 4

ATTRIBUTES = ("1", "2", "3", "4", "7")
INKS = ("31", "34", "90", "97", "38;5;0", "38;5;208", "38;2;0;0;0", "38;2;31;44;7")
PAPERS = ("40", "46", "100", "107", "48;5;1", "48;5;0", "48;2;1;2;3", "48;2;40;0;38")
WORDS = ("a", "bc", "  ", " x ", "漢", "ü", "1;31m", "\r\n")
MOVES = tuple(f"\x1b[{row};{column}H" for row in range(1, ROWS + 1) for column in (1, 6, 12))
RESETS = ("\x1b[0m", "\x1b[m")
CLEARING = ("\x1b[K", "\x1b[1K", "\x1b[2J", "\x1b[3X")
OTHERS = (
    "\x1b[?2026h",
    "\x1b[?2026l",
    "\x1b[?25l",
    "\x1b[2C",
    "\x1b[A",
    "\x1b]2;title\x07",
    "\x1b]8;id=1;https://example.org\x1b\\",
    "\x1b7",
    "\x1b8",
)


@pytest.fixture(autouse=True)
def dim_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator lacks dim characters: treat them as blinking ones, which are not used."""
    monkeypatch.setitem(pyte.graphics.TEXT, 2, "+blink")


class Terminal:
    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.Stream(self.screen)

    def shows(self, text: str) -> tuple[object, ...]:
        """Return every cell with its style, and the cursor's style, after writing the text."""
        self.stream.feed(text)
        cells = [self.screen.buffer[y][x] for y in range(ROWS) for x in range(COLUMNS)]
        cursor = self.screen.cursor
        return cells, cursor.attrs, cursor.x, cursor.y, self.screen.title


def code(rng: random.Random) -> str:
    """Return a random style code."""
    numbers = rng.sample(ATTRIBUTES, rng.choice((0, 0, 1, 2)))
    numbers += [rng.choice(INKS)] * rng.choice((0, 1)) + [rng.choice(PAPERS)] * rng.choice((0, 1))
    rng.shuffle(numbers)
    return f"\x1b[{';'.join(numbers or ['1'])}m"


def written(rng: random.Random) -> str:
    """Return a random write: mostly colours, text, reset as Rich writes, and other sequences."""
    pieces: list[str] = []
    for _ in range(rng.randrange(1, 9)):
        kind = rng.choice(("rich", "rich", "rich", "text", "code", "reset", "move", "other"))
        pieces += {
            "rich": lambda: [rng.choice(("", *MOVES)), code(rng), rng.choice(WORDS), "\x1b[0m"],
            "text": lambda: [rng.choice(WORDS)],
            "code": lambda: [code(rng)],
            "reset": lambda: [rng.choice(RESETS)],
            "move": lambda: [rng.choice(MOVES)],
            "other": lambda: [rng.choice((*CLEARING, *OTHERS))],
        }[kind]()
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(4))
def test_a_terminal_shows_the_same_after_every_write_also_if_it_is_shortened_twice(
    seed: int,
) -> None:
    rng = random.Random(seed)
    saved = 0
    for _ in range(200):
        whole, short, shorter = Terminal(), Terminal(), Terminal()
        for text in (written(rng) for _ in range(3)):
            brief = terse(text)
            twice, shown = terse(brief), whole.shows(text)
            assert short.shows(brief) == shown, f"{text!r} became {brief!r}"
            assert shorter.shows(twice) == shown, f"{brief!r} became {twice!r}"
            assert len(twice) <= len(brief)
            # A single `\x1b[m` may become `\x1b[0m`, one byte more, but Rich does not write it.
            assert len(brief) <= len(text) + text.count("\x1b[m")
            saved += len(text) - len(brief)
    assert saved > 0


LEFT = [
    # A constant background is sent only once.
    (
        "\x1b[0m\x1b[38;2;1;1;1;48;2;9;9;9ma\x1b[0m\x1b[38;2;2;2;2;48;2;9;9;9mb\x1b[0m",
        "\x1b[0;38;2;1;1;1;48;2;9;9;9ma\x1b[38;2;2;2;2mb\x1b[0m",
    ),
    # A new background for the same foreground.
    ("\x1b[0m\x1b[31;40ma\x1b[0m\x1b[31;44mb", "\x1b[0;31;40ma\x1b[44mb"),
    # The same style again: nothing to send.
    ("\x1b[0m\x1b[1;31ma\x1b[0m\x1b[1;31mb\x1b[0m", "\x1b[0;1;31ma" + "b\x1b[0m"),
    # An additional colour or attribute needs no reset; a removed one does.
    ("\x1b[0m\x1b[31ma\x1b[0m\x1b[31;44mb", "\x1b[0;31ma\x1b[44mb"),
    ("\x1b[0m\x1b[31;44ma\x1b[0m\x1b[31mb", "\x1b[0;31;44ma\x1b[0;31mb"),
    ("\x1b[0m\x1b[1;31ma\x1b[0m\x1b[31mb", "\x1b[0;1;31ma\x1b[0;31mb"),
    ("\x1b[0m\x1b[31ma\x1b[0m\x1b[4;31mb", "\x1b[0;31ma\x1b[4mb"),
    ("\x1b[0m\x1b[1ma\x1b[0m\x1b[3;1;44mb", "\x1b[0;1ma\x1b[0;3;1;44mb"),
    ("\x1b[0ma\x1b[1;31mb", "\x1b[0ma\x1b[1;31mb"),
    # A code is deferred while only the cursor moves, but sent at the end.
    (
        "\x1b[0m\x1b[31ma\x1b[0m\x1b[2;3H\x1b[31mb\x1b[0m",
        "\x1b[0;31ma\x1b[2;3Hb\x1b[0m",
    ),
    ("\x1b[0m\x1b[1;1H\x1b[2;2H\x1b[31m\x1b[3;3Ha", "\x1b[1;1H\x1b[2;2H\x1b[0;31m\x1b[3;3Ha"),
    ("\x1b[0ma\x1b[31m\x1b[5;5H", "\x1b[0ma\x1b[5;5H\x1b[31m"),
    ("\x1b[0m", "\x1b[0m"),
    # Sequences that write cells in the background colour end the deferral.
    ("\x1b[0m\x1b[44ma\x1b[0m\x1b[K\x1b[44mb", "\x1b[0;44ma\x1b[0m\x1b[K\x1b[44mb"),
    # If the previous style is unknown, a code that modifies it is kept.
    ("a\x1b[31mb\x1b[31mc", "a\x1b[31mb\x1b[31mc"),
    ("\x1b[31ma\x1b[44mb\x1b[0mc\x1b[0md", "\x1b[31ma\x1b[44mb\x1b[0mcd"),
    # So is a code that modifies existing colours, with or without a reset before it.
    ("\x1b[0m\x1b[31ma\x1b[44mb\x1b[0m", "\x1b[0;31ma\x1b[44mb\x1b[0m"),
    # Restoring the cursor restores its old colours, so these are sent again.
    (
        "\x1b[0m\x1b7\x1b[31ma\x1b8b\x1b[0m\x1b[31mc",
        "\x1b[0m\x1b7\x1b[31ma\x1b8b\x1b[0;31mc",
    ),
    # Colours have several spellings, and a 0 inside them is no reset.
    ("\x1b[0m\x1b[38;5;0;48;5;7ma\x1b[0m\x1b[38;5;0;40mb", "\x1b[0;38;5;0;48;5;7ma\x1b[40mb"),
    ("\x1b[0m\x1b[97;107ma\x1b[0m\x1b[97;40mb", "\x1b[0;97;107ma\x1b[40mb"),
    # A 0 among other numbers is a reset.
    ("\x1b[0m\x1b[31;0;1ma", "\x1b[0;1ma"),
    ("\x1b[0m\x1b[31;ma", "\x1b[0ma"),
    # An overline (53) and the colour of an underline (58) are no background.
    ("\x1b[0m\x1b[53;44ma\x1b[0m\x1b[44mb", "\x1b[0;53;44ma\x1b[0;44mb"),
    ("\x1b[0m\x1b[58;2;31;44;7;41ma", "\x1b[0;58;2;31;44;7;41ma"),
]


def test_what_is_left_of_it() -> None:
    for text, expected in LEFT:
        assert terse(text) == expected


def test_what_is_no_colour_goes_through_unharmed() -> None:
    for text in (
        *("", "only words, [31m and all", "\x1b[5;7H", "\x1b[1", *CLEARING, *OTHERS),
        "\x1b[>4;1m",  # not a style, although it ends in m: keyboard reporting
        "\x1b[38:2::1:2:3m",  # a colour in another notation, which is passed on
    ):
        assert terse(text) == text
        assert terse(f"\x1b[0ma{text}") == f"\x1b[0ma{text}"
        assert text in terse(f"\x1b[0m\x1b[31ma\x1b[0m{text}\x1b[31mb\x1b[0m")
    # A reset takes back a colour in another notation too.
    assert terse("\x1b[0ma\x1b[38:2::1:2:3mb\x1b[0mc") == "\x1b[0ma\x1b[38:2::1:2:3mb\x1b[0mc"
