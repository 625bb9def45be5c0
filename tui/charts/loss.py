"""The loss against the step; knows no widget."""

from __future__ import annotations

from engine.equations import number
from engine.frame import Frame, State
from engine.pictures import Array, FitsPicture, WalksPicture
from tui.charts import losses
from tui.charts.axis import linear, round_up
from tui.charts.canvas import Canvas
from tui.charts.loss_curve import curve, last_step, loss_axis
from tui.charts.plot import Plot, too_small, words
from tui.charts.style import ChartStyle
from tui.charts.waiting import nothing_yet


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """The curve of all losses so far, of which no spike is thinned away."""
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if isinstance(picture, WalksPicture | FitsPicture) and len(picture.walks) > 1 and frame.step:
        return losses.by_updates(frame, picture, width, height, look)
    if len(frame.history) == 0:
        return words(nothing_yet(frame, "no steps yet"), width, height, look)
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


def _caption(plot: Plot, frame: Frame, xs: Array, ys: Array, look: ChartStyle) -> None:
    """Say where the loss is now, in the top corner on the side where the curve is lower."""
    text, colour = f"loss {number(frame.loss)}", look.text
    if frame.state is State.DIVERGED:
        text, colour = f"diverged at step {frame.step + 1:,}", look.residual
    high_at_right = xs[ys.argmax()] > 0.5 * (xs[0] + xs[-1]) and xs[-1] > 0.5
    plot.note(1 if high_at_right else plot.columns - len(text), 0, text, colour)
