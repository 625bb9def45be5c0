"""What a run of a program leaves behind: losses, parameters, values, output and errors."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

EARLY = 20
"""The number of updates that are compared one by one."""
VALUES = 32
"""The most parameters of a model that are compared; of the others, only the two sums."""
CLOSED = 113
"""The exit code of a program that has closed the descriptor of its events."""

Numbers: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended early."""

    kind: str
    """`error`, or the limit that was exceeded: `timeout`, `output`, `memory`, `exit`, `killed`;
    `closed` if the program closed the descriptor of its events."""
    type: str
    """The class of the exception, for example `RuntimeError`."""
    message: str
    line: int | None = None
    """The line of the learner's program, counted from 1."""
    trace: tuple[tuple[int, str], ...] = ()
    """The lines of the learner's program in the traceback, outermost first: number and function."""
    code: str = ""
    """What stands in the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """The results of one run; all numbers as the program computed them, in float64."""

    losses: Numbers = ()
    parameters: tuple[Numbers, ...] = ()
    """The parameters after each of the first `EARLY` updates."""
    gradients: tuple[Numbers, ...] = ()
    """Their gradients at the same time; empty where they were already cleared."""
    last: Numbers = ()
    """The parameters after the last update."""
    graphs: Numbers = ()
    """How many tensors with a graph are alive after each of the first updates."""
    operations: Numbers = ()
    """How many operations their graphs have together."""
    steps: Numbers = ()
    """How often an optimizer's `step` was called by then."""
    backwards: Numbers = ()
    """How often `backward` was called by then."""
    values: tuple[tuple[str, Any], ...] = ()
    """What the probe has found: labels and values."""
    output: str = ""
    failure: Failure | None = None

    @property
    def keeps_graphs(self) -> bool:
        """Whether each update leaves a graph in memory, of a tensor of its own or of another."""
        pairs = zip(self.operations[1:], self.operations[2:], strict=False)
        grows = len(self.operations) > 4 and all(after > before for before, after in pairs)
        return self.keeps_tensors or grows

    @property
    def keeps_tensors(self) -> bool:
        """Whether each update leaves a tensor with a graph in memory."""
        return len(self.graphs) > 4 and self.graphs[-1] - self.graphs[1] >= len(self.graphs) - 2

    @property
    def moved(self) -> bool:
        """Whether any parameter changed between the first and the last update."""
        return not self.parameters or len(self.losses) < 2 or self.last != self.parameters[0]


def printable(text: str) -> str:
    """Return a text without control characters, which a terminal would obey, and surrogates."""
    kept = (c if c in "\n\t" or c.isprintable() else "?" for c in text)
    return "".join(kept)


class RecordBuilder:
    """Builds a record from the events of a run, in the order in which they arrive."""

    def __init__(self) -> None:
        self.losses = array("d")
        self.parameters: Numbers = ()
        """The latest parameters."""
        self.first: Numbers = ()
        """The parameters after the first update."""
        self.data: tuple[Any, ...] = ()
        """The inputs and targets of the program, if they are drawn."""
        self._early: list[Mapping[str, Any]] = []
        self._values: list[tuple[str, Any]] = []
        self._output: list[str] = []
        self.failure: Failure | None = None
        self.done = False
        """Whether the program has run to its end."""
        self.reads = False
        """Whether the program has trained and reads digits."""
        self.digits: list[int] = []
        """The digits that it has read."""

    def take(self, event: Mapping[str, Any]) -> None:
        """Add an event."""
        if "losses" in event:
            self.losses.extend(event["losses"])
        if "parameters" in event:
            self.parameters = tuple(event["parameters"])
            self.first = self.first or self.parameters
            if len(self._early) < EARLY and event.get("early"):
                self._early.append(event)
        self.done |= "done" in event
        self.reads |= "reads" in event
        if "digit" in event:
            self.digits.append(event["digit"])
        if "data" in event:
            self.data = tuple(event["data"])
        if "value" in event:
            label, value = event["value"]
            self._values.append((label, value))
        if "output" in event:
            self._output.append(printable(event["output"]))
        if "failure" in event:
            facts = dict(event["failure"])
            facts["message"] = printable(facts["message"])
            trace = tuple((int(line), str(name)) for line, name in facts.pop("trace", ()))
            self.failure = Failure(**facts, trace=trace)

    def record(self) -> Record:
        """Return everything so far."""
        return Record(
            losses=tuple(self.losses),
            parameters=tuple(tuple(one["parameters"]) for one in self._early),
            gradients=tuple(tuple(one.get("gradients", ())) for one in self._early),
            last=self.parameters,
            graphs=tuple(one.get("graphs", 0) for one in self._early),
            operations=tuple(one.get("operations", 0) for one in self._early),
            steps=tuple(one.get("steps", 0) for one in self._early),
            backwards=tuple(one.get("backwards", 0) for one in self._early),
            values=tuple(self._values),
            output="".join(self._output),
            failure=self.failure,
        )


def close(a: float, b: float, relative: float, absolute: float = 0.0) -> bool:
    """Return whether two numbers agree; two nan agree, and two infinities of the same sign."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)


def all_close(
    a: Sequence[float], b: Sequence[float], relative: float, absolute: float = 0.0
) -> bool:
    """Return whether two sequences have the same length and agree number by number."""
    return len(a) == len(b) and first_apart(a, b, relative, absolute) is None


def first_apart(
    a: Iterable[float], b: Iterable[float], relative: float, absolute: float = 0.0
) -> int | None:
    """Return the first index at which two sequences differ; None if they agree to the shorter."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if not close(x, y, relative, absolute)), None)


def same_value(a: Any, b: Any, relative: float) -> bool:
    """Return whether two values of a probe are equal; numbers and tensors within `relative`."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_value(a[key], b[key], relative) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        pairs = zip(a, b, strict=False)
        return len(a) == len(b) and all(same_value(x, y, relative) for x, y in pairs)
    numbers = isinstance(a, float | int) and isinstance(b, float | int)
    if numbers and not isinstance(a, bool) and not isinstance(b, bool):
        try:
            return close(float(a), float(b), relative, relative * 0.1)
        except OverflowError:  # a whole number too large for float64
            return bool(a == b)
    return type(a) is type(b) and bool(a == b)
