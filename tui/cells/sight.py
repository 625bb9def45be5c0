"""Which slice of a tensor is in sight, how much of it, and where the cursor is; no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cells.marks import Window
from tui.cells.plan import Plan

if TYPE_CHECKING:
    from tui.cells.marks import Mask, Numbers

NOTHING = Plan((0,))


class Sight:
    """One slice, a window on it, and the cell that was chosen in it."""

    slice: int
    """Which slice is in sight."""
    cursor: tuple[int, int] | None
    """Row and column of the chosen cell; None before one was chosen."""
    window: Window
    """The rows and columns of the slice that there is room for."""

    def __init__(self) -> None:
        self.plan = NOTHING
        self.rewind()

    @property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The indices of the chosen cell in the tensor: three of a coloured pixel."""
        if self.cursor is None:
            return ()
        return self.plan.cells_at(self.slice, *self.cursor)

    @property
    def turns(self) -> bool:
        """Whether there is another slice, and something to see in it."""
        return self.plan.slices > 1 and not self.plan.empty

    @property
    def hidden(self) -> str:
        """Arrows to where there is more of the slice than can be seen."""
        window, plan = self.window, self.plan
        more = {
            "←": window.left > 0,
            "→": window.left + window.columns < plan.columns,
            "↑": window.top > 0,
            "↓": window.top + window.rows < plan.rows,
        }
        return "".join(arrow for arrow, there in more.items() if there)

    def part(self, cells: Numbers) -> Numbers:
        """What lies in the slice of these cells, which have the shape of the tensor."""
        here: Numbers = self.plan.stacked(cells)[self.slice]
        return here

    def rewind(self) -> None:
        """Go to the first cell of the first slice, which nobody has chosen yet."""
        self.slice, self.cursor, self.window = 0, None, Window(0, 0, 1, 1)

    def turn(self, direction: int) -> bool:
        """So many slices on, after the last the first; whether there is more than one."""
        if self.plan.slices <= 1:
            return False
        self.slice = (self.slice + direction) % self.plan.slices
        return True

    def fit(self, rows: int, columns: int) -> None:
        """Give the window the size that there is room for; it shows as much as it can."""
        window = Window(self.window.top, self.window.left, rows, columns)
        self.window = window.moved_to(
            window.top, window.left, max(rows, self.plan.rows), max(columns, self.plan.columns)
        )

    def move(self, down: int, right: int) -> None:
        """Choose the first cell in sight, or go so far from the one that is chosen."""
        row, column = self.cursor or (self.window.top - down, self.window.left - right)
        row = min(max(row + down, 0), self.plan.rows - 1)
        column = min(max(column + right, 0), self.plan.columns - 1)
        self.cursor = row, column
        self._bring(row, column)

    def reveal(self, chosen: Mask) -> None:
        """Show a slice and a place where something is chosen, if nothing in sight is."""
        stacked = self.plan.stacked(chosen)
        if not stacked.any():
            return
        if not stacked[self.slice].any():
            self.slice = int(stacked.reshape(self.plan.slices, -1).any(axis=1).argmax())
        here, window = stacked[self.slice], self.window
        in_sight = here[window.top :, window.left :][: window.rows, : window.columns]
        if not in_sight.any():
            self._bring(*_first(here))

    def _bring(self, row: int, column: int) -> None:
        """Move the window so far that this cell is in it."""
        self.window = self.window.moved_to(row, column, self.plan.rows, self.plan.columns)


def _first(mask: Mask) -> tuple[int, int]:
    """Row and column of the first True of a slice."""
    row, column = (int(places[0]) for places in mask.nonzero()[:2])
    return row, column
