"""Two classes in the plane, the probability behind them and where it is 0.5; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.pictures import Array, BoundaryPicture, sigmoid
from tui.charts.axis import Axis, linear, padded, rounded
from tui.charts.canvas import Canvas, packed
from tui.charts.curve import ONE, ZERO
from tui.charts.legend import Entry, legend
from tui.charts.plot import Plot
from tui.charts.relief import mix
from tui.charts.shows import shows
from tui.charts.style import RGB, ChartStyle

WRONG = "✕"
SHADES = 16
"""How many colours tell probabilities apart: few enough that neighbours share one code."""
SURE = 1e3
"""Log-odds beyond this are as good as certain, and sums of them stay finite."""
DEPTH = 0.42
"""How much of a class's colour its certain ground has: the marks must stand out from it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays the same while the boundary moves."""

    x: Axis
    y: Axis
    axes: Plot
    points: Plot
    legend: Plot
    grid: Array
    """The middle of every half cell, shape (2·rows·columns, 2)."""


@shows(BoundaryPicture)
def draw(picture: BoundaryPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The points by class on shaded ground, the line P = 0.5, and how many points are right."""
    scene = _scene(picture.x.tobytes(), picture.labels.tobytes(), width, height, look)
    plot = scene.axes.again()
    z = np.nan_to_num(picture.log_odds(scene.grid)).clip(-SURE, SURE)
    z = z.reshape(2 * plot.rows, plot.columns)
    _boundary(plot, z, look)
    plot.canvas.lay(scene.points.canvas)
    if look.residuals:
        _wrong(plot, picture, scene, look)
    plot.canvas.lay(scene.legend.canvas)
    text = f"{picture.right} of {len(picture.x)} right"
    plot.note(plot.columns - len(text) - 1, plot.rows - 1, text, look.text)
    plot.inner.lay_under(_ground(z, look))
    return plot.canvas


@lru_cache(maxsize=4)
def _scene(x: bytes, labels: bytes, width: int, height: int, look: ChartStyle) -> Scene:
    points, classes = np.frombuffer(x).reshape(-1, 2), np.frombuffer(labels)
    ranges = [padded(float(column.min()), float(column.max()), 0.08) for column in points.T]
    x_axis = linear(*ranges[0], width // 9).named("x₁", 6 / width)
    y_axis = linear(*ranges[1], round((height - 2) / 1.7)).named("x₂", 1.5 / height)
    axes = Plot(width, height, x_axis, y_axis, look)
    marks, names = axes.blank(), axes.blank()
    xs, ys = x_axis.place(points[:, 0]), y_axis.place(points[:, 1])
    for label, glyph, colour in ((0, ZERO, look.line), (1, ONE, look.points)):
        of = classes == label
        marks.marks(xs[of], ys[of], colour, glyph)
    said = np.linspace(0.6, 1, 5)  # where the number of points that are right is written
    legend(names, _entries(look), np.append(xs, said), np.append(ys, said * 0), look)
    across = x_axis.low + np.linspace(0, 1, axes.columns) * (x_axis.high - x_axis.low)
    halves = (np.arange(2 * axes.rows) + 0.5) / 2 - 0.5
    down = y_axis.high - halves / max(axes.rows - 1, 1) * (y_axis.high - y_axis.low)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return Scene(x_axis, y_axis, axes, marks, names, grid)


def _boundary(plot: Plot, z: Array, look: ChartStyle) -> None:
    """A dot wherever z has another sign at the next dot to the right or below."""
    above = _finer(_finer(z).T).T >= 0
    edge = np.zeros(above.shape, dtype=bool)
    edge[:, :-1] |= above[:, :-1] != above[:, 1:]
    edge[:-1] |= above[:-1] != above[1:]
    down, across = np.nonzero(edge)
    plot.inner.dot(down, across, look.path)


def _finer(z: Array) -> Array:
    """Twice as many rows, a quarter of a row to either side of each; straight between them."""
    around = np.concatenate([2 * z[:1] - z[1:2], z, 2 * z[-1:] - z[-2:-1]])
    rows = np.stack([0.25 * around[:-2] + 0.75 * z, 0.75 * z + 0.25 * around[2:]], axis=1)
    return rows.reshape(-1, z.shape[1])


def _wrong(plot: Plot, picture: BoundaryPicture, scene: Scene, look: ChartStyle) -> None:
    """A cross over every point on the wrong side."""
    wrong = (picture.log_odds(picture.x) >= 0) != (picture.labels == 1)
    xs, ys = scene.x.place(picture.x[wrong, 0]), scene.y.place(picture.x[wrong, 1])
    plot.marks(xs, ys, look.residual, WRONG)


def _ground(z: Array, look: ChartStyle) -> Canvas:
    """The probability as colours, two half blocks a cell."""
    steps = np.rint(rounded(sigmoid(z)) * (SHADES - 1)).astype(np.intp)
    shades = np.array([packed(shade) for shade in _palette(look)])
    upper, lower = steps[::2], steps[1::2]
    canvas = Canvas(z.shape[1], len(upper))
    canvas.glyphs[:] = np.where(upper == lower, ord(" "), ord("▀"))
    canvas.foregrounds[:], canvas.backgrounds[:] = shades[upper], shades[lower]
    return canvas


@lru_cache(maxsize=4)
def _palette(look: ChartStyle) -> list[RGB]:
    """From the ground of label 0 over none to the ground of label 1."""
    none = ground(look)
    return [
        mix(none, look.points if p > 0.5 else look.line, DEPTH * abs(2 * p - 1))
        for p in np.linspace(0, 1, SHADES)
    ]


def ground(look: ChartStyle) -> RGB:
    """Nearly black below light text, nearly white below dark."""
    return (18, 18, 20) if look.is_dark else (248, 248, 248)


def _entries(look: ChartStyle) -> list[Entry]:
    entries = [(ZERO, "label 0", look.line), (ONE, "label 1", look.points)]
    entries.append(("⠒⠒", "P = 0.5", look.path))
    return [*entries, (WRONG, "wrong", look.residual)] if look.residuals else entries
