"""An exercise: a program with a gap or a bug, its solution, and the wrong programs people write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["hole", "fault", "empty"]
"""A gap to fill, a bug to find, or a program to write from an empty file."""
GAP, END = "# gap", "# end"
"""The lines around the part of a program that the variations replace; learners do not see them."""


PLACEHOLDER = "# replace this line"
"""The end of a line that stands where the learner's lines belong."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong program that people actually write."""

    name: str
    program: str
    explanation: str
    """What the program does instead, and why that is wrong; shown to the learner."""
    look: str = ""
    """A regular expression for the line to look at in the learner's program; empty for none."""

    def line(self, program: str) -> int | None:
        """Return the number of the line to look at, counted from 1; None if there is none.

        It is below the imports: what the docstring names is not the line.
        """
        if not self.look:
            return None
        lines = list(enumerate(program.splitlines(), start=1))
        imports = [n for n, line in lines if re.match("import |from ", line)]
        below = lines[max(imports, default=0) :]
        return next((n for n, line in below if re.search(self.look, line)), None)


def placeholder(program: str) -> int | None:
    """Return the number of the first placeholder, counted from 1; None if there is none."""
    lines = enumerate(program.splitlines(), start=1)
    return next((number for number, line in lines if line.endswith(PLACEHOLDER)), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to the question which bug a program has."""

    text: str
    why: str
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise, complete with what judges it."""

    lesson: str
    name: str
    title: str
    kind: Kind
    task: str
    """The task in two sentences."""
    given: str
    """The program as the learner gets it."""
    gap: tuple[int, int]
    """The first line of the gap and the line after it, counted from 1, in `given`."""
    solution: str
    correct: tuple[str, ...]
    """Other correct programs, which the tests try."""
    mutants: tuple[Mutant, ...]
    hints: tuple[str, str, str]
    probe: str = ""
    """Python code with a function `probe(program)` that yields labels and values to compare."""
    by_values: bool = False
    """Whether only the values of the probe count: the losses may differ from the solution's."""
    picture: str = ""
    """What is drawn from the learner's parameters: `line`, `boundary`, or nothing."""
    without: tuple[str, ...] = ()
    """The names in PyTorch of what the learner writes by hand."""
    reads_digits: bool = False
    """Whether the program's function `predict` can read digits from the drawing sheet."""
    answers: tuple[Answer, ...] = ()
    """The answers to the question which bug the program has; empty if it is not asked."""

    @property
    def slug(self) -> str:
        """The name with the lesson, for example `autograd/value`."""
        return f"{self.lesson}/{self.name}"

    @property
    def trains(self) -> bool:
        """Whether the program has a function `train` whose losses are drawn."""
        return bool(re.search(r"^def train\(", self.solution, re.MULTILINE))

    def is_its_bug(self, fault: str | None) -> bool:
        """Return whether this mutant is the bug of the given program, which is asked for."""
        return bool(self.answers and self.mutants) and fault == self.mutants[0].name
