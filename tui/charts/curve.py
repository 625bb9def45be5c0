"""A probability over one feature: the S curve among labelled points; knows no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.equations import number, plain
from engine.pictures import Array, CurvePicture, sigmoid
from tui.charts.axis import Axis, linear, padded
from tui.charts.canvas import Canvas
from tui.charts.clip import inside
from tui.charts.legend import Entry, legend
from tui.charts.plot import Plot
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

ZERO, ONE, ASKED = "○", "●", "◆"
TIGHT = 9
"""Up to so many rows there is room for a legend of one row only."""
LOW, HIGH = -0.08, 1.08
"""The range of the axis of P: the points at 0 and 1 stand clear of the edges."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays the same while the curve bends."""

    x: Axis
    y: Axis
    start: Plot
    """The axes, the level P = 0.5, and the curve at the start."""
    points: Plot
    legend: Plot


@shows(CurvePicture)
def draw(picture: CurvePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The curve now, the threshold where it crosses 0.5, and the odds where they were asked."""
    x, labels = picture.x.tobytes(), picture.labels.tobytes()
    scene = _scene(x, labels, picture.start, picture.at, width, height, look)
    plot = scene.start.again()
    if look.residuals and math.isfinite(picture.w + picture.b):
        _residuals(plot, picture, scene, look)
    xs = np.linspace(0, 1, 2 * plot.columns)
    here = picture.probability(scene.x.low + xs * (scene.x.high - scene.x.low))
    plot.curve(xs, scene.y.place(here), look.line)
    plot.canvas.lay(scene.points.canvas)
    plot.canvas.lay(scene.legend.canvas)
    _threshold(plot, picture, scene.x, look)
    _odds(plot, picture, scene, look)
    return plot.canvas


def window(x: Array, at: float) -> tuple[float, float]:
    """The range of x: the points, the x that was asked for if it is near, and room."""
    low, high = padded(float(x.min()), float(x.max()), 0.15)
    if low - (high - low) < at < high + (high - low):
        low, high = min(low, at - 0.08 * (high - low)), max(high, at + 0.08 * (high - low))
    return low, high


@lru_cache(maxsize=4)
def _scene(
    x: bytes,
    labels: bytes,
    start: tuple[float, float],
    at: float,
    width: int,
    height: int,
    look: ChartStyle,
) -> Scene:
    xs, classes = np.frombuffer(x), np.frombuffer(labels)
    x_axis = linear(*window(xs, at), width // 9).named("x", 5 / width)
    y_axis = linear(LOW, HIGH, round((height - 2) / 1.7)).named("P", 1.5 / height)
    plot = Plot(width, height, x_axis, y_axis, look)
    across = np.linspace(0, 1, plot.columns)
    before = y_axis.place(sigmoid(start[0] * (x_axis.low + across * _span(x_axis)) + start[1]))
    half = y_axis.place(0.5)
    plot.marks(across[1::3], np.full(len(across[1::3]), half), look.dim, "╌")
    plot.points(across[1::3], before[1::3], look.start)
    points, names = plot.blank(), plot.blank()
    places = x_axis.place(xs)
    mark_classes(points, places, y_axis.place(classes), classes, look)
    # The lines of text beside the level 0.5 keep the legend away, as the points do.
    said = np.linspace(0, 1, 9)
    still = (
        (places, across, said, said),
        (
            y_axis.place(classes),
            before,
            *(np.full(9, half + step / plot.rows) for step in (1, -1)),
        ),
    )
    entries = _entries(look) if plot.rows > TIGHT else _tight(look)
    legend(names, entries, np.concatenate(still[0]), np.concatenate(still[1]), look)
    return Scene(x_axis, y_axis, plot, points, names)


def mark_classes(plot: Plot, x: Array, y: Array, classes: Array, look: ChartStyle) -> None:
    """Mark every point as its class is marked: a ring for 0, a disc for 1."""
    for label, glyph, colour in ((0, ZERO, look.sample), (1, ONE, look.points)):
        of = classes == label
        plot.marks(x[of], y[of], colour, glyph)


def _span(axis: Axis) -> float:
    return axis.high - axis.low


def _residuals(plot: Plot, picture: CurvePicture, scene: Scene, look: ChartStyle) -> None:
    """A line from every label to the curve, P − y, which is what the gradient is made of."""
    xs = scene.x.place(picture.x)
    ends = scene.y.place(picture.probability(picture.x)), scene.y.place(picture.labels)
    top, bottom = np.sort([plot.row(end) for end in ends], axis=0)
    for column, first, last in zip(xs, top, bottom, strict=True):
        rows = np.arange(first + 1, last)
        plot.marks(np.full(len(rows), column), 1 - rows / (plot.rows - 1), look.residual, "│")


def _threshold(plot: Plot, picture: CurvePicture, x: Axis, look: ChartStyle) -> None:
    """Where P = 0.5, as a line from top to bottom and in words on the side below the curve."""
    at = picture.threshold()
    if at is None:
        return
    place = np.atleast_1d(x.place(at))
    rows = np.linspace(0, 1, plot.rows)
    if len(inside(place, np.array([0.5]))):
        free = plot.inner.glyphs[:, int(plot.column(place)[0])] == 0
        plot.marks(np.full(int(free.sum()), place[0]), 1 - rows[free], look.minimum, "┊")
    text = f"P = 0.5 at x = {number(at, 2)}"
    half = int(plot.row(_half()))
    plot.note(1 if picture.w > 0 else plot.columns - len(text) - 1, half - 1, text, look.minimum)


def _odds(plot: Plot, picture: CurvePicture, scene: Scene, look: ChartStyle) -> None:
    """The point of the curve at the x that was asked for, with its odds in words."""
    p = float(picture.probability(picture.at))
    plot.mark(scene.x.place(picture.at), scene.y.place(p), look.residual, ASKED)
    odds = number(picture.odds(picture.at), 2)
    text = f"{ASKED} P({plain(picture.at)}) = {number(p, 3)}, odds {odds}"
    column = plot.columns - len(text) - 1 if picture.w > 0 else 1
    plot.note(column, int(plot.row(_half())) + 1, text, look.residual)


def _half() -> float:
    """P = 0.5 in units of the axis."""
    return (0.5 - LOW) / (HIGH - LOW)


def _tight(look: ChartStyle) -> list[Entry]:
    return [(ONE, f"label 1 · {ZERO} label 0", look.points)]


def _entries(look: ChartStyle) -> list[Entry]:
    entries = [
        (ONE, "label 1", look.points),
        (ZERO, "label 0", look.sample),
        ("⠒⠒", "P now", look.line),
        ("⠂⠐", "at the start", look.start),
    ]
    return [*entries, ("│", "P − y", look.residual)] if look.residuals else entries
