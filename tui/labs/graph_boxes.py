"""A walk over a graph as boxes and edges to draw; knows no widget."""

from __future__ import annotations

from engine.equations import NONE_YET
from engine.graph.look import WalkLook
from engine.graph.values import Value
from engine.graph.walk import Node, Walk
from tui.diagram.box import Box, Edge, Kind

KINDS: dict[str, Kind] = {
    "input": "leaf",
    "constant": "constant",
    "operation": "operation",
    "result": "result",
}


def boxes(look: WalkLook, names: bool) -> list[Box]:
    """A box a node: what it is, its value with its shape, and its gradient.

    With `names` a fourth line says what PyTorch calls the node that carries the gradient on.
    """
    here = look.here
    at_work = here.move.node if here.move else None
    drawn = []
    for index, node in enumerate(look.walk.nodes):
        full = [_title(node)]
        if node.kind != "constant":
            full += [_value(node.value), _gradient(node.gradient, node)]
            full += [node.grad_fn or "no grad_fn"] if names else []
        lines = list(full)
        if node.kind != "constant":
            lines[1] = _value(node.value) if here.known[index] else "?"
            lines[2] = _gradient(here.gradients[index], node)
        width = max(map(len, [*full, *_on_the_way(look.walk, index)]))
        drawn.append(Box(tuple(lines), KINDS[node.kind], index == at_work, width))
    return drawn


def edges(look: WalkLook) -> list[Edge]:
    """An edge an input of an operation, with its local derivative once a gradient crossed it."""
    here = look.here
    crossing = here.move.edge if here.move else None
    return [
        Edge(
            edge.source,
            edge.target,
            here.locals[index].brief if here.locals[index] is not None else "",  # type: ignore[union-attr]
            index == crossing,
            len(edge.local.brief) if edge.local is not None else 0,
        )
        for index, edge in enumerate(look.walk.edges)
    ]


def _title(node: Node) -> str:
    return f"{node.name} = {node.formula}" if node.formula else node.name


def _value(value: Value) -> str:
    """The value and its shape: `6 ()` is a scalar, `[1, 2] (2,)` a vector of two."""
    return f"{value.brief} {value.shape}"


def _gradient(gradient: Value | None, node: Node) -> str:
    if not node.requires_grad:
        return "no gradient"
    return f"∂ {gradient.brief if gradient is not None else NONE_YET}"


def _on_the_way(walk: Walk, index: int) -> list[str]:
    """Every gradient that the node has during the walk, so that its box never grows."""
    node = walk.nodes[index]
    if node.kind == "constant":
        return []
    return [_gradient(move.gradients[index], node) for move in walk.moves]
