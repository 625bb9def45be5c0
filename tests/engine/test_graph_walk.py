"""The moves of a walk: their order, their mathematics, and what is known after each."""

from __future__ import annotations

import pytest
import torch

from engine.graph.operations import Numbers, Value, short
from engine.graph.settings import GraphSettings, parse_value
from engine.graph.take_apart import take_apart
from engine.graph.walk import GraphWalk, WalkPosition
from tests.table import cells


def walk(
    expression: str,
    requires_grad: tuple[str, ...] | None = None,
    gradient: Numbers | None = None,
    **inputs: Numbers,
) -> GraphWalk:
    return take_apart(GraphSettings(expression, inputs, requires_grad, gradient))


def lines(walk: GraphWalk, phase: str = "backward") -> list[str]:
    return [move.line for move in walk.moves if move.phase == phase]


def test_forward_and_backward_of_three_factors() -> None:
    product = walk("f = x*y*z", x=2.0, y=3.0, z=4.0)
    assert [move.line for move in product.moves] == [
        "a = x · y = 2 · 3 = 6",
        "f = a · z = 6 · 4 = 24",
        "∂f/∂f = 1",
        "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · 4 = 4",
        "∂f/∂z += ∂f/∂f · ∂f/∂z = 1 · 6 = 6",
        "∂f/∂x += ∂f/∂a · ∂a/∂x = 4 · 3 = 12",
        "∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8",
    ]
    # The node of a move is the one at which the gradient arrives.
    assert [product.nodes[move.node].name for move in product.moves] == [*"affazxy"]


def test_vectors_are_multiplied_number_by_number_and_stretched_ones_summed() -> None:
    weighted = walk("w*x", gradient=(4.0, 4.0), w=3.0, x=(1.0, 2.0))
    assert [move.line for move in weighted.moves] == [
        "f = w · x = 3 · [1, 2] = [3, 6]",
        "L = Σ gradient · f, so ∂L/∂f = gradient = [4, 4]",
        "∂L/∂w += Σ ∂L/∂f · ∂f/∂w = Σ [4, 4] · [1, 2] = Σ [4, 8] = 12",
        "∂L/∂x += ∂L/∂f · ∂f/∂x = [4, 4] · [3, 3] = [12, 12]",
    ]
    assert weighted.root == "L"


def test_what_arrives_twice_is_added() -> None:
    assert lines(walk("(x+y)*(x+y)", ("x",), x=2.0, y=-3.0)) == [
        "∂f/∂f = 1",
        "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · (−1) = −1",
        "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · (−1) = −1, so far −1 + (−1) = −2",
        "∂f/∂x += ∂f/∂a · ∂a/∂x = (−2) · 1 = −2",
    ]


FORMULAS = cells("""
    sigmoid(x) → f = sigmoid(x) = sigmoid(2) = 0.8808   x**2 → f = x² = 2² = 4
    x**-1 → f = x⁻¹ = 2⁻¹ = 0.5   x**0.5 → f = x^0.5 = 2^0.5 = 1.4142   2**x → f = 2^x = 2^2 = 4
    -x → f = −x = −2   x*-2 → f = x · (−2) = 2 · (−2) = −4   x − 5 → f = x − 5 = 2 − 5 = −3
    x·3 → f = x · 3 = 2 · 3 = 6   x*1e9 → f = x · (1×10⁹) = 2 · (1×10⁹) = 2×10⁹
    loss = x/4 → loss = x / 4 = 2 / 4 = 0.5
    maximum(x, -1) → f = maximum(x, −1) = maximum(2, −1) = 2
""")


def test_formulas_are_written_as_on_paper() -> None:
    for expression, line in FORMULAS:
        assert lines(walk(expression, x=2.0), "forward") == [line]


def test_a_long_vector_is_cut_in_a_line_and_whole_in_its_node() -> None:
    whole = walk("mean(x)", x=tuple(map(float, range(12))))
    assert lines(whole, "forward") == ["f = mean(x) = mean([0, 1, 2, …]) = 5.5"]
    assert whole.nodes[0].value.text == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"


def test_nodes_come_after_what_they_are_made_of() -> None:
    nodes = walk("mean((w*x + b - y)**2) + w", w=1.0, x=(1.0, 2.0), b=0.0, y=(2.0, 4.0)).nodes
    assert [node.name for node in nodes] == [*"wxbyacdegf"]
    for index, node in enumerate(nodes):
        assert all(source < index for source in node.inputs)
    assert [node.kind for node in nodes] == ["input"] * 4 + ["operation"] * 5 + ["result"]
    formulas = ["w · x", "a + b", "c − y", "d²", "mean(e)", "g + w"]
    assert [node.formula for node in nodes[4:]] == formulas


def test_names_in_use_are_skipped() -> None:
    nodes = walk("f*a + sin(c)", f=1.0, a=2.0, c=3.0).nodes
    assert [node.name for node in nodes] == [*"facbdg"]
    assert walk("L*x", L=1.0, x=2.0).result.name == "f"
    weighted = walk("L*x", gradient=3.0, L=1.0, x=2.0)
    assert weighted.root == "L′"
    assert weighted.moves[1].line == "L′ = gradient · f, so ∂L′/∂f = gradient = 3"


def test_the_same_is_computed_once_and_a_constant_belongs_to_its_operation() -> None:
    nodes = walk("(x+y)*(x+y) + 2*x + 2*y + 2*x", x=1.0, y=2.0).nodes
    formulas = [node.formula for node in nodes if node.operation]
    assert formulas == ["x + y", "a · a", "2 · x", "b + c", "2 · y", "d + e", "g + c"]
    assert [node.name for node in nodes if node.kind == "constant"] == ["2", "2"]
    # The part 1 is y, the constant 1.0 is equal to it for Python; 0 and −0 are equal, too.
    assert walk("x*y + x*1", x=2.0, y=3.0).result.value.plain == 8
    assert walk("1*x + x**1", x=2.0).result.value.plain == 4
    assert walk("x/0 - x/-0", x=2.0).result.value.plain == float("inf")


def test_twice_the_same_input_is_two_edges() -> None:
    square = walk("x*x", x=3.0)
    ends = [(edge.source, edge.target, edge.slot) for edge in square.edges]
    assert ends == [(0, 1, 0), (0, 1, 1)]
    assert [edge.local for edge in square.edges] == [Value.of(3.0)] * 2
    assert [move.edge for move in square.moves] == [None, None, 0, 1]


def test_the_walk_at_every_position() -> None:
    product = walk("x*y*z", ("x", "y"), x=2.0, y=3.0, z=4.0)

    def plain(values: tuple[Value | None, ...]) -> list[object]:
        return [each and each.plain for each in values]

    start = WalkPosition(product, 0)
    assert (start.move, start.begun, start.done) == (None, False, False)
    assert start.known == (True, True, True, False, False)
    assert start.gradients == (None,) * 5
    assert start.locals == (None,) * 4
    assert product.forward_moves == 2
    forward = WalkPosition(product, 2)
    assert forward.known == (True,) * 5
    assert forward.gradients == (None,) * 5
    assert plain(WalkPosition(product, 3).gradients) == [None] * 4 + [1.0]
    assert plain(WalkPosition(product, 4).gradients) == [None] * 3 + [4.0, 1.0]
    end = WalkPosition(product, len(product.moves))
    assert end.done
    assert plain(end.gradients) == [12.0, 8.0, None, 4.0, 1.0]
    # ∂a/∂x, ∂a/∂y, ∂f/∂a, and no gradient goes to z
    assert plain(end.locals) == [3.0, 2.0, 4.0, None]
    for position in (-1, len(product.moves) + 1):
        with pytest.raises(IndexError, match="not on a walk of 6 moves"):
            WalkPosition(product, position)


def test_backward_goes_in_the_order_of_pytorch() -> None:
    inputs = {"w": 0.5, "x": 2.0, "b": -1.0}
    ours = walk("tanh(w*x) * exp(sin(b) + x) - w", **inputs)
    w, x, b = (torch.tensor(value, requires_grad=True) for value in inputs.values())
    order: list[str] = []

    def note(tensor: torch.Tensor) -> torch.Tensor:
        assert tensor.grad_fn is not None
        name = tensor.grad_fn.name()
        tensor.grad_fn.register_hook(lambda *_: order.append(name))
        return tensor

    a = note(torch.tanh(note(w * x)))
    f = note(note(a * note(torch.exp(note(note(torch.sin(b)) + x)))) - w)
    f.backward()
    targets = [ours.edges[move.edge].target for move in ours.moves if move.edge is not None]
    assert [ours.nodes[target].grad_fn for target in dict.fromkeys(targets)] == order
    assert len(targets) == len(ours.edges)


def test_a_backward_that_cannot_start_ends_the_walk_with_the_words_of_pytorch() -> None:
    last = walk("x*y", (), x=1.0, y=2.0).moves[-1]
    with pytest.raises(RuntimeError) as raised:
        torch.tensor(2.0).backward()
    assert last.error == str(raised.value)
    assert (last.phase, last.line) == ("backward", "f.backward()")
    assert "Let an input require one" in last.explanation
    assert "The expression has no input" in walk("2*3").moves[-1].explanation
    stopped = walk("x*2", x=(1.0, 2.0))
    with pytest.raises(RuntimeError) as raised:
        torch.ones(2, requires_grad=True).exp().backward()
    assert stopped.error == str(raised.value)
    assert "gradient=[1, 1]" in stopped.moves[-1].explanation
    assert stopped.check is None
    assert WalkPosition(stopped, len(stopped.moves)).gradients == (None,) * 3
    gradients: dict[Numbers, str] = {1.0: "torch.Size([2])", (1.0, 2.0, 3.0): "torch.Size([3])"}
    for gradient, shape in gradients.items():
        stopped = walk("x*2", gradient=gradient, x=(1.0, 2.0))
        assert "Mismatch in shape" in stopped.error
        assert shape in stopped.error
        assert "a list of 2" in stopped.moves[-1].explanation


NOTES = cells("""
    log(x) → -1 → −1 has no logarithm   log(x) → 0 → towards 0 a logarithm falls without end
    log1p(x) → -3 → −2 has no logarithm   sqrt(x) → -4 → −4 has no square root
    1/x → 0 → 1 is divided by 0   x**-1 → 0 → 0 to a negative power is a division by 0
    x**0.5 → -2 → a negative number to the power of 0.5 would be a complex number
    exp(x) → 1000 → larger than a float64 can hold   sum(exp(x)) → [1, 1000] → an infinity goes in
    log(x)*2 → [1, -1] → what goes in is not a number   exp(x)*0 → 1000 → ∞ · 0 has no value
    exp(x) - exp(x) → 1000 → ∞ against ∞ has no value   sin(exp(x)) → 1000 → ∞ has no sine
""")


def test_what_is_not_finite_is_explained() -> None:
    for expression, value, note in NOTES:
        moves = walk(expression, x=parse_value("x", value)).moves
        notes = [move.note for move in moves if move.phase == "forward"]
        assert note in notes[-1]
    last = walk("sqrt(x)", x=0.0).moves[-1]
    assert last.line == "∂f/∂x += ∂f/∂f · ∂f/∂x = 1 · ∞ = ∞"
    assert "the local derivative is infinite" in last.note
    assert [move.note for move in walk("x*y", x=1.0, y=2.0).moves] == [""] * 4


def test_numbers_are_short() -> None:
    for text, value in {
        "6": 6.0,
        "0.5": 0.5,
        "0": -0.0,
        "100": 100.0,
        "20.05": 20.05,
        "0.3": 0.1 + 0.2,
        "0.7311": 0.731058,
        "1.0000": 0.99999,  # the zeros say that it is rounded
        "1.5×10⁹": 1.5e9,
        "−2×10⁻⁷": -2e-7,
        "not a number": float("nan"),
    }.items():
        assert short(value) == text
