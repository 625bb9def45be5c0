"""The points, and the line that each of several trainings has now; knows no widget."""

from __future__ import annotations

import math

import numpy as np

from engine.pictures import WalksPicture
from tui.charts.canvas import Canvas
from tui.charts.fit import CROWD, line, points_entry, scene_of
from tui.charts.plot import Plot
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.walkers import entries

STAMPS = 3
"""How often a line carries its marker."""


@shows(WalksPicture)
def draw(picture: WalksPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The lines among the points, in a window that stays where it is while they move."""
    walkers = entries(picture, look)
    names = points_entry(len(picture.x), look), *walkers, ("⠂⠐", "at the start", look.start)
    x, y = picture.x.tobytes(), picture.y.tobytes()
    scene = scene_of(x, y, picture.start, names, width, height, look)
    plot = scene.start.again()
    crowded = len(picture.x) >= CROWD
    if crowded:
        plot.canvas.lay(scene.points.canvas)
    lines = [line(scene.x, scene.y, walk.w, walk.b, plot.columns) for walk in picture.walks]
    seen = [
        math.isfinite(walk.w + walk.b) and plot.curve(*ends, colour)
        for walk, ends, (_, _, colour) in zip(picture.walks, lines, walkers, strict=True)
    ]
    for index, (mark, _, colour) in enumerate(walkers):
        if seen[index]:
            stamps = _stamps(index, len(walkers), plot)
            plot.marks(lines[index][0][stamps], lines[index][1][stamps], colour, mark)
    if not crowded:
        plot.canvas.lay(scene.points.canvas)
    plot.canvas.lay(scene.legend.canvas)
    _say_which(
        plot,
        [walk.name for walk, shown in zip(picture.walks, seen, strict=True) if not shown],
        look,
    )
    return plot.canvas


def _stamps(index: int, walkers: int, plot: Plot) -> np.ndarray:
    """The columns of the markers: those of different lines alternate, and so all are seen
    where the lines are one."""
    shares = (np.arange(STAMPS) + (index + 0.5) / walkers) / STAMPS
    return (shares * plot.columns).astype(np.intp)


def _say_which(plot: Plot, names: list[str], look: ChartStyle) -> None:
    if names:
        text = f"off the chart: {', '.join(names)}"
        plot.note((plot.columns - len(text)) // 2, plot.rows - 1, text, look.residual)
