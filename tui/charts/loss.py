"""The loss against the step; knows no widget."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.frame import Frame, LossHistory, State
from engine.pictures import Array
from tui.charts.axis import Axis, linear, logarithmic, round_up
from tui.charts.canvas import Canvas
from tui.charts.look import Look
from tui.charts.plot import Plot, too_small, words


def draw(frame: Frame, width: int, height: int, look: Look) -> Canvas:
    """The curve of all losses so far, of which no spike is thinned away."""
    if too_small(width, height):
        return words("too small", width, height, look)
    if len(frame.history) == 0:
        return words(frame.message or "no steps yet: press s or space", width, height, look)
    y = loss_axis(frame.history, height // 3, look.logarithmic)
    if y is None:
        return words("no loss above 0: a logarithm shows none", width, height, look)
    x = linear(0, round_up(max(last_step(frame.history), 10)), width // 12)
    plot = Plot(width, height, x, y, look)
    xs, ys = curve(frame.history, x, y, plot)
    plot.curve(xs, ys, look.line)
    plot.mark(xs[-1], ys[-1], look.line, "●")
    _caption(plot, frame, xs, ys, look)
    return plot.canvas


def loss_axis(history: LossHistory, ticks: int, log: bool) -> Axis | None:
    """The range of the losses; None where a logarithmic scale can show none of them."""
    high = float(history.high.max())
    if not log:
        top = round_up(high) if high > 0 else 0.0
        return linear(min(float(history.low.min()), 0.0), top, ticks)
    positive = history.high[history.high > 0]
    if len(positive) == 0:
        return None
    least = min(positive.min(), history.low[history.low > 0].min(initial=np.inf))
    return logarithmic(float(least), high, ticks)


def last_step(history: LossHistory) -> float:
    """The last step of the last bucket, which may not be full."""
    return float(history.first[-1]) + history.stride - 1


def curve(history: LossHistory, x: Axis, y: Axis, plot: Plot) -> tuple[Array, Array]:
    """At most two points a column, the highest and the lowest loss there, in unit coordinates.

    A loss that has no logarithm lies at the bottom edge.
    """
    place = x.place(history.first)
    low, high = (y.place(loss).clip(0, 1) for loss in (history.low, history.high))
    starts = np.flatnonzero(np.diff(plot.column(place), prepend=-1))
    ends = np.append(starts[1:], len(place)) - 1
    rises = high[ends] > high[starts]
    least, most = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    xs = np.stack([place[starts], place[ends]], axis=1)
    ys = np.where(rises[:, None], np.stack([least, most], 1), np.stack([most, least], 1))
    return xs.ravel(), ys.ravel()


def _caption(plot: Plot, frame: Frame, xs: Array, ys: Array, look: Look) -> None:
    """Say where the loss is now, in the top corner on the side where the curve is lower."""
    text, colour = f"loss {number(frame.loss)}", look.text
    if frame.state is State.DIVERGED:
        text, colour = f"diverged at step {frame.step + 1:,}", look.residual
    high_at_right = xs[ys.argmax()] > 0.5 * (xs[0] + xs[-1]) and xs[-1] > 0.5
    plot.note(1 if high_at_right else plot.columns - len(text), 0, text, colour)
