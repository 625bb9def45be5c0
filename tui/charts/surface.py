"""The loss over (w, b) as a map, and the path walked on it; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.frame import Frame
from engine.pictures import Array, LinePicture
from tui.charts.ansi import paint
from tui.charts.axis import Axis, linear
from tui.charts.clip import inside
from tui.charts.legend import legend
from tui.charts.look import RGB, Look
from tui.charts.plot import Plot, margin, too_small, words
from tui.charts.relief import SOLID, Relief, relief

START, LEAST, NOW = "○", "✚", "●"
LEFT = "the walk has left this map".replace(" ", SOLID)


@dataclass(frozen=True, slots=True)
class Terrain:
    """What stays the same while a run walks."""

    best: tuple[float, float]
    w: Axis
    b: Axis
    relief: Relief


def draw(frame: Frame, width: int, height: int, look: Look) -> list[str]:
    """The map, the path from the start to where the parameters are now, and the least loss."""
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if picture is None or len(picture.x) == 0:
        return words(frame.message or "nothing to see yet", width, height, look)
    if picture.path.shape[1] < 2:
        return words("one weight has a curve, not a surface", width, height, look)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    terrain = _terrain(x, y, picture.start, width, height, look)
    plot = Plot(width, height, terrain.w, terrain.b, look)
    _walk(plot, picture, terrain, look)
    colours = _signs(plot, picture, terrain, look)
    return _over(plot, terrain.relief, colours, look)


@lru_cache(maxsize=4)
def _terrain(
    x: bytes, y: bytes, start: tuple[float, float], width: int, height: int, look: Look
) -> Terrain:
    picture = LinePicture(
        np.frombuffer(x), np.frombuffer(y), *start, start=start, path=np.array([start])
    )
    best = picture.least_squares()
    w, b = window(picture, best)
    w_axis = linear(*w, width // 9).named("w", 5 / width)
    b_axis = linear(*b, round((height - 2) / 1.7)).named("b", 1.5 / height)
    columns, rows = width - margin(b_axis), height - 2
    ws = _dots(*w, columns, 2)
    bs = _dots(*b, rows, 4)[::-1]
    losses = picture.loss_at(ws[None, :], bs[:, None])
    least = picture.loss_at(np.array(best[0]), best[1])
    return Terrain(best, w_axis, b_axis, relief((losses - least).clip(0, None), look))


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


def _dots(low: float, high: float, cells: int, each: int) -> Array:
    """The values at the dots of so many cells; low is the middle of the first, high the last."""
    cell = (np.arange(cells * each) + 0.5) / each - 0.5
    return low + cell / max(cells - 1, 1) * (high - low)


def _walk(plot: Plot, picture: LinePicture, terrain: Terrain, look: Look) -> None:
    """Draw the path, a point a dot; where it leaves the map it is followed to the edge."""
    x, y = terrain.w.place(picture.path[:, 0]), terrain.b.place(picture.path[:, 1])
    moved = np.flatnonzero(np.diff(plot.dots(x, y), prepend=np.nan) != 0)
    x, y = x[moved], y[moved]
    here = np.zeros(len(x) + 2, dtype=bool)
    here[inside(x, y) + 1] = True
    near = here[1:-1] | here[2:] | here[:-2]
    for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(near)) + 1):
        if len(run) and near[run[0]]:
            plot.curve(x[run], y[run], look.path)


def _signs(plot: Plot, picture: LinePicture, terrain: Terrain, look: Look) -> dict[str, RGB]:
    colours = {START: look.path, LEAST: look.minimum, NOW: look.sample}
    places = {START: picture.start, LEAST: terrain.best, NOW: (picture.w, picture.b)}
    for sign, (w, b) in places.items():
        plot.mark(terrain.w.place(w), terrain.b.place(b), colours[sign], sign)
    if len(inside(terrain.w.place([picture.w]), terrain.b.place([picture.b]))) == 0:
        plot.note(1, plot.rows - 1, LEFT, look.path)
    names = {START: "start", NOW: "now", LEAST: f"least{SOLID}loss"}
    entries = [(sign, name, colours[sign]) for sign, name in names.items()]
    way = np.linspace(0, 1, 50)
    (w, b), (w1, b1) = picture.start, terrain.best
    legend(
        plot,
        entries,
        terrain.w.place(w + way * (w1 - w)),
        terrain.b.place(b + way * (b1 - b)),
        look,
    )
    return colours | {chr(dots): look.path for dots in range(0x2800, 0x2900)}


def _over(plot: Plot, ground: Relief, colours: dict[str, RGB], look: Look) -> list[str]:
    """The picture's own rows, its canvas laid over the ground."""
    text = plot.text()
    canvas = ground.under([row[plot.margin :] for row in text[: plot.rows]], colours, look.text)
    return [
        *(
            paint(row[: plot.margin], look.dim) + cells
            for row, cells in zip(text, canvas, strict=False)
        ),
        *(paint(row, look.dim) for row in text[plot.rows :]),
    ]
