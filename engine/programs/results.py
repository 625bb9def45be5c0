"""The results of each way of running a program, as frozen values."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import TypeAlias

from engine.programs import ExampleProgram, ProgramInput

SIZES = (4, 1_000_000)
"""The lengths of x for timed calls: so few numbers that only the calling takes time, and so many
that only the arithmetic does."""


class Way(StrEnum):
    """A way to run a program."""

    EAGER = "eager"
    TRACED = "traced"
    COMPILED = "compiled"


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """One line of a program, with its number in the file, counted from 1."""

    number: int
    text: str


def program_lines(program: ExampleProgram) -> tuple[ProgramLine, ...]:
    """Return the program's source lines without docstrings and blank lines; it is not executed."""
    source = (files("engine.programs") / "examples.py").read_text(encoding="utf-8")
    kinds = ast.FunctionDef | ast.ClassDef
    whole = (node for node in ast.parse(source).body if isinstance(node, kinds))
    found = next(node for node in whole if node.name == program.code)
    docstrings = {
        line
        for node in ast.walk(found)
        if isinstance(node, kinds) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    lines = source.splitlines()[: found.end_lineno]
    return tuple(
        ProgramLine(number, text)
        for number, text in enumerate(lines, start=1)
        if number >= found.lineno and text.strip() and number not in docstrings
    )


@dataclass(frozen=True, slots=True)
class ProgramNode:
    """One node of a graph; `op` and `target` are written as `torch.fx` writes them."""

    name: str
    op: str  # `placeholder` (an input), `call_function`, `call_method`, `get_attr` or `output`
    target: str  # what is called: `torch.exp`, `operator.mul`, `Tensor.sum`
    arguments: str  # as in the call: `x, 2`
    sources: tuple[int, ...] = ()
    """The indexes of the nodes whose results are used, in order, each once: the graph's edges."""
    value: str = ""
    """The numbers, if they are known: an eager operation has run, a traced one has not."""
    shape: tuple[int | str, ...] | None = None
    """The shape; None if unknown or no tensor. A length that was left open is a name."""


@dataclass(frozen=True, slots=True)
class ProgramGraph:
    """Nodes in the order in which they run: every edge points forward."""

    nodes: tuple[ProgramNode, ...]
    code: str = ""  # the Python code generated from the graph; empty for recorded operations

    @property
    def operations(self) -> int:
        return sum(node.op in ("call_function", "call_method") for node in self.nodes)


@dataclass(frozen=True, slots=True)
class ExplainedError:
    """An error of PyTorch: its class, its first lines, and what it means and what to do."""

    kind: str
    message: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ProgramAnswer:
    """The result of a program for one input."""

    given: str  # the name of the input
    value: str = ""  # the numbers; empty if there was an error
    right: bool = True  # whether eager PyTorch gives the same
    problem: ExplainedError | None = None


@dataclass(frozen=True, slots=True)
class EagerRun:
    """The operations that ran on one input, with their values."""

    graph: ProgramGraph
    answer: ProgramAnswer
    visits: Mapping[int, int] = field(default_factory=dict)
    """The number of times that each line ran, by its number in the file."""


@dataclass(frozen=True, slots=True)
class TracedProgram:
    """The graph that tracing found without running the program, and its results."""

    given: str  # the input whose Python values were built into the graph
    graph: ProgramGraph | None  # None if the program could not be traced: `problem` says why
    problem: ExplainedError | None
    answers: tuple[ProgramAnswer, ...]  # one for each input; empty without a graph
    visits: Mapping[int, int] = field(default_factory=dict)
    """The number of times that each line ran during tracing."""
    ended_at: int | None = None  # the line that raised the error


@dataclass(frozen=True, slots=True)
class CompiledCall:
    """The result of one call of a compiled program, after the calls before it."""

    answer: ProgramAnswer
    graphs: tuple[ProgramGraph, ...]
    """The graphs compiled for this call; empty if earlier ones could be used."""
    guards: tuple[str, ...]  # the conditions checked before these graphs are used again
    because: str  # the guard that failed and made new graphs necessary; empty if none did


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """The program compiled by `torch.compile`: graphs with guards, and Python between them."""

    calls: tuple[CompiledCall, ...]  # one call with each input, in order
    problem: ExplainedError | None  # why it is not one whole graph: the error of `fullgraph=True`

    @property
    def graphs(self) -> tuple[ProgramGraph, ...]:
        return tuple(graph for call in self.calls for graph in call.graphs)


@dataclass(frozen=True, slots=True)
class CompileTime:
    """The time to compile for one size: the duration of the first call."""

    size: int
    seconds: float
    kernels: tuple[str, ...]
    """The names of the loops that the compiler generated: `cpp_fused_exp_mul_sin_0`."""


@dataclass(frozen=True, slots=True)
class CallTiming:
    """The time of a call; a later timing of the same way and size replaces an earlier one."""

    way: Way
    size: int  # the length of x
    microseconds: float  # the median of the rounds
    low: float  # the fastest round
    high: float  # the slowest round


@dataclass(frozen=True, slots=True)
class WayFailure:
    """A way that cannot be measured on this machine; the others are still measured."""

    way: Way
    problem: ExplainedError


Measured: TypeAlias = CompiledProgram | CompileTime | CallTiming | WayFailure
"""One result of a measurement."""


@dataclass(frozen=True, slots=True)
class ProgramComparison:
    """All results for one program and one input so far."""

    program: ExampleProgram
    given: ProgramInput
    lines: tuple[ProgramLine, ...]
    eager: EagerRun
    traced: TracedProgram
    results: tuple[Measured, ...] = ()  # the results of the measurement of this program so far
    device: str = "cpu"  # where the calls are timed
    measuring: bool = False  # whether this program is being measured now

    @property
    def compiled(self) -> CompiledProgram | None:
        """The compiled program; None before the measurement."""
        return next((each for each in self.results if isinstance(each, CompiledProgram)), None)

    @property
    def breaks(self) -> bool:
        """Whether Python code runs between two compiled graphs."""
        return self.compiled is not None and self.compiled.problem is not None

    @property
    def call(self) -> CompiledCall | None:
        """The compiled program's call with this input."""
        place = self.program.inputs.index(self.given)
        return self.compiled.calls[place] if self.compiled else None

    @property
    def measured(self) -> bool:
        """Whether a measurement is complete."""
        return bool(self.failure(Way.COMPILED) or self.timing(Way.COMPILED, SIZES[-1]))

    @property
    def compiling(self) -> tuple[CompileTime, ...]:
        return tuple(each for each in self.results if isinstance(each, CompileTime))

    def answer(self, way: Way) -> ProgramAnswer | None:
        """Return the answer of this way for this input; None if there is none, or not yet."""
        if way is Way.EAGER:
            return self.eager.answer
        if way is Way.COMPILED:
            return self.call.answer if self.call else None
        return next((each for each in self.traced.answers if each.given == self.given.name), None)

    def graphs(self, way: Way) -> tuple[ProgramGraph, ...]:
        if way is Way.EAGER:
            return (self.eager.graph,)
        if way is Way.TRACED:
            return (self.traced.graph,) if self.traced.graph else ()
        return self.compiled.graphs if self.compiled else ()

    def timing(self, way: Way, size: int) -> CallTiming | None:
        """Return the last timing of a call in that way."""
        timings = [each for each in self.results if isinstance(each, CallTiming)]
        return next((t for t in reversed(timings) if (t.way, t.size) == (way, size)), None)

    def failure(self, way: Way) -> WayFailure | None:
        failures = (each for each in self.results if isinstance(each, WayFailure))
        return next((each for each in failures if each.way is way), None)
