"""Values and gradients of an expression, against PyTorch run directly and finite differences."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch
from torch.nn import functional

from engine.graph.operations import FUNCTIONS, NEGATIVE, SIGNS, Numbers
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import TORCH_FUNCTIONS, take_apart
from engine.graph.walk import GradientCheck, GraphWalk, WalkPosition

X, Y, Z = 0.7, -1.3, 2.5
V, W = (0.5, 1.5, 2.0), (-1.0, 0.25, 3.0)
VALUES = {"X": X, "Y": Y, "Z": Z, "V": V, "W": W, "U": (2.0,)}
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


def case(text: str) -> tuple[str, dict[str, Numbers]]:
    """An expression, and its inputs by name."""
    expression, _, inputs = text.rpartition(": ")
    pairs = [pair.split("=") for pair in inputs.split()]
    return expression.strip(), {name: VALUES.get(v) or float(v) for name, v in pairs}


CASES = [case(text) for text in TABLE.split(";")]
BUILT_IN = {name: getattr(torch, name) for name in FUNCTIONS if hasattr(torch, name)}
BUILT_IN |= {name: getattr(functional, name) for name in ("softplus", "silu", "gelu")}


def tensors(inputs: dict[str, Numbers]) -> dict[str, torch.Tensor]:
    return {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in inputs.items()
    }


def taking_numbers(function: Any) -> Any:
    """The function, taking Python's numbers as well, which PyTorch's do not."""
    return lambda *given: function(*(torch.as_tensor(each, dtype=torch.float64) for each in given))


def plain(expression: str, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """What a learner's own script computes."""
    functions = {name: taking_numbers(function) for name, function in BUILT_IN.items()}
    result: torch.Tensor = eval(expression.rpartition("= ")[2], {**functions, **inputs})
    return result


def weighted(expression: str, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    result = plain(expression, inputs)
    return (result * torch.arange(1, result.numel() + 1).reshape(result.shape)).sum()


def taken_apart(expression: str, inputs: dict[str, Numbers]) -> GraphWalk:
    """With the weights 1, 2, 3, … where the result is a vector."""
    result = plain(expression, tensors(inputs))
    weights = tuple(float(1 + index) for index in range(result.numel()))
    return take_apart(GraphSettings(expression, inputs, gradient=weights if result.shape else None))


def test_values_and_gradients() -> None:
    for expression, inputs in CASES:
        compare(expression, inputs)


def compare(expression: str, inputs: dict[str, Numbers]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nobody is warned
        walk = taken_apart(expression, inputs)
    leaves = walk.nodes[: len(inputs)]
    # As PyTorch's own, and as differences.
    direct = tensors(inputs)
    result = plain(expression, direct)
    assert walk.result.value.plain == pytest.approx(result.tolist(), rel=1e-12)
    assert walk.result.value.shape == tuple(result.shape)
    weighted(expression, direct).backward()
    for node in leaves:
        gradient = direct[node.name].grad
        assert gradient is not None
        assert node.gradient is not None
        assert node.gradient.plain == pytest.approx(gradient.tolist(), rel=1e-12, abs=1e-14)
        for index, number in enumerate(node.gradient.numbers):
            up, down = tensors(inputs), tensors(inputs)
            up[node.name].detach().view(-1)[index] += 1e-5
            down[node.name].detach().view(-1)[index] -= 1e-5
            difference = (weighted(expression, up) - weighted(expression, down)).item() / 2e-5
            assert number == pytest.approx(difference, rel=1e-6, abs=1e-6), expression
    # The check of the walk compares them, too.
    check = walk.check
    assert check is not None
    assert check.difference is not None
    assert check.difference < 1e-6
    assert check.reasons == ()
    assert [each.name for each in check] == list(inputs)
    # What comes over the edges adds up to them.
    end = WalkPosition(walk, len(walk.moves))
    assert end.gradients == tuple(node.gradient for node in walk.nodes)
    sums = [torch.zeros(node.value.shape, dtype=torch.float64) for node in walk.nodes]
    for edge in walk.edges:
        above = walk.nodes[edge.target].gradient
        if edge.local is None:
            assert not walk.nodes[edge.source].requires_grad
            continue
        assert above is not None
        upstream = torch.tensor(above.plain, dtype=torch.float64)
        product = upstream * torch.tensor(edge.local.plain, dtype=torch.float64)
        sums[edge.source] += product.sum_to_size(sums[edge.source].shape)
    for node, total in zip(walk.nodes[:-1], sums[:-1], strict=True):
        if node.gradient is not None:
            assert node.gradient.plain == pytest.approx(total.tolist(), rel=1e-12, abs=1e-14)


def test_every_operation_is_among_the_cases_under_the_name_that_pytorch_gives_it() -> None:
    used = {node.operation for case in CASES for node in taken_apart(*case).nodes} - {""}
    assert used == {*SIGNS, NEGATIVE.name, *FUNCTIONS} - {"dot"} == set(TORCH_FUNCTIONS)
    for name, function in FUNCTIONS.items():
        if function.arity == 1:
            walk = take_apart(GraphSettings(f"{name}(x)", {"x": V}))
            result = BUILT_IN[name](torch.tensor(V, dtype=torch.float64, requires_grad=True))
            assert walk.result.grad_fn == result.grad_fn.name()
            assert walk.nodes[0].grad_fn == "AccumulateGrad"


def by_name(walk: GraphWalk) -> dict[str, Any]:
    return {node.name: node.gradient and node.gradient.plain for node in walk.nodes}


def test_the_two_examples() -> None:
    with torch.no_grad():  # it computes where gradients are switched off, too
        walk = take_apart(GraphSettings("x*y*z", {"x": 2.0, "y": 3.0, "z": 4.0}))
    assert by_name(walk) == {"x": 12.0, "y": 8.0, "z": 6.0, "a": 4.0, "f": 1.0}
    walk = take_apart(GraphSettings("mean(x*y)", {"x": (1.0,), "y": (2.0,)}))
    assert by_name(walk) == {"x": [2.0], "y": [1.0], "a": [1.0], "f": 1.0}


def test_what_requires_no_gradient_gets_none() -> None:
    inputs: dict[str, Numbers] = {"w": 3.0, "x": 2.0, "b": 1.0}
    walk = take_apart(GraphSettings("w*x + exp(b)", inputs, requires_grad=("w",)))
    nodes = {node.name: node for node in walk.nodes}
    assert by_name(walk) == {"w": 2.0, "x": None, "b": None, "a": 1.0, "c": None, "f": 1.0}
    assert [nodes[name].requires_grad for name in "wxbac"] == [True, False, False, True, False]
    assert nodes["c"].is_leaf  # so PyTorch calls what is computed without any gradient
    assert nodes["c"].grad_fn is None
    assert walk.check is not None
    assert [each.name for each in walk.check] == ["w"]


def test_what_is_not_finite_does_not_stop_it() -> None:
    inf, nan = math.inf, math.nan
    for expression, x, value, gradient in (
        ("log(x)", -1.0, nan, -1.0), ("log(x)", 0.0, -inf, inf), ("1/x", 0.0, inf, -inf),
        ("x/x", 0.0, nan, nan), ("sqrt(x)", 0.0, 0.0, inf), ("exp(x)", 1000.0, inf, inf),
        ("9**9**9 + x", 1.0, inf, 1.0), ("9**9**9 * x", 0.0, nan, inf),
    ):  # fmt: skip
        walk = take_apart(GraphSettings(expression, {"x": x}))
        assert walk.nodes[0].gradient is not None
        assert walk.result.value.plain == pytest.approx(value, nan_ok=True)
        assert walk.nodes[0].gradient.plain == pytest.approx(gradient, nan_ok=True)
        assert walk.check is not None
        assert walk.check.difference is None
        assert "not finite" in walk.check.reasons[0]


def checked(expression: str, x: Numbers) -> GradientCheck:
    check = take_apart(GraphSettings(expression, {"x": x})).check
    assert check is not None
    return check


def test_kinks_and_rough_values_are_named() -> None:
    for expression, x, words in (
        ("relu(x)", 0.0, "slope is 0 on the left and 1 on the right, and PyTorch takes 0"),
        ("abs(x)", 0.0, "slope is −1 on the left and 1 on the right, and PyTorch takes 0"),
        ("relu(3*x - 6) * x", 2.0, "0 on the left and 6 on the right, and PyTorch takes 0"),
        ("maximum(x, 1)", 1.0, "0 on the left and 1 on the right, and PyTorch takes 0.5"),
        ("sum(relu(x))", (1.0, 0.0), "x: at number 2: there is a kink"),
        ("x + 1e15", 1.0, "x: the values beside it are too rough for differences"),
    ):
        check = checked(expression, x)
        assert check.difference is None
        assert words in check.reasons[0]


def test_differences_are_good_beside_kinks_poles_and_far_out() -> None:
    for expression, x in (
        *(("relu(x)", 1e-4), ("abs(x)", -1e-6), ("log(x)", 1e-5), ("x**2", 1e6), ("1/x", 1e-3)),
        *(("sin(1000*x)", 0.3), ("exp(x)", 20.0), ("tanh(x)", 30.0), ("sigmoid(x)", -40.0)),
        ("x**10", 3.0),
    ):
        [compared] = checked(expression, x)
        assert compared.reason == ""
        assert compared.gradient is not None
        assert compared.difference is not None
        assert compared.difference <= 1e-6 * max(1.0, abs(compared.gradient.numbers[0]))
        assert compared.close
