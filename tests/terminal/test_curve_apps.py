"""The labs of curves in a real terminal: keys only, and the screen as a person sees it."""

from __future__ import annotations

import pytest

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal
from tests.terminal.test_app import quit_app

SIZES = [(80, 22), pytest.param((120, 40), marks=pytest.mark.slow)]
LEFT, RIGHT, DOWN, FAR_RIGHT = "\x1b[D", "\x1b[C", "\x1b[B", "\x1b[1;2C"
HOME, END = "\x1b[H", "\x1b[F"


def play(app: Terminal, *turns: tuple[str, *tuple[str, ...]]) -> None:
    """Send each of the keys, and wait for the words after them; `⏎` before a line opens one."""
    app.until("1 Concept")
    for keys, *words in turns:
        if keys.startswith("⏎"):
            app.send("\r")
            app.until("esc cancel")
            keys = f"{keys[1:]}\r"
        app.send(keys)
        for each in words:
            app.until(lambda text, each=each: each in " ".join(text.split()))


@pytest.mark.parametrize("size", SIZES)
def test_from_the_sigmoid_to_where_32_bits_run_out(terminal: Open, size: tuple[int, int]) -> None:
    app = terminal("probabilities", columns=size[0], rows=size[1])
    play(
        app,
        ("2", "P = 0.7311"),  # σ(1)
        (LEFT + LEFT, "P = 0.6900"),  # σ(0.8)
        (FAR_RIGHT, "z = 1 "),
        ("p", "Even odds"),
        ("⏎odds = 3", "Odds of 3.00 to 1", "P = 0.75"),
        ("p", "The label is 1, and P gave it 0.119"),  # σ(−2)
        ("a", "The label is 0, and P gave it 0.881"),
        ("p", "−0.0347"),
        ("p", "Both logits start at z = −6"),
        ("sssssss", "Squared error still creeps"),
        (" ", "a second"),
        (" ", "s: one step"),
        ("pa", "there is nothing to learn"),
        (END, "exactly 1", "cuts it off at −100"),
        ("⏎[31m", "a number stands here"),
    )
    app.send("\x1b")
    app.until(lambda text: "a number stands here" not in text)
    app.send("b")
    app.until("Both logits start")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)


@pytest.mark.parametrize("size", SIZES)
def test_from_bars_to_what_overflows(terminal: Open, size: tuple[int, int]) -> None:
    app = terminal("softmax", columns=size[0], rows=size[1])
    play(
        app,
        ("2", "cat leads dog by 1.00"),
        (DOWN + RIGHT, "dog = 1.1"),
        ("⏎z = [3, 3]", "cat and dog share the lead"),
        ("pl", "c = 1", "3.00"),  # 2 + 1
        ("p" + HOME, "the largest logit takes all"),
        ("p", "they differ by at most", "−0.7631"),
        ("sss", "step 3"),
        ("pll", "not a number", "−∞"),
        ("b", "∂L/∂z = P − y for dog"),
    )
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)
