"""The logarithm of the odds over one feature: the line behind the S curve; knows no widget."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.pictures import CurvePicture
from tui.charts.axis import Axis, linear
from tui.charts.canvas import Canvas
from tui.charts.curve import ONE, TIGHT, ZERO, mark_classes, window
from tui.charts.legend import legend
from tui.charts.plot import Plot
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

LEVEL = " P = 0.5 "
REACH = 6.0
"""The log-odds shown, up and down: P from 0.0025 to 0.9975."""


@shows(CurvePicture)
def draw(picture: CurvePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """z = w·x + b now and at the start, with every point on the line that judges it."""
    x, y, ground, names = _scene(
        picture.x.tobytes(), picture.start, picture.at, width, height, look
    )
    plot = ground.again()
    ends = np.array([0.0, 1.0])
    plot.curve(ends, y.place(picture.log_odds(x.low + ends * (x.high - x.low))), look.line)
    judged = np.clip(picture.log_odds(picture.x), -REACH, REACH)
    mark_classes(plot, x.place(picture.x), y.place(judged), picture.labels, look)
    plot.canvas.lay(names.canvas)
    return plot.canvas


@lru_cache(maxsize=4)
def _scene(
    x: bytes, start: tuple[float, float], at: float, width: int, height: int, look: ChartStyle
) -> tuple[Axis, Axis, Plot, Plot]:
    """The axes, the level z = 0 and the line at the start; and what the marks mean."""
    low, high = window(np.frombuffer(x), at)
    x_axis = linear(low, high, width // 9).named("x", 5 / width)
    y_axis = linear(-REACH, REACH, round((height - 2) / 1.7)).named("z", 1.5 / height)
    plot = Plot(width, height, x_axis, y_axis, look)
    across = np.linspace(0, 1, plot.columns)
    first = y_axis.place(start[0] * (low + across * (high - low)) + start[1])
    plot.marks(across, np.full(len(across), y_axis.place(0)), look.dim, "╌")
    plot.points(across[1::3], first[1::3], look.start)
    names = plot.blank()
    # Above the points and the lines, since at the far end of this row there are seldom any.
    level = int(plot.row(y_axis.place(0)))
    names.note(plot.columns - len(LEVEL) - 1, level, LEVEL, look.dim)
    entries = [
        (ONE, "label 1", look.points),
        (ZERO, "label 0", look.sample),
        ("⠒⠒", "z now", look.line),
        ("⠂⠐", "at the start", look.start),
    ]
    # Whatever the start, the line ends up rising or falling through the middle.
    shown = entries if plot.rows > TIGHT else entries[:2]
    legend(names, shown, np.tile(across, 2), np.append(first, across), look)
    return x_axis, y_axis, plot, names
