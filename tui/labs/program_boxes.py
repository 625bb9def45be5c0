"""The graphs of a program as boxes and edges to draw; knows no widget."""

from __future__ import annotations

import re

from engine.programs.look import Look
from engine.programs.sights import Graph, Node, Way
from tui.diagram.box import Box, Edge, Kind

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "gt": ">", "eq": "=="}
"""Operations that are written between their arguments."""
SHOWN = 2
"""Of a longer vector, so many numbers stand in a box."""


def graphs_of(look: Look, way: Way) -> tuple[Graph, ...]:
    """What there is to draw for this way; none where there is no graph, or not yet."""
    if way is Way.EAGER:
        return (look.eager.graph,)
    if way is Way.TRACED:
        return (look.traced.graph,) if look.traced.graph else ()
    calls = look.compiled.calls if look.compiled else ()
    return tuple(graph for call in calls for graph in call.graphs)


def drawing(look: Look, way: Way) -> tuple[list[Box], list[Edge]]:
    """A box a node, an edge a tensor; graphs of the compiler one after another.

    Where the compiler had to let Python decide, Python stands between the first graph and the
    others.
    """
    boxes: list[Box] = []
    edges: list[Edge] = []
    graphs = graphs_of(look, way)
    python: int | None = None
    for number, graph in enumerate(graphs, start=1):
        first = len(boxes)
        name = f"graph {number}" if way is Way.COMPILED else ""
        boxes += [_box(node, name, way) for node in graph.nodes]
        edges += [
            Edge(first + source, first + target)
            for target, node in enumerate(graph.nodes)
            for source in node.sources
        ]
        if python is not None:
            edges.append(Edge(python, first))
        elif way is Way.COMPILED and look.compiled and look.compiled.breaks:
            python = len(boxes)
            boxes.append(Box(("Python", "decides"), "constant"))
            edges.append(Edge(python - 1, python))
    return boxes, edges


def formula(node: Node) -> str:
    """What a node computes, in short: `neg * x`, `exp(mul)`, `sum(x)`."""
    name = node.target.rpartition(".")[2].strip("_")
    arguments = re.sub("'.*'", "…", node.arguments)
    if name == "neg":
        return f"-{node.arguments}"
    first, _, second = node.arguments.partition(", ")
    if name in SIGNS and second:
        return f"{first} {SIGNS[name]} {second}"
    return f"{name}({arguments})"


def _box(node: Node, name: str, way: Way) -> Box:
    return Box((_title(node, name), _below(node, way)), _kind(node))


def _title(node: Node, name: str) -> str:
    if node.op == "placeholder":
        return f"{name}: {node.name}" if name else node.name
    if node.op == "output":
        return f"output = {node.arguments}"
    return f"{node.name} = {formula(node)}"


def _below(node: Node, way: Way) -> str:
    """The second line: numbers where it has run, else what `torch.fx` calls it."""
    if way is Way.EAGER:
        return brief(node.value)
    called = "a Proxy" if node.op == "placeholder" and way is Way.TRACED else node.target
    shape = f" ({', '.join(map(str, node.shape))})" if node.shape else ""
    return called + shape


def brief(value: str) -> str:
    """The first numbers of a vector."""
    numbers = re.split(r", ", value.strip("[]"))
    if len(numbers) <= SHOWN:
        return value
    return f"[{', '.join(numbers[:SHOWN])}, …]"


def _kind(node: Node) -> Kind:
    if node.op == "placeholder":
        return "leaf"
    return "result" if node.op == "output" else "operation"
