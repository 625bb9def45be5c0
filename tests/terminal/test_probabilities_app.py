"""The lab of probabilities in a real terminal: keys only, and the screen as a person sees it."""

from __future__ import annotations

import pytest

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app


def write(app: Terminal, text: str) -> None:
    """Type this into the line, once it has the keys."""
    app.send("\r")
    app.until("esc cancel")
    app.send(f"{text}\r")


@pytest.mark.parametrize(
    ("columns", "rows"), [(80, 22), pytest.param(120, 40, marks=pytest.mark.slow)]
)
def test_from_the_sigmoid_to_where_32_bits_run_out(terminal: Open, columns: int, rows: int) -> None:
    app = terminal("probabilities", columns=columns, rows=rows)
    app.until("1 Concept")
    app.send("2")
    app.until("P = 0.7311")  # σ(1)
    app.send("\x1b[D\x1b[D")
    app.until("P = 0.6900")  # σ(0.8)
    app.send("\x1b[1;2C")  # shift and an arrow
    app.until("z = 1 ")
    app.send("p")
    app.until("Even odds")
    write(app, "odds = 3")
    app.until("Odds of 3.00 to 1")
    app.until("P = 0.75")
    app.send("p")
    app.until("The label is 1, and P gave it 0.119")  # σ(−2)
    app.send("a")
    app.until("The label is 0, and P gave it 0.881")
    app.send("p")
    app.until("−0.0347")
    app.send("p")
    app.until("Both logits start at z = −6")
    app.send("sssssss")
    app.until(lambda text: "Squared error still creeps" in " ".join(text.split()))
    app.send(" ")
    app.until("a second")
    app.send(" ")
    app.until("s: one step")
    app.send("pa")
    app.until("there is nothing to learn")
    app.send("\x1b[F")  # the end key
    app.until("exactly 1")
    app.until(lambda text: "cuts it off at −100" in " ".join(text.split()))
    write(app, "[31m")
    app.until("a number stands here")
    app.send("\x1b")
    app.until(lambda text: "a number stands here" not in text)
    app.send("b")
    app.until("Both logits start")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)
