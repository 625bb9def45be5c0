"""Drawing a digit in a terminal with keys and mouse while the network trains."""

from __future__ import annotations

import re
from functools import partial

from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import Terminal

LEFT, TOP = 1, 2
"""First column and row of the pad, counted from 0."""

opened = partial(in_lab, words="is not here")


def mouse(app: Terminal, scale: int, *pixels: tuple[int, int]) -> None:
    """Drag the mouse from a pixel (x, y) over the others."""
    (x, y), *others = [(LEFT + x * scale + 1, TOP + y * scale // 2 + 1) for x, y in pixels]
    app.send(f"\x1b[<0;{x};{y}M")
    for x, y in others:
        app.send(f"\x1b[<32;{x};{y}M")
    app.send(f"\x1b[<0;{x};{y}m")


def sheet(app: Terminal, scale: int) -> list[str]:
    """Return the backgrounds and characters of the pad as one string per line, to see the ink."""
    lines = range(TOP, TOP + 14 * scale)
    cells = [[app.screen.buffer[y][LEFT + x] for x in range(28 * scale)] for y in lines]
    return ["".join("#" if ink(cell) else "." for cell in line) for line in cells]


def ink(cell: object) -> bool:
    """Return whether a cell is half or completely light."""
    colours = [cell.bg] + ([cell.fg] if cell.data == "▀" else [])
    return cell.data in "█▓▄" or any(colour in ("ffffff", "brightwhite") for colour in colours)


def steps(text: str) -> int:
    found = re.search(r"this run, after ([\d,]+) steps?", text)
    return int(found[1].replace(",", "")) if found else -1


def test_a_digit_is_written_and_read_while_the_network_learns(terminal: Open) -> None:
    scale = 2
    how = {"columns": 120, "rows": 40, "COLORTERM": "truecolor"}
    app = opened(terminal, "mnist", "--device", "cpu", **how)
    app.play(
        ("w", "No network has learned yet"),
        ("\x1b", "w draw"),
        (" ", "playing"),
        ("w", "Write one of: 0, 1"),
    )
    app.until(lambda text: steps(text) >= 1)
    assert not any("#" in line for line in sheet(app, scale))

    # Draw a seven with the mouse: along row 6, then down to the left.
    mouse(app, scale, (8, 6), (20, 6), (12, 24))
    row = lambda y, start, end: sheet(app, scale)[y * scale // 2][start * scale : end * scale]  # noqa: E731
    app.until(lambda _: row(6, 10, 19) == "#" * 9 * scale and "#" in row(20, 12, 17))
    app.until("It says")
    assert re.search(r"\d+%", app.text)

    # Training has continued meanwhile.
    seen = steps(app.text)
    app.until(lambda text: steps(text) > seen)

    # Draw a bar through it with keys, from the position of the mouse, (12, 24).
    app.play(("\x1b[A" * 10,), (" ", "pen down"), ("\x1b[C" * 7,))
    bar = lambda: sheet(app, scale)[14 * scale // 2].count("#") / scale  # noqa: E731
    app.until(lambda _: bar() >= 6)
    app.send("u")
    app.until(lambda _: bar() <= 4)  # only the stroke of the seven
    app.play(("x", "Write one of"), ("u", "It says"), ("\x1b", "Loss"))
    app.quit()


def until_stroke(app: Terminal, scale: int) -> None:
    """Wait until the vertical stroke in the middle is drawn."""
    app.until(
        lambda _: all(line[14 * scale] == "#" for line in sheet(app, scale)[3 * scale : 11 * scale])
    )


def test_without_colours_the_digit_is_seen(terminal: Open) -> None:
    for colours in ({"NO_COLOR": "1"}, {"COLORTERM": "", "TERM": "xterm"}):
        app = opened(terminal, "mnist", "--device", "cpu", **colours)
        app.play(("w", "No network has learned yet"))
        mouse(app, 1, (14, 4), (14, 23))
        until_stroke(app, 1)
        assert sheet(app, 1)[6].strip(".") in ("#", "##", "###")
        app.resize(120, 40)
        until_stroke(app, 2)
        app.quit()
