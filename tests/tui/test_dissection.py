"""An expression or a program on its way, as keys would move it, without a screen."""

from __future__ import annotations

import pytest
import torch

from engine.expression import Refused
from engine.graph.look import ProgramLook, WalkLook
from engine.graph.values import Value
from lessons.catalog import find
from tui.stages.dissection import Dissection


@pytest.fixture
def dissection() -> Dissection:
    return Dissection(find("autograd").load())


def walk_on(dissection: Dissection) -> int:
    """To the end; how many moves that were."""
    moves = 0
    while dissection.step():
        moves += 1
    return moves


def gradients(dissection: Dissection) -> dict[str, Value | None]:
    """What has arrived at the inputs by now."""
    look = dissection.look
    assert isinstance(look, WalkLook)
    pairs = zip(look.walk.nodes, look.here.gradients, strict=True)
    return {node.name: gradient for node, gradient in pairs if node.kind == "input"}


def plain(dissection: Dissection) -> dict[str, float | list[float] | None]:
    found = gradients(dissection)
    return {name: value.plain if value is not None else None for name, value in found.items()}


def refused(dissection: Dissection, text: str) -> tuple[str, str]:
    """Why the line is not taken, and the part of it that is marked."""
    with pytest.raises(Refused) as caught:
        dissection.type(text)
    line, marks = caught.value.pointer.split("\n")
    return str(caught.value), line[marks.index("^") : len(marks)]


def test_the_product_gives_its_gradients_and_none_before(dissection: Dissection) -> None:
    assert plain(dissection) == {"x": None, "y": None, "z": None}
    assert walk_on(dissection) == 2 + 1 + 4  # two products; then the seed, and four edges
    assert plain(dissection) == {"x": 12, "y": 8, "z": 6}
    assert not dissection.step()
    dissection.back()
    assert plain(dissection)["y"] is None
    dissection.reset()
    assert plain(dissection) == {"x": None, "y": None, "z": None}


def test_back_from_the_start_stays_there(dissection: Dissection) -> None:
    before = dissection.look
    dissection.back()
    assert dissection.look == before


def test_presets_come_round_again(dissection: Dissection) -> None:
    names = []
    for _ in find("autograd").load().presets:
        names.append(dissection.preset.name)
        dissection.use_next()
    assert dissection.preset.name == names[0] == "product"
    assert len(set(names)) == len(names) == 14


def test_every_preset_can_be_walked_to_its_end_and_all_the_way_back(
    dissection: Dissection,
) -> None:
    for preset in find("autograd").load().presets:
        dissection.use(preset)
        start = dissection.look
        moves = walk_on(dissection)
        assert moves > 0
        assert dissection.look.done
        for _ in range(moves):
            dissection.back()
        assert not dissection.look.begun
        assert dissection.look == start


def test_back_in_a_program_runs_it_again_up_to_there(dissection: Dissection) -> None:
    dissection.use(find("autograd").load().preset("accumulate"))
    for _ in range(3):
        dissection.step()
    assert isinstance(dissection.look, ProgramLook)
    assert dissection.look.lines[-1].rows[0].gradient == Value.of(6)  # 3 + 3
    dissection.back()
    assert dissection.look.lines[-1].rows[0].gradient == Value.of(3)
    dissection.step()
    assert dissection.look.lines[-1].rows[0].gradient == Value.of(6)


def test_an_own_expression_keeps_the_values_and_a_new_input_is_1(dissection: Dissection) -> None:
    assert not dissection.own
    dissection.type("x*y + w")
    assert dissection.own
    assert dissection.settings is not None
    assert dict(dissection.settings.inputs) == {"x": 2, "y": 3, "w": 1}
    dissection.type("z*z")
    assert dict(dissection.settings.inputs) == {"z": 4}
    dissection.use_next()
    assert not dissection.own


def test_an_input_that_is_switched_off_stays_so_in_another_expression(
    dissection: Dissection,
) -> None:
    dissection.turn("y")
    assert dissection.own
    dissection.type("x + y")
    walk_on(dissection)
    assert plain(dissection) == {"x": 1, "y": None}
    dissection.turn("y")
    walk_on(dissection)
    assert plain(dissection) == {"x": 1, "y": 1}


def test_without_any_gradient_pytorch_says_so(dissection: Dissection) -> None:
    dissection.type("requires_grad = none")
    walk_on(dissection)
    assert isinstance(dissection.look, WalkLook)
    assert "does not require grad" in dissection.look.walk.error
    dissection.type("requires_grad = x, z")
    walk_on(dissection)
    assert plain(dissection) == {"x": 12, "y": None, "z": 6}
    dissection.type("requires_grad = all")
    walk_on(dissection)
    assert plain(dissection) == {"x": 12, "y": 8, "z": 6}


def test_weights_are_taken_and_can_be_undone(dissection: Dissection) -> None:
    dissection.type("x**2")
    dissection.type("x = [1, 2]")
    walk_on(dissection)
    assert isinstance(dissection.look, WalkLook)
    assert "scalar outputs" in dissection.look.walk.error
    dissection.type("gradient = [1, 10]")
    walk_on(dissection)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x**2).backward(gradient=torch.tensor([1.0, 10.0]))
    assert plain(dissection) == {"x": x.grad.tolist()} == {"x": [2, 40]}
    dissection.type("gradient = none")
    walk_on(dissection)
    assert "scalar outputs" in dissection.look.walk.error


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("x = 2abc", "it must be a number", "2abc"),
        ("x = nan", "it must be a number", "nan"),
        ("x=1e999", "it must be a number", "1e999"),
        ("x = [1, two]", "it must be a number", "two"),
        ("x = y", "it must be a number", "y"),
        ("x = __import__('os')", "it must be a number", "__import__('os')"),
        ("x = [1,2,3,4,5,6,7,8,9,10,11,12,13]", "13 numbers", "[1,2,3,4,5,6,7,8,9,10,11,12,13]"),
        ("q = 3", "q is no input: there are x, y, z", "q"),
        ("requires_grad = q", "the inputs are x, y, z", "requires_grad = q"),
        ("2x", "a product is written with *: write", "2"),
        ("x y", "a product is written with *: write", "y"),
        ("x*y*", "something is missing at the end", ""),
        ("x == 3", "a comparison cannot stand here", "x == 3"),
        ("x.__class__", "nothing is taken out of a value with a dot", "x.__class__"),
        ("__import__('os')", "an expression has no function __import__", "__import__"),
        ("lambda: x", "a lambda cannot stand here", "lambda: x"),
        ("x\x1b[2J", "a control character (U+001B)", " "),
        ("y = [1, 2]\x00", "a control character (U+0000)", " "),
    ],
)
def test_a_slip_is_refused_at_its_place_and_all_is_as_it_was(
    dissection: Dissection, text: str, words: str, marked: str
) -> None:
    dissection.step()
    before = dissection.look
    why, place = refused(dissection, text)
    assert words in why
    assert place == marked
    assert dissection.look is before
    assert not dissection.own


def test_shapes_that_do_not_fit_are_refused_with_the_place_in_the_expression(
    dissection: Dissection,
) -> None:
    dissection.type("x = [1, 2]")
    why, place = refused(dissection, "y = [1, 2, 3]")
    assert "x is a vector of 2 and y is a vector of 3" in why
    assert "The size of tensor a (2) must match the size of tensor b (3)" in why
    assert place == "x*y"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "x" + "*x" * 10_000,
        "x = [" + "1," * 1_000_000 + "1]",
        "x = " + "9" * 1_000_000,
        "=" * 1000,
        "x" * 10_000,
    ],
    ids=["brackets", "factors", "vector", "digits", "equals", "name"],
)
def test_what_is_far_too_long_is_refused_at_once(dissection: Dissection, text: str) -> None:
    before = dissection.look
    why, _ = refused(dissection, text)
    assert "too" in why
    assert len(why) < 200
    assert dissection.look is before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9**9**9 * x", "larger than a float64 can hold"),
        ("x/0", "2 is divided by 0"),
        ("log(-x)", "−2 has no logarithm: it is negative"),
        ("sqrt(0*x)", "the local derivative is infinite"),
    ],
)
def test_what_has_no_number_is_said_in_words(dissection: Dissection, text: str, words: str) -> None:
    dissection.type(text)
    walk_on(dissection)
    assert isinstance(dissection.look, WalkLook)
    assert any(words in move.note for move in dissection.look.walk.moves)


def test_no_refusal_is_longer_than_three_lines_of_a_narrow_screen(dissection: Dissection) -> None:
    for text in ("x.T", "x > y", "foo(x)", "x[0]", "'x'", "x if y else z", "x = y"):
        why, _ = refused(dissection, text)
        assert len(why) <= 3 * 74, why


def test_the_command_of_every_state(dissection: Dissection) -> None:
    assert dissection.command() == (
        "dltui run autograd --set 'expression=x*y*z' --set x=2.0 --set y=3.0 --set z=4.0"
    )
    dissection.type("x**2")
    dissection.type("x = [1, 2]")
    dissection.type("gradient = [1, 10]")
    assert dissection.command() == (
        "dltui run autograd --set 'expression=x**2' --set 'x=[1.0, 2.0]' "
        "--set 'gradient=[1.0, 10.0]'"
    )
    dissection.use(find("autograd").load().preset("twice"))
    assert dissection.command() == "dltui run autograd --preset twice"
