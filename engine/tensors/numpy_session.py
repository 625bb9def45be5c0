"""An array and the tensors made from it: change one, see which others follow; knows no screen.

Every statement that is executed here is one of our own, or is built from the name of a variable,
two indices and a number that were checked; nothing that a person typed is.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from engine.tensors.looks import Numbers
from engine.tensors.snapshots import Snapshot, Variable

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
MADE = 3
"""How many statements make the three variables."""


class Session:
    """The three variables, and the statements that have run on them."""

    def __init__(self, made: int = MADE) -> None:
        """`made` is how many statements of the script have run at the start."""
        self._variables: dict[str, Any] = {"np": np, "torch": torch}
        self._next = 0
        self.statements: tuple[str, ...] = ()
        """All that ran, oldest first."""
        self.snapshot = Snapshot("", "", {}, ())
        for _ in range(made):
            self.step()

    @property
    def next(self) -> str | None:
        """The statement of the script that `step` runs; None at its end."""
        return SCRIPT[self._next] if self._next < len(SCRIPT) else None

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        """The variables that are tensors: lines can be worked out on them."""
        found = {name: self._variables.get(name) for name in NAMES}
        return {name: value for name, value in found.items() if isinstance(value, torch.Tensor)}

    def step(self) -> Snapshot:
        """Run the next statement of the script; at its end nothing more happens."""
        if self.next is not None:
            self._next += 1
            self._run(SCRIPT[self._next - 1], NOTES[self._next - 1])
        return self.snapshot

    def change(self, name: str, row: int, column: int, value: float) -> Snapshot:
        """Run `name[row, column] = value`.

        Raises:
            ValueError: no variable of that name, no such cell, or no finite number.
        """
        if name not in NAMES or name not in self._variables:
            there = ", ".join(known for known in NAMES if known in self._variables)
            raise ValueError(f"no variable {name!r} yet; there are: {there or 'none'}")
        rows, columns = self._variables[name].shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"no cell [{row}, {column}]; rows 0 to {rows - 1}, columns 0 to {columns - 1}"
            )
        if not math.isfinite(value):
            raise ValueError(f"{value} is no finite number")
        self._run(f"{name}[{int(row)}, {int(column)}] = {float(value)!r}")
        followed = " and ".join(other for other in self.snapshot.changed if other != name)
        note = f"{followed} changed with it: the same memory." if followed else "Nothing else did."
        self.snapshot = replace(self.snapshot, note=note)
        return self.snapshot

    def _run(self, statement: str, note: str = "") -> None:
        exec(statement, self._variables)  # one of our own: see the first lines of this file
        self.statements += (statement,)
        there = [name for name in NAMES if name in self._variables]
        looks = {name: self._look(name) for name in there}
        shared = tuple(name for name in there if self._in_memory_of_shared(name))
        self.snapshot = Snapshot(statement, note, looks, shared)

    def _look(self, name: str) -> Variable:
        value = self._variables[name]
        numbers = _array(value).copy()
        before = self.snapshot.variables.get(name)
        changed = np.zeros(numbers.shape, np.bool_) if before is None else numbers != before.numbers
        kind = "torch.Tensor" if isinstance(value, torch.Tensor) else "numpy.ndarray"
        return Variable(kind, str(value.dtype).removeprefix("torch."), numbers, changed)

    def _in_memory_of_shared(self, name: str) -> bool:
        shared = self._variables.get("shared")
        return shared is not None and np.shares_memory(
            _array(self._variables[name]), _array(shared)
        )


def _array(value: Any) -> Numbers:
    """The memory of an array or a tensor, as an array: not a copy."""
    array: Numbers = value.numpy() if isinstance(value, torch.Tensor) else value
    return array
