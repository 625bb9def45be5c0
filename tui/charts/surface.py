"""Charts of the loss over two weights as a map, and of the paths of the runs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array, FitsPicture, LinePicture, WalksPicture, wave_losses
from tui.charts.axis import Axis, Scale, round_up, rounded
from tui.charts.canvas import BRAILLE, DOTS, SPACE, Canvas, Drawing, packed, shows, stroke
from tui.charts.loss import NO_LOGARITHM, draw_losses, entries, loss_scale
from tui.charts.plot import LegendEntry, Plot
from tui.charts.polyline import clip, inside
from tui.charts.style import RGB, ChartStyle, mix

START, LEAST, LOCAL, NOW = "○", "✚", "×", "●"
SHADES = 28
"""The number of colours for heights: few enough that neighbours share one colour code."""
STEEPNESS = 300.0
"""The strength of the logarithmic colour scale: most colours go to low losses."""
SHALLOW = 2.0
"""The same for the wave, where high valleys should be visible as well."""
NEAR = 0.02
"""A minimum within this share of the map's height range above the lowest counts as global."""
LEAST_W, LEAST_B = 3.6, 4.9
"""The map of the wave reaches at least this far from 0; more than π in b, so that it repeats."""


@dataclass(frozen=True, slots=True)
class Terrain:
    """The parts of the map that stay the same during a run."""

    axes: Plot
    signs: Canvas
    """The marks of the start and the lowest loss."""
    names: tuple[LegendEntry, ...]
    """The entries of the legend."""
    marked: tuple[Array, Array]
    """Points that the legend must not cover, as their w and b."""
    starts: tuple[Array, Array]
    """Points that it must not cover if no place is free of all those."""
    way: tuple[Array, Array]
    """Points that it covers only if there is no other place."""
    relief: Canvas
    best: tuple[float, float] | None = None
    """The position of the lowest loss, if there is only one."""


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the map, the path from the start to the current parameters, and the lowest loss."""
    if picture.path.shape[1] < 2:
        return "one weight has a curve, not a surface"
    here = (NOW, "now", style.sample)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    terrain = _terrain(x, y, picture.start, (here,), width, height, style)
    walked = [("the run", picture.path, picture.w, picture.b, here, style.path)]
    return _map(terrain, walked, "the path has left this map", style)


@shows(WalksPicture)
def draw_paths(picture: WalksPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the map, and the path of each run from the start to its current parameters."""
    runs = entries(picture, style)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    terrain = _terrain(x, y, picture.start, runs, width, height, style)
    walked = [
        (walk.name, walk.path, walk.w, walk.b, entry, entry[2])
        for walk, entry in zip(picture.walks, runs, strict=True)
    ]
    return _map(terrain, walked, "off the map: ", style)


@shows(FitsPicture)
def draw_walks(picture: FitsPicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw paths on the map for two weights, or the loss over the distance walked for more."""
    if not picture.wave:
        return _heights(picture, width, height, style)
    starts = tuple((float(one.path[0, 0]), float(one.path[0, 1])) for one in picture.walks)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    terrain = _wave_terrain(x, y, starts, width, height, style)
    walked = [
        (fit.name, fit.path, float(fit.path[-1, 0]), float(fit.path[-1, 1]), entry, entry[2])
        for fit, entry in zip(picture.walks, entries(picture, style), strict=True)
    ]
    return _map(terrain, walked, "off the map: ", style)


def _map(
    terrain: Terrain,
    walked: Sequence[tuple[str, Array, float, float, LegendEntry, RGB]],
    gone: str,
    style: ChartStyle,
) -> Canvas:
    """Draw each path over the map, with a mark at its end; name the runs that have left the map."""
    plot = terrain.axes.again()
    for _, path, _, _, _, colour in walked:
        _walk(plot, path, colour)
    plot.canvas.lay(terrain.signs)
    here = np.array([(w, b) for _, _, w, b, _, _ in walked]).T
    for points in (terrain.marked, terrain.starts):  # many minima may leave no place
        ws, bs = (np.append(*both) for both in zip(points, here, strict=True))
        if plot.legend(terrain.names, (ws, bs), terrain.way, style.places):
            break
    left = []
    for name, _, w, b, (mark, _, colour), _ in walked:
        if len(inside(np.atleast_1d(plot.x.place(w)), np.atleast_1d(plot.y.place(b)))):
            if terrain.best and _within_a_cell(plot, (w, b), terrain.best):
                w, b = terrain.best  # one mark for both, not two side by side
            plot.inner.write(int(plot.row(b)), int(plot.column(w)), mark, colour)
        else:
            left.append(name)
    if left:
        text = f"{gone}{', '.join(left)}" if gone.endswith(" ") else gone
        taken = plot.mask(*here) | plot.mask(*terrain.marked)
        places = [(column, row) for row in (-1, 0, 1) for column in (1, -2)]
        plot.caption([("", text, style.path)], places, taken)
    canvas = plot.canvas
    plot.inner.lay_under(terrain.relief)
    return canvas


def _within_a_cell(plot: Plot, one: tuple[float, float], other: tuple[float, float]) -> bool:
    across = float(plot.x.place(one[0]) - plot.x.place(other[0])) * (plot.columns - 1)
    down = float(plot.y.place(one[1]) - plot.y.place(other[1])) * (plot.rows - 1)
    return abs(across) < 1 and abs(down) < 1


def _walk(plot: Plot, path: Array, colour: RGB) -> None:
    """Draw the path in braille dots, up to the edge where it leaves the map.

    It is drawn on the canvas and not as a plotext signal: a noisy path has thousands of corners.
    """
    x, y = plot.x.place(path[:, 0]), plot.y.place(path[:, 1])
    with np.errstate(over="ignore", invalid="ignore"):
        across, down = plot.dots(x, y)
        dots = np.floor(across) * 4 * plot.rows + np.floor(down)
    moved = np.flatnonzero(np.diff(dots, prepend=np.nan) != 0)
    x, y = x[moved], y[moved]
    here = np.zeros(len(x) + 2, dtype=bool)
    here[inside(x, y) + 1] = True
    near = here[1:-1] | here[2:] | here[:-2]
    for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(near)) + 1):
        if len(run) and near[run[0]]:
            for xs, ys in clip(x[run], y[run]):
                plot.inner.dot(*stroke(*plot.dots(xs, ys)), colour)


@lru_cache(maxsize=4)
def _terrain(
    x: bytes,
    y: bytes,
    start: tuple[float, float],
    runs: tuple[LegendEntry, ...],
    width: int,
    height: int,
    style: ChartStyle,
) -> Terrain:
    """Return the map around the start and the lowest loss, with the runs in its legend."""
    picture = LinePicture(
        np.frombuffer(x), np.frombuffer(y), *start, start=start, path=np.array([start])
    )
    best = picture.least_squares()
    w, b = window(picture, best)
    axes = Plot(width, height, Scale("w", *w), Scale("b", *b), style)
    ws, bs = _dot_values(axes.x, axes.columns, 2), _dot_values(axes.y, axes.rows, 4)[::-1]
    losses = picture.loss_at(ws[None, :], bs[:, None])
    least = picture.loss_at(np.array(best[0]), best[1])
    signs = axes.blank()
    first, last = (START, "start", style.path), (LEAST, "least loss", style.minimum)
    for (sign, _, colour), (at_w, at_b) in ((first, start), (last, best)):
        signs.points(at_w, at_b, colour, sign)
    marks = np.array([start, best]).T
    way = np.linspace(0, 1, 50)
    curve = tuple(one + way * (other - one) for one, other in zip(start, best, strict=True))
    marked = marks[0], marks[1]
    shades = relief((losses - least).clip(0, None), style)
    names = (first, *runs, last)
    return Terrain(axes, signs.canvas, names, marked, marked, (curve[0], curve[1]), shades, best)


def window(
    picture: LinePicture, best: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ranges of w and of b: the lowest loss in the centre, the start well inside.

    Each reaches towards where the loss is as high as at the start. Otherwise a start that is wrong
    in only one parameter would leave the map no width.
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


def _dot_values(axis: Axis, cells: int, each: int) -> Array:
    """Return the values at the dots of these cells; low and high are the centres of end cells."""
    cell = (np.arange(cells * each) + 0.5) / each - 0.5
    return axis.low + cell / max(cells - 1, 1) * (axis.high - axis.low)


@lru_cache(maxsize=4)
def _wave_terrain(
    x: bytes,
    y: bytes,
    starts: tuple[tuple[float, float], ...],
    width: int,
    height: int,
    style: ChartStyle,
) -> Terrain:
    """Return the map of the loss of ŷ = sin(w·x + b), with its local minima."""
    xs, ys = np.frombuffer(x), np.frombuffer(y)
    reach_w = max(LEAST_W, *(1.2 * abs(w) for w, _ in starts))
    reach_b = max(LEAST_B, *(1.2 * abs(b) for _, b in starts))
    axes = Plot(width, height, Scale("w", -reach_w, reach_w), Scale("b", -reach_b, reach_b), style)
    ws, bs = _dot_values(axes.x, axes.columns, 2), _dot_values(axes.y, axes.rows, 4)[::-1]
    losses = wave_losses(xs, ys, ws, bs)
    signs = axes.blank()
    least, local = minima(losses)
    for found, sign, colour in ((local, LOCAL, style.text), (least, LEAST, style.minimum)):
        signs.points(ws[found[1]], bs[found[0]], colour, sign)
    begun = np.array(starts).T
    signs.points(begun[0], begun[1], style.path, START)
    names = (
        (START, "start", style.path),
        (LEAST, "least loss", style.minimum),
        (LOCAL, "local optimum", style.text),
    )
    found = np.append(least, local, axis=1)
    marked = np.append(begun[0], ws[found[1]]), np.append(begun[1], bs[found[0]])
    shades = relief(losses - losses.min(), style, SHALLOW)
    none = np.empty(0), np.empty(0)
    return Terrain(axes, signs.canvas, names, marked, (begun[0], begun[1]), none, shades)


def minima(heights: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the cells lower than all eight neighbours: the global minima, then the local ones.

    Both are (rows, columns). Of equally low neighbours only the first counts.
    """
    heights = rounded((heights - heights.min()) / (float(np.ptp(heights)) or 1.0))
    inner = heights[1:-1, 1:-1]
    lowest = np.ones(inner.shape, dtype=bool)
    rows, columns = heights.shape
    for down, across in product((0, 1, 2), repeat=2):
        around = heights[down : rows - 2 + down, across : columns - 2 + across]
        lowest &= inner < around if (down, across) < (1, 1) else inner <= around
    least = inner <= NEAR
    found = np.array(np.nonzero(lowest & least)), np.array(np.nonzero(lowest & ~least))
    return found[0] + 1, found[1] + 1


def _heights(picture: FitsPicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the loss over the distance from the start: a map has only two weights."""
    ways = [(one.distances(), one.heights) for one in picture.walks]
    finite = [np.isfinite(way) & np.isfinite(loss) for way, loss in ways]
    ways = [(way[kept], loss[kept]) for (way, loss), kept in zip(ways, finite, strict=True)]
    farthest = max((float(way.max()) for way, _ in ways if len(way)), default=0.0)
    losses = np.concatenate([loss for _, loss in ways])
    if len(losses) == 0:
        return "no loss that is a number"
    y = loss_scale(losses, style.logarithmic, "L")
    if y is None:
        return NO_LOGARITHM
    plot = Plot(width, height, Scale("distance", 0, round_up(max(farthest, 0.1))), y, style)
    runs = zip(ways, entries(picture, style), strict=True)
    ends = [draw_losses(plot, *way, entry) for way, entry in runs if len(way[0])]
    texts = ["loss, by distance from the start"]
    if len(texts[0]) >= plot.columns - 1:
        texts = ["loss, by distance", "from the start"]
    places = [(column, row) for row in (0, 1, -1, -2) for column in (-2, 1)]
    lines = [("", text, style.dim) for text in texts]
    plot.caption(lines, places, plot.mask(*np.array(ends).T))
    return plot.canvas


def relief(heights: Array, style: ChartStyle, steepness: float = STEEPNESS) -> Canvas:
    """Draw heights as coloured half blocks with contour lines.

    The heights are above the lowest point, shape (4·rows, 2·columns): one for each braille dot.
    """
    top = float(heights.max()) or 1.0
    share = rounded(np.log1p(steepness * heights / top) / np.log1p(steepness))
    lines = braille(edges(np.floor(share * (3 + len(heights) // 12))))
    halves = rounded(share.reshape(-1, 2, share.shape[1] // 2, 2).mean(axis=(1, 3)))
    steps = np.rint(halves * (SHADES - 1)).astype(np.intp)
    upper, lower = steps[::2], steps[1::2]
    palette = _palette(style.ramp)
    shades = np.array([packed(shade) for shade in palette])
    contours = np.array([packed(mix(shade, style.contour, 0.3)) for shade in palette])
    between = (upper + lower) // 2
    crossed = lines != BRAILLE
    canvas = Canvas(lines.shape[1], len(lines))
    canvas.glyphs[:] = np.where(crossed, lines, np.where(upper == lower, SPACE, ord("▀")))
    canvas.foregrounds[:] = np.where(crossed, contours[between], shades[upper])
    canvas.backgrounds[:] = np.where(crossed, shades[between], shades[lower])
    return canvas


def edges(levels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return the dots whose right or lower neighbour is on another level."""
    edge = np.zeros(levels.shape, dtype=bool)
    edge[:, :-1] |= levels[:, :-1] != levels[:, 1:]
    edge[:-1] |= levels[:-1] != levels[1:]
    return edge


def braille(dots: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the braille characters with these dots, four rows of two in each."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2).transpose(0, 2, 1, 3)
    return np.asarray(BRAILLE + (cells * DOTS).sum(axis=(2, 3)), dtype=np.int32)


def _palette(ramp: tuple[RGB, ...]) -> list[RGB]:
    stops = np.linspace(0, len(ramp) - 1, SHADES)
    return [
        mix(ramp[int(stop)], ramp[min(int(stop) + 1, len(ramp) - 1)], float(stop % 1))
        for stop in stops
    ]
