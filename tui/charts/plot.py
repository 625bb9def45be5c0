"""A plotext figure that takes unit coordinates and gives lines; knows no frame and no widget."""

from __future__ import annotations

from functools import cache
from textwrap import wrap
from typing import Any

import numpy as np

from engine.pictures import Array
from tui.charts.ansi import paint
from tui.charts.axis import Axis
from tui.charts.clip import clip, inside
from tui.charts.look import RGB, Look

LEAST_WIDTH, LEAST_HEIGHT = 16, 5
"""Below this there is no chart, and words take its place."""


class Plot:
    """One picture: axes at the left and below, curves and marks between them, notes on top.

    Everything is placed in units of the axes, 0 to 1: plotext refuses infinities and numbers
    near the largest float, and is never shown any. Its figure is one for the whole process,
    so one plot is drawn to its end before the next begins.
    """

    def __init__(self, width: int, height: int, x: Axis, y: Axis, look: Look) -> None:
        self.margin = margin(y)
        self.columns = max(width - self.margin, 1)
        self.rows = max(height - 2, 1)
        self._notes: list[tuple[int, int, str, RGB]] = []
        self._library = _plotext()
        self._figure = self._library.figure
        self._figure.clear.all()
        self._figure.plot_size(width, height)
        self._figure.theme(_theme(look.dim))
        self._figure.axes(False, axis=[0, 1], side=1)
        for name, side, axis in (("x", "lower", x), ("y", "left", y)):
            ruler = self._figure.ruler(name, side).lim(0, 1)
            ruler.ticks([place for place, _ in axis.ticks], [label for _, label in axis.ticks])

    def column(self, x: Array | float) -> Array:
        """The columns in which points stand: 0 is the middle of the first, 1 of the last."""
        return np.floor(np.asarray(x) * (self.columns - 1) + 0.5)

    def row(self, y: Array | float) -> Array:
        """The rows in which points stand, counted from the top."""
        return np.floor((1 - np.asarray(y)) * (self.rows - 1) + 0.5)

    def dots(self, x: Array, y: Array) -> Array:
        """The braille dots in which points stand, a number for each: a cell has 2 by 4."""
        with np.errstate(over="ignore", invalid="ignore"):
            across = np.floor((x * (self.columns - 1) + 0.5) * 2)
            up = np.floor((y * (self.rows - 1) + 0.5) * 4)
            return np.asarray(across * 4 * self.rows + up)

    def curve(self, x: Array, y: Array, colour: RGB) -> bool:
        """Join points by lines, and say whether anything of them is to be seen."""
        seen = False
        for xs, ys in clip(x, y):
            self._draw(xs, ys, colour, "braille", joined=True)
            seen = True
        return seen

    def marks(self, x: Array, y: Array, colour: RGB, marker: str) -> None:
        """Put a mark at every point that lies inside."""
        seen = inside(x, y)
        if len(seen):
            self._draw(x[seen], y[seen], colour, marker, joined=False)

    def mark(self, x: Array | float, y: Array | float, colour: RGB, marker: str) -> None:
        """Put one mark, if it lies inside."""
        self.marks(np.atleast_1d(x), np.atleast_1d(y), colour, marker)

    def note(self, column: int, row: int, text: str, colour: RGB) -> None:
        """Write over the canvas; (0, 0) is its top left cell. What does not fit is left out."""
        if 0 <= column <= self.columns - len(text) and 0 <= row < self.rows:
            self._notes.append((column, row, text, colour))

    def lines(self) -> list[str]:
        """The picture, a line a row, with colour codes."""
        return str(self._matrix().string()).rstrip("\n").split("\n")

    def text(self) -> list[str]:
        """The picture without colours."""
        return str(self._matrix().string(True)).rstrip("\n").split("\n")

    def _matrix(self) -> Any:
        matrix = self._figure.build()
        for column, row, text, colour in self._notes:
            pixel = self._library.pixel(foreground=colour)
            matrix.insert(self.margin + column, row, self._library.colorize(text, pixel))
        return matrix

    def _draw(self, x: Array, y: Array, colour: RGB, marker: str, joined: bool) -> None:
        marker = self._library.marker(marker, self._library.pixel(foreground=colour))
        signal = self._figure.signal(x.tolist(), y.tolist(), marker=marker)
        self._figure.draw(signal.lines(joined))


def margin(y: Axis) -> int:
    """The cells that the axis at the left takes, labels included."""
    return max((len(label) for _, label in y.ticks), default=0) + 1


def words(text: str, width: int, height: int, look: Look) -> list[str]:
    """The chart that there is no chart: text in the middle, as much of it as there is room."""
    width, height = max(width, 0), max(height, 0)
    rows = wrap(text, width)[:height] if width else []
    above = (height - len(rows)) // 2
    lines = [" " * width] * height
    for index, row in enumerate(rows):
        left = (width - len(row)) // 2
        right = width - left - len(row)
        lines[above + index] = " " * left + paint(row, look.dim) + " " * right
    return lines


def too_small(width: int, height: int) -> bool:
    """Whether there is no room for axes and a picture between them."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


@cache
def _plotext() -> Any:
    """The library, made to draw any size: it would else stop at that of the terminal."""
    import plotext

    plotext.terminal.limit(False, False)
    return plotext


@cache
def _theme(colour: RGB) -> str:
    """A theme with that frame and no background: plotext's own has a white one."""
    name = f"dltui {colour}"
    _plotext().add_theme(name, text=colour)
    return name
