"""The losses of a history as a curve, and the axis that holds them; knows no frame, no widget."""

from __future__ import annotations

import numpy as np

from engine.pictures import Array, LossHistory
from tui.charts.axis import Axis, linear, logarithmic, round_up
from tui.charts.plot import Plot


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
