"""Computes an expression or a program with PyTorch, and records every value and gradient."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from engine.expression import Refused, mathematical
from engine.graph.operations import Numbers, Value, short
from engine.graph.programs import AutogradProgram, ProgramPosition, RanStatement, TensorRecord
from engine.graph.settings import GraphPart, GraphSettings
from engine.graph.walk import (
    CLOSE,
    Arrival,
    ComparedGradient,
    GradientCheck,
    GraphEdge,
    GraphNode,
    GraphWalk,
    Move,
    backward_moves,
    forward_moves,
)

TORCH_FUNCTIONS: Mapping[str, Callable[..., torch.Tensor]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "@": torch.dot,
    "negative": operator.neg,
    **{name: getattr(functional, name) for name in ("softplus", "silu", "gelu")},
    **{
        name: getattr(torch, name)
        for name in (
            *("exp", "log", "log1p", "sqrt", "square", "abs", "sin", "cos"),
            *("sigmoid", "tanh", "relu", "sum", "mean", "prod", "max", "min"),
            *("maximum", "minimum"),
        )
    },
}
"""PyTorch's function for each operation that an expression may use."""


def take_apart(settings: GraphSettings) -> GraphWalk:
    """Return the graph of an expression with its values and gradients, and the walk over it.

    Raises `Refused` for shapes that do not fit, with PyTorch's message and the place.
    """
    required = settings.requires_grad or ()
    with torch.enable_grad():
        inputs = [_tensor(value, name in required) for name, value in settings.inputs.items()]
        tensors = forward(settings, inputs)
        edges = _edges(settings.parts, tensors)
        arrivals = _listen(tensors, edges)
        error, gradient = "", settings.gradient
        try:
            tensors[-1].backward(None if gradient is None else _tensor(gradient))
        except RuntimeError as raised:
            error = str(raised)
    nodes = tuple(map(_node, settings.parts, tensors))
    moves = list(forward_moves(settings.parts, nodes))
    root, compared = nodes[-1].name, None
    if error:
        moves.append(_refused(nodes, settings, error))
    else:
        seed = tensors[-1].grad
        assert seed is not None
        if gradient is not None:
            root = "L" if all(node.name != "L" for node in nodes) else "L′"  # never a name
        moves.extend(backward_moves(nodes, edges, root, _value(seed), arrivals))
        gradients = {i: each.grad for i, each in enumerate(inputs) if each.grad is not None}
        values = [each.detach() for each in inputs]
        compared = _check(settings, values, seed, gradients)
    return GraphWalk(settings, nodes, edges, tuple(moves), root, compared)


def forward(settings: GraphSettings, inputs: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Return a tensor for every part of the graph; raises `Refused` for shapes that do not fit.

    A constant is also a tensor: PyTorch would create two nodes for `2 / x` with a number.
    """
    tensors = list(inputs)
    for part in settings.parts[len(tensors) :]:
        if part.constant is not None:
            tensors.append(_tensor(part.constant))
            continue
        operands = [tensors[index] for index in part.inputs]
        try:
            tensors.append(_apply(part, operands))
        except RuntimeError as error:
            shapes = " and ".join(
                f"{settings.parts[index].name} is "
                + (f"a vector of {len(each)}" if each.ndim else "a scalar")
                for index, each in zip(part.inputs, operands, strict=True)
            )
            message = f"{part.formula} cannot be computed: {shapes}. PyTorch says: "
            message += str(error).splitlines()[0]
            text = mathematical(settings.expression)
            raise Refused(message, text, part.tree or (0, len(text))) from None
    return tensors


def _apply(part: GraphPart, operands: Sequence[torch.Tensor]) -> torch.Tensor:
    assert part.operation is not None
    function = TORCH_FUNCTIONS[part.operation.name]
    return function(*operands) if part.exponent is None else function(*operands, part.exponent)


def _tensor(numbers: Numbers, requires_grad: bool = False) -> torch.Tensor:
    """Return a scalar, shape (), or a vector, shape (numbers,)."""
    return torch.tensor(numbers, dtype=torch.float64, device="cpu", requires_grad=requires_grad)


def _value(tensor: torch.Tensor) -> Value:
    return Value(tuple(tensor.shape), tuple(tensor.detach().flatten().tolist()))


def _edges(parts: Sequence[GraphPart], tensors: Sequence[torch.Tensor]) -> tuple[GraphEdge, ...]:
    """Return every input of every operation, with the local derivative if a gradient uses it.

    PyTorch differentiates each operation separately, on detached inputs that are stretched to the
    size of its result, all in one pass. The sum gives each number of a result the weight 1.
    """
    outputs: list[torch.Tensor] = []
    wanted: dict[tuple[int, int], torch.Tensor] = {}
    for target, part in enumerate(parts):
        if not tensors[target].requires_grad or not part.inputs:
            continue
        alone = [tensors[source].detach() for source in part.inputs]
        alone = [each.detach() for each in torch.broadcast_tensors(*alone)]
        for slot, source in enumerate(part.inputs):
            if tensors[source].requires_grad:
                wanted[target, slot] = alone[slot].requires_grad_()
        outputs.append(_apply(part, alone).sum())
    found: dict[tuple[int, int], Value] = {}
    if wanted:
        gradients = torch.autograd.grad(outputs, list(wanted.values()))
        found = dict(zip(wanted, map(_value, gradients), strict=True))
    return tuple(
        GraphEdge(source, target, found.get((target, slot)))
        for target, part in enumerate(parts)
        for slot, source in enumerate(part.inputs)
    )


def _listen(tensors: Sequence[torch.Tensor], edges: Sequence[GraphEdge]) -> list[Arrival]:
    """Return a list that backward fills, in its own order, with the gradients at each node."""
    arrivals: list[Arrival] = []
    gradients = Sequence[torch.Tensor | None]

    def note(leaving: list[int], inputs: gradients, outputs: Sequence[torch.Tensor]) -> None:
        for index, gradient in zip(leaving, inputs, strict=True):
            if gradient is not None:
                arrivals.append(Arrival(index, _value(outputs[0]), _value(gradient)))

    for target, tensor in enumerate(tensors):
        if tensor.requires_grad:
            tensor.retain_grad()
        if tensor.grad_fn is not None:
            leaving = [index for index, edge in enumerate(edges) if edge.target == target]
            tensor.grad_fn.register_hook(partial(note, leaving))
    return arrivals


def _node(part: GraphPart, tensor: torch.Tensor) -> GraphNode:
    facts = _facts(part.name, tensor)
    if tensor.requires_grad and tensor.grad_fn is None:
        facts["grad_fn"] = "AccumulateGrad"
    return GraphNode(
        operation=part.operation.name if part.operation else "",
        formula=part.formula,
        inputs=part.inputs,
        kind=part.kind,
        **facts,
    )


def _facts(name: str, tensor: torch.Tensor) -> dict[str, Any]:
    # PyTorch warns if the gradient of any other tensor is read.
    gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
    return {
        "name": name,
        "value": _value(tensor),
        "requires_grad": tensor.requires_grad,
        "is_leaf": tensor.is_leaf,
        "grad_fn": None if tensor.grad_fn is None else tensor.grad_fn.name(),
        "gradient": None if gradient is None else _value(gradient),
    }


def _refused(nodes: Sequence[GraphNode], settings: GraphSettings, error: str) -> Move:
    result = nodes[-1]
    length = len(result.value.numbers)
    if not settings.inputs:
        explanation = (
            "The expression has no input, so PyTorch kept no graph to go back over. "
            "Use an input, as in 2*x."
        )
    elif not result.requires_grad:
        explanation = (
            "No input requires a gradient, so PyTorch kept no graph to go back over. "
            "Let an input require one."
        )
    elif settings.gradient is None:
        explanation = (
            f"{result.name} has {length} numbers, and backward starts from one. Add them up "
            f"with sum(…) or mean(…), or weight them: gradient={[1] * length}."
        )
    else:
        explanation = (
            f"The weights must have the shape of {result.name}, {result.value.shape}: "
            f"{'one number' if not result.value.shape else f'a list of {length}'}."
        )
    call = "" if settings.gradient is None else f"gradient={Value.of(settings.gradient).brief}"
    line = f"{result.name}.backward({call})"
    nothing = (None,) * len(nodes)
    return Move("backward", len(nodes) - 1, None, line, nothing, "", error, explanation)


# Gradients from finite differences, to check those of backward.

WIDTHS = 1e-2 * 8.0 ** -torch.arange(9, dtype=torch.float64)
"""The values of h for x between −1 and 1; they are scaled up for a larger x."""
_ROUNDING = 4 * torch.finfo(torch.float64).eps


def _check(
    settings: GraphSettings,
    inputs: Sequence[torch.Tensor],
    seed: torch.Tensor,
    gradients: Mapping[int, torch.Tensor],
) -> GradientCheck:
    """Compare gradients with the central differences (f(x + h) − f(x − h)) / 2h.

    `gradients` holds those of the inputs that require one, by index in `inputs`; f is the sum of
    the result's numbers, weighted by `seed`.
    """
    names = list(settings.inputs)
    sizes = {index: inputs[index].numel() for index in gradients}

    def f(x: torch.Tensor) -> torch.Tensor:
        pieces = dict(zip(sizes, x.split(list(sizes.values())), strict=True))
        moved = [
            pieces[index].reshape(each.shape) if index in pieces else each
            for index, each in enumerate(inputs)
        ]
        return (seed * forward(settings, moved)[-1]).sum()

    with torch.no_grad():
        slopes = iter(_slopes(f, torch.cat([inputs[index].flatten() for index in sizes])))
    return GradientCheck(
        _compared(names[index], gradient, [next(slopes) for _ in range(sizes[index])])
        for index, gradient in gradients.items()
    )


class _Slope(NamedTuple):
    """The slopes of f in the direction of one number."""

    central: float
    left: float
    right: float
    error: float  # the estimated error of the central slope; infinite if unknown
    kink: bool  # whether left and right slopes differ for every width


def _slopes(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> list[_Slope]:
    """Return the slope in the direction of each number of `x`, shape (numbers,).

    A wide h misses the curvature, and a narrow one suffers from rounding: the width is used whose
    slope differs least from that of the next wider one.
    """
    h = x.abs().clamp(min=1)[:, None] * WIDTHS
    up, down = x[:, None] + h, x[:, None] - h  # shape (numbers, widths), as all below
    after, before, here = _at(f, x, up), _at(f, x, down), f(x)
    central = (after - before) / (up - down)
    right, left = (after - here) / (up - x[:, None]), (here - before) / (x[:, None] - down)
    error = torch.full_like(h, math.inf)
    error[:, 1:] = (
        central.diff().abs() + (_ROUNDING * torch.maximum(after.abs(), before.abs()) / h)[:, 1:]
    )
    gap = (right - left).abs()
    kink = torch.zeros_like(h, dtype=torch.bool)
    kink[:, 1:] = gap[:, 1:] > gap[:, :-1] / 2  # an eighth for a smooth curve
    kink &= gap > 10 * CLOSE * central.abs().clamp(min=1)
    best = error.nan_to_num(math.inf, math.inf).argmin(1, keepdim=True)
    columns = [
        each.gather(1, best).flatten().tolist() for each in (central, left, right, error, kink)
    ]
    return [_Slope(*row) for row in zip(*columns, strict=True)]


def _at(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, moved: torch.Tensor
) -> torch.Tensor:
    """Return f with one number of `x` moved at a time, shape of `moved`.

    All values are computed in one pass, which is a hundred times faster than one by one.
    """
    here = torch.eye(len(x), dtype=torch.bool)[:, None, :]
    rows = torch.where(here, moved[:, :, None], x)  # (numbers, widths, numbers)
    values: torch.Tensor = torch.func.vmap(f)(rows.flatten(0, 1))
    return values.reshape(moved.shape)


def _compared(name: str, gradient: torch.Tensor, slopes: Sequence[_Slope]) -> ComparedGradient:
    value = _value(gradient)
    pairs = list(zip(value.numbers, slopes, strict=True))
    for index, (number, slope) in enumerate(pairs):
        if reason := _reason(number, slope):
            where = f"at number {index + 1}: " if value.shape else ""
            return ComparedGradient(name, value, None, where + reason)
    return ComparedGradient(name, value, max(abs(a - slope.central) for a, slope in pairs))


def _reason(gradient: float, slope: _Slope) -> str:
    """Return the reason why a gradient cannot be compared; empty if it can."""
    if not math.isfinite(gradient):
        return "the gradient is not finite"
    if not math.isfinite(slope.error):
        return "the values beside it are not finite"
    if slope.kink:
        return (
            f"there is a kink: the slope is {short(round(slope.left, 3))} on the left and "
            f"{short(round(slope.right, 3))} on the right, and PyTorch takes {short(gradient)}"
        )
    if slope.error > CLOSE * max(1.0, abs(slope.central)):
        return "the values beside it are too rough for differences"
    return ""


class ProgramSession:
    """Runs a program of this lesson statement by statement; a new session starts at the top."""

    def __init__(self, program: AutogradProgram) -> None:
        self.position = ProgramPosition(program, ())
        self._names: dict[str, Any] = {"torch": torch}

    def step(self) -> RanStatement | None:
        """Run the next statement; returns None at the end of the program."""
        if self.position.done:
            return None
        program, ran = self.position.program, self.position.ran
        statement = program.statements[len(ran)]
        output, error = "", ""
        # PyTorch and Python would print warnings across the screen.
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")
            try:
                output = self._run(statement.code)
            except RuntimeError as raised:
                error = f"{type(raised).__name__}: {raised}"
        tensors = {n: each for n, each in self._names.items() if isinstance(each, torch.Tensor)}
        records = (TensorRecord(**_facts(name, each)) for name, each in tensors.items())
        made = RanStatement(statement, output, error, tuple(records))
        self.position = ProgramPosition(program, (*ran, made))
        return made

    def _run(self, code: str) -> str:
        """Return the value of an expression, as Python prints it; empty for a statement."""
        try:
            expression = compile(code, "<program>", "eval")
        except SyntaxError:
            exec(compile(code, "<program>", "exec"), self._names)
            return ""
        result = eval(expression, self._names)
        return "" if result is None else repr(result)
