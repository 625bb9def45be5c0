"""The tensors lab in a terminal, used with keys only."""

from __future__ import annotations

import re

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal


def climb(app: Terminal, *scenes: str) -> None:
    """Press p until each of the scenes was visible, in this order."""
    for scene in scenes:
        app.send("p")
        app.until(lambda text, scene=scene: f" {scene} · " in text.splitlines()[0])


def write(app: Terminal, text: str) -> None:
    """Clear the input, and type a line."""
    app.send("\r")
    app.until("esc cancel")
    app.send("\x15")  # ctrl+u deletes all before the cursor
    app.until(lambda _: line(app) == "›")
    app.send(f"{text}\r")


def line(app: Terminal) -> str:
    """Return the text of the input."""
    return app.screen.display[1].strip()


def facts(app: Terminal, words: str) -> None:
    """Wait until these words are on screen, with any spacing."""
    app.until(lambda text: f" {words} " in " ".join(text.split()))


def frame(text: str) -> int:
    """Return the number of the visible video frame."""
    found = re.search(r"x\[(\d+)\] of 20", text)
    return int(found[1]) if found else -1


def test_every_scene_from_the_first_to_the_map_in_several_sizes(terminal: Open) -> None:
    app = terminal("tensors", columns=80, rows=22, NO_COLOR="1")
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "n: a line to try" in text and "A single number" in text)
    climb(app, "features", "sequence")
    app.send("nnn")
    app.until("still 2-D")
    facts(app, "result (8, 1) (1, 1) float32 cpu 0 its own")
    write(app, "x[1:3, :2]")
    app.until("4 of 24 cells of x")
    # Two of eight rows of three numbers, from the second one: an offset of 3, not copied.
    facts(app, "result (2, 2) (3, 1) float32 cpu 3 shares x")
    write(app, "x[:, 3]")
    app.until("PyTorch refuses")
    app.until("index 3 is out of bounds")
    app.send("\x1b")
    app.until(lambda text: "esc cancel" not in text)
    write(app, "x.__class__")
    app.until(lambda text: "^" in text.splitlines()[2])
    app.send("\x1b")
    app.until(lambda _: line(app) == "›")

    climb(app, "grid")
    app.send("n")
    app.until("−1 is worked out: 6; the memory is shared")
    app.resize(60, 20)
    app.until("60×20")
    app.resize(80, 22)
    app.until(lambda text: "−1 is worked out" in text and "Challenges" not in text)
    app.send("\r")
    app.until("esc cancel")
    app.send("\x1b[F + 1")  # the end key: otherwise typing replaces the line
    app.until("x.reshape(2, -1) + 1")
    app.resize(120, 40)
    app.until("Challenges")
    assert "x.reshape(2, -1) + 1" in app.screen.display[1]  # typed text is kept
    app.send("\r")
    app.until(lambda text: "its own" in text and "x.reshape(2, -1) + 1" in text)
    app.resize(80, 22)
    app.until(lambda text: "Challenges" not in text)
    app.send("v")
    app.until(lambda text: "Lines to try" in text and "  x.reshape(2, -1)" in text)
    assert "▶" not in app.text  # the learner's line is not one of the scene
    app.send("v")

    climb(app, "image", "video")
    app.send(" ")
    app.until(lambda text: frame(text) >= 2 and "frames/s" in text)
    app.send(" ")
    app.until("n: a line to try")
    held = frame(app.text)
    app.send("s")
    app.until(lambda text: frame(text) == (held + 1) % 20)

    climb(app, "broadcasting", "numpy")
    app.send(" ")
    app.until("The array was changed, and shared changed with it")
    app.until("line 4/10")
    app.send("\x1b[B")  # the cursor moves to the first cell of a, and enter offers its number
    app.until("[10]")
    app.send("\r")
    app.until(lambda _: line(app) == "› a[0, 0] = 10")
    app.send("5\r")
    app.until("line 5/11")  # one statement more: the learner's own
    app.until(lambda text: "[5]" in text and " 5* " in text)  # in a, and in shared
    app.send("b")
    app.until(lambda text: "line 4/10" in text and "[10]" in text and " 10* " in text)

    climb(app, "modules")
    app.send("\r")
    app.until("[15., 22.]")  # [[1, 2], [3, 4]] times itself
    app.send("j")
    app.until("torch.nn · space: run it")
    app.send(" ")
    app.until(lambda text: "✓ torch.nn " in text and " ms here" in text)
    app.quit()
