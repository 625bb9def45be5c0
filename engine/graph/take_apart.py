"""An expression or a program computed by PyTorch, with every value and gradient recorded."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from engine.expression import Refused
from engine.graph.build import ExpressionGraph, GraphPart
from engine.graph.differences import check
from engine.graph.operations import Numbers, Value
from engine.graph.programs import AutogradProgram, ProgramPosition, RanStatement, TensorRecord
from engine.graph.settings import GraphSettings
from engine.graph.walk import (
    Arrival,
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
"""What PyTorch calls each operation that an expression may use."""


def take_apart(settings: GraphSettings) -> GraphWalk:
    """The graph of an expression with its values and gradients, and the walk over it.

    Raises:
        Refused: shapes that do not fit, with PyTorch's own words and the place.
    """
    required = settings.requires_grad or ()
    with torch.enable_grad():
        graph = settings.graph
        inputs = [_tensor(value, name in required) for name, value in settings.inputs.items()]
        tensors = forward(graph, inputs)
        edges = _edges(graph, tensors)
        arrivals = _listen(tensors, edges)
        error = _backward(tensors, settings.gradient)
    nodes = tuple(_nodes(graph, tensors))
    moves = list(forward_moves(graph, nodes))
    root, compared = nodes[-1].name, None
    if error:
        moves.append(_refused(nodes, settings, error))
    else:
        seed = tensors[-1].grad
        assert seed is not None
        if settings.gradient is not None:
            root = "L" if all(node.name != "L" for node in nodes) else "L′"  # never a name
        moves.extend(backward_moves(nodes, edges, root, _value(seed), arrivals))
        gradients = {i: each.grad for i, each in enumerate(inputs) if each.grad is not None}
        values = [each.detach() for each in inputs]
        names = list(settings.inputs)
        compared = check(lambda moved: forward(graph, moved)[-1], names, values, seed, gradients)
    return GraphWalk(settings, nodes, edges, tuple(moves), root, compared)


def forward(graph: ExpressionGraph, inputs: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """A tensor for every part of the graph, computed one after the other.

    A constant is a tensor as well: PyTorch would make two nodes of `2 / x` with a number.

    Raises:
        Refused: shapes that do not fit, with PyTorch's own words.
    """
    tensors = list(inputs)
    for part in graph.parts[len(tensors) :]:
        if part.constant is not None:
            tensors.append(_tensor(part.constant))
            continue
        operands = [tensors[index] for index in part.inputs]
        try:
            tensors.append(_apply(part, operands))
        except RuntimeError as error:
            shapes = " and ".join(
                f"{graph.parts[index].name} is "
                + (f"a vector of {len(each)}" if each.ndim else "a scalar")
                for index, each in zip(part.inputs, operands, strict=True)
            )
            message = f"{graph.formula(part)} cannot be computed: {shapes}. PyTorch says: "
            message += str(error).splitlines()[0]
            place = part.tree or (0, len(graph.text))
            raise Refused(message, graph.text, place) from None
    return tensors


def _apply(part: GraphPart, operands: Sequence[torch.Tensor]) -> torch.Tensor:
    assert part.operation is not None
    function = TORCH_FUNCTIONS[part.operation.name]
    return function(*operands) if part.exponent is None else function(*operands, part.exponent)


def _tensor(numbers: Numbers, requires_grad: bool = False) -> torch.Tensor:
    """A scalar has no dimension, shape (); a vector has one, shape (numbers,)."""
    return torch.tensor(numbers, dtype=torch.float64, device="cpu", requires_grad=requires_grad)


def _value(tensor: torch.Tensor) -> Value:
    """A copy of the tensor's numbers."""
    return Value(tuple(tensor.shape), tuple(tensor.detach().flatten().tolist()))


def _edges(graph: ExpressionGraph, tensors: Sequence[torch.Tensor]) -> tuple[GraphEdge, ...]:
    """Every input of every operation, with the local derivative where a gradient will go.

    PyTorch differentiates each operation by itself, on detached inputs that are stretched to the
    size of its result; all of them in one pass. The sum gives each number of a result the
    weight 1.
    """
    outputs: list[torch.Tensor] = []
    wanted: dict[tuple[int, int], torch.Tensor] = {}
    for target, part in enumerate(graph.parts):
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
        GraphEdge(source, target, slot, found.get((target, slot)))
        for target, part in enumerate(graph.parts)
        for slot, source in enumerate(part.inputs)
    )


def _listen(tensors: Sequence[torch.Tensor], edges: Sequence[GraphEdge]) -> list[Arrival]:
    """A list that backward fills, in its own order, with what passes through each node."""
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


def _backward(tensors: Sequence[torch.Tensor], gradient: Numbers | None) -> str:
    """Run backward from the last tensor; PyTorch's error where it does not start."""
    try:
        tensors[-1].backward(None if gradient is None else _tensor(gradient))
    except RuntimeError as error:
        return str(error)
    return ""


def _nodes(graph: ExpressionGraph, tensors: Sequence[torch.Tensor]) -> Iterator[GraphNode]:
    for part, tensor in zip(graph.parts, tensors, strict=True):
        is_result = part is graph.parts[-1]
        facts = _facts(tensor)
        if tensor.requires_grad and tensor.grad_fn is None:
            facts["grad_fn"] = "AccumulateGrad"
        yield GraphNode(
            name=part.name,
            kind=("result" if is_result else "operation")
            if part.operation
            else ("input" if part.constant is None else "constant"),
            operation=part.operation.name if part.operation else "",
            formula=graph.formula(part),
            inputs=part.inputs,
            **facts,
        )


def _facts(tensor: torch.Tensor) -> dict[str, Any]:
    """The fields of a `TensorRecord`, without its name."""
    # PyTorch warns when any other tensor is asked for its gradient.
    gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
    return {
        "value": _value(tensor),
        "requires_grad": tensor.requires_grad,
        "is_leaf": tensor.is_leaf,
        "grad_fn": None if tensor.grad_fn is None else tensor.grad_fn.name(),
        "gradient": None if gradient is None else _value(gradient),
    }


def _refused(nodes: Sequence[GraphNode], settings: GraphSettings, error: str) -> Move:
    """The last move of a walk whose backward does not start."""
    result = nodes[-1]
    length = len(result.value.numbers)
    if not result.requires_grad:
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


class ProgramSession:
    """Runs a program of this lesson statement by statement; a new session starts from the top."""

    def __init__(self, program: AutogradProgram) -> None:
        self.position = ProgramPosition(program, ())
        self._names: dict[str, Any] = {"torch": torch}

    def step(self) -> RanStatement | None:
        """Run the next statement; None at the end of the program."""
        if self.position.done:
            return None
        program, ran = self.position.program, self.position.ran
        statement = program.statements[len(ran)]
        output, error = "", ""
        # PyTorch's and Python's warnings would be written across the screen.
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")
            try:
                output = self._run(statement.code)
            except RuntimeError as raised:
                error = f"{type(raised).__name__}: {raised}"
        tensors = {n: each for n, each in self._names.items() if isinstance(each, torch.Tensor)}
        records = (TensorRecord(name=name, **_facts(each)) for name, each in tensors.items())
        made = RanStatement(statement, output, error, tuple(records))
        self.position = ProgramPosition(program, (*ran, made))
        return made

    def _run(self, code: str) -> str:
        """The value of an expression, as Python writes it; empty for a statement."""
        try:
            expression = compile(code, "<program>", "eval")
        except SyntaxError:
            exec(compile(code, "<program>", "exec"), self._names)
            return ""
        result = eval(expression, self._names)
        return "" if result is None else repr(result)
