"""The points, the line now and the line at the start; knows no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.pictures import Array, LinePicture
from tui.charts.axis import Axis, linear, padded, rounded
from tui.charts.canvas import Canvas
from tui.charts.clip import inside
from tui.charts.legend import Entry, legend
from tui.charts.plot import Plot
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

CROWD = 30
"""From so many points on, each is a dot and not a disc."""
MOST = 300
"""Of a larger crowd, some stay out: it looks the same, and a frame costs no more."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays the same while the line moves."""

    x: Axis
    y: Axis
    start: Plot
    """The axes, and the line at the start."""
    points: Plot
    legend: Plot


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The line among its points, in a window that stays where it is while the line moves."""
    x, y = picture.x.tobytes(), picture.y.tobytes()
    names = _entries(len(picture.x), picture.sample is not None, look)
    scene = scene_of(x, y, picture.start, names, width, height, look)
    plot = scene.start.again()
    if look.residuals:
        _residuals(plot, picture, scene.x, scene.y, look)
    # A crowd would bury the line; a few points would be buried under it.
    crowded = len(picture.x) >= CROWD
    if crowded:
        plot.canvas.lay(scene.points.canvas)
    ends = line(scene.x, scene.y, picture.w, picture.b, 2)
    seen = math.isfinite(picture.w + picture.b) and plot.curve(*ends, look.line)
    if not crowded:
        plot.canvas.lay(scene.points.canvas)
    if picture.sample is not None:
        at = picture.x[picture.sample], picture.y[picture.sample]
        plot.mark(scene.x.place(at[0]), scene.y.place(at[1]), look.sample, "◆")
    plot.canvas.lay(scene.legend.canvas)
    if not seen:
        _say_where(plot, picture, scene.y, look)
    return plot.canvas


@lru_cache(maxsize=4)
def scene_of(
    x: bytes,
    y: bytes,
    start: tuple[float, float],
    entries: tuple[Entry, ...],
    width: int,
    height: int,
    look: ChartStyle,
) -> Scene:
    """Axes, points, the line at the start, and the legend with these entries."""
    xs, ys = np.frombuffer(x), np.frombuffer(y)
    x_axis, y_axis = window(xs, ys, start, width // 9, round((height - 2) / 1.7))
    x_axis, y_axis = x_axis.named("x", 5 / width), y_axis.named("y", 1.5 / height)
    plot = Plot(width, height, x_axis, y_axis, look)
    points, names = plot.blank(), plot.blank()
    first = line(x_axis, y_axis, *start, plot.columns)
    plot.points(first[0][1::3], first[1][1::3], look.start)
    xs, ys = x_axis.place(xs), y_axis.place(ys)
    mark_points(points, xs, ys, look)
    still = np.append(first[0], xs), np.append(first[1], ys)
    legend(names, entries, *still, look)
    return Scene(x_axis, y_axis, plot, points, names)


def window(
    x: Array, y: Array, start: tuple[float, float], x_ticks: int, y_ticks: int
) -> tuple[Axis, Axis]:
    """Axes around the points; the first line may widen them by half, the line now never does."""
    edges = padded(x.min(), x.max(), 0.06)
    low, high = padded(y.min(), y.max(), 0.1)
    first = start[0] * np.array(edges) + start[1]
    room = 0.5 * (high - low)
    low = min(low, max(float(first.min()), low - room))
    high = max(high, min(float(first.max()), high + room))
    return linear(*edges, x_ticks), linear(low, high, y_ticks)


def line(x: Axis, y: Axis, w: float, b: float, points: int) -> tuple[Array, Array]:
    """The line w·x + b across the window, in unit coordinates."""
    place = np.linspace(0, 1, points)
    with np.errstate(over="ignore", invalid="ignore"):
        return place, y.place(w * (x.low + place * (x.high - x.low)) + b)


def mark_points(plot: Plot, x: Array, y: Array, look: ChartStyle) -> None:
    """A disc for each of a few points, a dot for each of a crowd."""
    seen = inside(x, y)
    apart = seen[np.unique(plot.dots(x[seen], y[seen]), return_index=True)[1]]
    apart = apart[:: len(apart) // MOST + 1]
    if len(x) < CROWD:
        plot.marks(x[apart], y[apart], look.points, "●")
    else:
        plot.points(x[apart], y[apart], look.points)


def _residuals(plot: Plot, picture: LinePicture, x: Axis, y: Axis, look: ChartStyle) -> None:
    """A vertical line from every point to the line; in each column, the longest."""
    with np.errstate(over="ignore", invalid="ignore"):
        line_y = y.place(picture.w * picture.x + picture.b).clip(0, 1)
    xs, ys = x.place(picture.x), y.place(picture.y)
    longest = np.argsort(-rounded(np.abs(line_y - ys)), kind="stable")
    longest = longest[np.unique(plot.column(xs[longest]), return_index=True)[1]]
    ends = np.sort([plot.row(line_y[longest]), plot.row(ys[longest])], axis=0)
    rows = np.arange(plot.rows)
    column, row = np.nonzero((rows > ends[0][:, None]) & (rows < ends[1][:, None]))
    plot.marks(xs[longest][column], 1 - row / (plot.rows - 1), look.residual, "│")


def points_entry(points: int, look: ChartStyle) -> Entry:
    """What the legend says of the data."""
    return "●" if points < CROWD else "⠢", "points", look.points


def _entries(points: int, sampled: bool, look: ChartStyle) -> tuple[Entry, ...]:
    entries = [
        points_entry(points, look),
        ("⠒⠒", "line now", look.line),
        ("⠂⠐", "at the start", look.start),
    ]
    if sampled:
        entries.insert(1, ("◆", "this sample", look.sample))
    if look.residuals:
        entries.append(("│", "residual", look.residual))
    return tuple(entries)


def _say_where(plot: Plot, picture: LinePicture, y: Axis, look: ChartStyle) -> None:
    middle = picture.w * float(picture.x.mean()) + picture.b
    text = "the line is off the chart"
    if math.isfinite(middle):
        text += ", above" if middle > y.high else ", below"
    row = plot.rows - 1  # the legend takes the rows at the top
    plot.note((plot.columns - len(text)) // 2, row, text, look.residual)
