"""The state of the autograd lab and its texts, without a screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.expression import Refused
from engine.graph.operations import Value
from engine.graph.programs import ProgramPosition
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import take_apart
from engine.graph.walk import ComparedGradient, GradientCheck, WalkPosition
from lessons.catalog import find
from tests.table import cells
from tui.labs.autograd_state import AutogradState, describe, edges

LESSON = find("autograd").load()


@pytest.fixture
def state() -> AutogradState:
    return AutogradState(LESSON)


def walk_on(state: AutogradState) -> dict[str, float | list[float] | None]:
    """Step to the end, and return the gradients of the inputs."""
    while state.step():
        pass
    return gradients(state)


def gradients(state: AutogradState) -> dict[str, float | list[float] | None]:
    assert isinstance(state.look, WalkPosition)
    pairs = zip(state.look.walk.nodes, state.look.gradients, strict=True)
    return {node.name: given and given.plain for node, given in pairs if node.kind == "input"}


def error(state: AutogradState) -> str:
    assert isinstance(state.look, WalkPosition)
    return state.look.walk.error


def refused(state: AutogradState, text: str) -> tuple[str, str]:
    """Return why the line is refused, and its marked part."""
    with pytest.raises(Refused) as caught:
        state.type(text)
    line, marks = caught.value.pointer().split("\n")
    return str(caught.value), line[marks.index("^") : len(marks)]


def test_every_preset_can_be_walked_to_its_end_and_all_the_way_back(state: AutogradState) -> None:
    assert len(LESSON.presets) == 14
    for preset in LESSON.presets:
        state.use(preset.name)
        assert state.preset is preset
        start, moves = state.look, 0
        while state.step():
            moves += 1
        assert moves > 0
        assert state.ended
        for _ in range(moves):
            state.back()
        assert not state.look.begun
        assert state.look == start
    state.use("product")
    start = state.look
    state.back()  # at the start it stays there
    assert state.look == start
    assert gradients(state) == {"x": None, "y": None, "z": None}
    assert walk_on(state) == {"x": 12, "y": 8, "z": 6}
    assert start.walk.moves[-1].node == 1  # two products; then the seed, and four edges
    state.back()
    assert gradients(state) == {"x": 12, "y": None, "z": 6}
    state.reset()
    assert state.look == start
    state.use("accumulate")  # stepping back in a program runs it again up to there

    def gradient() -> Value | None:
        assert isinstance(state.look, ProgramPosition)
        return state.look.ran[-1].tensors[0].gradient

    for _ in range(3):
        state.step()
    assert gradient() == Value.of(6)  # 3 + 3
    state.back()
    assert gradient() == Value.of(3)


def test_what_is_typed_keeps_values_gradients_and_weights(state: AutogradState) -> None:
    assert not state.own
    state.type("x*y + w")
    assert state.own
    assert state.inputs() == {"x": "2", "y": "3", "w": "1"}
    state.type("z*z")
    assert (state.inputs(), state.text) == ({"z": "4"}, "z*z")
    state.use("product")
    assert not state.own
    state.switch_gradient("y")
    assert state.own
    state.type("x + y")  # stays off in another expression
    assert walk_on(state) == {"x": 1, "y": None}
    state.switch_gradient("y")
    assert walk_on(state) == {"x": 1, "y": 1}
    state.use("product")
    for line, given in (
        ("requires_grad = none", {"x": None, "y": None, "z": None}),
        ("requires_grad = x, z", {"x": 12, "y": None, "z": 6}),
        ("requires_grad = all", {"x": 12, "y": 8, "z": 6}),
    ):
        state.type(line)
        assert walk_on(state) == given
        assert ("does not require grad" in error(state)) == ("none" in line)
    state.type("x**2")
    for line, failed in (("x = [1, 2]", True), ("gradient = [1, 10]", False)):
        state.type(line)
        assert walk_on(state) == {"x": None if failed else [2, 40]}  # [1 · 2x₁, 10 · 2x₂]
        assert ("scalar outputs" in error(state)) == failed
    command = "--set 'expression=x**2' --set 'x=[1.0, 2.0]' --set 'gradient=[1.0, 10.0]'"
    assert state.command() == f"dltui run autograd {command}"
    state.type("gradient = none")
    assert "scalar outputs" in error(state)
    state.use("twice")
    assert state.command() == "dltui run autograd --preset twice"


def test_arrows_point_back_where_a_gradient_goes(state: AutogradState) -> None:
    state.type("requires_grad = x, y")

    def back() -> list[bool]:
        assert isinstance(state.look, WalkPosition)
        return [edge.back for edge in edges(state.look)]

    state.step()
    state.step()
    assert back() == [False] * 4
    state.step()
    assert back() == [True, True, True, False]  # x and y to a, a to f, and no gradient for z
    state.type("requires_grad = none")
    walk_on(state)
    assert back() == [False] * 4


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
    for text in (  # a line that is far too long is refused without parsing
        *("(" * 10_000 + "x" + ")" * 10_000, "x" + "*x" * 10_000, "=" * 1000, "x" * 10_000),
        *("x = [" + "1," * 1_000_000 + "1]", "x = " + "9" * 1_000_000),
    ):
        why, _ = refused(state, text)
        assert "too" in why
        assert len(why) < 200
    for text in ("x.T", "x > y", "foo(x)", "x[0]", "'x'", "x if y else z", "x = y"):
        assert len(refused(state, text)[0]) <= 3 * 74  # three lines of a narrow screen
    assert state.look is before
    assert not state.own
    state.type("x = [1, 2]")
    why, place = refused(state, "y = [1, 2, 3]")  # the position is in the expression
    assert "The size of tensor a (2) must match the size of tensor b (3)" in why
    assert place == "x*y"


def test_the_check_and_what_is_not_finite_in_words(state: AutogradState) -> None:
    def words(*pairs: tuple[str, float | None], gradient: float = 3.0) -> str:
        """Return the final text of a walk for these differences of its inputs; None: unchecked."""
        kink = "there is a kink"
        check = GradientCheck(
            ComparedGradient(name, Value.of(gradient), off, "" if off is not None else kink)
            for name, off in pairs
        )
        walk = take_apart(GraphSettings("x*y", {"x": 2.0, "y": 3.0}))
        end = WalkPosition(replace(walk, check=check), len(walk.moves))
        return str(describe(end)).split("\n", 1)[1]

    assert words(("x", 2e-9)).endswith("agrees to 2.0×10⁻⁹")
    assert words(("x", 0)).endswith("agrees to the last digit")
    assert words(("x", 6e-6), gradient=3e6).endswith("agrees to 2.0×10⁻¹² of the gradient")
    both = words(("x", 0.5), ("y", 0))
    assert both.startswith("≠ check")
    assert "gives something else, by up to 0.50" in both
    assert "agrees" not in both
    assert "Where the curve is very steep, it is the nudging that is off." in both
    assert words(("x", None)) == "no check for x: there is a kink"
    several = words(("x", None), ("y", None), ("z", None))
    assert several == "no check for x: there is a kink (nor for y, z)"
    assert words(("x", 0), ("y", None)).endswith("\nno check for y: there is a kink")
    for text, note in (
        ("9**9**9 * x", "larger than a float64 can hold"),
        ("x/0", "2 is divided by 0"),
        ("sqrt(0*x)", "the local derivative is infinite"),
    ):
        state.type(text)
        notes = []
        while state.step():
            notes.append(str(describe(state.look)))
        assert any(note in each for each in notes)
