"""Charts of the loss by step, and of the losses of several training runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.equations import number
from engine.frame import Frame, State
from engine.pictures import Array, Fit, FitsPicture, LineWalk, LossHistory, WalksPicture
from tui.charts.axis import Scale, round_up
from tui.charts.canvas import Canvas, Drawing, NotYet, chart
from tui.charts.plot import LegendEntry, Plot
from tui.charts.style import ChartStyle

MARKS = ("▲", "■", "◆", "★")
"""A marker for each run, since not every reader and terminal distinguishes the colours."""
UNEVEN = 3
"""If one curve is this many times as long as another, their axis is logarithmic: on a linear one
the other would be a stroke at the left edge."""
NO_LOGARITHM = "no loss above 0: a logarithm shows none"


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The losses of one run over the quantity on the x axis."""

    x: Array
    y: Array
    entry: LegendEntry
    now: float
    """The last loss."""


@chart
def draw(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw all losses so far, every spike included, up to the printed loss."""
    picture, history = frame.picture, frame.history
    if isinstance(picture, WalksPicture | FitsPicture) and len(picture.walks) > 1 and frame.step:
        return by_updates(frame, picture, width, height, style)
    if len(history) == 0:
        return NotYet("no steps yet")
    y = loss_scale(np.append(history.low, history.high), style.logarithmic)
    if y is None:
        return NO_LOGARITHM if style.logarithmic else "no loss that is a number"
    last = float(history.first[-1]) + history.stride - 1
    unit = "updates" if isinstance(picture, FitsPicture) else "steps"
    plot = Plot(width, height, Scale(unit, 0, round_up(max(last, 10))), y, style)
    xs, ys = points(history)
    here = last if history.steps is None else float(history.steps)
    now = ys[-1] if frame.loss is None or not math.isfinite(frame.loss) else frame.loss
    xs, ys = np.append(xs, here), np.append(ys, now)
    end = draw_losses(plot, xs, ys, ("●", "", style.line))
    text, colour = f"loss {number(frame.loss)}{_step(frame, ', ')}", style.text
    if frame.state is State.DIVERGED:
        text, colour = f"diverged at step {frame.step + 1:,}", style.residual
    high_at_right = xs[ys.argmax()] > 0.5 * (xs[0] + xs[-1]) and xs[-1] > 0.5 * plot.x.high
    places = [(1, 0), (-1, 0)] if high_at_right else [(-1, 0), (1, 0)]
    plot.caption([("", text, colour)], [*places, (-1, -1), (1, -1)], plot.mask(*end))
    return plot.canvas


def _step(frame: Frame, before: str = "") -> str:
    """Return the update of the last loss if the next update is in progress, else an empty text."""
    picture = frame.picture
    under_way = isinstance(picture, FitsPicture) and picture.lit not in ("", "loop")
    return f"{before}update {frame.step:,}" if under_way else ""


def loss_scale(losses: Array, logarithmic: bool, name: str = "") -> Scale | None:
    """Return the range of the losses; None if the axis can show none of them."""
    losses = losses[np.isfinite(losses) & ((losses > 0) | (not logarithmic))]
    if not len(losses):
        return None
    if logarithmic:
        return Scale(name, float(losses.min()), float(losses.max()), logarithmic=True)
    high = float(losses.max())
    return Scale(name, min(float(losses.min()), 0.0), round_up(high) if high > 0 else 0.0)


def points(history: LossHistory) -> tuple[Array, Array]:
    """Return the lowest and the highest loss of each bucket of a history, at its first step."""
    return np.repeat(history.first, 2), np.stack([history.low, history.high], axis=1).ravel()


def draw_losses(plot: Plot, x: Array, y: Array, entry: LegendEntry) -> tuple[float, float]:
    """Draw a curve, clipped to the axis, with a marker at its end; return the marker's position."""
    mark, _, colour = entry
    low, high = plot.y.low, plot.y.high
    if plot.y.logarithmic:
        with np.errstate(divide="ignore"):
            y = 10 ** np.log10(y.clip(0, None)).clip(low, high)
    else:
        y = y.clip(low, high)
    plot.line(x, y, colour)
    plot.points(x[-1], y[-1], colour, mark)
    return float(x[-1]), float(y[-1])


def entries(picture: WalksPicture | FitsPicture, style: ChartStyle) -> tuple[LegendEntry, ...]:
    """Return the marker, the name and the colour of each run, in the order of the picture."""
    walks: Sequence[LineWalk | Fit] = picture.walks
    colours = (style.line, style.sample, style.residual, style.minimum)
    return tuple(
        (mark, walk.name, colour) for mark, walk, colour in zip(MARKS, walks, colours, strict=False)
    )


def by_updates(
    frame: Frame, picture: WalksPicture | FitsPicture, width: int, height: int, style: ChartStyle
) -> Drawing:
    """Draw the loss of each run against its own updates."""
    walks: Sequence[LineWalk | Fit] = picture.walks
    curves = [
        _curve(frame, walk, entry, 1)
        for walk, entry in zip(walks, entries(picture, style), strict=True)
    ]
    return _compare(frame, curves, _scale("updates", curves, 10), width, height, style)


@chart
def draw_samples(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the loss of each run against the samples that it has used."""
    picture = frame.picture
    if not isinstance(picture, WalksPicture) or not frame.step:
        return frame.message or "nothing to see yet"
    curves = [
        _curve(frame, walk, entry, walk.samples / max(walk.updates, 1))
        for walk, entry in zip(picture.walks, entries(picture, style), strict=True)
    ]
    scale = Scale("samples", 0, round_up(max(_longest(curves), 10)))
    return _compare(frame, curves, scale, width, height, style)


@chart
def draw_seconds(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the loss of each run against the time that its updates have taken."""
    picture = frame.picture
    if not isinstance(picture, WalksPicture) or not frame.step:
        return frame.message or "nothing to see yet"
    curves = [
        _curve(frame, walk, entry, walk.seconds / max(walk.updates, 1))
        for walk, entry in zip(picture.walks, entries(picture, style), strict=True)
    ]
    return _compare(frame, curves, _scale("seconds", curves, 1e-9), width, height, style)


def _curve(frame: Frame, walk: LineWalk | Fit, entry: LegendEntry, scale: float) -> LossCurve:
    """Return the finite losses of a run; one update is `scale` on the x axis."""
    losses = frame.history if walk.losses is None else walk.losses
    x, y = points(losses)
    finite = np.isfinite(y) & (scale > 0)  # no curve without samples or seconds
    now = float(losses.high[-1]) if len(losses) else math.nan
    return LossCurve(x[finite] * scale, y[finite], entry, now)


def _scale(name: str, curves: list[LossCurve], least: float) -> Scale:
    """Return a range from 0 to the longest curve or `least`; logarithmic for uneven lengths."""
    drawn = [one.x for one in curves if len(one.x)]
    shortest, longest = min((float(x[-1]) for x in drawn), default=0.0), _longest(curves)
    if longest >= UNEVEN * shortest > 0 and longest > least:
        return Scale(name, min(float(x[0]) for x in drawn), longest, logarithmic=True)
    return Scale(name, 0, round_up(max(longest, least)))


def _longest(curves: list[LossCurve]) -> float:
    return max((float(one.x[-1]) for one in curves if len(one.x)), default=0.0)


def _compare(
    frame: Frame, curves: list[LossCurve], x: Scale, width: int, height: int, style: ChartStyle
) -> Canvas | str:
    losses = np.concatenate([one.y for one in curves])
    if len(losses) == 0:
        return "no loss that is a number"
    y = loss_scale(losses, style.logarithmic)
    if y is None:
        return NO_LOGARITHM
    plot = Plot(width, height, x, y, style)
    ends = [draw_losses(plot, one.x, one.y, one.entry) for one in curves if len(one.x)]
    # The name and the loss of each run at the top right, where falling losses leave room.
    lines = [(one.entry[0], f"{one.entry[1]} {number(one.now)}", one.entry[2]) for one in curves]
    lines += [("", step, style.dim)] if (step := _step(frame)) else []
    places = [(-3, 0), (1, 0), (-3, -1), (1, -1), (1, 1), (-3, 1)]
    if frame.state is State.DIVERGED:
        lines.append(("", f"diverged at step {frame.step + 1:,}", style.residual))
        places = places[1:] + places[:1]
    plot.caption(lines, places, plot.mask(*np.array(ends).T))
    return plot.canvas
