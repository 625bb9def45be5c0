"""How the cells of a tensor are laid out: slices of rows and columns; draws nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SIDE = 8
"""Fewer rows or columns than that are numbers to read, not a picture."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The last dimensions as rows, columns and, of an image, channels; the others as slices."""

    shape: tuple[int, ...]
    picture: bool = False
    """Whether a cell is drawn as a pixel: it is a number where not."""
    coloured: bool = False
    """Whether the last dimension is red, green and blue of one pixel."""

    @property
    def leading(self) -> tuple[int, ...]:
        """The sizes of the dimensions that number the slices."""
        return self.shape[: max(0, len(self.shape) - 2 - self.coloured)]

    @property
    def slices(self) -> int:
        return math.prod(self.leading)

    @property
    def rows(self) -> int:
        return self._grid[0] if len(self._grid) > 1 else 1

    @property
    def columns(self) -> int:
        return self._grid[-1] if self._grid else 1

    @property
    def empty(self) -> bool:
        """Whether there is no cell at all."""
        return 0 in self.shape

    @property
    def _grid(self) -> tuple[int, ...]:
        return self.shape[len(self.leading) : len(self.shape) - self.coloured]

    def stacked(self, cells: NDArray[Any]) -> NDArray[Any]:
        """The cells as slices × rows × columns, and × 3 where they are coloured."""
        channels = (3,) if self.coloured else ()
        return cells.reshape(self.slices, self.rows, self.columns, *channels)

    def slice_index(self, number: int) -> tuple[int, ...]:
        """The index of a slice in the leading dimensions."""
        index: tuple[int, ...] = ()
        for size in reversed(self.leading):
            number, rest = divmod(number, size)
            index = (rest, *index)
        return index

    def cells_at(self, number: int, row: int, column: int) -> tuple[tuple[int, ...], ...]:
        """The indices of the cells drawn in one place: three of a coloured pixel, else one."""
        place = (*self.slice_index(number), *(row, column)[2 - len(self._grid) :])
        return tuple((*place, channel) for channel in range(3)) if self.coloured else (place,)


def plan(shape: tuple[int, ...], pictures: bool = False) -> Plan:
    """How a tensor of this shape is laid out; where `pictures`, as pixels if it can be."""
    if pictures and len(shape) >= 3 and shape[-1] == 3 and min(shape[-3:-1]) >= LEAST_SIDE:
        return Plan(shape, picture=True, coloured=True)
    return Plan(shape, picture=pictures and len(shape) >= 2 and min(shape[-2:]) >= LEAST_SIDE)
