"""A walk over a graph, forward and backward: its moves, and the state after each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.equations import number
from engine.graph.operations import Value, operand, short
from engine.graph.programs import TensorRecord
from engine.graph.settings import GraphPart, GraphSettings

CLOSE = 1e-6
"""The greatest error of a finite difference, relative to a gradient above 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode(TensorRecord):
    """A node of the graph at the end of the walk.

    `name` is x, a or f; the name of a constant is its number, so two nodes may be called 2.
    `grad_fn` of a leaf that requires a gradient is the node that stores it, `AccumulateGrad`.
    """

    kind: Literal["input", "constant", "operation", "result"]
    operation: str
    formula: str  # the operation with the names of its inputs: `a · y`; empty for a leaf
    inputs: tuple[int, ...]
    """The indices of the nodes that it is computed from, all smaller than its own."""


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An input of an operation: values go from `source` to `target`, gradients back."""

    source: int
    target: int
    local: Value | None  # ∂target/∂source for each number; None if no gradient uses it


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the walk."""

    phase: Literal["forward", "backward"]
    node: int  # the node that is computed, or at which a gradient arrives
    edge: int | None  # the index in `GraphWalk.edges` of the edge that passes the gradient
    line: str
    gradients: tuple[Value | None, ...]
    """The gradient of every node after this move; None where there is none yet."""
    note: str = ""
    error: str = ""  # PyTorch's message if backward could not start
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ComparedGradient:
    """The gradient of an input, and its finite difference."""

    name: str
    gradient: Value | None
    difference: float | None  # the largest of its numbers; None if they cannot be compared
    reason: str = ""

    @property
    def close(self) -> bool:
        """Whether they agree, or cannot be compared."""
        if self.gradient is None or self.difference is None:
            return True
        return self.difference <= CLOSE * self.scale

    @property
    def scale(self) -> float:
        """The largest number of the gradient, or 1 if all are smaller."""
        return 1.0 if self.gradient is None else max(1.0, *map(abs, self.gradient.numbers))


class GradientCheck(tuple[ComparedGradient, ...]):
    """The gradients and finite differences of all inputs that require a gradient."""

    @property
    def difference(self) -> float | None:
        known = [each.difference for each in self if each.difference is not None]
        return max(known, default=None)

    @property
    def close(self) -> bool:
        return all(each.close for each in self)

    @property
    def agreement(self) -> str:
        """The largest difference in words; relative to the gradient if its numbers are huge."""
        difference = self.difference or 0.0
        if not self.close or difference <= CLOSE:
            return number(difference, 2)
        relative = max((each.difference or 0.0) / each.scale for each in self)
        return f"{number(relative, 2)} of the gradient"

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"{each.name}: {each.reason}" for each in self if each.reason)


@dataclass(frozen=True, slots=True)
class GraphWalk:
    """A graph with its values and gradients, and the moves forward and backward."""

    settings: GraphSettings
    nodes: tuple[GraphNode, ...]
    """The inputs first, the result last, each after the nodes that it is computed from."""
    edges: tuple[GraphEdge, ...]
    moves: tuple[Move, ...]
    root: str  # the name of the differentiated value: the result, or L = Σ gradient · f
    check: GradientCheck | None  # None if backward could not start

    @property
    def result(self) -> GraphNode:
        return self.nodes[-1]

    @property
    def error(self) -> str:
        return self.moves[-1].error

    @property
    def forward_moves(self) -> int:
        """The number of forward moves, which precede the backward moves."""
        return sum(move.phase == "forward" for move in self.moves)


@dataclass(frozen=True, slots=True)
class WalkPosition:
    """A walk, and the number of moves made; raises `IndexError` beyond its ends."""

    walk: GraphWalk
    position: int

    def __post_init__(self) -> None:
        if not 0 <= self.position <= len(self.walk.moves):
            length = len(self.walk.moves)
            raise IndexError(f"position {self.position} is not on a walk of {length} moves")

    @property
    def begun(self) -> bool:
        return self.position > 0

    @property
    def done(self) -> bool:
        return self.position == len(self.walk.moves)

    @property
    def move(self) -> Move | None:
        return self.walk.moves[self.position - 1] if self.begun else None

    @property
    def known(self) -> tuple[bool, ...]:
        made = self.walk.moves[: self.position]
        computed = {move.node for move in made if move.phase == "forward"}
        nodes = enumerate(self.walk.nodes)
        return tuple(not node.operation or index in computed for index, node in nodes)

    @property
    def gradients(self) -> tuple[Value | None, ...]:
        """The gradient of each node so far; None where there is none yet."""
        return self.move.gradients if self.move else (None,) * len(self.walk.nodes)

    @property
    def locals(self) -> tuple[Value | None, ...]:
        """The local derivative on each edge that a gradient has passed."""
        crossed = {move.edge for move in self.walk.moves[: self.position]}
        edges = enumerate(self.walk.edges)
        return tuple(edge.local if index in crossed else None for index, edge in edges)


# The moves, from the results of PyTorch.


class Arrival(NamedTuple):
    """A gradient that passed an edge in PyTorch's backward pass."""

    edge: int
    upstream: Value  # the gradient at the edge's target
    contribution: Value  # the gradient added to the edge's source, summed if that was stretched


def forward_moves(parts: Sequence[GraphPart], nodes: Sequence[GraphNode]) -> Iterator[Move]:
    """Yield each operation in order: `a = x · y = 2 · 3 = 6`."""
    nothing = (None,) * len(nodes)
    for index, (part, node) in enumerate(zip(parts, nodes, strict=True)):
        if part.operation is None:
            continue
        operands = [nodes[source].value for source in node.inputs]
        numbers = part.operation.write([each.brief for each in operands], part.exponent)
        steps = dict.fromkeys((node.name, node.formula, numbers, node.value.brief))
        if part.exponent is not None:
            operands.append(Value.of(part.exponent))
        note = reason(part.operation.name, operands, node.value)
        yield Move("forward", index, None, " = ".join(steps), nothing, note)


def backward_moves(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    root: str,
    seed: Value,
    arrivals: Sequence[Arrival],
) -> Iterator[Move]:
    """Yield the seed at the result, then the gradient over each edge, in PyTorch's order."""
    gradients: list[Value | None] = [None] * len(nodes)
    gradients[-1] = seed
    name = nodes[-1].name
    line = f"∂{root}/∂{root} = {seed.brief}"
    if root != name:
        total = "Σ " * bool(nodes[-1].value.shape) + f"gradient · {name}"
        line = f"{root} = {total}, so ∂{root}/∂{name} = gradient = {seed.brief}"
    yield Move("backward", len(nodes) - 1, None, line, tuple(gradients))
    for arrival in arrivals:
        edge = edges[arrival.edge]
        before = gradients[edge.source]
        now = arrival.contribution if before is None else before + arrival.contribution
        gradients[edge.source] = now
        line, note = _arrival(nodes, edge, root, arrival)
        if before is not None:
            line += f", so far {before.brief} + {operand(arrival.contribution.brief)} = {now.brief}"
        yield Move("backward", edge.source, arrival.edge, line, tuple(gradients), note)


def _arrival(
    nodes: Sequence[GraphNode], edge: GraphEdge, root: str, arrival: Arrival
) -> tuple[str, str]:
    """Return the line of one contribution, and the reason if it is not finite."""
    source, target = nodes[edge.source], nodes[edge.target]
    assert edge.local is not None
    product = arrival.upstream * edge.local
    summed = len(product.numbers) > len(arrival.contribution.numbers)
    sigma = "Σ " if summed else ""
    numbers = f"{operand(arrival.upstream.brief)} · {operand(edge.local.brief)}"
    steps = [
        f"{sigma}∂{root}/∂{target.name} · ∂{target.name}/∂{source.name}",
        sigma + numbers,
        *([sigma + product.brief] if summed else []),
        arrival.contribution.brief,
    ]
    if edge.local.finite or arrival.contribution.finite:
        note = reason("*", (arrival.upstream, edge.local), arrival.contribution)
    elif any(map(math.isnan, edge.local.numbers)):
        note = "there is no derivative here: the operation itself gives no number"
    else:
        note = "the local derivative is infinite: at this point the slope has no bound"
    return f"∂{root}/∂{source.name} += {' = '.join(steps)}", note


def reason(operation: str, operands: Sequence[Value], value: Value) -> str:
    """Return why the first non-finite number of a result is not finite; empty if all are."""
    for index, result in enumerate(value.numbers):
        if not math.isfinite(result):
            if operation in ("sum", "mean", "prod", "max", "min", "@"):
                inputs = [number for each in operands for number in each.numbers]
            else:
                inputs = [each.numbers[index % len(each.numbers)] for each in operands]
            return _reason(operation, inputs, result)
    return ""


def _reason(operation: str, inputs: Sequence[float], result: float) -> str:
    if any(map(math.isnan, inputs)):
        return "what goes in is not a number, so neither is what comes out"
    x, y = inputs[0], inputs[-1]
    match operation:
        case "log" | "log1p" if (logarithm := x + (operation == "log1p")) <= 0:
            if logarithm == 0:
                return "towards 0 a logarithm falls without end"
            return f"{short(logarithm)} has no logarithm: it is negative"
        case "sqrt" if x < 0:
            return f"{short(x)} has no square root: it is negative"
        case "/" if y == 0:
            return f"{short(x)} is divided by 0"
        case "**" if x == 0 and y < 0:
            return "0 to a negative power is a division by 0"
        case "**" if x < 0 and math.isnan(result):
            return f"a negative number to the power of {short(y)} would be a complex number"
        case "*" if math.isnan(result):
            return f"{short(x)} · {operand(short(y))} has no value"
        case "sin" | "cos":
            return f"{short(x)} has no {'sine' if operation == 'sin' else 'cosine'}"
    if any(map(math.isinf, inputs)):
        return "∞ against ∞ has no value" if math.isnan(result) else "an infinity goes in"
    return "larger than a float64 can hold, which ends at about 1.8×10³⁰⁸"
