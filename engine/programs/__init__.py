"""The example programs of the lesson on graphs, and the inputs to call them with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.config import nearest


@dataclass(frozen=True, slots=True)
class ProgramInput:
    """The arguments that a program is called with."""

    name: str
    x: tuple[float, ...]
    arguments: Mapping[str, int] = field(default_factory=dict)
    """Further arguments, plain Python numbers."""
    training: bool = True  # the mode of a module: `train()` or `eval()`; a function has none


@dataclass(frozen=True, slots=True)
class ExampleProgram:
    """A program of `engine.programs.examples`."""

    name: str
    code: str  # the name of the function or class in the file
    title: str  # the concept that it demonstrates
    inputs: tuple[ProgramInput, ...]
    """At least two that take different paths; tracing uses the first."""

    def input(self, name: str) -> ProgramInput:
        by_name = {given.name: given for given in self.inputs}
        if name not in by_name:
            raise ValueError(f"{self.name} has no input {name!r}; {nearest(name, by_name)}")
        return by_name[name]


UP = (0.5, 1.0, 1.5, 2.0)
SIX = (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
LENGTHS = ProgramInput("four numbers", UP), ProgramInput("six numbers", SIX)
SUMS = ProgramInput("sum above 0", UP), ProgramInput("sum below 0", tuple(-n for n in UP))
COUNTS = tuple(ProgramInput(f"{count} rounds", UP, {"times": count}) for count in (2, 3))
MODES = ProgramInput("training", UP), ProgramInput("evaluation", UP, training=False)
SCALES = ProgramInput("large", (2.0, 4.0, 6.0, 8.0)), ProgramInput("small", (0.1, 0.2, 0.3, 0.4))
PROGRAMS = (
    ExampleProgram("smooth", "smooth", "operations in a row", LENGTHS),
    ExampleProgram("branch", "branch", "an if on the data", SUMS),
    ExampleProgram("where", "where", "the choice as an operation", SUMS),
    ExampleProgram("loop", "loop", "a for loop that counts", COUNTS),
    ExampleProgram("centre", "Centre", "an if on a setting", MODES),
    ExampleProgram("halve", "halve", "a while loop on the data", SCALES),
)


def find(name: str) -> ExampleProgram:
    """Return the program of that name; `ValueError`, with the nearest name, if there is none."""
    by_name = {program.name: program for program in PROGRAMS}
    if name not in by_name:
        raise ValueError(f"no program {name!r}; {nearest(name, by_name)}")
    return by_name[name]
