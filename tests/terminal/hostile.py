"""Random keys, mouse events, pastes, sizes and bytes, as a cat on the keyboard would send them."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.terminal.screen import Terminal

QUIT = b"qQ\x03\x11\x1a"
"""Keys that end or suspend the app, and those that may do so one day."""
LETTERS = [bytes([code]) for code in range(0x20, 0x7F) if code not in QUIT]
NAMED = [
    b"\r", b"\x1b", b"\t", b"\x1b[Z", b" ", b"\x7f", b"\x10",
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[1;2A", b"\x1b[1;5C",
    b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x1bOP", b"\x1b[15~",
]  # fmt: skip
LEFT, MIDDLE, RIGHT, MOVE, WHEEL_UP, WHEEL_DOWN = 0, 1, 2, 35, 64, 65
COLUMNS, ROWS = 100, 30
PASTES = ("1e400", "x @ y.T", "ŷ = w·x + b", "a\nb\r\nc", "[" * 500, "é\u0301\U0001f600", "\x00\t")


def key(draw: random.Random) -> bytes:
    """A key, a click, a turn of the wheel, a drag, or a paste."""
    kind = draw.random()
    if kind < 0.45:
        return draw.choice(LETTERS)
    if kind < 0.85:
        return draw.choice(NAMED)
    if kind < 0.9:
        return _mouse(draw.choice((WHEEL_UP, WHEEL_DOWN, MOVE)), *_cell(draw))
    if kind < 0.97:
        button, start = draw.choice((LEFT, LEFT, MIDDLE, RIGHT)), _cell(draw)
        end = start if draw.random() < 0.7 else _cell(draw)
        return _mouse(button, *start) + _mouse(32 + button, *end) + _mouse(button, *end, up=True)
    return b"\x1b[200~" + draw.choice(PASTES).encode() + b"\x1b[201~"


def garbage(draw: random.Random) -> bytes:
    """A byte that no key sends in UTF-8, or the beginning of a control sequence."""
    if draw.random() < 0.8:
        return bytes([draw.randint(0x80, 0xFF)])
    return draw.choice(
        (b"\x1b[", b"\x1b]", b"\x1b[<0;", b"\x1b[999;999", b"\x1bP", b"\x00", b"\x9b")
    )


def size(draw: random.Random) -> tuple[int, int]:
    """Columns and rows; one of three is too small."""
    return draw.randint(30, 160), draw.randint(8, 50)


Action = Callable[[Terminal], object]


def actions(draw: random.Random, keys: int, sizes: int, bytes_: int) -> list[Action]:
    """So many of each, in random order."""
    all_: list[Action] = [lambda app: app.send(key(draw))] * keys
    all_ += [lambda app: app.resize(*size(draw))] * sizes
    all_ += [lambda app: app.send(garbage(draw))] * bytes_
    draw.shuffle(all_)
    return all_


def attack(app: Terminal, draw: random.Random, left: list[Action]) -> None:
    """Do what is left, in pieces of up to a dozen, until nothing is left or the app has ended."""
    while left and app.process.poll() is None:
        for _ in range(min(len(left), draw.randint(1, 12))):
            with suppress(ProcessLookupError):  # it may have ended by now
                left.pop()(app)
        app.discard(draw.choice((0.0, 0.01, 0.05, 0.2)))
        continue_if_stopped(app)


def continue_if_stopped(app: Terminal) -> None:
    """Do what `fg` does: random keys may choose `suspend` in the palette."""
    status = Path(f"/proc/{app.process.pid}/stat")
    if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "T":
        app.process.send_signal(signal.SIGCONT)


def _cell(draw: random.Random) -> tuple[int, int]:
    """A place that is not in the footer, where a click on `quit` would end the app."""
    return draw.randint(1, COLUMNS), draw.randint(1, ROWS - 2)


def _mouse(button: int, column: int, row: int, *, up: bool = False) -> bytes:
    return f"\x1b[<{button};{column};{row}{'m' if up else 'M'}".encode()
