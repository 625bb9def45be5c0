"""The moves of a walk and their lines of mathematics, from what PyTorch did; knows no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.graph.build import Graph
from engine.graph.reasons import product_reason, reason
from engine.graph.values import Value, operand
from engine.graph.walk import Edge, Move, Node


@dataclass(frozen=True, slots=True)
class Arrival:
    """A gradient that came over an edge in PyTorch's own pass."""

    edge: int
    upstream: Value
    """What came in at the edge's target."""
    contribution: Value
    """What went out to the edge's source, summed where that was stretched."""


def forward_moves(graph: Graph, nodes: Sequence[Node]) -> Iterator[Move]:
    """Each operation in its turn: `a = x · y = 2 · 3 = 6`."""
    nothing = (None,) * len(nodes)
    for index, (part, node) in enumerate(zip(graph.parts, nodes, strict=True)):
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
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    root: str,
    seed: Value,
    arrivals: Sequence[Arrival],
) -> Iterator[Move]:
    """The seed at the result, then what arrives over each edge, in PyTorch's order."""
    gradients: list[Value | None] = [None] * len(nodes)
    gradients[-1] = seed
    yield Move("backward", len(nodes) - 1, None, _seed(nodes[-1], root, seed), tuple(gradients))
    for arrival in arrivals:
        edge = edges[arrival.edge]
        before = gradients[edge.source]
        now = arrival.contribution if before is None else before + arrival.contribution
        gradients[edge.source] = now
        line, note = _arrival(nodes, edge, root, arrival)
        if before is not None:
            line += f", so far {before.brief} + {operand(arrival.contribution.brief)} = {now.brief}"
        yield Move("backward", edge.source, arrival.edge, line, tuple(gradients), note)


def _seed(result: Node, root: str, seed: Value) -> str:
    if root == result.name:
        return f"∂{root}/∂{root} = {seed.brief}"
    product = f"gradient · {result.name}"
    total = f"Σ {product}" if result.value.shape else product
    return f"{root} = {total}, so ∂{root}/∂{result.name} = gradient = {seed.brief}"


def _arrival(nodes: Sequence[Node], edge: Edge, root: str, arrival: Arrival) -> tuple[str, str]:
    """The line of one contribution, and why it is not finite where it is not."""
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
    note = product_reason(arrival.upstream, edge.local, arrival.contribution)
    return f"∂{root}/∂{source.name} += {' = '.join(steps)}", note
