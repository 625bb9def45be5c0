"""A chart with an x and a y axis, drawn by plotext and copied into a canvas of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from engine.pictures import Array
from tui.charts.axis import Axis, Scale, horizontal, vertical
from tui.charts.canvas import UNTOUCHED, Canvas
from tui.charts.polyline import clip, corners, dots, inside
from tui.charts.style import RGB, ChartStyle

LINE = "braille"
"""The plotext marker with 2 by 4 dots in a cell."""
ACROSS, DOWN = "╌", "┊"
"""The markers of horizontal and of vertical dashed lines."""
BAR = "▏"
"""The character before each entry of a legend."""
COVERED = 1000
"""The cost of covering a cell with a data point; that of a point of a curve is 1."""

Taken: TypeAlias = NDArray[np.bool_]
"""The cells of a plot that no text may cover, shape (rows, columns)."""
LegendEntry: TypeAlias = tuple[str, str, RGB]
"""A mark, its meaning, and its colour."""


class Plot:
    """Axes at the left and below, with lines, points and text between them.

    plotext draws all of it: the axes are a figure with two rulers, built once for each pair of
    axes; the data are the signals of a second figure, built when the canvas is read. Values are in
    the units of the axes. plotext is only given finite numbers within its limits, since its kernel
    aborts the process on others.
    """

    def __init__(
        self,
        width: int,
        height: int,
        x: Scale | Axis,
        y: Scale | Axis,
        style: ChartStyle,
        margin: int = 0,
        axes: bool = True,
    ) -> None:
        """Lay out axes for these scales, with a left margin of at least `margin` cells."""
        self.style = style
        self.rows = max(height - 2 * axes, 1)
        self.y = y if isinstance(y, Axis) else vertical(y, self.rows)
        labels = (len(label) + 1 for _, label in self.y.ticks)
        self.margin = max(margin, 1, *labels) if axes else 0
        self.columns = max(width - self.margin, 1)
        self.x = x if isinstance(x, Axis) else horizontal(x, self.columns)
        self._figure = _figure(self.columns, self.rows)
        self._signals: list[Any] = []
        self._colours: set[RGB] = set()
        """The colours of the signals."""
        self._notes: list[tuple[int, int, str, RGB]] = []
        self._canvas = Canvas(width, height)
        if axes:
            ticks = self.x.ticks, self.y.ticks
            self._canvas = _axes(width, height, *ticks, self.margin - 1, style.dim).copy()

    def again(self) -> Plot:
        """Return a copy to draw on."""
        return self._with(self.canvas.copy())

    def blank(self) -> Plot:
        """Return a plot with the same axes on an empty canvas, to be laid over another."""
        height, width = self._canvas.glyphs.shape
        return self._with(Canvas(width, height))

    def _with(self, canvas: Canvas) -> Plot:
        other = object.__new__(Plot)
        other.__dict__.update(self.__dict__)
        other._canvas, other._signals, other._notes, other._colours = canvas, [], [], set()
        return other

    @property
    def canvas(self) -> Canvas:
        """Everything drawn so far, axes included."""
        if self._signals:
            self._figure.clear.data()
            for signal in self._signals:
                self._figure.draw(signal)
            drawn = self._figure.build()
            if len(self._colours) == 1:
                lines = drawn.string(True).rstrip("\n").split("\n")
                self.inner.lay(Canvas.of(lines, *self._colours))
            else:  # reading the colours of each cell takes ten times as long
                self.inner.lay(Canvas.of_ansi(drawn.string(False), self.columns, self.rows))
        for column, row, text, colour in self._notes:
            self.inner.write(row, column, "".join(map(_letter, text)), colour)
        self._signals, self._notes, self._colours = [], [], set()
        return self._canvas

    @property
    def inner(self) -> Canvas:
        """The cells between the axes, without what is not yet in the canvas."""
        return self._canvas.part(np.s_[: self.rows], np.s_[self.margin :])

    def lay(self, other: Plot, on_top: str = "") -> None:
        """Draw another plot with the same axes over this one, but not over this mark `on_top`."""
        self.canvas.lay(other.canvas, on_top)

    def line(self, x: ArrayLike, y: ArrayLike, colour: RGB, marker: str = LINE) -> bool:
        """Join points by lines; return whether any of them is visible."""
        seen = False
        for xs, ys in clip(self.x.place(x), self.y.place(y)):
            kept = corners(xs, ys, self.columns, self.rows)
            self._add(xs[kept], ys[kept], colour, marker, lines=True)
            seen = True
        return seen

    def segments(self, x: Array, low: ArrayLike, high: ArrayLike, colour: RGB, marker: str) -> None:
        """Draw a vertical line at each x, from low to high."""
        xs = self.x.place(x)
        places = np.broadcast_arrays(xs, self.y.place(low), self.y.place(high))
        ends = np.stack(places[1:], axis=1).clip(0, 1)
        kept = (xs >= 0) & (xs <= 1) & np.isfinite(ends).all(axis=1)
        for x, stretch in zip(xs[kept], ends[kept], strict=True):
            self._add(np.repeat(x, 2), stretch, colour, marker, lines=True)

    def points(self, x: ArrayLike, y: ArrayLike, colour: RGB, marker: str = LINE) -> None:
        """Mark every point that lies inside; the default is one dot of a braille character."""
        xs, ys = np.atleast_1d(self.x.place(x)), np.atleast_1d(self.y.place(y))
        seen = inside(xs, ys)
        xs, ys = xs[seen], ys[seen]
        if marker != LINE:  # the centre of its cell: plotext moves points between two cells
            xs = _cell(xs, self.columns) / max(self.columns - 1, 1)
            ys = _cell(ys, self.rows) / max(self.rows - 1, 1)
        if len(seen):
            self._add(xs, ys, colour, marker)

    def bar(
        self,
        low: float,
        high: float,
        y: float,
        colour: RGB,
        marker: str = "█",
        background: RGB | None = None,
    ) -> None:
        """Draw a bar one row high from low to high, cut at the ends of the axis."""
        ends = self.x.place([low, high]).clip(0, 1)
        places = self.y.place([y, y])
        if np.isfinite([*ends, *places]).all():
            self._add(ends, places, colour, marker, background, lines=True)

    def level(self, y: float, colour: RGB) -> None:
        """Draw a dashed horizontal line."""
        place = float(self.y.place(y))
        if 0 <= place <= 1:
            xs = np.linspace(0, 1, self.columns)[1::3]
            self._add(xs, np.full(len(xs), place), colour, ACROSS)

    def note(self, column: int, row: int, text: str, colour: RGB) -> None:
        """Write text from this cell on, (0, 0) at the top left, if it fits."""
        if 0 <= column <= self.columns - len(text) and 0 <= row < self.rows and text.strip():
            self._notes.append((column, row, text, colour))

    def _add(
        self,
        x: Array,
        y: Array,
        colour: RGB,
        marker: str,
        background: RGB | None = None,
        lines: bool = False,
    ) -> None:
        made = _marker(marker, colour, background)
        signal = self._figure.signal(x.tolist(), y.tolist(), marker=made)
        if lines:
            signal.lines(True)
        self._signals.append(_coloured()(0).clone(signal))
        self._colours |= {colour} if background is None else {colour, background}

    def column(self, x: ArrayLike) -> Array:
        """Return the columns of points: 0 is the centre of the first, 1 of the last."""
        return _cell(self.x.place(x), self.columns)

    def row(self, y: ArrayLike) -> Array:
        """Return the rows of points, counted from the top."""
        return self.rows - 1 - _cell(self.y.place(y), self.rows)

    def dots(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return positions in braille dots, (across, down): 0.5 is the centre of the first."""
        return dots(x, y, self.columns, self.rows)

    def legend(
        self,
        entries: Sequence[LegendEntry],
        points: tuple[ArrayLike, ArrayLike],
        curves: tuple[ArrayLike, ArrayLike] = ((), ()),
        places: dict[tuple[object, ...], tuple[int, int]] | None = None,
        taken: Taken | None = None,
    ) -> bool:
        """Write a legend where it covers no data point; return whether it was written.

        Corners are preferred. With the `places` of the style it stays where it was in the last
        frame, while it covers nothing there. If every place covers a point the entries are written
        in one row, the last ones left out if they do not fit. A legend that would fill a third of
        the chart is left out. Cells that are `taken`, and texts written before, count as points. A
        bar at the left separates the legend's marks from the data.
        """
        indent = max(len(mark) for mark, _, _ in entries) + 1
        width = len(BAR) + indent + max(len(label) for _, label, _ in entries)
        costs = self._costs(points, curves)
        costs[:, 1:-1] += COVERED * (self._noted() if taken is None else self._noted() | taken)
        if width * len(entries) * 3 > self.columns * self.rows:
            return False
        key = (self.columns, self.rows, *(mark for mark, _, _ in entries))
        before = (places or {}).get(key)
        if (found := self._place(costs, width, len(entries), before)) is not None:
            if places is not None:
                column, row = self.columns - width - found[0], self.rows - len(entries) - found[1]
                places[key] = min(found[0], ~column, key=abs), min(found[1], ~row, key=abs)
            for row, (mark, label, colour) in enumerate(entries, start=found[1]):
                self.note(found[0], row, BAR, self.style.dim)
                self._entry(found[0] + len(BAR), row, (mark, label, colour), indent)
            return True
        for count in range(len(entries), 0, -1):
            width = sum(len(mark) + len(label) + 3 for mark, label, _ in entries[:count]) - 2
            if (found := self._place(costs, width + len(BAR), 1)) is not None:
                column, row = found
                self.note(column, row, BAR, self.style.dim)
                column += len(BAR)
                for entry in entries[:count]:
                    self._entry(column, row, entry, len(entry[0]) + 1)
                    column += len(entry[0]) + len(entry[1]) + 3
                return True
        return False

    def _entry(self, column: int, row: int, entry: LegendEntry, indent: int) -> None:
        mark, label, colour = entry
        self.note(column, row, mark, colour)
        text = f"{' ' * (indent - len(mark))}{label}" if mark else label
        self.note(column + len(mark), row, text, self.style.text if mark else colour)

    def caption(
        self, lines: Sequence[LegendEntry], places: Sequence[tuple[int, int]], *taken: Taken
    ) -> bool:
        """Write lines at the first of these places where they cover nothing, else nothing.

        A place is the column and the row of the block; negative ones count from the right and from
        below. A line without a mark is a text in its colour. If no place is free of the first mask
        in `taken` the next mask counts, and then the last line is left out. Returns whether
        anything was written.
        """
        notes = self._noted()
        for count in range(len(lines), 0, -1):
            width = max(len(mark) + len(text) + bool(mark) for mark, text, _ in lines[:count])
            right, bottom = self.columns - width, self.rows - count
            for cells in taken:
                for left, top in places:
                    column = left + (left < 0) * (right + 1)
                    row = top + (top < 0) * (bottom + 1)
                    block = np.s_[row : row + count, column : column + width]
                    inside = 0 <= column <= right and 0 <= row <= bottom
                    if inside and not (cells | notes)[block].any():
                        for down, entry in enumerate(lines[:count], start=row):
                            self._entry(column, down, entry, len(entry[0]) + 1)
                        return True
        return False

    def _noted(self) -> Taken:
        """Return the cells of the texts that are not yet in the canvas."""
        notes = np.zeros((self.rows, self.columns), dtype=bool)
        for column, row, text, _ in self._notes:
            notes[row, column : column + len(text)] = True
        return notes

    def remark(self, texts: Sequence[str], colour: RGB, taken: Taken) -> None:
        """Write the first of these texts that fits into a row, the lowest row first.

        If none fits, the last one is written over what is taken.
        """
        for cells, text in [*((taken, text) for text in texts), (taken & False, texts[-1])]:
            columns = ((self.columns - len(text)) // 2, 0, -1)
            places = [(column, row) for row in range(-1, -self.rows, -1) for column in columns]
            if self.caption([("", text, colour)], places, cells):
                return

    def mask(self, x: ArrayLike, y: ArrayLike) -> Taken:
        """Return the cells between the axes that contain points, shape (rows, columns)."""
        taken = np.zeros((self.rows, self.columns), dtype=bool)
        rows, columns = np.broadcast_arrays(np.atleast_1d(self.row(y)), self.column(x))
        seen = (columns >= 0) & (columns < self.columns) & (rows >= 0) & (rows < self.rows)
        taken[rows[seen].astype(np.intp), columns[seen].astype(np.intp)] = True
        return taken

    @property
    def drawn(self) -> Taken:
        """The cells between the axes that are not empty, shape (rows, columns)."""
        self.canvas  # noqa: B018  what was drawn so far becomes cells
        return np.asarray(self.inner.glyphs != UNTOUCHED)

    def _costs(
        self, points: tuple[ArrayLike, ArrayLike], curves: tuple[ArrayLike, ArrayLike]
    ) -> NDArray[np.int64]:
        """Return the cost of covering each cell, with one more column at the left and the right."""
        costs = np.zeros((self.rows, self.columns + 2), dtype=np.int64)
        for (x, y), cost in ((points, COVERED), (curves, 1)):
            columns, rows = np.atleast_1d(self.column(x)), np.atleast_1d(self.row(y))
            seen = (columns >= 0) & (columns < self.columns) & (rows >= 0) & (rows < self.rows)
            at = rows[seen].astype(np.intp), columns[seen].astype(np.intp) + 1
            np.add.at(costs, at, cost)
        return costs

    def _place(
        self,
        costs: NDArray[np.int64],
        width: int,
        height: int,
        before: tuple[int, int] | None = None,
    ) -> tuple[int, int] | None:
        """Return the column and the row of the best place for a block; None if all cover a point.

        The place before is kept if it covers nothing, or a curve while every corner covers one.
        """
        if height > self.rows or width > self.columns:
            return None
        windows = sliding_window_view(costs, (height, width + 2)).sum(axis=(2, 3))
        right, bottom = self.columns - width, self.rows - height
        corners = ((1, 0), (right - 1, 0), (right - 1, bottom), (1, bottom), (right // 2, 0))
        column, row = min(corners, key=lambda at: int(windows[at[1], min(max(at[0], 0), right)]))
        column = min(max(column, 0), right)
        if before is not None:
            across, down = (
                at % (last + 1) for at, last in zip(before, (right, bottom), strict=True)
            )
            cost = int(windows[down, across])
            if not cost or (cost < COVERED and windows[row, column]):
                return across, down
        if windows[row, column] >= COVERED:
            row, column = divmod(int(windows.argmin()), windows.shape[1])
        return None if windows[row, column] >= COVERED else (column, row)


def _cell(places: Array, cells: int) -> Array:
    """Return the cell of each position from 0 to 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.floor(places * (cells - 1) + 0.5))


@lru_cache(maxsize=64)
def _axes(
    width: int,
    height: int,
    x: tuple[tuple[float, str], ...],
    y: tuple[tuple[float, str], ...],
    widest: int,
    colour: RGB,
) -> Canvas:
    """Return empty axes with these ticks and labels of width `widest` at the left."""
    figure = _figure(width, height, axes=True)
    names = [label.rjust(widest) for _, label in y]
    for name, side, places, labels in (
        ("x", "lower", [place for place, _ in x], [label for _, label in x]),
        ("y", "left", [place for place, _ in y], names),
    ):
        figure.ruler(name, side).ticks(places, labels)
    return Canvas.of(figure.build().string(True).rstrip("\n").split("\n"), colour)


@lru_cache(maxsize=16)
def _figure(width: int, height: int, axes: bool = False) -> Any:
    """Return a figure with coordinates from 0 to 1, separate from plotext's global one.

    It has no background; the data are drawn on one without axes.
    """
    plotext = _plotext()
    figure = type(plotext.figure)(plotext.terminal)
    figure.plot_size(width, height).canvas("default")
    for name, side in (("x", "lower"), ("y", "left")):
        figure.ruler(name, side).lim(0, 1)
    if axes:
        figure.axes(False, axis=[0, 1], side=1)
    else:
        figure.axes(False)
        figure.ruler("both", "both").frequency(0)
    return figure


@cache
def _letter(letter: str) -> str:
    """Return a character as plotext draws it: once, since a number may change in every frame."""
    figure = _figure(1, 1)
    figure.clear.data()
    figure.draw(figure.text(0, 1, _plotext().colorize(letter)))
    return str(figure.build().string(True))[:1]


@cache
def _coloured() -> Any:
    """Return the class of a signal with its own colours.

    `figure.draw` reads every point of a signal to find free colours for signals without one. That
    takes two thirds of its time and is not needed here, so this class shows it no points.
    """
    plotext = _plotext()

    class ColouredSignal(type(plotext.figure.signal([], []))):  # type: ignore[misc]
        def __iter__(self) -> Iterator[Any]:
            return iter(())

    return ColouredSignal


@lru_cache(maxsize=256)
def _marker(marker: str, colour: RGB, background: RGB | None) -> Any:
    return _plotext().marker(marker, _pixel(colour, background))


@lru_cache(maxsize=256)
def _pixel(colour: RGB, background: RGB | None = None) -> Any:
    return _plotext().pixel(colour, background)


@cache
def _plotext() -> Any:
    """Return plotext, without its limit to the size of the terminal."""
    import plotext

    plotext.terminal.limit(False, False)
    return plotext
