"""The points, the line now and the line at the start; knows no widget."""

from __future__ import annotations

import math

import numpy as np

from engine.frame import Frame
from engine.pictures import Array, LinePicture
from tui.charts.axis import Axis, linear, padded
from tui.charts.clip import inside
from tui.charts.legend import Entry, legend
from tui.charts.look import Look
from tui.charts.plot import Plot, too_small, words

CROWD = 30
"""From so many points on, each is a dot and not a disc."""
MOST = 300
"""Of a larger crowd, some stay out: it looks the same, and a frame costs no more."""


def draw(frame: Frame, width: int, height: int, look: Look) -> list[str]:
    """The line among its points, in a window that stays where it is while the line moves."""
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if picture is None or len(picture.x) == 0:
        return words(frame.message or "nothing to see yet", width, height, look)
    x, y = window(picture, width // 9, round((height - 2) / 1.7))
    x, y = x.named("x", 5 / width), y.named("y", 1.5 / height)
    plot = Plot(width, height, x, y, look)
    start = line(x, y, *picture.start, plot.columns)
    plot.marks(start[0][1::3], start[1][1::3], look.start, "braille")
    if look.residuals:
        _residuals(plot, picture, x, y, look)
    # A crowd would bury the line; a few points would be buried under it.
    crowded = len(picture.x) >= CROWD
    if crowded:
        _points(plot, picture, x, y, look)
    seen = math.isfinite(picture.w + picture.b) and plot.curve(
        *line(x, y, picture.w, picture.b, 2), look.line
    )
    if not crowded:
        _points(plot, picture, x, y, look)
    still = np.append(start[0], x.place(picture.x)), np.append(start[1], y.place(picture.y))
    legend(plot, _entries(picture, look), *still, look)
    if not seen:
        _say_where(plot, picture, y, look)
    return plot.lines()


def window(picture: LinePicture, x_ticks: int, y_ticks: int) -> tuple[Axis, Axis]:
    """Axes around the points; the first line may widen them by half, the line now never does."""
    x = padded(picture.x.min(), picture.x.max(), 0.06)
    low, high = padded(picture.y.min(), picture.y.max(), 0.1)
    start = picture.start[0] * np.array(x) + picture.start[1]
    room = 0.5 * (high - low)
    low = min(low, max(start.min(), low - room))
    high = max(high, min(start.max(), high + room))
    return linear(*x, x_ticks), linear(low, high, y_ticks)


def line(x: Axis, y: Axis, w: float, b: float, points: int) -> tuple[Array, Array]:
    """The line w·x + b across the window, in unit coordinates."""
    place = np.linspace(0, 1, points)
    with np.errstate(over="ignore", invalid="ignore"):
        return place, y.place(w * (x.low + place * (x.high - x.low)) + b)


def _points(plot: Plot, picture: LinePicture, x: Axis, y: Axis, look: Look) -> None:
    xs, ys = x.place(picture.x), y.place(picture.y)
    seen = inside(xs, ys)
    apart = seen[np.unique(plot.dots(xs[seen], ys[seen]), return_index=True)[1]]
    apart = apart[:: len(apart) // MOST + 1]
    plot.marks(xs[apart], ys[apart], look.points, _marker(picture))
    if picture.sample is not None:
        plot.mark(xs[picture.sample], ys[picture.sample], look.sample, "◆")


def _marker(picture: LinePicture) -> str:
    return "●" if len(picture.x) < CROWD else "braille"


def _residuals(plot: Plot, picture: LinePicture, x: Axis, y: Axis, look: Look) -> None:
    """A vertical line from every point to the line; in each column, the longest."""
    with np.errstate(over="ignore", invalid="ignore"):
        line_y = y.place(picture.w * picture.x + picture.b).clip(0, 1)
    xs, ys = x.place(picture.x), y.place(picture.y)
    longest = np.argsort(-np.abs(line_y - ys))
    longest = longest[np.unique(plot.column(xs[longest]), return_index=True)[1]]
    ends = np.sort([plot.row(line_y[longest]), plot.row(ys[longest])], axis=0)
    rows = np.arange(plot.rows)
    column, row = np.nonzero((rows > ends[0][:, None]) & (rows < ends[1][:, None]))
    plot.marks(xs[longest][column], 1 - row / (plot.rows - 1), look.residual, "│")


def _entries(picture: LinePicture, look: Look) -> list[Entry]:
    entries = [
        ("●" if len(picture.x) < CROWD else "⠢", "points", look.points),
        ("⠒⠒", "line now", look.line),
        ("⠂⠐", "at the start", look.start),
    ]
    if picture.sample is not None:
        entries.insert(1, ("◆", "this sample", look.sample))
    if look.residuals:
        entries.append(("│", "residual", look.residual))
    return entries


def _say_where(plot: Plot, picture: LinePicture, y: Axis, look: Look) -> None:
    middle = picture.w * float(picture.x.mean()) + picture.b
    text = "the line is off the chart"
    if math.isfinite(middle):
        text += ", above" if middle > y.high else ", below"
    row = plot.rows - 1  # the legend takes the rows at the top
    plot.note((plot.columns - len(text)) // 2, row, text, look.residual)
