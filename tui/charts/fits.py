"""The points, and the curve that each of several models has now; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.pictures import Fit, FitsPicture
from tui.charts.axis import Axis, linear, padded
from tui.charts.canvas import Canvas
from tui.charts.fit import mark_points, points_entry
from tui.charts.legend import legend
from tui.charts.plot import Plot
from tui.charts.shows import shows
from tui.charts.style import RGB, ChartStyle
from tui.charts.walkers import entries

STAMPS = 3
"""How often a curve carries its marker, where there are several."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays the same while the curves bend."""

    x: Axis
    y: Axis
    points: Plot
    legend: Plot


@shows(FitsPicture)
def draw(picture: FitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The curves among the points, in a window that stays where it is while they bend."""
    scene = _scene(picture.x.tobytes(), picture.y.tobytes(), width, height, look)
    plot = scene.points.again()
    across = scene.x.place(picture.grid)
    signs = entries(picture, look)
    for fit, (_, _, colour) in zip(picture.walks, signs, strict=True):
        plot.curve(across, scene.y.place(fit.curve), colour)
    if len(signs) > 1:
        for index, (fit, (mark, _, colour)) in enumerate(zip(picture.walks, signs, strict=True)):
            _stamp(plot, scene, picture, fit, (index + 0.5) / len(signs), mark, colour)
    plot.canvas.lay(scene.legend.canvas)
    return plot.canvas


def _stamp(
    plot: Plot, scene: Scene, picture: FitsPicture, fit: Fit, shift: float, mark: str, colour: RGB
) -> None:
    """Mark a curve here and there: those of different curves alternate, and so all are seen
    where the curves are one."""
    shares = (np.arange(STAMPS) + shift) / STAMPS
    places = (shares * (len(picture.grid) - 1)).astype(np.intp)
    plot.marks(scene.x.place(picture.grid[places]), scene.y.place(fit.curve[places]), colour, mark)


@lru_cache(maxsize=4)
def _scene(x: bytes, y: bytes, width: int, height: int, look: ChartStyle) -> Scene:
    xs, ys = np.frombuffer(x), np.frombuffer(y)
    edges = padded(float(xs.min()), float(xs.max()), 0.06)
    heights = padded(float(ys.min()), float(ys.max()), 0.3)
    x_axis = linear(*edges, width // 9).named("x", 5 / width)
    y_axis = linear(*heights, round((height - 2) / 1.7)).named("y", 1.5 / height)
    plot = Plot(width, height, x_axis, y_axis, look)
    places = x_axis.place(xs), y_axis.place(ys)
    mark_points(plot, *places, look)
    names = plot.blank()
    legend(names, [points_entry(len(xs), look)], *places, look)
    return Scene(x_axis, y_axis, plot, names)
