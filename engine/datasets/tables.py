"""Rows of numbers with a label each; knows no file and no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.counts import counted
from engine.pictures import Array

FEW_ROWS = 20
"""With fewer rows the part held out is so small that its score says little."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What a model of numbers can learn from. Its texts hold nothing that a terminal obeys."""

    name: str
    x: Array
    """The features, shape (rows, features); what is to be filled in is nan."""
    y: Array
    """Of each row the number of its class, from 0, or the number to predict; shape (rows,)."""
    names: tuple[str, ...]
    """What the features are called."""
    label: str
    """What the label is called."""
    classes: tuple[str, ...]
    """What the classes are called, in their order; empty where a number is to be predicted."""
    report: tuple[str, ...] = ()
    """What was left out or has to be filled in, a sentence each."""
    ignored: tuple[str, ...] = ()
    """The columns that are left out since a person said so."""
    hint: str = ""
    """What else the label could be: many whole numbers may stand for classes."""

    def __len__(self) -> int:
        return len(self.x)

    def constant(self) -> tuple[str, ...]:
        """The features that are the same in every row: nothing can be learnt from them."""
        low, high = np.fmin.reduce(self.x), np.fmax.reduce(self.x)
        return tuple(name for name, same in zip(self.names, low == high, strict=True) if same)

    def task(self, held_out: int) -> str:
        """What is predicted from what, in one line; `held_out` of the rows are not trained on."""
        label = f"predicts {self.label}: {self._target()}"
        if self.hint:
            label += f" ({self.hint})"
        rows = f"{counted(len(self), 'row')}, {held_out:,} held out"
        ignored = [f"ignored: {listed(self.ignored)}"] if self.ignored else []
        return "; ".join([label, counted(len(self.names), "feature"), rows, *ignored])

    def notes(self) -> tuple[str, ...]:
        """The report, and a warning where there are few rows."""
        few = f"{len(self)} rows are few: the score on those held out says little"
        return (*self.report, few) if len(self) < FEW_ROWS else self.report

    def _target(self) -> str:
        if self.classes:
            return f"{counted(len(self.classes), 'class', 'classes')} ({listed(self.classes)})"
        return f"a number from {self.y.min():,.6g} to {self.y.max():,.6g}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """The names in one line, the first of them where they are many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
