"""What `torch.compile` makes of a program, seen without compiling anything; knows no screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import fx

from engine.programs.calling import answer, call, load
from engine.programs.catalog import Input, Program
from engine.programs.sights import Call, Compiled, Graph, Problem
from engine.programs.traced import graph

BREAK = (
    "Python must see a number before it can go on, so the graph ends here. What follows is "
    "another graph, and Python runs between the two: a graph break. Nothing is lost but speed."
)


def watch(program: Program) -> Compiled:
    """Call the program with each input in turn, and see what the compiler is given.

    Instead of the compiler stands a backend of our own, which keeps the graphs and runs them
    as they are: that takes no C++ compiler.
    """
    torch.compiler.reset()
    backend = Backend()
    function = load(program)
    compiled = torch.compile(
        function, backend=backend.take, options={"guard_filter_fn": backend.keep_guards}
    )
    calls = tuple(_call(program, compiled, backend, given) for given in program.inputs)
    return Compiled(calls, _problem(program))


class Backend:
    """Keeps what a compiler is given."""

    def __init__(self) -> None:
        self.graphs: list[Graph] = []
        self.guards: list[str] = []

    def take(self, module: fx.GraphModule, _: Sequence[Any], **__: Any) -> Callable[..., Any]:
        """What `torch.compile` calls for each graph."""
        self.graphs.append(graph(module))
        return module.forward

    def keep_guards(self, entries: Sequence[Any]) -> list[bool]:
        """What it calls for the guards of each graph; True keeps a guard in force."""
        self.guards += [
            _guard(entry) for entry in entries if entry.has_value and not entry.is_global
        ]
        return [True] * len(entries)


def _call(program: Program, compiled: Callable[..., Any], backend: Backend, given: Input) -> Call:
    graphs, guards = len(backend.graphs), len(backend.guards)
    because = _why_again(compiled, given) if graphs else ""
    result = answer(compiled, program, given, explain)
    new = tuple(dict.fromkeys(backend.guards[guards:]))
    return Call(result, tuple(backend.graphs[graphs:]), new, because)


def _why_again(compiled: Callable[..., Any], given: Input) -> str:
    """The guard that this input fails; empty where the graphs that there are will serve."""
    try:
        with torch.compiler.set_stance("fail_on_recompile"):
            call(compiled, given)
    except RuntimeError as error:
        failed = re.search(r"^\s*- \d+/\d+: (.*)$", str(error), re.MULTILINE)
        return failed[1].partition("  #")[0].strip() if failed else "code that had not run yet"
    return ""


def _guard(entry: Any) -> str:
    if isinstance(entry.value, torch.Tensor):
        dtype = str(entry.value.dtype).removeprefix("torch.")
        return f"{entry.name}: {dtype}, {entry.value.device}, {entry.value.dim()}-D"
    if isinstance(entry.value, bool | int | float | str):
        return f"{entry.name} == {entry.value!r}"
    return f"{entry.name}: {type(entry.value).__name__}"


def _problem(program: Program) -> Problem | None:
    """Why it cannot be one whole graph, if it cannot."""
    torch.compiler.reset()
    try:
        call(torch.compile(load(program), backend="eager", fullgraph=True), program.inputs[0])
    except Exception as error:  # whatever stands in the way is what there is to be shown
        return explain(error)
    finally:
        torch.compiler.reset()
    return None


def explain(error: Exception) -> Problem:
    """The error, and what it says of the program."""
    lines = [line.strip() for line in str(error).splitlines()]
    broken = isinstance(error, torch._dynamo.exc.Unsupported)
    kept = [line for line in lines[:2] if line]
    return Problem(type(error).__name__, "\n".join(kept), BREAK if broken else "")
