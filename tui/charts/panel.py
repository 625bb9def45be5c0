"""Curves over one axis, and points on them that are read off; knows not what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.pictures import Array
from tui.charts.axis import Axis, linear
from tui.charts.canvas import UNTOUCHED, Canvas
from tui.charts.legend import legend
from tui.charts.plot import LEAST_HEIGHT, Plot, margin, too_small, words
from tui.charts.style import RGB, ChartStyle

ABOVE, BELOW = "▲", "▼"
"""What marks a point that lies beyond the panel."""
GAPS = (1, 4, 7)
"""How far from a point its words may stand: beside it, or where a curve lets them."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve, in the units of the axes."""

    name: str
    """What the legend says; nothing for a curve that needs no name."""
    x: Array
    y: Array
    colour: RGB
    dotted: bool = False
    mark: str = ""
    """The glyph of its point, which tells it from the others where there are no colours."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point, and what is written beside it where there is room."""

    x: float
    y: float
    colour: RGB
    says: str = ""
    glyph: str = "◆"
    guided: bool = False
    """Whether it is led to both axes, to be read off there."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One pair of axes with all that is between them."""

    x: tuple[str, float, float]
    """The name of the axis, its low end and its high end."""
    y: tuple[str, float, float]
    lines: Sequence[Line]
    points: Sequence[Point] = ()
    levels: Sequence[float] = ()
    """Values of y that are worth a line across."""


def stacked(panels: Sequence[Panel], width: int, height: int, look: ChartStyle) -> Canvas:
    """The panels one above the other, their axes at the left in one column."""
    canvas = Canvas(width, height)
    rows = height // len(panels)
    if too_small(width, rows):
        if len(panels) > 1 and not too_small(width, LEAST_HEIGHT):
            return stacked(panels[:1], width, height, look)
        return words("too small", width, height, look)
    tall = [rows + (height - rows * len(panels)) * (index == 0) for index in range(len(panels))]
    axes = [_axes(panel, width, each) for panel, each in zip(panels, tall, strict=True)]
    widest = max(margin(y) for _, y in axes) - 1
    top = 0
    for panel, (x, y), each in zip(panels, axes, tall, strict=True):
        ticks = tuple((place, label.rjust(widest)) for place, label in y.ticks)
        plot = Plot(width, each, x, replace(y, ticks=ticks), look)
        _draw(plot, panel, x, y, look)
        canvas.part(np.s_[top : top + each], np.s_[:]).lay(plot.canvas)
        top += each
    return canvas


def _axes(panel: Panel, width: int, height: int) -> tuple[Axis, Axis]:
    (x_name, *x_ends), (y_name, *y_ends) = panel.x, panel.y
    x = linear(*x_ends, width // 9).named(x_name, (len(x_name) + 4) / width)
    return x, linear(*y_ends, max(2, round((height - 2) / 1.7))).named(y_name, 1.5 / height)


def _draw(plot: Plot, panel: Panel, x: Axis, y: Axis, look: ChartStyle) -> None:
    across = np.linspace(0, 1, plot.columns)
    for level in panel.levels:
        plot.marks(across[1::3], np.full(len(across[1::3]), y.place(level)), look.dim, "╌")
    for point in panel.points:
        if point.guided:
            _guide(plot, float(x.place(point.x)), float(y.place(point.y)), look)
    for line in panel.lines:
        places = x.place(line.x), y.place(line.y)
        if line.dotted:
            plot.points(places[0][::4], places[1][::4], line.colour)
        else:
            plot.curve(*places, line.colour)
    _name(plot, panel.lines, x, y, look)
    for point in panel.points:
        _point(plot, point, float(x.place(point.x)), float(y.place(point.y)))


def _guide(plot: Plot, x: float, y: float, look: ChartStyle) -> None:
    """Dashes from the point down to the one axis, and left to the other."""
    y = min(max(y, 0.0), 1.0)
    column, row = int(plot.column(x)), int(plot.row(y))
    if not 0 <= column < plot.columns:
        return
    below, left = np.arange(row, plot.rows), np.arange(0, column)
    plot.inner.stamp(below, np.full(len(below), column), "┊", look.dim)
    plot.inner.stamp(np.full(len(left), row), left, "╌", look.dim)


def _name(plot: Plot, lines: Sequence[Line], x: Axis, y: Axis, look: ChartStyle) -> None:
    """The legend, away from the curves: it stays where it is while the points move."""
    named = [line for line in lines if line.name]
    if not named:
        return
    entries = [(_stroke(line), line.name, line.colour) for line in named]
    xs = np.concatenate([x.place(line.x) for line in lines])
    ys = np.concatenate([y.place(line.y) for line in lines])
    names = plot.blank()
    legend(names, entries, xs, ys, look)
    plot.canvas.lay(names.canvas)


def _stroke(line: Line) -> str:
    """How the curve looks, in two letters."""
    if line.mark:
        return f"{line.mark}⠒"
    return "⠂⠐" if line.dotted else "⠒⠒"


def _point(plot: Plot, point: Point, x: float, y: float) -> None:
    """The point, at the edge where it lies beyond it, and its words where nothing is hidden."""
    glyph = ABOVE if y > 1 else BELOW if y < 0 else point.glyph
    y = min(max(y, 0.0), 1.0)
    plot.mark(x, y, point.colour, glyph)
    column, row, long = int(plot.column(x)), int(plot.row(y)), len(point.says)
    sides = [at for gap in GAPS for at in (column + 1 + gap, column - long - gap)]
    places = [(at, row + up) for at in sides for up in (0, -1, 1)]
    for at, line in places:
        if 0 <= at <= plot.columns - long and 0 <= line < plot.rows and long:
            cells = plot.inner.glyphs[line, max(at - 1, 0) : at + long + 1]
            if np.isin(cells, (UNTOUCHED, ord("╌"), ord("┊"), ord(glyph))).all():
                plot.note(at, line, point.says, point.colour)
                return
