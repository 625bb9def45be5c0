"""The loss over (w, b) as a map, and the path walked on it; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.pictures import Array, LinePicture
from tui.charts.axis import Axis, linear
from tui.charts.canvas import Canvas
from tui.charts.clip import inside
from tui.charts.legend import Entry, legend
from tui.charts.plot import Plot, margin, words
from tui.charts.relief import relief
from tui.charts.shows import shows
from tui.charts.style import RGB, ChartStyle

START, LEAST, NOW = "○", "✚", "●"
LEFT = "the walk has left this map"


@dataclass(frozen=True, slots=True)
class Terrain:
    """What stays the same while a run walks."""

    w: Axis
    b: Axis
    axes: Plot
    signs: Plot
    """The start, the least loss, and what the marks mean."""
    relief: Canvas


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The map, the path from the start to where the parameters are now, and the least loss."""
    if picture.path.shape[1] < 2:
        return words("one weight has a curve, not a surface", width, height, look)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    here = (NOW, "now", look.sample)
    terrain = terrain_of(x, y, picture.start, (here,), width, height, look)
    plot = terrain.axes.again()
    walk(plot, picture.path, terrain, look.path)
    plot.canvas.lay(terrain.signs.canvas)
    if not stand(plot, terrain, picture.w, picture.b, here):
        plot.note(1, plot.rows - 1, LEFT, look.path)
    plot.inner.lay_under(terrain.relief)
    return plot.canvas


@lru_cache(maxsize=4)
def terrain_of(
    x: bytes,
    y: bytes,
    start: tuple[float, float],
    walkers: tuple[Entry, ...],
    width: int,
    height: int,
    look: ChartStyle,
) -> Terrain:
    """The map around the start and the least loss; `walkers` are named in its legend."""
    picture = LinePicture(
        np.frombuffer(x), np.frombuffer(y), *start, start=start, path=np.array([start])
    )
    best = picture.least_squares()
    w, b = window(picture, best)
    w_axis = linear(*w, width // 9).named("w", 5 / width)
    b_axis = linear(*b, round((height - 2) / 1.7)).named("b", 1.5 / height)
    columns, rows = width - margin(b_axis), height - 2
    ws = dots(*w, columns, 2)
    bs = dots(*b, rows, 4)[::-1]
    losses = picture.loss_at(ws[None, :], bs[:, None])
    least = picture.loss_at(np.array(best[0]), best[1])
    axes = Plot(width, height, w_axis, b_axis, look)
    signs = axes.blank()
    _signs(signs, picture.start, best, walkers, w_axis, b_axis, look)
    return Terrain(w_axis, b_axis, axes, signs, relief((losses - least).clip(0, None), look))


def window(
    picture: LinePicture, best: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of w and of b: the least loss in the middle, the start well inside.

    Each reaches towards where the loss is again as high as at the start. Without this a start
    that is wrong in one parameter alone would leave the map no width.
    """
    least = picture.loss_at(np.array(best[0]), best[1])
    fall = max(float(picture.loss_at(np.array(picture.start[0]), picture.start[1]) - least), 0.0)
    bends = float(np.mean(picture.x**2)) or 1.0, 1.0
    reaches = [
        max(1.35 * abs(start - middle), 0.8 * (fall / bend) ** 0.5) or 1.0
        for start, middle, bend in zip(picture.start, best, bends, strict=True)
    ]
    (w, b), (dw, db) = best, reaches
    return (w - dw, w + dw), (b - db, b + db)


def dots(low: float, high: float, cells: int, each: int) -> Array:
    """The values at the dots of so many cells; low is the middle of the first, high the last."""
    cell = (np.arange(cells * each) + 0.5) / each - 0.5
    return low + cell / max(cells - 1, 1) * (high - low)


def stand(plot: Plot, terrain: Terrain, w: float, b: float, sign: Entry) -> bool:
    """Mark where a training stands now; False where that is off the map."""
    mark, _, colour = sign
    place = np.atleast_1d(terrain.w.place(w)), np.atleast_1d(terrain.b.place(b))
    plot.marks(*place, colour, mark)
    return len(inside(*place)) > 0


def walk(plot: Plot, path: Array, terrain: Terrain, colour: RGB) -> None:
    """Draw the path, a point a dot; where it leaves the map it is followed to the edge."""
    x, y = terrain.w.place(path[:, 0]), terrain.b.place(path[:, 1])
    moved = np.flatnonzero(np.diff(plot.dots(x, y), prepend=np.nan) != 0)
    x, y = x[moved], y[moved]
    here = np.zeros(len(x) + 2, dtype=bool)
    here[inside(x, y) + 1] = True
    near = here[1:-1] | here[2:] | here[:-2]
    for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(near)) + 1):
        if len(run) and near[run[0]]:
            plot.curve(x[run], y[run], colour)


def _signs(
    plot: Plot,
    start: tuple[float, float],
    best: tuple[float, float],
    walkers: tuple[Entry, ...],
    w: Axis,
    b: Axis,
    look: ChartStyle,
) -> None:
    first, last = (START, "start", look.path), (LEAST, "least loss", look.minimum)
    for (sign, _, colour), place in ((first, start), (last, best)):
        plot.mark(w.place(place[0]), b.place(place[1]), colour, sign)
    entries = [first, *walkers, last]
    way = np.linspace(0, 1, 50)
    (w0, b0), (w1, b1) = start, best
    legend(plot, entries, w.place(w0 + way * (w1 - w0)), b.place(b0 + way * (b1 - b0)), look)
