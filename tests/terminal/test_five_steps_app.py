"""The five steps in a real terminal: keys only, and the screen as a person sees it."""

from __future__ import annotations

import re

import pytest

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app

SIZES = [(80, 22), (120, 40)]
FASTER = "]" * 12


def open_lab(terminal: Open, columns: int, rows: int, **environment: str) -> Terminal:
    app = terminal("five-steps", columns=columns, rows=rows, **environment)
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "1 data" in text and "paused" not in text and "ready" in text)
    return app


def lights(app: Terminal, name: str) -> None:
    """Wait until this one of the five is marked, and no other."""
    app.until(lambda text: re.findall(r"▶\d (\w+)", text) == [name])


@pytest.mark.parametrize(
    ("columns", "rows"), [SIZES[0], pytest.param(*SIZES[1], marks=pytest.mark.slow)]
)
def test_one_of_five_at_a_time_and_then_the_map(terminal: Open, columns: int, rows: int) -> None:
    app = open_lab(terminal, columns, rows)
    for name in ("data", "model", "loss", "optimizer"):
        app.send("s")
        lights(app, name)
    assert "epoch 0/500" in app.text
    app.send("s")
    lights(app, "loop")
    app.until("epoch 1/500")

    app.send("ppp")  # optimizers
    app.until(lambda text: " optimizers · " in text.splitlines()[0])
    if columns == 80:
        app.send("vv")
    app.until("local optimum")
    app.send(f"{FASTER} ")
    app.until("finished")
    app.until(lambda text: "SGD 0.4955" in text and "Adam 0.0091" in text)
    app.send("3")
    app.until("The five steps of every training")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)


def test_without_colours_the_one_that_runs_is_still_marked(terminal: Open) -> None:
    app = open_lab(terminal, 80, 22, NO_COLOR="1")
    app.send("s")
    lights(app, "data")
    app.resize(120, 40)
    lights(app, "data")
    quit_app(app)
