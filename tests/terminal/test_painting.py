"""What is sent cell by cell must be what the whole screen, drawn anew, would show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal


def cells(terminal: Terminal) -> list[list[Any]]:
    """Every character with its colours."""
    screen = terminal.screen
    return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]


def epoch(text: str) -> int:
    found = re.search(r"epoch (\d+)/", text)
    return int(found[1]) if found else 0


CASES = [
    ("gradient-by-hand", 80, 22, {}),
    ("gradient-by-hand", 120, 40, {}),
    ("parameters", 80, 22, {"NO_COLOR": "1"}),
    ("linear-regression", 80, 22, {"COLORTERM": "", "TERM": "xterm"}),
    ("linear-regression", 120, 40, {}),
]


@pytest.mark.parametrize(("slug", "columns", "rows", "colours"), CASES)
def test_the_lab_after_many_frames_is_the_lab_drawn_anew(
    terminal: Open, slug: str, columns: int, rows: int, colours: dict[str, str]
) -> None:
    app = terminal(slug, "--device", "cpu", columns=columns, rows=rows, **colours)
    app.until("1 Concept")
    app.send("2")
    app.until("ready")
    app.send("]]]] ")
    app.until(lambda text: epoch(text) >= 15)
    app.send(" ")
    app.until("paused")
    assert_drawn_anew_is_the_same(app)


def test_frames_go_on_around_a_notice_and_fill_the_gap_after_it(terminal: Open) -> None:
    app = terminal("parameters", "--device", "cpu", columns=120, rows=40)
    app.until("1 Concept")
    app.send("2")
    app.until("ready")
    app.send(" ")
    app.until(lambda text: epoch(text) >= 10)
    app.send("y")
    notice = "dltui run parameters"
    app.until(notice)
    seen = epoch(app.text)
    app.until(lambda text: epoch(text) > seen + 20)
    assert notice in app.text
    app.until(lambda text: notice not in text)
    app.send(" ")
    app.until("paused")
    assert_drawn_anew_is_the_same(app)


def assert_drawn_anew_is_the_same(app: Terminal) -> None:
    """Cover the lab and uncover it: then Textual draws all of it."""
    app.settle()
    painted = cells(app)
    app.send("?")
    app.until("Keys")
    app.send("\x1b")
    app.until(lambda text: "paused" in text and "Keys" not in text)
    app.settle()
    assert cells(app) == painted
