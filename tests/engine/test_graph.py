"""Graphs of expressions compared with PyTorch, and the programs about backward."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch
from torch.nn import functional

from engine.graph.operations import FUNCTIONS, NEGATIVE, SIGNS, Numbers, short
from engine.graph.programs import PROGRAMS, RanStatement, TensorRecord, program
from engine.graph.settings import GraphSettings, parse_value
from engine.graph.take_apart import TORCH_FUNCTIONS, ProgramSession, take_apart
from engine.graph.walk import GradientCheck, GraphWalk, WalkPosition
from tests.table import cells

X, Y, Z = 0.7, -1.3, 2.5
V, W = (0.5, 1.5, 2.0), (-1.0, 0.25, 3.0)
VALUES: dict[str, Numbers] = {"X": X, "Y": Y, "Z": Z, "V": V, "W": W, "U": (2.0,)}
TABLE = """
x*y*z: x=2 y=3 z=4; mean(x*y): x=U y=U; mean((w*x + b - y)**2): w=X x=V b=1 y=W;
sigmoid(w*x + b): w=X x=Y b=Z; log(1 + exp(-z)): z=Z; relu(x) * tanh(y): x=X y=Y; x + y: x=X y=Y;
2 - x: x=X; x / y: x=X y=Y; 2 / x: x=X; x ** 3: x=Y; x ** -2: x=Y; x ** 0.5: x=X;
x ** y: x=X y=Y; 2 ** x: x=X; x ** (1/3): x=X; -x + +y: x=X y=Y; -x ** 2: x=X; x @ y: x=V y=W;
dot(x, x): x=V; exp(x) + sqrt(z): x=X z=Z; log1p(x) * square(y): x=X y=Y; abs(x) - abs(y): x=X y=Y;
sin(x) / cos(y): x=X y=Y; tanh(softplus(x)): x=X; silu(x) * gelu(y): x=V y=W; sum(x * y): x=V y=W;
mean(exp(x)): x=V; prod(x): x=V; max(x) - min(x): x=W; maximum(x, 1) * minimum(x, 1): x=V;
maximum(x, y): x=V y=1; sum(minimum(x, y)): x=V y=W; (x + y) * (x + y) + x: x=V y=Y; x*x*x*x: x=Y;
x / (x + y) / y: x=V y=5; sum(x) * mean(x) + max(x) * min(x) + prod(x): x=Z;
sigmoid(x @ y) * x: x=V y=W; -log(sigmoid(y * (w @ x + b))): y=1 w=V x=W b=X;
exp(-(x - y)**2 / 2) / sqrt(2 * 3.14159): x=X y=Y; σ = sum((x - sum(x)/3)**2) / 3: x=W;
x*y: x=U y=V; x*y + x: x=U y=Z; 3*x + x*1 + 0*x: x=X; 2*3 + x: x=X
"""
BUILT_IN = {name: getattr(torch, name) for name in FUNCTIONS if hasattr(torch, name)}
BUILT_IN |= {name: getattr(functional, name) for name in ("softplus", "silu", "gelu")}
inf, nan = math.inf, math.nan


def walk(
    expression: str,
    requires_grad: tuple[str, ...] | None = None,
    gradient: Numbers | None = None,
    **inputs: Numbers,
) -> GraphWalk:
    return take_apart(GraphSettings(expression, inputs, requires_grad, gradient))


def lines(walk: GraphWalk, phase: str = "backward") -> list[str]:
    return [move.line for move in walk.moves if move.phase == phase]


def checked(walk: GraphWalk) -> GradientCheck:
    assert walk.check is not None
    return walk.check


def by_name(walk: GraphWalk) -> dict[str, Any]:
    return {node.name: node.gradient and node.gradient.plain for node in walk.nodes}


def plain(expression: str, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Compute the expression as a plain script would."""

    def taking_numbers(function: Any) -> Any:  # PyTorch's functions do not accept numbers
        return lambda *given: function(
            *(torch.as_tensor(each, dtype=torch.float64) for each in given)
        )

    functions = {name: taking_numbers(function) for name, function in BUILT_IN.items()}
    result: torch.Tensor = eval(expression.rpartition("= ")[2], {**functions, **inputs})
    return result


def test_values_and_gradients_are_those_of_pytorch() -> None:
    used = set()
    for text in TABLE.split(";"):
        expression, _, given = text.strip().rpartition(": ")
        pairs = [pair.split("=") for pair in given.split()]
        inputs = {name: VALUES.get(v) or float(v) for name, v in pairs}
        direct = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
            for name, value in inputs.items()
        }
        result = plain(expression, direct)
        weights = torch.arange(1.0, result.numel() + 1, dtype=torch.float64).reshape(result.shape)
        result.backward(weights)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # no warnings
            ours = walk(
                expression, None, tuple(weights.tolist()) if result.ndim else None, **inputs
            )
        assert ours.result.value.plain == pytest.approx(result.tolist(), rel=1e-12)
        assert ours.result.value.shape == tuple(result.shape)
        for node in ours.nodes[: len(inputs)]:
            gradient = direct[node.name].grad
            assert gradient is not None
            assert by_name(ours)[node.name] == pytest.approx(gradient.tolist(), 1e-12, 1e-14)
        check = checked(ours)  # finite differences agree too
        assert check.difference is not None
        assert check.difference < 1e-6, expression
        assert ([each.name for each in check], check.reasons) == (list(inputs), ())
        assert WalkPosition(ours, len(ours.moves)).gradients == tuple(
            node.gradient for node in ours.nodes
        )
        the_edges_add_up(ours)
        used |= {node.operation for node in ours.nodes} - {""}
    assert used == {*SIGNS, NEGATIVE.name, *FUNCTIONS} - {"dot"} == set(TORCH_FUNCTIONS)


def the_edges_add_up(ours: GraphWalk) -> None:
    """Check that each node's gradient is the sum of the contributions of its edges."""
    sums = [torch.zeros(node.value.shape, dtype=torch.float64) for node in ours.nodes]
    for edge in ours.edges:
        above = ours.nodes[edge.target].gradient
        assert (edge.local is not None) == ours.nodes[edge.source].requires_grad
        if edge.local is not None and above is not None:
            upstream = torch.tensor(above.plain, dtype=torch.float64)
            product = upstream * torch.tensor(edge.local.plain, dtype=torch.float64)
            sums[edge.source] += product.sum_to_size(sums[edge.source].shape)
    for node, total in zip(ours.nodes[:-1], sums[:-1], strict=True):
        if node.gradient is not None:
            assert node.gradient.plain == pytest.approx(total.tolist(), rel=1e-12, abs=1e-14)


def test_what_requires_no_gradient_gets_none_and_names_are_those_of_pytorch() -> None:
    with torch.no_grad():  # works with gradients disabled too
        ours = walk("w*x + exp(b)", ("w",), w=3.0, x=2.0, b=1.0)
    nodes = {node.name: node for node in ours.nodes}
    assert by_name(ours) == {"w": 2.0, "x": None, "b": None, "a": 1.0, "c": None, "f": 1.0}
    assert [nodes[name].requires_grad for name in "wxbac"] == [True, False, False, True, False]
    assert nodes["c"].is_leaf  # PyTorch calls results without gradients leaves too
    assert nodes["c"].grad_fn is None
    assert [each.name for each in checked(ours)] == ["w"]
    for name, function in FUNCTIONS.items():
        if function.arity == 1:
            result = BUILT_IN[name](torch.tensor(V, dtype=torch.float64, requires_grad=True))
            one = walk(f"{name}(x)", x=V)
            assert [each.grad_fn for each in one.nodes] == ["AccumulateGrad", result.grad_fn.name()]


def test_what_is_not_finite_does_not_stop_it() -> None:
    for expression, x, value, gradient in (
        ("log(x)", -1.0, nan, -1.0), ("log(x)", 0.0, -inf, inf), ("1/x", 0.0, inf, -inf),
        ("x/x", 0.0, nan, nan), ("sqrt(x)", 0.0, 0.0, inf), ("exp(x)", 1000.0, inf, inf),
        ("9**9**9 + x", 1.0, inf, 1.0), ("9**9**9 * x", 0.0, nan, inf),
    ):  # fmt: skip
        ours = walk(expression, x=x)
        assert ours.result.value.plain == pytest.approx(value, nan_ok=True)
        assert by_name(ours)["x"] == pytest.approx(gradient, nan_ok=True)
        assert checked(ours).difference is None
        assert "not finite" in checked(ours).reasons[0]


def test_differences_name_kinks_and_are_good_beside_kinks_and_poles() -> None:
    cases: tuple[tuple[str, Numbers, str], ...] = (
        ("relu(x)", 0.0, "slope is 0 on the left and 1 on the right, and PyTorch takes 0"),
        ("abs(x)", 0.0, "slope is −1 on the left and 1 on the right, and PyTorch takes 0"),
        ("relu(3*x - 6) * x", 2.0, "0 on the left and 6 on the right, and PyTorch takes 0"),
        ("maximum(x, 1)", 1.0, "0 on the left and 1 on the right, and PyTorch takes 0.5"),
        ("sum(relu(x))", (1.0, 0.0), "x: at number 2: there is a kink"),
        ("x + 1e15", 1.0, "x: the values beside it are too rough for differences"),
    )
    for expression, x, words in cases:
        check = checked(walk(expression, x=x))
        assert check.difference is None
        assert words in check.reasons[0]
    for expression, at in (
        *(("relu(x)", 1e-4), ("abs(x)", -1e-6), ("log(x)", 1e-5), ("x**2", 1e6), ("1/x", 1e-3)),
        *(("sin(1000*x)", 0.3), ("exp(x)", 20.0), ("tanh(x)", 30.0), ("sigmoid(x)", -40.0)),
        ("x**10", 3.0),
    ):
        [compared] = checked(walk(expression, x=at))
        assert (compared.reason, compared.close) == ("", True)
        assert compared.gradient is not None
        assert compared.difference is not None
        assert compared.difference <= 1e-6 * max(1.0, abs(compared.gradient.numbers[0]))


def test_the_lines_of_the_moves() -> None:
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
    # The node of a move is the node that the gradient reaches.
    assert [product.nodes[move.node].name for move in product.moves] == [*"affazxy"]
    weighted = walk("w*x", gradient=(4.0, 4.0), w=3.0, x=(1.0, 2.0))
    assert [move.line for move in weighted.moves] == [
        "f = w · x = 3 · [1, 2] = [3, 6]",
        "L = Σ gradient · f, so ∂L/∂f = gradient = [4, 4]",
        "∂L/∂w += Σ ∂L/∂f · ∂f/∂w = Σ [4, 4] · [1, 2] = Σ [4, 8] = 12",
        "∂L/∂x += ∂L/∂f · ∂f/∂x = [4, 4] · [3, 3] = [12, 12]",
    ]
    assert weighted.root == "L"
    assert lines(walk("(x+y)*(x+y)", ("x",), x=2.0, y=-3.0))[1:] == [
        "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · (−1) = −1",
        "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · (−1) = −1, so far −1 + (−1) = −2",
        "∂f/∂x += ∂f/∂a · ∂a/∂x = (−2) · 1 = −2",
    ]
    for expression, line in FORMULAS:
        assert lines(walk(expression, x=2.0), "forward") == [line]
    whole = walk("mean(x)", x=tuple(map(float, range(12))))
    assert lines(whole, "forward") == ["f = mean(x) = mean([0, 1, 2, …]) = 5.5"]
    assert whole.nodes[0].value.text == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"


FORMULAS = cells("""
    sigmoid(x) → f = sigmoid(x) = sigmoid(2) = 0.8808   x**2 → f = x² = 2² = 4
    x**-1 → f = x⁻¹ = 2⁻¹ = 0.5   x**0.5 → f = x^0.5 = 2^0.5 = 1.4142   2**x → f = 2^x = 2^2 = 4
    -x → f = −x = −2   x*-2 → f = x · (−2) = 2 · (−2) = −4   x − 5 → f = x − 5 = 2 − 5 = −3
    x·3 → f = x · 3 = 2 · 3 = 6   x*1e9 → f = x · (1×10⁹) = 2 · (1×10⁹) = 2×10⁹
    loss = x/4 → loss = x / 4 = 2 / 4 = 0.5
    maximum(x, -1) → f = maximum(x, −1) = maximum(2, −1) = 2
""")
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
        assert note in [move.note for move in moves if move.phase == "forward"][-1]
    last = walk("sqrt(x)", x=0.0).moves[-1]
    assert last.line == "∂f/∂x += ∂f/∂f · ∂f/∂x = 1 · ∞ = ∞"
    assert "the local derivative is infinite" in last.note
    assert [move.note for move in walk("x*y", x=1.0, y=2.0).moves] == [""] * 4


def test_nodes_their_order_and_their_names() -> None:
    nodes = walk("mean((w*x + b - y)**2) + w", w=1.0, x=(1.0, 2.0), b=0.0, y=(2.0, 4.0)).nodes
    assert [node.name for node in nodes] == [*"wxbyacdegf"]
    for index, node in enumerate(nodes):
        assert all(source < index for source in node.inputs)
    assert [node.kind for node in nodes] == ["input"] * 4 + ["operation"] * 5 + ["result"]
    formulas = ["w · x", "a + b", "c − y", "d²", "mean(e)", "g + w"]
    assert [node.formula for node in nodes[4:]] == formulas
    # Names in use are skipped.
    assert [node.name for node in walk("f*a + sin(c)", f=1.0, a=2.0, c=3.0).nodes] == [*"facbdg"]
    weighted = walk("L*x", gradient=3.0, L=1.0, x=2.0)
    assert (weighted.root, weighted.result.name) == ("L′", "f")
    assert weighted.moves[1].line == "L′ = gradient · f, so ∂L′/∂f = gradient = 3"
    # Equal parts are computed once, and a constant belongs to its operation.
    nodes = walk("(x+y)*(x+y) + 2*x + 2*y + 2*x", x=1.0, y=2.0).nodes
    formulas = ["x + y", "a · a", "2 · x", "b + c", "2 · y", "d + e", "g + c"]
    assert [node.formula for node in nodes if node.operation] == formulas
    assert [node.name for node in nodes if node.kind == "constant"] == ["2", "2"]
    # The part 1 is y; the constant 1.0 equals it in Python, and 0 equals −0.
    assert walk("x*y + x*1", x=2.0, y=3.0).result.value.plain == 8
    assert walk("1*x + x**1", x=2.0).result.value.plain == 4
    assert walk("x/0 - x/-0", x=2.0).result.value.plain == inf
    square = walk("x*x", x=3.0)
    ends = [(edge.source, edge.target) for edge in square.edges]
    assert ends == [(0, 1), (0, 1)]
    assert [move.edge for move in square.moves if move.edge is not None] == [0, 1]
    for text, value in cells("""6 → 6   0.5 → .5   0 → -0   100 → 100   20.05 → 20.05
        0.3 → 0.30000000000000004   0.7311 → .731058   1.0000 → .99999   1.5×10⁹ → 1.5e9
        −2×10⁻⁷ → -2e-7   not a number → nan"""):
        assert short(float(value)) == text


def test_positions_say_what_is_known() -> None:
    product = walk("x*y*z", ("x", "y"), x=2.0, y=3.0, z=4.0)
    start, end = WalkPosition(product, 0), WalkPosition(product, len(product.moves))
    assert (start.move, start.begun, start.done, end.done) == (None, False, False, True)
    assert start.known == (True, True, True, False, False)
    assert start.gradients == (None,) * 5
    assert product.forward_moves == 2
    assert WalkPosition(product, 1).known == (True, True, True, True, False)
    assert [each and each.plain for each in end.gradients] == [12.0, 8.0, None, 4.0, 1.0]
    # ∂a/∂x, ∂a/∂y, ∂f/∂a, and no gradient for z
    assert [each and each.plain for each in end.locals] == [3.0, 2.0, 4.0, None]
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
    note(note(a * note(torch.exp(note(note(torch.sin(b)) + x)))) - w).backward()
    targets = [ours.edges[move.edge].target for move in ours.moves if move.edge is not None]
    assert [ours.nodes[target].grad_fn for target in dict.fromkeys(targets)] == order
    assert len(targets) == len(ours.edges)


def test_a_backward_that_cannot_start_ends_the_walk_with_the_words_of_pytorch() -> None:
    stopped = walk("x*2", x=(1.0, 2.0))
    for ours, start, words in (
        (walk("x*y", (), x=1.0, y=2.0), torch.tensor(2.0), "Let an input require one"),
        (walk("2*3"), torch.tensor(2.0), "The expression has no input"),
        (stopped, torch.ones(2, requires_grad=True).exp(), "gradient=[1, 1]"),
    ):
        with pytest.raises(RuntimeError) as raised:
            start.backward()
        last = ours.moves[-1]
        assert (last.phase, last.line) == ("backward", "f.backward()")
        assert ours.error == last.error == str(raised.value)
        assert words in last.explanation
    assert stopped.check is None
    assert WalkPosition(stopped, len(stopped.moves)).gradients == (None,) * 3
    gradients: dict[Numbers, str] = {1.0: "torch.Size([2])", (1.0, 2.0, 3.0): "torch.Size([3])"}
    for gradient, shape in gradients.items():
        stopped = walk("x*2", gradient=gradient, x=(1.0, 2.0))
        assert "Mismatch in shape" in stopped.error
        assert shape in stopped.error
        assert "a list of 2" in stopped.moves[-1].explanation


# The programs.


def run(name: str) -> tuple[RanStatement, ...]:
    session = ProgramSession(program(name))
    while session.step():
        pass
    return session.position.ran


def tensor(ran: RanStatement, name: str) -> TensorRecord:
    return next(each for each in ran.tensors if each.name == name)


N = None


GRADIENTS: dict[str, list[object]] = {
    # The gradient of x after each statement.
    "twice": [N, N, 6, 6, 6, N, 6, 12],
    "accumulate": [N, 3, 6, 0, 3, N, 3, 3, N],
    # x⁴ at 2: 16, its derivative 4x³ = 32, the second derivative 12x² = 48.
    "second": [N, N, N, 48, 48, 48, 48],
    "weighted": [N, N, N, [2, 40], N, N, N, [32, 34]],
    "no-grad": [N, N, N, N, N, 9, 9],
    "in-place": [N, N, N, N, N, N, N, 42],
    "frozen": [N, N, N, 3, 3, 3, 6, 6, 6],
}


def test_programs_do_what_their_statements_do_in_plain_python(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert list(GRADIENTS) == list(PROGRAMS)
    for name, gradients in GRADIENTS.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            statements = run(name)
        assert not caught
        found = [tensor(each, "x").gradient for each in statements]
        assert [each and each.plain for each in found] == gradients
        plain_session: dict[str, Any] = {"torch": torch}
        for ran in statements:
            error = ""
            try:
                exec(ran.statement.code, plain_session)
            except RuntimeError as raised:
                error = f"RuntimeError: {raised}"
            assert (ran.error, bool(ran.statement.refusal)) == (error, bool(error))
            assert ran.statement.why
            for record in ran.tensors:
                real = plain_session[record.name]
                assert record.value.plain == real.tolist()
                assert (record.requires_grad, record.is_leaf) == (real.requires_grad, real.is_leaf)
                assert record.grad_fn == (real.grad_fn and real.grad_fn.name())
                if real.is_leaf:
                    gradient = None if real.grad is None else real.grad.tolist()
                    assert (record.gradient and record.gradient.plain) == gradient
    assert capfd.readouterr() == ("", "")
    assert run("accumulate")[3].output == "tensor(0.)"


def test_a_session_goes_one_statement_at_a_time_and_stays_at_the_end() -> None:
    session, other = ProgramSession(program("twice")), ProgramSession(program("twice"))
    start = session.position
    with torch.no_grad():  # works with gradients disabled too
        first = session.step()
    assert first is not None
    assert first.statement is start.program.statements[0]
    assert session.position.ran == (first,)
    assert (start.begun, start.done, session.position.begun) == (False, False, True)
    while session.step():
        pass
    assert session.position.done
    assert len(session.position.ran) == len(start.program.statements)
    untouched = other.step()  # sessions share nothing
    assert untouched is not None
    assert tensor(untouched, "x").gradient is None
    with pytest.raises(ValueError, match="no program 'twise'; did you mean twice"):
        program("twise")
