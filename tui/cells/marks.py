"""Which cells of a slice stand out, and why; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask: TypeAlias = NDArray[np.bool_]
    Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Masks in the shape of the tensor; None where nothing is marked in that way."""

    lit: Mask | None = None
    """The cells that the line has read."""
    origin: Mask | None = None
    """Those among them that one chosen cell of the result comes from."""
    changed: Mask | None = None
    """The cells that have another number now."""

    @property
    def chosen(self) -> Mask | None:
        """What is to be seen first: the origin of one cell, else all that was read."""
        return self.lit if self.origin is None else self.origin


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a slice that is in sight."""

    top: int
    left: int
    rows: int
    columns: int

    def moved_to(self, row: int, column: int, rows: int, columns: int) -> Window:
        """The nearest window that shows this place, and nothing beyond so many rows, columns."""
        top = min(max(self.top, row - self.rows + 1), row)
        left = min(max(self.left, column - self.columns + 1), column)
        top = max(0, min(top, rows - self.rows))
        return Window(top, max(0, min(left, columns - self.columns)), self.rows, self.columns)
