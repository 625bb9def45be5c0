"""A program and what each way makes of it, in words; knows no widget."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich.text import Text

from engine.programs.catalog import Input
from engine.programs.look import Look
from engine.programs.sights import SIZES, Answer, Call, Graph, Node, Problem, Way

SAW = 18
"""Cells for what a way saw."""
NOT_YET = "space compiles and measures: 10 to 30 seconds"
RUNS = "Python runs the lines one by one, and what has run is the graph."
WRITES = "torch.fx ran it once, on a Proxy without numbers, and wrote this down."
LIES = (
    "Wrong, and not a word about it: the if was decided while tracing, and is not in the graph. "
    "For this input eager gives {}."
)
WAITS = (
    "torch.compile reads the program when it is called, takes graphs out of it, and writes faster "
    "code for them. A C++ compiler has seconds of work with that, so it waits for you."
)
BREAK = "Python must see a number before it can go on: a graph break. Python runs between graphs."
SERVES = "No new graph: the guards of those that are there hold for this input."
UNTIMED = "It could not be compiled here, and so not timed: what a call costs says why (v)."
GONE = "No graph. ✗ marks the line at which tracing ended."


def rows(look: Look, chosen: Way) -> list[Text]:
    """A line a way: what it saw of the program, and what it answers to this input."""
    return [_row(look, way, way is chosen) for way in Way]


def title(given: Input) -> str:
    """What the program is called with."""
    words = [f"x = [{', '.join(f'{n:g}' for n in given.x)}]".replace("-", "−")]
    words += [f"{name} = {value}" for name, value in given.arguments.items()]
    return f"input: {given.name} · {', '.join(words)}"


def said(look: Look, way: Way) -> Text:
    """What this way did with the program, in a line or more."""
    if way is Way.EAGER:
        return Text(RUNS)
    return _traced(look) if way is Way.TRACED else _compiled(look)


def instead(look: Look, way: Way) -> Text:
    """What stands in place of a graph where there is none."""
    if way is Way.TRACED and look.traced.problem:
        return problem(look.traced.problem)
    if failure := look.failure(Way.COMPILED):
        return problem(failure.problem)
    if look.measuring:
        return Text(stage(look))
    return Text.assemble(("Not compiled yet.\n\n", "bold"), WAITS, ("\n\nspace: compile", "bold"))


def stage(look: Look) -> str:
    """What the measurement is doing now, told by what it has brought."""
    compiled = {each.size for each in look.compiling}
    if not look.results:
        return "starting PyTorch in a process of its own…"
    if look.compiled is None:
        both = all(look.timing(Way.EAGER, size) for size in SIZES)
        return "seeing what the compiler sees…" if both else "measuring eager and traced…"
    size = next((size for size in SIZES if size not in compiled), SIZES[-1])
    return f"compiling for {size:,} numbers with {_compiler(look)}…"


def listing(look: Look, way: Way, graphs: tuple[Graph, ...]) -> Text:
    """The nodes in the words of `torch.fx`; what they were turned back into; the guards."""
    lines: list[Text] = []
    for number, graph in enumerate(graphs, start=1):
        if way is Way.COMPILED:
            lines += [Text(f"graph {number}", "bold"), *_origin(look, graph)]
        lines += _table(graph, ran=way is Way.EAGER)
        if graph.code:
            lines += [Text(), *(Text(line, "italic") for line in graph.code.splitlines())]
        lines.append(Text())
    if way is Way.COMPILED:
        for each in look.compiling:
            lines.append(Text(f"compiled for {each.size:,} numbers: {', '.join(each.kernels)}"))
    return Text("\n").join(lines)


def problem(found: Problem) -> Text:
    """An error as PyTorch raised it, and what it means here."""
    text = Text.assemble((f"{found.kind}: {found.message}", "bold red"))
    return text.append(f"\n{found.explanation}", "not bold") if found.explanation else text


def _row(look: Look, way: Way, chosen: bool) -> Text:
    answer = look.answer(way)
    if way is Way.COMPILED and look.compiled is None:
        failure = look.failure(way)
        words = stage(look) if look.measuring else NOT_YET
        told = f"✗ {failure.problem.kind}" if failure else words
    else:
        told = f"{_saw(look, way):<{SAW}} {_answered(answer, way)}"
    row = Text(f"{'▶' if chosen else ' '} {way:<9} {told}", "bold" if chosen else "")
    row.no_wrap, row.overflow = True, "ellipsis"
    return row


def _saw(look: Look, way: Way) -> str:
    if way is Way.EAGER:
        return f"{_count(look.eager.graph.operations, 'operation')} ran"
    if way is Way.TRACED:
        graph = look.traced.graph
        return f"{_count(graph.operations, 'operation')} noted" if graph else "no graph"
    compiled = look.compiled
    assert compiled is not None
    return _count(compiled.graphs, "graph") + (" + Python" if compiled.breaks else "")


def _answered(answer: Answer | None, way: Way) -> str:
    if answer is None:
        return "✗ TraceError"
    if answer.problem:
        return f"✗ {answer.problem.kind}"
    if way is Way.EAGER:
        return f"= {answer.value}"
    return f"✓ {answer.value}" if answer.right else f"✗ {answer.value}  wrong"


def _traced(look: Look) -> Text:
    answer = look.answer(Way.TRACED)
    if answer is None:
        return Text(GONE)
    if answer.problem:
        return problem(answer.problem)
    return Text(WRITES) if answer.right else Text(LIES.format(look.eager.answer.value), "bold")


def _compiled(look: Look) -> Text:
    text = Text("\n").join(_told(look))
    return text or Text(NOT_YET + ".")


def _told(look: Look) -> Iterator[Text]:
    if look.compiled and look.call:
        yield Text(_new(look.call, look.compiled.breaks))
    if look.compiled and look.failure(Way.COMPILED):
        yield Text(UNTIMED, "bold")


def _new(call: Call, breaks: bool) -> str:
    if not call.graphs:
        return SERVES
    made = f"This call made {_count(len(call.graphs), 'graph')}"
    if call.because == "code that had not run yet":
        return f"{made}: Python came to lines that had not run before."
    if call.because:
        return f"{made}, since a guard failed: {call.because}."
    if breaks:
        return f"{made}. {BREAK}"
    return f"{made}, to be used again as long as its guards hold: {'; '.join(call.guards)}."


def _origin(look: Look, graph: Graph) -> Iterator[Text]:
    """Which call made this graph, why, and what it relies on."""
    assert look.compiled is not None
    call = next(call for call in look.compiled.calls if graph in call.graphs)
    why = f", since this no longer held: {call.because}" if call.because else ""
    yield Text(f"made for: {call.answer.given}{why}", "dim")
    yield Text(f"guards: {'; '.join(call.guards)}", "dim")


def _table(graph: Graph, ran: bool) -> Iterator[Text]:
    """The columns that `torch.fx` prints; of what has run, the call and its value."""
    table = [_ran(node) if ran else _noted(node) for node in graph.nodes]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        columns = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)]
        yield Text("  ".join(columns).rstrip())


def _ran(node: Node) -> tuple[str, ...]:
    call = f"{node.target}({node.arguments})" if node.op == "call_function" else node.arguments
    return node.name, call, node.value


def _noted(node: Node) -> tuple[str, ...]:
    return node.name, node.op, node.target, node.arguments


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _compiler(look: Look) -> str:
    return os.environ.get("CXX", "g++") if look.device == "cpu" else "Triton"
