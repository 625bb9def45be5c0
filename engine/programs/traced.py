"""The graph of a program, found by `torch.fx` before any number is there; knows no screen."""

from __future__ import annotations

import torch
from torch import fx

from engine.programs.calling import answer, each_once, load, set_mode, target
from engine.programs.catalog import Input, Program
from engine.programs.sights import Graph, Node, Problem, Traced
from engine.programs.source import Visits

NO_NUMBERS = (
    "Tracing hands the program a stand-in for x, a Proxy, which has a name but no numbers. "
    "The program asks whether a comparison is true, and a Proxy cannot know. "
    "Say it as an operation (torch.where), or leave it to Python: run it eagerly."
)
FROZEN = (
    "Tracing put its value in place of the Python number, and unrolled the loop. The graph refuses "
    "another: trace once for each."
)


def trace(program: Program, given: Input | None = None) -> Traced:
    """Trace the program, with the Python values of this input (of the first, if None)."""
    given = given or program.inputs[0]
    visits = Visits()
    try:
        with visits:
            module = symbolic_trace(program, given)
    except Exception as error:  # tracing fails with what the program makes of a Proxy
        return Traced(given.name, None, explain(error), (), visits.counts, visits.last)
    answers = tuple(answer(module, program, each, explain) for each in program.inputs)
    return Traced(given.name, graph(module), None, answers, visits.counts)


def symbolic_trace(program: Program, given: Input) -> fx.GraphModule:
    """What a learner would write; raises what `torch.fx` raises."""
    function = load(program)
    set_mode(function, given)
    # Only tensors may stay open; what else there is must get its value now.
    return fx.symbolic_trace(function, concrete_args=dict(given.arguments) or None)


def explain(error: Exception) -> Problem:
    """The error, and what it says of static graphs."""
    if isinstance(error, fx.proxy.TraceError):
        words = NO_NUMBERS
    else:
        words = FROZEN if isinstance(error, AssertionError) else ""
    return Problem(type(error).__name__, str(error), words)


def graph(module: fx.GraphModule) -> Graph:
    """The nodes of a `GraphModule`, and the Python that they were turned back into."""
    places = {node: index for index, node in enumerate(module.graph.nodes)}
    nodes = tuple(
        Node(
            node.name,
            node.op,
            f"Tensor.{node.target}" if node.op == "call_method" else target(node.target),
            ", ".join([*map(_written, node.args), *_keywords(node)]),
            each_once([places[source] for source in node.all_input_nodes]),
            shape=_shape(node.meta.get("example_value")),
        )
        for node in places
    )
    # fx has a name of its own for the type.
    return Graph(nodes, module.code.strip().replace("_torch_Tensor_", "torch.Tensor"))


def _keywords(node: fx.Node) -> list[str]:
    return [f"{name}={_written(value)}" for name, value in node.kwargs.items()]


def _written(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_written, value))
    return value.name if isinstance(value, fx.Node) else repr(value)


def _shape(example: object) -> tuple[int | str, ...] | None:
    """The shape that the compiler noted; plain tracing notes none."""
    if not isinstance(example, torch.Tensor):
        return None
    return tuple(n if isinstance(n, int) else str(n) for n in example.shape)
