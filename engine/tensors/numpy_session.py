"""An array and tensors made from it: a change to one shows which others share its memory.

Every executed statement is a constant of this file, or is built from the name of a variable, two
indices and a number that were checked; typed text is never executed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engine.config import nearest
from engine.expression import MOST_CHARACTERS, Refused, check_letters, suggesting
from engine.numerals import NUMBER, ascii_form, meant
from engine.tensors.looks import Mask, Numbers

SCRIPT = """\
a = np.arange(6.0).reshape(2, 3)
shared = torch.from_numpy(a)
copied = torch.tensor(a)
a[0, 0] = 10.0
shared[1, 2] = -1.0
copied[0, 1] = 99.0
shared.numpy()[1, 0] = 7.0
a += 1
a = a + 1
a[0, 0] = 0.0
""".splitlines()
NOTES = (
    "An array of NumPy: two rows of three, float64 as NumPy likes it.",
    "from_numpy makes a tensor around the memory of a: nothing is copied.",
    "torch.tensor copies: its memory is its own.",
    "The array was changed, and shared changed with it: it is the same memory.",
    "The tensor was changed, and a changed with it: sharing goes both ways.",
    "Only copied has changed: it shares with nobody.",
    "The way back shares too: shared.numpy() is an array in the same memory.",
    "+= writes into the memory that is there: a and shared both move.",
    "a + 1 is a new array, and the name a now means that one; shared keeps the old memory.",
    "So from now on a and shared go their own ways.",
)
NAMES = ("a", "shared", "copied")
MADE = 3  # the number of statements that create the three variables
FORM = re.compile(r"\s*([A-Za-z_]\w*)\s*\[\s*([0-9]+)\s*,\s*([0-9]+)\s*\]\s*=(?!=)\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A new number for one cell of a variable, `a[0, 1] = 5`."""

    name: str
    row: int
    column: int
    value: float


def assignment(text: str, names: Collection[str]) -> Assignment | None:
    """Return the assignment in a typed line; None if it has another form.

    Raises `Refused` if it has an unknown variable, or the right side is no number.
    """
    with suggesting(lambda line: _assignment(line, names)):
        return _assignment(text, names)


def _assignment(text: str, names: Collection[str]) -> Assignment | None:
    if len(text) > MOST_CHARACTERS or not (match := FORM.fullmatch(text)):
        return None
    check_letters(text)
    name, row, column, value = match.groups()
    if name not in names:
        raise Refused(f"no variable {name}; {nearest(name, names)}", text, match.span(1))
    if not NUMBER.fullmatch(ascii_form(value)):
        likely, start = meant(value), match.start(4)
        instead = f"{text[:start]}{likely}".strip() if likely else ""
        message = "one plain number stands here, such as 5 or -0.5"
        raise Refused(message, text, match.span(4), instead)
    return Assignment(name, int(row), int(column), float(ascii_form(value)))


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """An array or a tensor after a statement."""

    library: str  # `numpy` or `torch`
    numbers: Numbers  # a copy, shape (rows, columns)
    changed: Mask
    """The cells that the last statement changed; none if it created the variable."""


class NumpySession:
    """The three variables, and the statements that have run on them."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {"np": np, "torch": torch}
        self._changes: list[Assignment | None] = []
        """The learner's change for each statement that ran, or None for one of the script."""
        self.ran: list[tuple[str, str]] = []
        """All statements that ran, oldest first, each with a sentence about its effect."""
        self.ahead = list(SCRIPT)  # the remaining statements of the script
        self.variables: Mapping[str, Variable] = {}  # by name, frozen; replaced by every statement
        for _ in range(MADE):
            self.step()

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        """The variables that are tensors, for evaluating lines."""
        return {name: self._names[name] for name in NAMES[1:]}

    @property
    def shared(self) -> tuple[str, ...]:
        """The variables in the memory of `shared`, including itself."""
        own = _array(self._names["shared"])
        return tuple(name for name in NAMES if np.shares_memory(_array(self._names[name]), own))

    @property
    def untouched(self) -> bool:
        return len(self.ran) <= MADE

    def step(self) -> bool:
        """Run the next statement of the script; returns False if there was none."""
        if not self.ahead:
            return False
        statement = self.ahead.pop(0)
        self._run(statement, None)
        self.ran.append((statement, NOTES[SCRIPT.index(statement)]))
        return True

    def change(self, change: Assignment) -> None:
        """Run `name[row, column] = value`; `ValueError` for an unknown name or cell, or for nan."""
        name, row, column, value = change.name, change.row, change.column, change.value
        if name not in NAMES:
            raise ValueError(f"no variable {name!r} yet; there are: {', '.join(NAMES)}")
        rows, columns = self.variables[name].numbers.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"no cell [{row}, {column}]; rows 0 to {rows - 1}, columns 0 to {columns - 1}"
            )
        if not math.isfinite(value):
            raise ValueError(f"{value} is no finite number")
        statement = f"{name}[{int(row)}, {int(column)}] = {float(value)!r}"
        self._run(statement, change)
        followed = " and ".join(
            other for other, each in self.variables.items() if other != name and each.changed.any()
        )
        same = f"{followed} changed with it: the same memory."
        self.ran.append((statement, same if followed else "Nothing else did."))

    def without_last(self) -> NumpySession:
        """Return a new session without the last statement; the three variables remain."""
        session = NumpySession()
        for change in self._changes[MADE:-1]:
            session.step() if change is None else session.change(change)
        return session

    def _run(self, statement: str, change: Assignment | None) -> None:
        exec(statement, self._names)  # safe: see the top of this file
        self._changes.append(change)
        variables = {}
        for name in NAMES:
            if name in self._names:
                value, before = self._names[name], self.variables.get(name)
                numbers = _array(value).copy()
                changed = numbers != (numbers if before is None else before.numbers)
                library = type(value).__module__.partition(".")[0]
                variables[name] = Variable(library, numbers, changed)
        self.variables = variables


def _array(value: Any) -> Numbers:
    """Return the memory of an array or a tensor as an array, not a copy."""
    array: Numbers = value.numpy() if isinstance(value, torch.Tensor) else value
    return array
