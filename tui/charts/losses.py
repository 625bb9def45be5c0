"""The losses of several trainings in one chart; knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.equations import number
from engine.frame import Frame, State
from engine.pictures import Fit, FitsPicture, LineWalk, LossHistory, WalksPicture
from tui.charts.axis import Axis, linear, logarithmic, round_up
from tui.charts.canvas import Canvas
from tui.charts.legend import Entry
from tui.charts.loss_curve import curve, loss_axis
from tui.charts.plot import Plot, words
from tui.charts.style import ChartStyle
from tui.charts.walkers import entries

UNEVEN = 3
"""Where one curve is so many times as long as another, their axis is logarithmic: on a plain one
the other would be a stroke at its left edge."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The losses of one training over whatever the axis counts."""

    losses: LossHistory
    sign: Entry
    now: float
    """The last loss."""


def by_updates(
    frame: Frame, picture: WalksPicture | FitsPicture, width: int, height: int, look: ChartStyle
) -> Canvas:
    """The loss of each training against its own updates."""
    walks: Sequence[LineWalk | Fit] = picture.walks
    signs = entries(picture, look)
    curves = [_curve(frame, walk, sign, 1) for walk, sign in zip(walks, signs, strict=True)]
    x = _axis(curves, width, least=10)
    return _draw(frame, curves, x.named("updates", 9 / width), width, height, look)


def by_samples(
    frame: Frame, picture: WalksPicture, width: int, height: int, look: ChartStyle
) -> Canvas:
    """The loss of each training against the samples that it has looked at."""
    curves = [
        _curve(frame, walk, sign, walk.samples / max(walk.updates, 1))
        for walk, sign in _pairs(picture, look)
    ]
    x = _linear(curves, width, least=10)
    return _draw(frame, curves, x.named("samples", 9 / width), width, height, look)


def by_seconds(
    frame: Frame, picture: WalksPicture, width: int, height: int, look: ChartStyle
) -> Canvas:
    """The loss of each training against the time that its updates have taken."""
    curves = [
        _curve(frame, walk, sign, walk.seconds / max(walk.updates, 1))
        for walk, sign in _pairs(picture, look)
    ]
    x = _axis(curves, width, least=1e-9)
    return _draw(frame, curves, x.named("seconds", 9 / width), width, height, look)


def _draw(
    frame: Frame, curves: list[Curve], x: Axis, width: int, height: int, look: ChartStyle
) -> Canvas:
    every = _together(curves)
    if len(every) == 0:
        return words("no loss that is a number", width, height, look)
    y = loss_axis(every, height // 3, look.logarithmic)
    if y is None:
        return words("no loss above 0: a logarithm shows none", width, height, look)
    plot = Plot(width, height, x, y, look)
    for one in curves:
        if not len(one.losses):
            continue
        mark, _, colour = one.sign
        xs, ys = curve(one.losses, x, y, plot)
        plot.curve(xs, ys, colour)
        plot.mark(xs[-1], ys[-1], colour, mark)
    _captions(plot, frame, curves, look)
    return plot.canvas


def _pairs(picture: WalksPicture, look: ChartStyle) -> list[tuple[LineWalk, Entry]]:
    return list(zip(picture.walks, entries(picture, look), strict=True))


def _curve(frame: Frame, walk: LineWalk | Fit, sign: Entry, scale: float) -> Curve:
    """The finite losses of a training, each update of which counts `scale` on the axis."""
    losses = frame.history if walk.losses is None else walk.losses
    finite = np.isfinite(losses.high) & (scale > 0)  # what has cost nothing has no curve yet
    kept = LossHistory(
        losses.first[finite] * scale, losses.low[finite], losses.high[finite], losses.stride
    )
    return Curve(kept, sign, float(losses.high[-1]) if len(losses) else float("nan"))


def _together(curves: list[Curve]) -> LossHistory:
    """All the losses as one history: what the axis has to hold."""
    every = [one.losses for one in curves]
    return LossHistory(
        np.concatenate([losses.first for losses in every]),
        np.concatenate([losses.low for losses in every]),
        np.concatenate([losses.high for losses in every]),
    )


def _axis(curves: list[Curve], width: int, least: float) -> Axis:
    """From 0 to the end of the longest curve, or `least`; logarithmic for uneven lengths."""
    firsts = [one.losses.first for one in curves if len(one.losses)]
    shortest, longest = min((first[-1] for first in firsts), default=0.0), _longest(curves)
    if longest >= UNEVEN * shortest > 0 and longest > least:
        return logarithmic(min(float(first[0]) for first in firsts), longest, width // 8)
    return _linear(curves, width, least)


def _linear(curves: list[Curve], width: int, least: float) -> Axis:
    return linear(0, round_up(max(_longest(curves), least)), width // 12)


def _longest(curves: list[Curve]) -> float:
    return max((float(one.losses.first[-1]) for one in curves if len(one.losses)), default=0.0)


def _captions(plot: Plot, frame: Frame, curves: list[Curve], look: ChartStyle) -> None:
    """The name and the loss of each at the top right: losses fall, and there is room."""
    texts = [f"{one.sign[1]} {number(one.now)}" for one in curves]
    width = max(len(text) for text in texts)
    diverged = frame.state is State.DIVERGED
    column = 1 if diverged else plot.columns - width - 2
    for row, (one, text) in enumerate(zip(curves, texts, strict=True)):
        plot.note(column, row, f"{one.sign[0]} ", one.sign[2])
        plot.note(column + 2, row, text, look.text)
    if diverged:
        plot.note(column, len(curves), f"diverged at step {frame.step + 1:,}", look.residual)
