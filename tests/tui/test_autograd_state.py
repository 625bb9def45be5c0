"""An expression or a program as the keys move it, and what is said of it, without a screen."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from textual.app import App, ComposeResult

from engine.expression import Refused
from engine.graph.operations import Value
from engine.graph.programs import ProgramPosition
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import take_apart
from engine.graph.walk import ComparedGradient, GradientCheck, WalkPosition
from lessons.catalog import find
from tests.table import cells
from tests.tui.screen_text import screen_text
from tui.labs.autograd import Moves
from tui.labs.autograd_state import AutogradState, describe, edges

LESSON = find("autograd").load()


@pytest.fixture
def state() -> AutogradState:
    return AutogradState(LESSON)


def walk_on(state: AutogradState) -> int:
    """To the end; how many moves that were."""
    moves = 0
    while state.step():
        moves += 1
    return moves


def gradients(state: AutogradState) -> dict[str, float | list[float] | None]:
    """What has arrived at the inputs by now."""
    assert isinstance(state.look, WalkPosition)
    pairs = zip(state.look.walk.nodes, state.look.gradients, strict=True)
    return {
        node.name: None if gradient is None else gradient.plain
        for node, gradient in pairs
        if node.kind == "input"
    }


def error(state: AutogradState) -> str:
    assert isinstance(state.look, WalkPosition)
    return state.look.walk.error


def refused(state: AutogradState, text: str) -> tuple[str, str]:
    """Why the line is not accepted, and the part of it that is marked."""
    with pytest.raises(Refused) as caught:
        state.type(text)
    line, marks = caught.value.pointer.split("\n")
    return str(caught.value), line[marks.index("^") : len(marks)]


def test_the_product_gives_its_gradients_and_none_before(state: AutogradState) -> None:
    start = state.look
    state.back()  # from the start it stays there
    assert state.look == start
    assert gradients(state) == {"x": None, "y": None, "z": None}
    assert walk_on(state) == 2 + 1 + 4  # two products; then the seed, and four edges
    assert gradients(state) == {"x": 12, "y": 8, "z": 6}
    assert state.ended
    assert not state.step()
    state.back()
    assert gradients(state) == {"x": 12, "y": None, "z": 6}
    state.reset()
    assert state.look == start


def test_every_preset_can_be_walked_to_its_end_and_all_the_way_back(state: AutogradState) -> None:
    assert len(LESSON.presets) == 14
    for preset in LESSON.presets:
        state.use(preset.name)
        assert state.preset is preset
        start = state.look
        moves = walk_on(state)
        assert moves > 0
        assert state.look.done
        for _ in range(moves):
            state.back()
        assert not state.look.begun
        assert state.look == start


def test_back_in_a_program_runs_it_again_up_to_there(state: AutogradState) -> None:
    state.use("accumulate")

    def gradient() -> Value | None:
        assert isinstance(state.look, ProgramPosition)
        return state.look.ran[-1].tensors[0].gradient

    for _ in range(3):
        state.step()
    assert gradient() == Value.of(6)  # 3 + 3
    state.back()
    assert gradient() == Value.of(3)
    state.step()
    assert gradient() == Value.of(6)


def test_a_typed_expression_keeps_the_values_and_a_new_input_is_1(state: AutogradState) -> None:
    assert not state.own
    state.type("x*y + w")
    assert state.own
    assert state.inputs() == {"x": "2", "y": "3", "w": "1"}
    state.type("z*z")
    assert (state.inputs(), state.text) == ({"z": "4"}, "z*z")
    state.use("mean")
    assert not state.own


def test_gradients_are_switched_by_input_and_by_a_line(state: AutogradState) -> None:
    state.switch_gradient("y")
    assert state.own
    state.type("x + y")  # it stays off in another expression
    walk_on(state)
    assert gradients(state) == {"x": 1, "y": None}
    state.switch_gradient("y")
    walk_on(state)
    assert gradients(state) == {"x": 1, "y": 1}
    state.use("product")
    state.type("requires_grad = none")
    walk_on(state)
    assert "does not require grad" in error(state)
    for line, given in (
        ("requires_grad = x, z", {"x": 12, "y": None, "z": 6}),
        ("requires_grad = all", {"x": 12, "y": 8, "z": 6}),
    ):
        state.type(line)
        walk_on(state)
        assert gradients(state) == given


def test_arrows_point_back_where_a_gradient_goes(state: AutogradState) -> None:
    state.type("requires_grad = x, y")

    def back() -> list[bool]:
        assert isinstance(state.look, WalkPosition)
        return [edge.back for edge in edges(state.look)]

    state.step()
    state.step()
    assert back() == [False] * 4
    state.step()
    assert back() == [True, True, True, False]  # x and y to a, a to f, and no gradient goes to z
    state.type("requires_grad = none")
    walk_on(state)
    assert back() == [False] * 4


def test_weights_are_accepted_and_can_be_undone(state: AutogradState) -> None:
    state.type("x**2")
    state.type("x = [1, 2]")
    walk_on(state)
    assert "scalar outputs" in error(state)
    state.type("gradient = [1, 10]")
    walk_on(state)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x**2).backward(gradient=torch.tensor([1.0, 10.0]))
    assert gradients(state) == {"x": x.grad.tolist()} == {"x": [2, 40]}
    state.type("gradient = none")
    walk_on(state)
    assert "scalar outputs" in error(state)


SLIPS = [
    *cells("""
    x = 2abc → it must be a number → 2abc   x = [1, two] → it must be a number → two
    x = y → it must be a number → y   x = __import__('os') → it must be a number → __import__('os')
    x = [1,2,3,4,5,6,7,8,9,10,11,12,13] → 13 numbers → [1,2,3,4,5,6,7,8,9,10,11,12,13]
    q = 3 → q is no input: there are x, y, z → q
    requires_grad = q → the inputs are x, y, z → requires_grad = q
    2x → a product is written with *: write → 2
"""),
    ("x*y*", "something is missing at the end", ""),
    ("x\x1b[2J", "a control character (U+001B)", " "),
    ("y = [1, 2]\x00", "a control character (U+0000)", " "),
]


def test_a_slip_is_refused_at_its_place_and_all_is_as_it_was(state: AutogradState) -> None:
    state.step()
    before = state.look
    for text, words, marked in SLIPS:
        why, place = refused(state, text)
        assert words in why
        assert place == marked
    for text in (  # what is far too long is refused unread
        "(" * 10_000 + "x" + ")" * 10_000,
        "x" + "*x" * 10_000,
        "x = [" + "1," * 1_000_000 + "1]",
        "x = " + "9" * 1_000_000,
        "=" * 1000,
        "x" * 10_000,
    ):
        why, _ = refused(state, text)
        assert "too" in why
        assert len(why) < 200
    for text in ("x.T", "x > y", "foo(x)", "x[0]", "'x'", "x if y else z", "x = y"):
        why, _ = refused(state, text)
        assert len(why) <= 3 * 74, why  # three lines of a narrow screen
    assert state.look is before
    assert not state.own


def test_shapes_that_do_not_fit_are_refused_with_the_place_in_the_expression(
    state: AutogradState,
) -> None:
    state.type("x = [1, 2]")
    why, place = refused(state, "y = [1, 2, 3]")
    assert "x is a vector of 2 and y is a vector of 3" in why
    assert "The size of tensor a (2) must match the size of tensor b (3)" in why
    assert place == "x*y"


def test_what_has_no_number_is_said_in_words(state: AutogradState) -> None:
    for text, words in (
        ("9**9**9 * x", "larger than a float64 can hold"),
        ("x/0", "2 is divided by 0"),
        ("log(-x)", "−2 has no logarithm: it is negative"),
        ("sqrt(0*x)", "the local derivative is infinite"),
    ):
        state.type(text)
        notes = []
        while state.step():
            notes.append(str(describe(state.look)))
        assert any(words in note for note in notes)


def test_the_command_of_every_state(state: AutogradState) -> None:
    start = "dltui run autograd --set 'expression=x*y*z' --set x=2.0 --set y=3.0 --set z=4.0"
    assert state.command() == start
    state.type("x**2")
    state.type("x = [1, 2]")
    state.type("gradient = [1, 10]")
    assert state.command() == (
        "dltui run autograd --set 'expression=x**2' --set 'x=[1.0, 2.0]' "
        "--set 'gradient=[1.0, 10.0]'"
    )
    state.use("twice")
    assert state.command() == "dltui run autograd --preset twice"


def said(*compared: ComparedGradient) -> str:
    """What is said of a check at the end of a walk."""
    walk = take_apart(GraphSettings("x*y", {"x": 2.0, "y": 3.0}))
    checked = replace(walk, check=GradientCheck(compared))
    return str(describe(WalkPosition(checked, len(walk.moves)))).split("\n", 1)[1]


def compared(name: str, gradient: float, estimate: float) -> ComparedGradient:
    difference = abs(gradient - estimate)
    return ComparedGradient(name, Value.of(gradient), Value.of(estimate), difference)


def unchecked(name: str) -> ComparedGradient:
    return ComparedGradient(name, Value.of(0), None, None, "there is a kink")


def test_the_check_in_words() -> None:
    assert said(compared("x", 3, 3 + 2e-9)).endswith("agrees to 2.0×10⁻⁹")
    assert said(compared("x", 3, 3)).endswith("agrees to the last digit")
    words = said(compared("x", 3, 3.5), compared("y", 2, 2))
    assert words.startswith("≠ check")
    assert "gives something else, by up to 0.50" in words
    assert "agrees" not in words
    assert "Where the curve is very steep, it is the nudging that is off." in words
    kink = "there is a kink"
    assert said(unchecked("x")) == f"no check for x: {kink}"
    several = said(unchecked("x"), unchecked("y"), unchecked("z"))
    assert several == f"no check for x: {kink} (nor for y, z)"
    assert said(compared("x", 3, 3), unchecked("y")).endswith(f"\nno check for y: {kink}")


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Moves()


async def test_the_newest_moves_are_in_sight_and_long_ones_hang() -> None:
    app = Page()
    async with app.run_test(size=(24, 3)) as pilot:
        assert "none yet" in screen_text(app)
        moves = [f"line {number}" for number in range(20)] + ["a line that is far too long"]
        app.query_one(Moves).show(moves)
        whole = [f"line {number}" for number in range(14, 20)] + ["a line that is far", "too long"]
        for rows in (3, 5, 8):
            await pilot.resize_terminal(24, rows)
            await pilot.pause()
            inside = [row.strip("│ ") for row in screen_text(app).split("\n")[1:-1]]
            assert inside == whole[-(rows - 2) :]
        await pilot.resize_terminal(60, 8)
        await pilot.pause()
        assert "a line that is far too long" in screen_text(app)
