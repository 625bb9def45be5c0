"""Fewer bytes, the same screen: every claim is read off a terminal emulator, or written by hand."""

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
    """The emulator knows no dim letters: let it take them for blinking ones, which are not used."""
    monkeypatch.setitem(pyte.graphics.TEXT, 2, "+blink")


class Terminal:
    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.Stream(self.screen)

    def shows(self, text: str) -> tuple[object, ...]:
        """Every cell with its looks, and the cursor's, once this is written as well."""
        self.stream.feed(text)
        cells = [self.screen.buffer[y][x] for y in range(ROWS) for x in range(COLUMNS)]
        cursor = self.screen.cursor
        return cells, cursor.attrs, cursor.x, cursor.y, self.screen.title


def code(rng: random.Random) -> str:
    """Some looks, in one code."""
    numbers = rng.sample(ATTRIBUTES, rng.choice((0, 0, 1, 2)))
    numbers += [rng.choice(INKS)] * rng.choice((0, 1)) + [rng.choice(PAPERS)] * rng.choice((0, 1))
    rng.shuffle(numbers)
    return f"\x1b[{';'.join(numbers or ['1'])}m"


def written(rng: random.Random) -> str:
    """One write: mostly as Rich writes, colours, text, reset; and anything in between."""
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


@pytest.mark.parametrize("seed", range(8))
def test_a_terminal_shows_the_same_after_every_write(seed: int) -> None:
    rng = random.Random(seed)
    saved = 0
    for _ in range(400):
        whole, short = Terminal(), Terminal()
        for text in (written(rng) for _ in range(3)):
            brief = terse(text)
            assert short.shows(brief) == whole.shows(text), f"{text!r} became {brief!r}"
            # A lone `\x1b[m` may come out as `\x1b[0m`, one byte more: nothing here writes that.
            assert len(brief) <= len(text) + text.count("\x1b[m")
            saved += len(text) - len(brief)
    assert saved > 0


@pytest.mark.parametrize("seed", range(4))
def test_saying_it_shorter_twice_shows_the_same_and_is_no_longer(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(400):
        text = written(rng)
        once = terse(text)
        assert Terminal().shows(terse(once)) == Terminal().shows(text)
        assert len(terse(once)) <= len(once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # One background all along: it is said with the first colour alone.
        (
            "\x1b[0m\x1b[38;2;1;1;1;48;2;9;9;9ma\x1b[0m\x1b[38;2;2;2;2;48;2;9;9;9mb\x1b[0m",
            "\x1b[0;38;2;1;1;1;48;2;9;9;9ma\x1b[38;2;2;2;2mb\x1b[0m",
        ),
        # The other way round: another background, the same letters.
        ("\x1b[0m\x1b[31;40ma\x1b[0m\x1b[31;44mb", "\x1b[0;31;40ma\x1b[44mb"),
        # The very same looks again: nothing to say.
        ("\x1b[0m\x1b[1;31ma\x1b[0m\x1b[1;31mb\x1b[0m", "\x1b[0;1;31ma" + "b\x1b[0m"),
        # A colour or an attribute more needs no new beginning; one less does.
        ("\x1b[0m\x1b[31ma\x1b[0m\x1b[31;44mb", "\x1b[0;31ma\x1b[44mb"),
        ("\x1b[0m\x1b[31;44ma\x1b[0m\x1b[31mb", "\x1b[0;31;44ma\x1b[0;31mb"),
        ("\x1b[0m\x1b[1;31ma\x1b[0m\x1b[31mb", "\x1b[0;1;31ma\x1b[0;31mb"),
        ("\x1b[0m\x1b[31ma\x1b[0m\x1b[4;31mb", "\x1b[0;31ma\x1b[4mb"),
        ("\x1b[0m\x1b[1ma\x1b[0m\x1b[3;1;44mb", "\x1b[0;1ma\x1b[0;3;1;44mb"),
        ("\x1b[0ma\x1b[1;31mb", "\x1b[0ma\x1b[1;31mb"),
        # A code is put off while the cursor only moves, and at the end it is said after all.
        (
            "\x1b[0m\x1b[31ma\x1b[0m\x1b[2;3H\x1b[31mb\x1b[0m",
            "\x1b[0;31ma\x1b[2;3Hb\x1b[0m",
        ),
        ("\x1b[0m\x1b[1;1H\x1b[2;2H\x1b[31m\x1b[3;3Ha", "\x1b[1;1H\x1b[2;2H\x1b[0;31m\x1b[3;3Ha"),
        ("\x1b[0ma\x1b[31m\x1b[5;5H", "\x1b[0ma\x1b[5;5H\x1b[31m"),
        ("\x1b[0m", "\x1b[0m"),
        # Whatever writes cells in the background ends the putting off.
        ("\x1b[0m\x1b[44ma\x1b[0m\x1b[K\x1b[44mb", "\x1b[0;44ma\x1b[0m\x1b[K\x1b[44mb"),
        # Where nobody knows what went before, a code that adds to it stays as it is.
        ("a\x1b[31mb\x1b[31mc", "a\x1b[31mb\x1b[31mc"),
        ("\x1b[31ma\x1b[44mb\x1b[0mc\x1b[0md", "\x1b[31ma\x1b[44mb\x1b[0mcd"),
        # And so does a code that adds to colours that are there, reset or no reset before.
        ("\x1b[0m\x1b[31ma\x1b[44mb\x1b[0m", "\x1b[0;31ma\x1b[44mb\x1b[0m"),
        # The cursor put back has its old colours: these have to be said again.
        (
            "\x1b[0m\x1b7\x1b[31ma\x1b8b\x1b[0m\x1b[31mc",
            "\x1b[0m\x1b7\x1b[31ma\x1b8b\x1b[0;31mc",
        ),
        # Colours are spelt in more ways than one, and a 0 inside of them is no reset.
        ("\x1b[0m\x1b[38;5;0;48;5;7ma\x1b[0m\x1b[38;5;0;40mb", "\x1b[0;38;5;0;48;5;7ma\x1b[40mb"),
        ("\x1b[0m\x1b[97;107ma\x1b[0m\x1b[97;40mb", "\x1b[0;97;107ma\x1b[40mb"),
        # A 0 among other numbers is one.
        ("\x1b[0m\x1b[31;0;1ma", "\x1b[0;1ma"),
        ("\x1b[0m\x1b[31;ma", "\x1b[0ma"),
        # A line above the letters is no background, and its colour neither.
        ("\x1b[0m\x1b[53;44ma\x1b[0m\x1b[44mb", "\x1b[0;53;44ma\x1b[0;44mb"),
        ("\x1b[0m\x1b[58;2;31;44;7;41ma", "\x1b[0;58;2;31;44;7;41ma"),
    ],
)
def test_what_is_left_of_it(text: str, expected: str) -> None:
    assert terse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only words, [31m and all",
        "\x1b[5;7H",
        "\x1b[1",
        *CLEARING,
        *OTHERS,
        "\x1b[>4;1m",  # no colour, for all its m: how keys are to be reported
        "\x1b[38:2::1:2:3m",  # a colour in another spelling: for others to read
    ],
)
def test_what_is_no_colour_goes_through_unharmed(text: str) -> None:
    assert terse(text) == text
    assert terse(f"\x1b[0ma{text}") == f"\x1b[0ma{text}"
    assert text in terse(f"\x1b[0m\x1b[31ma\x1b[0m{text}\x1b[31mb\x1b[0m")


def test_a_colour_in_another_spelling_is_taken_back_by_a_reset() -> None:
    assert terse("\x1b[0ma\x1b[38:2::1:2:3mb\x1b[0mc") == "\x1b[0ma\x1b[38:2::1:2:3mb\x1b[0mc"
