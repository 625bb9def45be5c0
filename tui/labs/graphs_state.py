"""The state of the graphs lab: a program, its results each way, and the cost of a call."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rich.text import Text

from engine.numerals import counted
from engine.programs import ExampleProgram, ProgramInput, find
from engine.programs.measuring import ProgramMeasurement
from engine.programs.results import (
    SIZES,
    CallTiming,
    CompiledCall,
    CompileTime,
    ExplainedError,
    Measured,
    ProgramAnswer,
    ProgramComparison,
    ProgramGraph,
    ProgramNode,
    TracedProgram,
    Way,
    program_lines,
)
from tui.diagram import BoxKind, DiagramBox, DiagramEdge
from tui.labs.interactive import LabState, after


class GraphsState(LabState):
    """The displayed program, input and way, and the measurements of each program.

    One measurement runs at a time, also while other programs are displayed.
    """

    look: ProgramComparison

    def __init__(self, preset: str, device: str) -> None:
        self.device = device
        self.way = Way.EAGER
        self.measurement: ProgramMeasurement | None = None
        self._results: dict[tuple[str, str], tuple[Measured, ...]] = {}
        """Measurements by program and device."""
        self._traced: dict[str, TracedProgram] = {}
        self.use(preset)

    @property
    def measuring(self) -> str:
        """The program that is being measured; empty for none."""
        return self.measurement.program if self.measurement else ""

    def use(self, preset: str) -> None:
        program = find(preset)
        self._take(program, program.inputs[0])

    def next_input(self) -> None:
        program = self.look.program
        self._take(program, after(program.inputs, self.look.given))

    def use_device(self, name: str) -> None:
        self.device = name
        self._renew()

    def measure(self) -> None:
        self.give_up()
        self._results.pop(self._key, None)
        self.measurement = ProgramMeasurement(*self._key)
        self.measurement.start()
        self._renew()

    def poll(self) -> bool:
        """Take the new results; return whether the measurement is still running."""
        if self.measurement is not None and self.measurement.poll():
            key = self.measurement.program, self.measurement.device
            self.put(key, self.measurement.results)
            if self.measurement.ended:
                self.give_up()
        return self.measurement is not None

    def put(self, key: tuple[str, str], results: tuple[Measured, ...]) -> None:
        self._results[key] = results
        self._renew()

    def give_up(self) -> None:
        """End the measurement at once; keep its results."""
        if self.measurement is not None:
            self.measurement.close()
            self.measurement = None
            self._renew()

    def reset(self) -> None:
        if self.look.measuring:
            self.give_up()
        self._results.pop(self._key, None)
        self._renew()

    @property
    def _key(self) -> tuple[str, str]:
        return self.look.program.name, self.device

    def _take(self, program: ExampleProgram, given: ProgramInput) -> None:
        from engine.programs import ways  # imports torch

        if program.name not in self._traced:
            self._traced[program.name] = ways.trace(program)
        lines, ran = program_lines(program), ways.run(program, given)
        self.look = ProgramComparison(program, given, lines, ran, self._traced[program.name])
        self._renew()

    def _renew(self) -> None:
        """Update `look` with the measurements so far."""
        measured = self.measurement
        going = measured is not None and (measured.program, measured.device) == self._key
        results = self._results.get(self._key, ())
        self.look = replace(self.look, results=results, device=self.device, measuring=going)


# Rows of the ways, and the description.

SAW = 18  # cells for the graph of a way
NOT_YET = "space compiles and measures: 10 to 30 seconds"
RUNS = "Python runs the lines one by one, and what has run is the graph."
WRITES = "torch.fx ran it once, on a Proxy without numbers, and wrote this down."
WRONG = (
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


def rows(look: ProgramComparison, chosen: Way) -> list[Text]:
    """Return a line for each way: its graphs of the program, and its answer to this input."""
    made = []
    for way in Way:
        if way is not Way.COMPILED or look.compiled is not None:
            words = f"{_saw(look, way):<{SAW}} {_answered(look.answer(way), way)}"
        elif failure := look.failure(way):
            words = f"✗ {failure.problem.kind}"
        else:
            words = stage(look) if look.measuring else NOT_YET
        sign, style = ("▶", "bold") if way is chosen else (" ", "")
        made.append(Text(f"{sign} {way:<9} {words}", style, no_wrap=True, overflow="ellipsis"))
    return made


def _saw(look: ProgramComparison, way: Way) -> str:
    graphs = look.graphs(way)
    if way is Way.COMPILED:
        return counted(len(graphs), "graph") + (" + Python" if look.breaks else "")
    if not graphs:
        return "no graph"
    return f"{counted(graphs[0].operations, 'operation')} {'ran' if way is Way.EAGER else 'noted'}"


def _answered(answer: ProgramAnswer | None, way: Way) -> str:
    if answer is None:
        return "✗ TraceError"
    if answer.problem:
        return f"✗ {answer.problem.kind}"
    if way is Way.EAGER:
        return f"= {answer.value}"
    return f"✓ {answer.value}" if answer.right else f"✗ {answer.value}  wrong"


def title(given: ProgramInput) -> str:
    """Return the input of the program as a title."""
    words = [f"x = [{', '.join(f'{n:g}' for n in given.x)}]".replace("-", "−")]
    words += [f"{name} = {value}" for name, value in given.arguments.items()]
    return f"input: {given.name} · {', '.join(words)}"


def describe(look: ProgramComparison, way: Way) -> Text:
    """Return the outcome of this way, in a line or more."""
    if way is Way.EAGER:
        return Text(RUNS)
    if way is Way.COMPILED:
        if look.call is None:
            return Text(NOT_YET + ".")
        text = Text(_new_graphs(look, look.call))
        return text.append("\n").append(UNTIMED, "bold") if look.failure(Way.COMPILED) else text
    answer = look.answer(Way.TRACED)
    if answer is None:
        return Text(GONE)
    if answer.problem:
        return problem(answer.problem)
    return Text(WRITES) if answer.right else Text(WRONG.format(look.eager.answer.value), "bold")


def no_graph(look: ProgramComparison, way: Way) -> Text:
    """Return the text in place of a missing graph."""
    if way is Way.TRACED and look.traced.problem:
        return problem(look.traced.problem)
    if failure := look.failure(Way.COMPILED):
        return problem(failure.problem)
    if look.measuring:
        return Text(stage(look))
    return Text.assemble(("Not compiled yet.\n\n", "bold"), WAITS, ("\n\nspace: compile", "bold"))


def problem(found: ExplainedError) -> Text:
    """Return an error of PyTorch, and its explanation."""
    text = Text.assemble((f"{found.kind}: {found.message}", "bold red"))
    return text.append(f"\n{found.explanation}", "not bold") if found.explanation else text


def stage(look: ProgramComparison) -> str:
    """Return the current step of the measurement, derived from its results."""
    if not look.results:
        return "starting PyTorch in a process of its own…"
    if look.compiled is None:
        both = all(look.timing(Way.EAGER, size) for size in SIZES)
        return "seeing what the compiler sees…" if both else "measuring eager and traced…"
    compiled = {each.size for each in look.compiling}
    size = next((size for size in SIZES if size not in compiled), SIZES[-1])
    compiler = os.environ.get("CXX", "g++") if look.device == "cpu" else "Triton"
    return f"compiling for {size:,} numbers with {compiler}…"


def _new_graphs(look: ProgramComparison, call: CompiledCall) -> str:
    if not call.graphs:
        return SERVES
    earlier = look.compiled.calls[: look.program.inputs.index(look.given)] if look.compiled else ()
    first = 1 + sum(len(each.graphs) for each in earlier)
    numbers = " and ".join(str(first + place) for place in range(len(call.graphs)))
    made = f"This input made graph{'s' * (len(call.graphs) > 1)} {numbers}"
    made += f" of {len(look.graphs(Way.COMPILED))}"
    if call.because == "code that had not run yet":
        return f"{made}: Python came to lines that had not run before."
    if call.because:
        return f"{made}, since a guard failed: {call.because}."
    if look.breaks:
        return f"{made}. {BREAK}"
    return f"{made}, to be used again as long as its guards hold: {'; '.join(call.guards)}."


# Graphs as boxes and as a listing.

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "gt": ">", "eq": "=="}
"""Operations that are written between their arguments."""
SHOWN = 2  # numbers of a longer vector that a box shows


def drawing(look: ProgramComparison, way: Way) -> tuple[list[DiagramBox], list[DiagramEdge]]:
    """Return a box for each node, an edge for each tensor; graphs of the compiler in a row.

    At a graph break, a box for Python lies between the first graph and the others.
    """
    boxes: list[DiagramBox] = []
    edges: list[DiagramEdge] = []
    python: int | None = None
    for number, graph in enumerate(look.graphs(way), start=1):
        first = len(boxes)
        name = f"graph {number}: " if way is Way.COMPILED else ""
        boxes += [_box(node, name, way) for node in graph.nodes]
        edges += [
            DiagramEdge(first + source, first + target)
            for target, node in enumerate(graph.nodes)
            for source in node.sources
        ]
        if python is not None:
            edges.append(DiagramEdge(python, first))
        elif way is Way.COMPILED and look.breaks:
            python = len(boxes)
            boxes.append(DiagramBox(("Python", "decides"), "constant"))
            edges.append(DiagramEdge(python - 1, python))
    return boxes, edges


def _box(node: ProgramNode, name: str, way: Way) -> DiagramBox:
    """Return the box of a node, with its value if it has run, else its `torch.fx` target."""
    kind: BoxKind = "operation"
    heading = f"{node.name} = {_formula(node)}"
    if node.op == "placeholder":
        kind, heading = "leaf", f"{name}{node.name}"
    elif node.op == "output":
        kind, heading = "result", f"output = {node.arguments}"
    if way is Way.EAGER:
        numbers = node.value.strip("[]").split(", ")
        short = f"[{', '.join(numbers[:SHOWN])}, …]"
        return DiagramBox((heading, node.value if len(numbers) <= SHOWN else short), kind)
    called = "a Proxy" if node.op == "placeholder" and way is Way.TRACED else node.target
    shape = f" ({', '.join(map(str, node.shape))})" if node.shape else ""
    return DiagramBox((heading, called + shape), kind)


def _formula(node: ProgramNode) -> str:
    """Return a node's operation in short: `neg * x`, `exp(mul)`, `sum(x)`."""
    name = node.target.rpartition(".")[2].strip("_")
    if name == "neg":
        return f"-{node.arguments}"
    first, _, second = node.arguments.partition(", ")
    if name in SIGNS and second:
        return f"{first} {SIGNS[name]} {second}"
    arguments = re.sub("'.*'", "…", node.arguments)
    return f"{name}({arguments})"


def listing(look: ProgramComparison, way: Way) -> Text:
    """Return the nodes as `torch.fx` lists them, the generated code, and the guards."""
    lines: list[Text] = []
    for number, graph in enumerate(look.graphs(way), start=1):
        if way is Way.COMPILED:
            assert look.compiled is not None
            call = next(call for call in look.compiled.calls if graph in call.graphs)
            which = "this input" if call is look.call else "another input"
            why = f", since this no longer held: {call.because}" if call.because else ""
            lines.append(Text(f"graph {number}", "bold"))
            lines.append(Text(f"made for {which}, {call.answer.given}{why}", "dim"))
            lines.append(Text(f"guards: {'; '.join(call.guards)}", "dim"))
        lines += _table(graph, way)
        if graph.code:
            lines += [Text(), *(Text(line, "italic") for line in graph.code.splitlines())]
        lines.append(Text())
    if way is Way.COMPILED:
        for each in look.compiling:
            lines.append(Text(f"compiled for {each.size:,} numbers: {', '.join(each.kernels)}"))
    return Text("\n").join(lines)


def _table(graph: ProgramGraph, way: Way) -> Iterator[Text]:
    """Yield the rows that `torch.fx` prints; after an eager run, calls and their values."""
    table: list[tuple[str, ...]] = []
    for node in graph.nodes:
        if way is Way.EAGER:
            called = f"{node.target}({node.arguments})"
            call = called if node.op == "call_function" else node.arguments
            table.append((node.name, call, node.value))
        else:
            table.append((node.name, node.op, node.target, node.arguments))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        columns = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)]
        yield Text("  ".join(columns).rstrip())


# The cost of a call, as bars.

NAME, NUMBER = 9, 9
"""Cells for the name of a way before its bar, and for the microseconds after it."""
RANGE = 17  # cells for the fastest and the slowest round, if there is room
ROOM_FOR_RANGE = 64
LEGEND = "█ fastest  ▒ median  · slowest round"
BEGIN = "space: compile, and time a call each way"
EIGHTHS = " ▏▎▍▌▋▊▉"


def costs(look: ProgramComparison, width: int, colours: Mapping[Way, str]) -> Text:
    """Return the time of a call for each size and way, and how long compiling took.

    Each size has its own scale, from 0 to its slowest median: they differ by powers of ten.
    """
    lines: list[Text] = []
    for size in SIZES:
        timings = {way: look.timing(way, size) for way in Way}
        lines.append(Text.assemble((f"{size:,} numbers", "bold"), _factor(look, size)))
        scale = max((t.microseconds for t in timings.values() if t), default=1.0)
        for way, timing in timings.items():
            if timing is None:
                missing = "…" if look.measuring else "not measured"
                if look.failure(way):
                    missing = "no graph to call" if way is Way.TRACED else "not here"
                lines.append(Text.assemble(f"{way:<{NAME}}", (missing, "dim")))
            else:
                lines.append(_bar_row(timing, scale, width, colours[way]))
    if look.results:
        lines.append(Text(LEGEND, "dim"))
    for each in look.compiling:
        lines.append(Text(f"compiling for {each.size:,} numbers: {each.seconds:.1f} s,"))
        lines.append(Text(f"  {_earned_back(look, each)}"))
    if look.measuring:
        lines.append(Text(f"\n{stage(look)}", "bold"))
    elif failure := look.failure(Way.COMPILED):
        lines.append(problem(failure.problem))
    elif not look.results:
        lines.append(Text(f"\n{BEGIN}", "bold"))
    return Text("\n").join(lines)


def _bar_row(timing: CallTiming, scale: float, width: int, colour: str) -> Text:
    wide = width >= ROOM_FOR_RANGE
    cells = max(width - NAME - NUMBER - RANGE * wide, 4)
    row = Text(f"{timing.way:<{NAME}}")
    row.append(_bar(timing, scale, cells), colour)
    row.append(f"{_microseconds(timing.microseconds):>{NUMBER}}", "bold")
    if wide:
        between = f"{_microseconds(timing.low)} to {_microseconds(timing.high)}"
        row.append(f"{between:>{RANGE}}", "dim")
    return row


def _bar(timing: CallTiming, scale: float, cells: int) -> str:
    """Return a bar: solid up to the fastest round, hatched to the median, dotted to the slowest."""
    room = cells * 0.9  # rounds slower than the slowest median still have a dot or two
    low, median, high = (
        min(value / scale * room, cells) for value in (timing.low, timing.microseconds, timing.high)
    )
    solid = "█" * int(low) + EIGHTHS[int(low % 1 * 8)].strip()
    hatched = "▒" * max(round(median) - len(solid), 0)
    dotted = "·" * max(round(high) - len(solid) - len(hatched), 0)
    return (solid + hatched + dotted)[:cells].ljust(cells)


def _microseconds(value: float) -> str:
    """Return a time in at most six cells: `7.4`, `2,907`."""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _factor(look: ProgramComparison, size: int) -> str:
    """Return the speedup of compiled over eager at this size, by the fastest rounds."""
    eager, compiled = look.timing(Way.EAGER, size), look.timing(Way.COMPILED, size)
    if eager is None or compiled is None:
        return ""
    times = eager.low / compiled.low
    return f" · compiled {f'{times:.1f}× as fast' if times >= 1 else f'{1 / times:.1f}× as slow'}"


def _earned_back(look: ProgramComparison, compiling: CompileTime) -> str:
    """Return the number of calls after which compiling has paid off, by the fastest rounds."""
    eager = look.timing(Way.EAGER, compiling.size)
    compiled = look.timing(Way.COMPILED, compiling.size)
    if eager is None or compiled is None:
        return ""
    if compiled.low >= eager.low:
        return "never earned back"
    calls = compiling.seconds / (eager.low - compiled.low) * 1e6
    return f"earned back after {float(f'{calls:.2g}'):,.0f} calls"
