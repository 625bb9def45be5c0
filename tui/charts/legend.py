"""What the marks of a chart mean, written where it hides least; knows no particular chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from engine.pictures import Array
from tui.charts.plot import Plot
from tui.charts.style import RGB, ChartStyle

Entry: TypeAlias = tuple[str, str, RGB]
"""A mark, what it means, and its colour."""


def legend(plot: Plot, entries: Sequence[Entry], x: Array, y: Array, look: ChartStyle) -> None:
    """Write the entries in the corner, or at the top, that holds the fewest of the points (x, y).

    Give it points that stay where they are, else it jumps about while the picture moves.
    Where it would fill a third of the chart it is left out.
    """
    indent = max(len(mark) for mark, _, _ in entries) + 1
    width = indent + max(len(label) for _, label, _ in entries)
    height = len(entries)
    if width * height * 3 > plot.columns * plot.rows:
        return
    column, row = _emptiest(plot, width, height, x, y)
    for index, (mark, label, colour) in enumerate(entries):
        plot.note(column, row + index, mark, colour)
        plot.note(column + indent, row + index, label, look.text)


def _emptiest(plot: Plot, width: int, height: int, x: Array, y: Array) -> tuple[int, int]:
    columns, rows = plot.column(x), plot.row(y)

    def hidden(corner: tuple[int, int]) -> int:
        column, row = corner
        across = (columns >= column - 1) & (columns <= column + width)
        return int(np.count_nonzero(across & (rows >= row) & (rows < row + height)))

    below, right, middle = plot.rows - height, plot.columns - width - 1, (plot.columns - width) // 2
    places = ((1, 0), (right, 0), (right, below), (1, below), (middle, 0))
    return min(places, key=hidden)
