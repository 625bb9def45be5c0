"""Charts of curves with marked points, and of a probability over one feature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from engine.equations import number, plain
from engine.pictures import Array, CurvePicture, sigmoid
from tui.charts.axis import Scale, padded, vertical
from tui.charts.canvas import LEAST_HEIGHT, UNTOUCHED, Canvas, joined, shows, too_small, words
from tui.charts.plot import ACROSS, DOWN, LegendEntry, Plot
from tui.charts.style import RGB, ChartStyle

# A probability over one feature.

ZERO, ONE, ASKED = "○", "●", "◆"
LEFT, RIGHT, ABOVE, BELOW = "◂", "▸", "▲", "▼"
"""The markers of a threshold or a point beyond an edge."""
TIGHT = 9
"""The number of rows up to which the legend has one row only."""
LOW, HIGH = -0.08, 1.08
"""The range of the P axis: points at 0 and 1 do not touch the edges."""
LEVEL = " P = 0.5 "
REACH = 6.0
"""The largest log-odds shown, up and down: P from 0.0025 to 0.9975."""


@shows(CurvePicture)
def draw(picture: CurvePicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the current S curve, its threshold at P = 0.5, and the odds at the chosen x."""
    x, labels = picture.x.tobytes(), picture.labels.tobytes()
    below, above = _curve_ground(x, labels, picture.start, picture.at, width, height, style)
    plot = below.again()
    if style.residuals and math.isfinite(picture.w + picture.b):
        # P − y, from each label to the curve: the gradient is computed from these.
        ends = picture.probability(picture.x)
        plot.segments(picture.x, ends, picture.labels, style.residual, "│")
    xs = plot.x.values(2 * plot.columns)
    drawn = plot.line(xs, picture.probability(xs), style.line)
    _threshold(plot, picture, style)
    p = float(picture.probability(picture.at))
    # Texts cover neither the points nor the legend.
    taken, half = above.drawn | plot.mask(picture.at, p), int(plot.row(0.5))
    near, far = (1, -2) if picture.w > 0 else (-2, 1)
    threshold = picture.threshold()
    if threshold is not None:
        text = f"P = 0.5 at x = {number(threshold, 2)}"
        rows = [half - 1, half - 2, half, half + 1]
        places = [(column, row) for row in rows if row > 0 for column in (near, far)]
        plot.caption([("", text, style.minimum)], places, taken)
    odds = number(picture.odds(picture.at), 2)
    text = f"{ASKED} P({plain(picture.at)}) = {number(p, 3)}, odds {odds}"
    rows = [half + 1, -1, half + 2, half, half - 1]
    places = [(column, row) for row in rows for column in (far, near)]
    plot.caption([("", text, style.residual)], places, taken)
    plot.points(picture.at, p, style.residual, ASKED)
    plot.lay(above, on_top=ASKED)
    if not drawn:
        plot.remark(("the curve is off the chart", "off the chart"), style.residual, above.drawn)
    return plot.canvas


def _threshold(plot: Plot, picture: CurvePicture, style: ChartStyle) -> None:
    at = picture.threshold()
    if at is None:
        return
    place = float(plot.x.place(at))
    if 0 <= place <= 1:
        plot.line([at, at], [plot.y.low, plot.y.high], style.minimum, DOWN)
    else:
        edge, arrow = (plot.x.low, LEFT) if place < 0 else (plot.x.high, RIGHT)
        plot.points(edge, 0.5, style.minimum, arrow)


@lru_cache(maxsize=4)
def _curve_ground(
    x: bytes,
    labels: bytes,
    start: tuple[float, float],
    at: float,
    width: int,
    height: int,
    style: ChartStyle,
) -> tuple[Plot, Plot]:
    """Return the plots below and above the curve: axes, level and start; points and legend."""
    xs, classes = np.frombuffer(x), np.frombuffer(labels)
    below = Plot(width, height, window(xs, at), Scale("P", LOW, HIGH), style)
    above = below.blank()
    across = below.x.values(below.columns)
    before = sigmoid(start[0] * across + start[1])
    below.level(0.5, style.dim)
    below.points(across[1::3], before[1::3], style.start)
    mark_classes(above, xs, classes, classes, style)
    entries = _class_entries(style)
    if below.rows > TIGHT:
        entries += [("⠒⠒", "P now", style.line), ("⠂⠐", "at the start", style.start)]
        entries += [("│", "P − y", style.residual)] if style.residuals else []
    else:
        entries = [(ONE, f"label 1 · {ZERO} label 0", style.points)]
    # The legend covers neither the texts beside the level 0.5 nor the chosen x.
    row = (below.y.high - below.y.low) / max(below.rows - 1, 1)
    heights = np.repeat([0.5 - row, 0.5 + row], len(across))
    asked = np.linspace(0, 1, below.rows)
    points = (
        np.concatenate([xs, across, across, np.full(len(asked), at)]),
        np.concatenate([classes, heights, asked]),
    )
    above.legend(entries, points, (across, before))
    return below, above


def window(x: Array, at: float) -> Scale:
    """Return the range of x: the points, the chosen x if it is near, and a margin."""
    low, high = padded(float(x.min()), float(x.max()), 0.15)
    if low - (high - low) < at < high + (high - low):
        low, high = min(low, at - 0.08 * (high - low)), max(high, at + 0.08 * (high - low))
    return Scale("x", low, high)


def mark_classes(plot: Plot, x: Array, y: Array, classes: Array, style: ChartStyle) -> None:
    """Mark every point by its class: a ring for 0, a disc for 1."""
    for label, glyph, colour in ((0, ZERO, style.sample), (1, ONE, style.points)):
        plot.points(x[classes == label], y[classes == label], colour, glyph)


def _class_entries(style: ChartStyle) -> list[LegendEntry]:
    return [(ONE, "label 1", style.points), (ZERO, "label 0", style.sample)]


@shows(CurvePicture)
def draw_log_odds(picture: CurvePicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw z = w·x + b now and at the start, with every point on the current line."""
    plot = _log_odds_ground(
        picture.x.tobytes(), picture.start, picture.at, width, height, style
    ).again()
    ends = plot.x.values(2)
    drawn = plot.line(ends, picture.log_odds(ends), style.line)
    judged = np.clip(picture.log_odds(picture.x), plot.y.low, plot.y.high)
    mark_classes(plot, picture.x, judged, picture.labels, style)
    entries = _class_entries(style)
    if plot.rows > TIGHT:
        entries += [("⠒⠒", "z now", style.line), ("⠂⠐", "at the start", style.start)]
    # The line may end up rising or falling, so the legend avoids both.
    across = plot.x.values(plot.columns)
    first = picture.start[0] * across + picture.start[1]
    lines = np.tile(across, 3), np.concatenate([first, -first, picture.log_odds(across)])
    plot.legend(entries, (picture.x, judged), lines, style.places)
    taken, zero = plot.mask(picture.x, judged), int(plot.row(0))
    # There are seldom any points at the right end of the row z = 0.
    places = [(column, zero + up) for column in (-2, 0) for up in (0, 1, -1, 2, -2)]
    plot.caption([("", LEVEL, style.dim)], [at for at in places if at[1] >= 0], taken)
    if not drawn:
        plot.remark(("the line is off the chart", "off the chart"), style.residual, taken)
    return plot.canvas


@lru_cache(maxsize=4)
def _log_odds_ground(
    x: bytes, start: tuple[float, float], at: float, width: int, height: int, style: ChartStyle
) -> Plot:
    """Return a plot with the axes, the level z = 0 and the line at the start."""
    plot = Plot(width, height, window(np.frombuffer(x), at), Scale("z", -REACH, REACH), style)
    across = plot.x.values(plot.columns)[1::3]
    plot.level(0, style.dim)
    plot.points(across, start[0] * across + start[1], style.start)
    return plot


# Panels of curves, one above the other.

GAPS = (1, 4, 7)
"""Distances in cells between a point and its text, the preferred one first."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelCurve:
    """A curve in the units of the axes."""

    name: str
    """The name in the legend; empty for a curve without one."""
    x: Array
    y: Array
    colour: RGB
    dotted: bool = False
    mark: str = ""
    """The glyph of its point, which identifies the curve without colours."""


@dataclass(frozen=True, slots=True)
class PanelPoint:
    """A point, and the text beside it if there is room."""

    x: float
    y: float
    colour: RGB
    text: str = ""
    glyph: str = "◆"
    guided: bool = False
    """Whether dashed lines lead from it to both axes."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One pair of axes with its curves, points and levels."""

    x: Scale
    y: Scale
    curves: Sequence[PanelCurve]
    points: Sequence[PanelPoint] = ()
    levels: Sequence[float] = ()
    """Values of y with a dashed line across."""


def stacked(panels: Sequence[Panel], width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the panels one above the other, with their y axes aligned."""
    rows = height // len(panels)
    if too_small(width, rows):
        if len(panels) > 1 and not too_small(width, LEAST_HEIGHT):
            return stacked(panels[:1], width, height, style)
        return words("too small", width, height, style)
    heights = [rows + (height - rows * len(panels)) * (index == 0) for index in range(len(panels))]
    axes = [vertical(one.y, each - 2) for one, each in zip(panels, heights, strict=True)]
    margin = 1 + max(len(label) for axis in axes for _, label in axis.ticks)
    drawn = [
        _panel(panel, Plot(width, each, panel.x, panel.y, style, margin))
        for panel, each in zip(panels, heights, strict=True)
    ]
    return joined(drawn, width, height)


def _panel(panel: Panel, plot: Plot) -> Canvas:
    for level in panel.levels:
        plot.level(level, plot.style.dim)
    for point in panel.points:
        if point.guided:
            y = min(max(point.y, plot.y.low), plot.y.high)
            plot.line([point.x, point.x], [plot.y.low, y], plot.style.dim, DOWN)
            plot.line([plot.x.low, point.x], [y, y], plot.style.dim, ACROSS)
    for curve in panel.curves:
        if curve.dotted:
            plot.points(curve.x[::4], curve.y[::4], curve.colour)
        else:
            plot.line(curve.x, curve.y, curve.colour)
    named = [curve for curve in panel.curves if curve.name]
    if named:
        entries = [(_stroke(curve), curve.name, curve.colour) for curve in named]
        xs = np.concatenate([curve.x for curve in panel.curves])
        ys = np.concatenate([curve.y for curve in panel.curves])
        plot.legend(entries, ((), ()), (xs, ys), plot.style.places)
    for point in panel.points:
        _point(plot, point)
    return plot.canvas


def _stroke(curve: PanelCurve) -> str:
    """Return a sample of the curve in two characters."""
    if curve.mark:
        return f"{curve.mark}⠒"
    return "⠂⠐" if curve.dotted else "⠒⠒"


def _point(plot: Plot, point: PanelPoint) -> None:
    """Draw the point, at the edge if it lies beyond it, and its text if it covers nothing."""
    glyph = ABOVE if point.y > plot.y.high else BELOW if point.y < plot.y.low else point.glyph
    y = min(max(point.y, plot.y.low), plot.y.high)
    plot.points(point.x, y, point.colour, glyph)
    if not point.text or not 0 <= float(plot.x.place(point.x)) <= 1:
        return
    plot.canvas  # noqa: B018  what was drawn so far becomes cells
    column, row, long = int(plot.column(point.x)), int(plot.row(y)), len(point.text)
    free = np.isin(plot.inner.glyphs, (UNTOUCHED, ord(ACROSS), ord(DOWN), ord(glyph)))
    sides = [at for gap in GAPS for at in (column + 1 + gap, column - long - gap)]
    for at, up in product(sides, (0, -1, 1)):
        fits = 0 <= at <= plot.columns - long and 0 <= row + up < plot.rows
        if fits and free[row + up, max(at - 1, 0) : at + long + 1].all():
            plot.note(at, row + up, point.text, point.colour)
            return
