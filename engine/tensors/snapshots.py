"""What the variables of a session look like after a statement; frozen, knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.tensors.looks import Mask, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """An array or a tensor, looked at."""

    type: str
    """`numpy.ndarray` or `torch.Tensor`."""
    dtype: str
    numbers: Numbers
    """A copy, shape (rows, columns)."""
    changed: Mask
    """The cells whose number the last statement changed; none where it made the variable."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The variables after a statement."""

    statement: str
    """What has just run."""
    note: str
    """What it did, in one sentence."""
    variables: Mapping[str, Variable]
    """By name; a variable that is not made yet is missing."""
    shared: tuple[str, ...]
    """The variables that lie in the memory of `shared`, itself among them."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The variables in which a number changed."""
        return tuple(name for name, look in self.variables.items() if look.changed.any())
