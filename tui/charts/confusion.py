"""Which class was taken for which, as a table of numbers; knows no data set and no widget."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engine.frame import Frame
from tui.charts.boundary import ground
from tui.charts.canvas import Canvas, packed
from tui.charts.names import short
from tui.charts.plot import too_small, words
from tui.charts.relief import mix
from tui.charts.style import RGB, ChartStyle
from tui.charts.waiting import nothing_yet

DEPTH = 0.42
"""How much of its colour the ground of a cell has that holds a whole class."""
LONGEST = 14
"""Cells that the name of a class takes at most."""
CORNERS = ("true/said", "true")
"""Either says which side is which: rows are true. Where neither fits, there is no table."""
RIGHT = "✓"
"""Before the number of a cell where what was said is true: not colour alone tells it."""


@runtime_checkable
class Confused(Protocol):
    """A picture that counts the answers of a classifier."""

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often row's class was taken for the column's, shape (classes, classes)."""

    @property
    def classes(self) -> tuple[str, ...]:
        """What the classes are called."""


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """A row for each class that is true and a column for each that was said.

    Where there is no room for all the cells, the commonest mistakes are listed instead.
    """
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if not isinstance(picture, Confused):
        return words(frame.message or "nothing to see yet", width, height, look)
    if len(picture.classes) < 2:
        return words("a number is predicted here: there are no classes", width, height, look)
    if not picture.confusion.any():
        return words(nothing_yet(frame, "nothing was judged yet"), width, height, look)
    names = short(picture.classes, LONGEST)
    tables = (_Table(picture.confusion, names, corner, width, height) for corner in CORNERS)
    table = next((table for table in tables if table.fits), None)
    if table is not None:
        return table.draw(look)
    return _mistakes(picture.confusion, names, width, height, look)


class _Table:
    """Where the cells are: as large as the room allows, and all of one size."""

    def __init__(
        self,
        counts: NDArray[np.int64],
        names: tuple[str, ...],
        corner: str,
        width: int,
        height: int,
    ) -> None:
        self.counts, self.names, self.width, self.height = counts, names, width, height
        self.corner, self.left = corner, max(map(len, (corner, *names))) + 1
        self.across = min((width - self.left) // len(names), 18)
        self.down = min((height - 1) // len(names), 5)
        digits = len(str(counts.max()))
        self.fits = self.down >= 1 and self.across >= max(digits + 1, 3)
        self.marked = self.across >= digits + 4
        """Whether there is room for a sign before the numbers that are right."""

    def draw(self, look: ChartStyle) -> Canvas:
        canvas = Canvas(self.width, self.height)
        self._head(canvas, look)
        totals = np.maximum(self.counts.sum(axis=1), 1)
        for row, name in enumerate(self.names):
            top = 1 + row * self.down
            middle = top + (self.down - 1) // 2
            canvas.write(middle, 0, name.rjust(self.left - 1), look.text)
            for column, count in enumerate(self.counts[row].tolist()):
                share = count / float(totals[row])
                self._paint(canvas, top, column, share, row == column, look)
                self._write(canvas, middle, row, column, share, look)
        self._foot(canvas, look)
        return canvas

    def _head(self, canvas: Canvas, look: ChartStyle) -> None:
        canvas.write(0, 0, self.corner.rjust(self.left - 1), look.dim)
        for column, name in enumerate(short(self.names, self.across - 1)):
            start = self._start(column) + (self.across - len(name)) // 2
            canvas.write(0, start, name, look.text)

    def _start(self, column: int) -> int:
        return self.left + column * self.across

    def _paint(
        self, canvas: Canvas, top: int, column: int, share: float, right: bool, look: ChartStyle
    ) -> None:
        colour: RGB = look.minimum if right else look.residual
        start = self._start(column)
        cells = np.s_[top : top + self.down, start : start + self.across - 1]
        canvas.backgrounds[cells] = packed(mix(ground(look), colour, DEPTH * share))

    def _write(
        self, canvas: Canvas, middle: int, row: int, column: int, share: float, look: ChartStyle
    ) -> None:
        count, right = int(self.counts[row, column]), row == column
        text = str(count) if count or right else "·"
        if right and self.marked:
            text = f"{RIGHT} {text}"
        room = self.across - 1
        start = self._start(column)
        ink = look.text if count or right else look.dim
        canvas.write(middle, start + (room - len(text)) // 2, text, ink)
        percent = f"{share:.0%}"
        if self.down >= 3 and count and len(percent) <= room:
            canvas.write(middle + 1, start + (room - len(percent)) // 2, percent, look.text)

    def _foot(self, canvas: Canvas, look: ChartStyle) -> None:
        """Where there are rows left: what was counted, in a sentence."""
        below = 1 + self.down * len(self.names)
        right, every = int(np.trace(self.counts)), int(self.counts.sum())
        text = f"rows: true · columns: said · {RIGHT} {right:,} of {every:,} right"
        if below < self.height and len(text) <= self.width:
            canvas.write(below, 0, text, look.dim)


def _mistakes(
    counts: NDArray[np.int64], names: tuple[str, ...], width: int, height: int, look: ChartStyle
) -> Canvas:
    """The commonest mistakes, as many as there are lines."""
    canvas = Canvas(width, height)
    right, every = int(np.trace(counts)), int(counts.sum())
    head = f"{RIGHT} {right:,} of {every:,} right"
    more = f"{head}; the commonest mistakes:"
    lines = [(more if len(more) <= width else head, look.text)]
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: height - 1]
    most = max(int(wrong.max()), 1)
    for true, said in zip(*np.unravel_index(order, counts.shape), strict=True):
        count = int(wrong[true, said])
        if count:
            text = f"{names[true]} taken for {names[said]}".ljust(min(26, width - 8))
            bar = "█" * round(count / most * max(width - len(text) - 8, 0))
            lines.append((f"{text} {count:>5,} {bar}", look.residual))
    for row, (text, ink) in enumerate(lines[:height]):
        canvas.write(row, 0, text[:width], ink)
    return canvas
