"""The walk of each of several models over its loss: a map of two weights, or height against
distance where there are more; knows no widget."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array, FitsPicture, LossHistory, wave_losses
from tui.charts.axis import linear, round_up, rounded
from tui.charts.canvas import Canvas
from tui.charts.legend import legend
from tui.charts.loss_curve import loss_axis
from tui.charts.plot import Plot, margin, words
from tui.charts.relief import relief
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.surface import LEAST, START, Terrain, dots, stand, walk
from tui.charts.walkers import entries

LOCAL = "×"
NEAR = 0.02
"""A minimum within this share of the map's heights of the least counts as one of the least."""
STEEPNESS = 2.0
"""How much of the colours goes to what lies low: here high valleys are to be seen as well."""
LEAST_W, LEAST_B = 3.6, 4.9
"""The map reaches at least so far from 0: b by more than π, for the wave to come again."""


@shows(FitsPicture)
def draw(picture: FitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The map with the paths, or how far each model has come and how low."""
    if picture.wave:
        return _map(picture, width, height, look)
    return _heights(picture, width, height, look)


def _map(picture: FitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    starts = tuple((float(one.path[0, 0]), float(one.path[0, 1])) for one in picture.walks)
    terrain = _terrain(picture.x.tobytes(), picture.y.tobytes(), starts, width, height, look)
    plot = terrain.axes.again()
    signs = entries(picture, look)
    for one, (_, _, colour) in zip(picture.walks, signs, strict=True):
        walk(plot, one.path, terrain, colour)
    plot.canvas.lay(terrain.signs.canvas)
    gone = [
        one.name
        for one, sign in zip(picture.walks, signs, strict=True)
        if not stand(plot, terrain, one.path[-1, 0], one.path[-1, 1], sign)
    ]
    if gone:
        plot.note(1, plot.rows - 1, f"off the map: {', '.join(gone)}", look.path)
    plot.inner.lay_under(terrain.relief)
    return plot.canvas


def _heights(picture: FitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """No map holds the many weights of a network: the loss against the distance walked."""
    ways = [(one.distances(), one.heights) for one in picture.walks]
    finite = [np.isfinite(way) & np.isfinite(loss) for way, loss in ways]
    ways = [(way[kept], loss[kept]) for (way, loss), kept in zip(ways, finite, strict=True)]
    farthest = max((float(way.max()) for way, _ in ways if len(way)), default=0.0)
    losses = np.concatenate([loss for _, loss in ways])
    if len(losses) == 0:
        return words("no loss that is a number", width, height, look)
    y = loss_axis(LossHistory(losses, losses, losses), height // 3, look.logarithmic)
    if y is None:
        return words("no loss above 0: a logarithm shows none", width, height, look)
    x = linear(0, round_up(max(farthest, 0.1)), width // 12).named("moved", 7 / width)
    plot = Plot(width, height, x, y.named("L", 1.5 / height), look)
    for (way, loss), (mark, _, colour) in zip(ways, entries(picture, look), strict=True):
        if len(way):
            plot.curve(x.place(way), y.place(loss).clip(0, 1), colour)
            plot.mark(x.place(way[-1]), float(y.place(loss[-1]).clip(0, 1)), colour, mark)
    text = "loss, by distance from the start"
    plot.note(plot.columns - len(text) - 1, 0, text, look.dim)
    return plot.canvas


@lru_cache(maxsize=4)
def _terrain(
    x: bytes,
    y: bytes,
    starts: tuple[tuple[float, float], ...],
    width: int,
    height: int,
    look: ChartStyle,
) -> Terrain:
    xs, ys = np.frombuffer(x), np.frombuffer(y)
    reach_w = max(LEAST_W, *(1.2 * abs(w) for w, _ in starts))
    reach_b = max(LEAST_B, *(1.2 * abs(b) for _, b in starts))
    w_axis = linear(-reach_w, reach_w, width // 9).named("w", 5 / width)
    b_axis = linear(-reach_b, reach_b, round((height - 2) / 1.7)).named("b", 1.5 / height)
    ws = dots(-reach_w, reach_w, width - margin(b_axis), 2)
    bs = dots(-reach_b, reach_b, height - 2, 4)[::-1]
    losses = wave_losses(xs, ys, ws, bs)
    axes = Plot(width, height, w_axis, b_axis, look)
    signs = axes.blank()
    least, local = minima(losses)
    for found, sign, colour in ((local, LOCAL, look.text), (least, LEAST, look.minimum)):
        signs.marks(w_axis.place(ws[found[1]]), b_axis.place(bs[found[0]]), colour, sign)
    begun = w_axis.place([w for w, _ in starts]), b_axis.place([b for _, b in starts])
    signs.marks(*begun, look.path, START)
    meanings = [
        (START, "start", look.path),
        (LEAST, "least loss", look.minimum),
        (LOCAL, "local optimum", look.text),
    ]
    legend(signs, meanings, *begun, look)
    return Terrain(w_axis, b_axis, axes, signs, relief(losses - losses.min(), look, STEEPNESS))


def minima(heights: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The cells lower than all eight around them, as (rows, columns): the lowest, the others.

    Of neighbours that are equally low the first counts.
    """
    heights = rounded((heights - heights.min()) / (float(np.ptp(heights)) or 1.0))
    inner = heights[1:-1, 1:-1]
    lowest = np.ones(inner.shape, dtype=bool)
    rows, columns = heights.shape
    for down, across in product((0, 1, 2), repeat=2):
        around = heights[down : rows - 2 + down, across : columns - 2 + across]
        if (down, across) < (1, 1):
            lowest &= inner < around
        else:
            lowest &= inner <= around
    least = inner <= NEAR
    found = np.array(np.nonzero(lowest & least)), np.array(np.nonzero(lowest & ~least))
    return found[0] + 1, found[1] + 1
