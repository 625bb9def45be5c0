"""Rows of numbers with a label each; knows no file and no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.pictures import Array


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

    def __len__(self) -> int:
        return len(self.x)

    def constant(self) -> tuple[str, ...]:
        """The features that are the same in every row: nothing can be learnt from them."""
        low, high = np.fmin.reduce(self.x), np.fmax.reduce(self.x)
        return tuple(name for name, same in zip(self.names, low == high, strict=True) if same)
