"""What the lab of autograd says in words, where a walk alone does not bring it about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from engine.graph.look import WalkLook
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import take_apart
from engine.graph.values import Value
from engine.graph.walk import Check, Compared
from tests.tui.screen_text import screen_text
from tui.labs.graph_words import said
from tui.widgets.tail import Tail


def told(*compared: Compared) -> str:
    """What is said of a check at the end of a walk."""
    walk = take_apart(GraphSettings("x*y", {"x": 2.0, "y": 3.0}))
    checked = replace(walk, check=Check(compared))
    return str(said(WalkLook(checked, len(walk.moves)))).split("\n", 1)[1]


def compared(name: str, gradient: float, estimate: float) -> Compared:
    return Compared(name, Value.of(gradient), Value.of(estimate), abs(gradient - estimate))


def refused(name: str) -> Compared:
    return Compared(name, Value.of(0), None, None, "there is a kink")


def test_a_check_that_agrees_says_how_well() -> None:
    assert told(compared("x", 3, 3 + 2e-9)).endswith("agrees to 2.0×10⁻⁹")
    assert told(compared("x", 3, 3)).endswith("agrees to the last digit")


def test_a_check_that_differs_blames_nobody_and_never_says_the_same() -> None:
    words = told(compared("x", 3, 3.5), compared("y", 2, 2))
    assert words.startswith("≠ check")
    assert "gives something else, by up to 0.50" in words
    assert "agrees" not in words
    assert "Where the curve is very steep, it is the nudging that is off." in words


def test_what_cannot_be_checked_is_told_once_for_all() -> None:
    assert told(refused("x")) == "no check for x: there is a kink"
    assert told(refused("x"), refused("y"), refused("z")) == (
        "no check for x: there is a kink (nor for y, z)"
    )
    assert told(compared("x", 3, 3), refused("y")).split("\n")[1] == (
        "no check for y: there is a kink"
    )


class Page(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.tail = Tail("none yet")

    def compose(self) -> ComposeResult:
        yield self.tail


@pytest.mark.parametrize("rows", [3, 5, 8])
async def test_the_newest_lines_are_in_sight_and_long_ones_hang(rows: int) -> None:
    app = Page()
    async with app.run_test(size=(24, rows)) as pilot:
        assert "none yet" in screen_text(app)
        app.tail.show([f"line {number}" for number in range(20)] + ["a line that is far too long"])
        await pilot.pause()
        inside = [row.strip("│ ") for row in screen_text(app).split("\n")[1:-1]]
        whole = [f"line {number}" for number in range(14, 20)] + ["a line that is far", "too long"]
        assert inside == whole[-(rows - 2) :]
        await pilot.resize_terminal(60, rows)
        await pilot.pause()
        assert "a line that is far too long" in screen_text(app)
