"""Axes around a canvas that takes unit coordinates; knows no frame and no widget."""

from __future__ import annotations

from copy import copy
from functools import cache, lru_cache
from textwrap import wrap
from typing import Any

import numpy as np

from engine.pictures import Array
from tui.charts.axis import Axis
from tui.charts.canvas import Canvas, stroke
from tui.charts.clip import clip, inside
from tui.charts.style import RGB, ChartStyle

LEAST_WIDTH, LEAST_HEIGHT = 16, 5
"""Below this there is no chart, and words take its place."""


class Plot:
    """One picture: axes at the left and below, curves and marks between them, notes on top.

    Everything is placed in units of the axes, 0 to 1. What stands still is plotext's, drawn
    once: the axes. What moves is laid over it cell by cell, since building a whole figure for
    every frame took a fifth of a core from the training beside it.
    """

    def __init__(self, width: int, height: int, x: Axis, y: Axis, look: ChartStyle) -> None:
        self.margin = margin(y)
        self.columns = max(width - self.margin, 1)
        self.rows = max(height - 2, 1)
        self.canvas: Canvas
        """All of it, axes included."""
        self.inner: Canvas
        """What lies between the axes."""
        self._take(_axes(width, height, x.ticks, y.ticks, look.dim).copy())

    def again(self) -> Plot:
        """The same picture once more, to draw on further."""
        again = copy(self)
        again._take(self.canvas.copy())
        return again

    def blank(self) -> Plot:
        """A picture of the same size and axes with nothing drawn: to be laid over another."""
        blank = copy(self)
        blank._take(Canvas(*self.canvas.glyphs.shape[::-1]))
        return blank

    def _take(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.inner = canvas.part(np.s_[: self.rows], np.s_[self.margin :])

    def column(self, x: Array | float) -> Array:
        """The columns in which points stand: 0 is the middle of the first, 1 of the last."""
        return np.floor(np.asarray(x) * (self.columns - 1) + 0.5)

    def row(self, y: Array | float) -> Array:
        """The rows in which points stand, counted from the top."""
        return np.floor((1 - np.asarray(y)) * (self.rows - 1) + 0.5)

    def dots(self, x: Array, y: Array) -> Array:
        """The braille dots in which points stand, a number for each: a cell has 2 by 4."""
        with np.errstate(over="ignore", invalid="ignore"):
            across, down = self._dots(x, y)
            return np.asarray(np.floor(across) * 4 * self.rows + np.floor(down))

    def curve(self, x: Array, y: Array, colour: RGB) -> bool:
        """Join points by lines, and say whether anything of them is to be seen."""
        seen = False
        for xs, ys in clip(x, y):
            self.inner.dot(*stroke(*self._dots(xs, ys)), colour)
            seen = True
        return seen

    def points(self, x: Array, y: Array, colour: RGB) -> None:
        """Set a braille dot at every point that lies inside."""
        seen = inside(x, y)
        across, down = self._dots(x[seen], y[seen])
        self.inner.dot(down.astype(np.intp), across.astype(np.intp), colour)

    def marks(self, x: Array, y: Array, colour: RGB, marker: str) -> None:
        """Put a mark into the cell of every point that lies inside."""
        seen = inside(x, y)
        rows, columns = self.row(y[seen]).astype(np.intp), self.column(x[seen]).astype(np.intp)
        self.inner.stamp(rows, columns, marker, colour)

    def mark(self, x: Array | float, y: Array | float, colour: RGB, marker: str) -> None:
        """Put one mark, if it lies inside."""
        self.marks(np.atleast_1d(x), np.atleast_1d(y), colour, marker)

    def note(self, column: int, row: int, text: str, colour: RGB) -> None:
        """Write over the canvas; (0, 0) is its top left cell. What does not fit is left out."""
        if 0 <= column <= self.columns - len(text) and 0 <= row < self.rows:
            self.inner.write(row, column, text, colour)

    def _dots(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where points stand in braille dots, (across, down): 0.5 is the middle of the first."""
        across = (x * (self.columns - 1) + 0.5) * 2
        down = ((1 - y) * (self.rows - 1) + 0.5) * 4
        return across, down


def margin(y: Axis) -> int:
    """The cells that the axis at the left takes, labels included."""
    return max((len(label) for _, label in y.ticks), default=0) + 1


def words(text: str, width: int, height: int, look: ChartStyle) -> Canvas:
    """The chart that there is no chart: text in the middle, as much of it as there is room."""
    canvas = Canvas(width, height)
    rows = wrap(text, width)[:height] if width > 0 else []
    above = (height - len(rows)) // 2
    for index, row in enumerate(rows):
        canvas.write(above + index, (width - len(row)) // 2, row, look.dim)
    return canvas


def too_small(width: int, height: int) -> bool:
    """Whether there is no room for axes and a picture between them."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


@lru_cache(maxsize=64)
def _axes(
    width: int,
    height: int,
    x: tuple[tuple[float, str], ...],
    y: tuple[tuple[float, str], ...],
    colour: RGB,
) -> Canvas:
    """Empty axes with these ticks. plotext has one figure for the whole process."""
    figure = _plotext().figure
    figure.clear.all()
    figure.plot_size(width, height)
    figure.axes(False, axis=[0, 1], side=1)
    for name, side, ticks in (("x", "lower", x), ("y", "left", y)):
        ruler = figure.ruler(name, side).lim(0, 1)
        ruler.ticks([place for place, _ in ticks], [label for _, label in ticks])
    lines = str(figure.build().string(True)).rstrip("\n").split("\n")
    return Canvas.of(lines, colour)


@cache
def _plotext() -> Any:
    """The library, made to draw any size: it would else stop at that of the terminal."""
    import plotext

    plotext.terminal.limit(False, False)
    return plotext
