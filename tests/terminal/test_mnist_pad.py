"""A digit written in a real terminal, by keys and with the mouse, while the network learns."""

from __future__ import annotations

import re

import pytest

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app

SIZES = [(80, 22, 1), (120, 40, 2)]
"""Columns and rows of the terminal, and how many columns of the sheet are a pixel."""
LEFT, TOP = 1, 2
"""The first column and row of the sheet, counted from 0."""


def open_lab(terminal: Open, columns: int, rows: int, **environment: str) -> Terminal:
    app = terminal("mnist", "--device", "cpu", columns=columns, rows=rows, **environment)
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "w draw" in text and "is not here" in text)
    return app


def mouse(app: Terminal, scale: int, *pixels: tuple[int, int]) -> None:
    """Press the left button over a pixel, (x, y), go over the others, and let it go."""
    cells = [(LEFT + x * scale + 1, TOP + y * scale // 2 + 1) for x, y in pixels]
    (x, y), *others = cells
    app.send(f"\x1b[<0;{x};{y}M")
    for x, y in others:
        app.send(f"\x1b[<32;{x};{y}M")
    app.send(f"\x1b[<0;{x};{y}m")


def sheet(app: Terminal, scale: int) -> list[str]:
    """The backgrounds and letters of the sheet, a string a line: where there is ink."""
    lines = range(TOP, TOP + 14 * scale)
    cells = [[app.screen.buffer[y][LEFT + x] for x in range(28 * scale)] for y in lines]
    return ["".join("#" if ink(cell) else "." for cell in line) for line in cells]


def ink(cell: object) -> bool:
    """Whether a cell is half or wholly light."""
    colours = [cell.bg] + ([cell.fg] if cell.data == "▀" else [])
    return cell.data in "█▓▄" or any(colour in ("ffffff", "brightwhite") for colour in colours)


def steps(text: str) -> int:
    found = re.search(r"this run, after ([\d,]+) steps?", text)
    return int(found[1].replace(",", "")) if found else -1


@pytest.mark.parametrize(("columns", "rows", "scale"), SIZES)
def test_a_digit_is_written_and_read_while_the_network_learns(
    terminal: Open, columns: int, rows: int, scale: int
) -> None:
    app = open_lab(terminal, columns, rows, COLORTERM="truecolor")
    app.send("w")
    app.until("No network has learned yet")
    app.send("\x1b")
    app.until("w draw")
    app.send(" ")
    app.until("playing")
    app.send("w")
    app.until(lambda text: "Write one of: 0, 1" in text and steps(text) >= 1)
    assert not any("#" in line for line in sheet(app, scale))

    # A seven with the mouse: along row 6, and down to the left.
    mouse(app, scale, (8, 6), (20, 6), (12, 24))
    row = lambda y, start, end: sheet(app, scale)[y * scale // 2][start * scale : end * scale]  # noqa: E731
    app.until(lambda _: row(6, 10, 19) == "#" * 9 * scale and "#" in row(20, 12, 17))
    app.until("It says")
    assert re.search(r"\d+%", app.text)

    # It has learned on meanwhile.
    seen = steps(app.text)
    app.until(lambda text: steps(text) > seen)

    # A bar through it with keys, from where the mouse left the pen, at (12, 24).
    app.send("\x1b[A" * 10)
    app.send(" ")
    app.until("pen down")
    app.send("\x1b[C" * 7)
    bar = lambda: sheet(app, scale)[14 * scale // 2].count("#") / scale  # noqa: E731
    app.until(lambda _: bar() >= 6)
    app.send("u")
    app.until(lambda _: bar() <= 4)  # the stroke of the seven alone
    app.send("x")
    app.until("Write one of")
    app.send("u")
    app.until("It says")
    app.send("\x1b")
    app.until("Loss")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)


@pytest.mark.parametrize("colours", [{"NO_COLOR": "1"}, {"COLORTERM": "", "TERM": "xterm"}])
def test_without_colours_the_digit_is_seen(terminal: Open, colours: dict[str, str]) -> None:
    app = open_lab(terminal, 80, 22, **colours)
    app.send("w")
    app.until("No network has learned yet")
    mouse(app, 1, (14, 4), (14, 23))
    app.until(lambda _: all(line[14] == "#" for line in sheet(app, 1)[3:11]))
    assert sheet(app, 1)[6].strip(".") in ("#", "##", "###")
    app.resize(120, 40)
    app.until(lambda _: all(line[28] == "#" for line in sheet(app, 2)[6:22]))
    app.send("q")
    assert app.end() == 0
