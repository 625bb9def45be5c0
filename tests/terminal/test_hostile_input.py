"""Thousands of random keys, sizes and bytes on every screen: the app lives on, and can be left."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.course import WRITTEN
from tests.mirror import serving
from tests.terminal.conftest import Open
from tests.terminal.hostile import COLUMNS, ROWS, Action, actions, attack, continue_if_stopped
from tests.terminal.screen import PATIENCE, Terminal
from tests.terminal.test_app import quit_app
from tests.terminal.test_data_command import proxy

SHARE = ["", "mnist"]
"""Where the quick tests begin; an empty word is the course."""


def shows_help(app: Terminal) -> bool:
    """Press escape and `?` until the help is on the screen; False if the app ends."""
    with suppress(ProcessLookupError):  # it has ended
        app.resize(COLUMNS + 1, ROWS)
        app.discard(0.3)
        app.screen.reset()
        app.resize(COLUMNS, ROWS)
    end = time.monotonic() + PATIENCE
    while "esc closes" not in app.text and app.process.poll() is None:
        assert time.monotonic() < end, app.text
        continue_if_stopped(app)
        for key in ("\x1b", "?"):
            app.send(key)
            app.settle()
    return app.process.poll() is None


def hold_out(opened: Callable[[], Terminal], draw: random.Random, left: list[Action]) -> None:
    """Attack the app, and then use it as a person does.

    Random keys may choose `quit` in the palette: then the attack goes on in another app.
    """
    app = opened()
    attack(app, draw, left)
    while not shows_help(app):
        assert app.end() == 0, app.output[-3000:].decode(errors="replace")
        assert b"Traceback" not in app.output
        app = opened()
        attack(app, draw, left)
    app.send("\x1b")
    app.until(lambda text: "esc closes" not in text)
    quit_app(app)
    assert b"Traceback" not in app.output


@pytest.fixture
def opened(terminal: Open, tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Opens the app at a lesson; it fetches from a server that has nothing."""
    with serving() as mirror:

        def open_at(lesson: str) -> Terminal:
            arguments, places = [lesson] if lesson else [], {**proxy(mirror), "HOME": str(tmp_path)}
            app = terminal(*arguments, columns=COLUMNS, rows=ROWS, **places)
            app.until(lambda text: "cpu " in text)
            return app

        yield open_at


@pytest.mark.parametrize("lesson", SHARE)
def test_a_hundred_keys(opened: Callable[[str], Terminal], lesson: str) -> None:
    draw = random.Random(lesson)
    hold_out(lambda: opened(lesson), draw, actions(draw, keys=100, sizes=5, bytes_=2))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["", *WRITTEN])
def test_ten_thousand_keys_on_all_screens_together(
    opened: Callable[[str], Terminal], lesson: str
) -> None:
    draw = random.Random(f"long {lesson}")
    hold_out(lambda: opened(lesson), draw, actions(draw, keys=640, sizes=32, bytes_=7))
