"""Thousands of random keys, mouse events, pastes, sizes and bytes on every screen.

The app must keep running, and must be able to quit.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.course import WRITTEN
from tests.mirror import serving
from tests.terminal.conftest import Open
from tests.terminal.screen import PATIENCE, Terminal
from tests.terminal.test_data_command import proxy

QUIT = b"qQ\x03\x11\x1a"
"""Keys that end or suspend the app now, or may do so in future."""
LETTERS = [bytes([code]) for code in range(0x20, 0x7F) if code not in QUIT]
NAMED = [
    b"\r", b"\x1b", b"\t", b"\x1b[Z", b" ", b"\x7f", b"\x10",
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[1;2A", b"\x1b[1;5C",
    b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x1bOP", b"\x1b[15~",
]  # fmt: skip
STARTS = (b"\x1b[", b"\x1b]", b"\x1b[<0;", b"\x1b[999;999", b"\x1bP", b"\x00", b"\x9b")
"""Starts of control sequences."""
LEFT, MIDDLE, RIGHT, MOVE, WHEEL_UP, WHEEL_DOWN = 0, 1, 2, 35, 64, 65
COLUMNS, ROWS = 100, 30
PASTES = ("1e400", "x @ y.T", "ŷ = w·x + b", "a\nb\r\nc", "[" * 500, "é\u0301\U0001f600", "\x00\t")

Action = Callable[[Terminal], object]


def key(draw: random.Random) -> bytes:
    """Return a key, a click, a turn of the wheel, a drag, or a paste."""
    kind = draw.random()
    if kind < 0.45:
        return draw.choice(LETTERS)
    if kind < 0.85:
        return draw.choice(NAMED)
    if kind < 0.9:
        return mouse(draw.choice((WHEEL_UP, WHEEL_DOWN, MOVE)), *cell(draw))
    if kind < 0.97:
        button, start = draw.choice((LEFT, LEFT, MIDDLE, RIGHT)), cell(draw)
        end = start if draw.random() < 0.7 else cell(draw)
        return mouse(button, *start) + mouse(32 + button, *end) + mouse(button, *end, up=True)
    return b"\x1b[200~" + draw.choice(PASTES).encode() + b"\x1b[201~"


def cell(draw: random.Random) -> tuple[int, int]:
    """Return a position outside the footer, where a click on `quit` would end the app."""
    return draw.randint(1, COLUMNS), draw.randint(1, ROWS - 2)


def mouse(button: int, column: int, row: int, *, up: bool = False) -> bytes:
    return f"\x1b[<{button};{column};{row}{'m' if up else 'M'}".encode()


def garbage(draw: random.Random) -> bytes:
    """Return an invalid UTF-8 byte, or the start of a control sequence."""
    return bytes([draw.randint(0x80, 0xFF)]) if draw.random() < 0.8 else draw.choice(STARTS)


def actions(draw: random.Random, keys: int, sizes: int, bytes_: int) -> list[Action]:
    """Return this number of random actions of each kind; one of three sizes is too small."""
    all_: list[Action] = [lambda app: app.send(key(draw))] * keys
    all_ += [lambda app: app.resize(draw.randint(30, 160), draw.randint(8, 50))] * sizes
    all_ += [lambda app: app.send(garbage(draw))] * bytes_
    draw.shuffle(all_)
    return all_


def attack(app: Terminal, draw: random.Random, left: list[Action]) -> None:
    """Do the remaining actions, up to a dozen at a time, until none is left or the app ends."""
    while left and app.process.poll() is None:
        for _ in range(min(len(left), draw.randint(1, 12))):
            with suppress(ProcessLookupError):  # it may have ended already
                left.pop()(app)
        app.discard(draw.choice((0.0, 0.01, 0.05, 0.2)))
        continue_if_stopped(app)


def continue_if_stopped(app: Terminal) -> None:
    """Continue like `fg`, because random keys may choose `suspend` in the palette."""
    status = Path(f"/proc/{app.process.pid}/stat")
    if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "T":
        app.process.send_signal(signal.SIGCONT)


def shows_help(app: Terminal) -> bool:
    """Press escape and `?` until the help is shown; return False if the app ends."""
    with suppress(ProcessLookupError):  # it has ended
        app.resize(COLUMNS + 1, ROWS)
        app.discard(0.3)
        app.screen.reset()
        app.resize(COLUMNS, ROWS)
    end = time.monotonic() + PATIENCE
    while "esc closes" not in app.text and app.process.poll() is None:
        assert time.monotonic() < end, app.text
        continue_if_stopped(app)
        for each in ("\x1b", "?"):
            app.send(each)
            app.settle()
    return app.process.poll() is None


@pytest.fixture
def opened(terminal: Open, tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Return a function that opens the app at a lesson, with a mirror without files."""
    with serving() as mirror:

        def open_at(lesson: str) -> Terminal:
            arguments, places = [lesson] if lesson else [], {**proxy(mirror), "HOME": str(tmp_path)}
            app = terminal(*arguments, columns=COLUMNS, rows=ROWS, **places)
            app.until(lambda text: "cpu " in text)
            return app

        yield open_at


QUICK = {"keys": 100, "sizes": 5, "bytes_": 2}
LONG = {"keys": 640, "sizes": 32, "bytes_": 7}
"""Ten thousand keys on all screens together; the empty name is the home screen."""


@pytest.mark.parametrize(
    ("lesson", "times"),
    [
        ("mnist", QUICK),
        *(pytest.param(lesson, LONG, marks=pytest.mark.slow) for lesson in ("", *WRITTEN)),
    ],
)
def test_it_lives_on_and_can_be_used_as_a_person_does(
    opened: Callable[[str], Terminal], lesson: str, times: dict[str, int]
) -> None:
    """Random keys may choose `quit` in the palette: continue in a new app then."""
    draw = random.Random(lesson if times is QUICK else f"long {lesson}")
    left = actions(draw, **times)
    app = opened(lesson)
    attack(app, draw, left)
    while not shows_help(app):
        assert app.end() == 0, app.output[-12000:].decode(errors="replace")
        assert b"Traceback" not in app.output
        app = opened(lesson)
        attack(app, draw, left)
    end = time.monotonic() + PATIENCE
    while "esc closes" in app.text:  # the first escape may close a palette above the help
        assert time.monotonic() < end, app.text
        continue_if_stopped(app)
        app.send("\x1b")
        app.settle()
    app.quit()
