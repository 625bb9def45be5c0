"""What each way makes of a program: frozen values to show; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

SIZES = (4, 1_000_000)
"""How many numbers x has when calls are timed: so few that only the calling costs, and so many
that only they do."""


class Way(StrEnum):
    """How a program may be run."""

    EAGER = "eager"
    TRACED = "traced"
    COMPILED = "compiled"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a program."""

    number: int
    """Where it stands in the file, counted from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a graph; `op` and `target` are written as `torch.fx` writes them."""

    name: str
    op: str
    """`placeholder` (an input), `call_function`, `call_method`, `get_attr` or `output`."""
    target: str
    """What is called: `torch.exp`, `operator.mul`, `Tensor.sum`."""
    arguments: str
    """As they stand in the call: `x, 2`."""
    sources: tuple[int, ...] = ()
    """The nodes whose results come in, by index, in order, each once: the edges of the graph."""
    value: str = ""
    """The numbers, where they are known: an eager operation has run, a traced one has not."""
    shape: tuple[int | str, ...] | None = None
    """None where it is unknown, or no tensor; a word for a length that was left open."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order in which they run: every edge points forward."""

    nodes: tuple[Node, ...]
    code: str = ""
    """The Python that the graph was turned back into; empty for a record of what ran."""

    @property
    def operations(self) -> int:
        """How many nodes compute something."""
        return sum(node.op in ("call_function", "call_method") for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as PyTorch raised it, and what it means."""

    kind: str
    """Its class: `TraceError`."""
    message: str
    """Its own words, the first lines of them."""
    explanation: str = ""
    """What it means here, and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program gave for one input."""

    given: str
    """The name of the input."""
    value: str = ""
    """The numbers; empty where there was an error."""
    right: bool = True
    """Whether eager PyTorch gives the same."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Eager:
    """The operations as they ran on one input, with their values."""

    graph: Graph
    answer: Answer
    visits: Mapping[int, int] = field(default_factory=dict)
    """How often each line ran, by its number in the file."""


@dataclass(frozen=True, slots=True)
class Traced:
    """The graph that tracing found without running anything, and what it answers."""

    given: str
    """The input whose Python values went into the graph."""
    graph: Graph | None
    """None where the program could not be traced: `problem` says why."""
    problem: Problem | None
    answers: tuple[Answer, ...]
    """One for each input; none without a graph."""
    visits: Mapping[int, int] = field(default_factory=dict)
    """How often each line ran while tracing, by its number in the file."""
    ended_at: int | None = None
    """The line that raised the error."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one call of a compiled program led to, after the calls before it."""

    answer: Answer
    graphs: tuple[Graph, ...]
    """Those that this call made the compiler make: none where earlier ones served."""
    guards: tuple[str, ...]
    """What these graphs rely on, and is checked before they are used again."""
    because: str
    """The guard that failed, so that there had to be new graphs; empty where none did."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What `torch.compile` sees: graphs with Python between them, each behind its guards."""

    calls: tuple[Call, ...]
    """The program called with each of its inputs in turn."""
    problem: Problem | None
    """Why it is not one whole graph: what `fullgraph=True` raises."""

    @property
    def graphs(self) -> int:
        """How many graphs there are after all calls."""
        return sum(len(call.graphs) for call in self.calls)

    @property
    def breaks(self) -> bool:
        """Whether Python has to decide something between two graphs."""
        return self.problem is not None


@dataclass(frozen=True, slots=True)
class Compiling:
    """What it cost to compile for one size: the first call, with everything it waits for."""

    size: int
    seconds: float
    kernels: tuple[str, ...]
    """The loops that the compiler wrote, by name: `cpp_fused_exp_mul_sin_0`."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a call takes; a later one for the same way and size is the better one."""

    way: Way
    size: int
    """How many numbers x has."""
    microseconds: float
    """The median of the rounds."""
    low: float
    high: float
    """The fastest and the slowest round."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way that cannot be measured here; the others go on."""

    way: Way
    problem: Problem


Result: TypeAlias = Compiled | Compiling | Timing | Failure
"""What a measurement brings, piece by piece."""
