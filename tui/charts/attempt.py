"""Charts of a learner's program: its losses over those of the solution, and its picture."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.exercises.attempt import Attempt
from engine.frame import Frame, State
from engine.pictures import Array, LossHistory
from tui.charts import CHARTS
from tui.charts.axis import Scale, round_up
from tui.charts.canvas import Canvas, too_small, words
from tui.charts.loss import loss_scale
from tui.charts.plot import Plot
from tui.charts.style import RGB, ChartStyle

PICTURES = {"line": "fit", "boundary": "boundary"}
"""The chart of each picture of an exercise."""
NOTHING = LossHistory(np.empty(0), np.empty(0), np.empty(0))


def draw_losses(attempt: Attempt, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the learner's losses over the faint losses of the solution."""
    if too_small(width, height):
        return words("too small", width, height, style)
    own, reference = attempt.losses, attempt.reference
    everything = np.concatenate([reference, own])
    scale = loss_scale(everything[np.abs(everything) < _limit(reference)], False)
    if scale is None:
        waiting = "the program runs" if attempt.started else "PyTorch is starting"
        return words(waiting, width, height, style)
    most = round_up(max(len(own), len(reference), 10))
    plot = Plot(width, height, Scale("updates", 0, most), scale, style)
    _curve(plot, reference, style.dim)
    _curve(plot, own, style.line)
    lines = []
    if len(own):
        at = np.array([len(own)]), np.array([own[-1]]).clip(scale.low, scale.high)
        plot.points(*at, style.line, "●")
        lines.append(("●", f"yours {number(float(own[-1]))}", style.line))
    if len(reference):
        lines.append(("⠒", f"solution {number(float(reference[-1]))}", style.dim))
    plot.caption(lines, [(-1, 0), (1, 0)], plot.mask([], []))
    return plot.canvas


def draw_picture(attempt: Attempt, width: int, height: int, style: ChartStyle) -> Canvas | None:
    """Draw the lesson's picture with the learner's parameters; None if there is none."""
    picture = attempt.picture
    if picture is None:
        return None
    frame = Frame(State.PLAYING, {}, NOTHING, picture=picture)
    return CHARTS[PICTURES[attempt.exercise.picture]].draw(frame, width, height, style)


def _limit(reference: Array) -> float:
    """Return the largest loss that is drawn, so that a diverging curve hides no others."""
    return 3 * float(np.abs(reference).max()) if len(reference) else np.inf


def _curve(plot: Plot, losses: Array, colour: RGB) -> None:
    """Draw one loss for each update, counted from 1; of a column, the lowest and the highest."""
    updates = np.arange(1, len(losses) + 1)
    stride = len(losses) // plot.columns
    if stride > 1:
        whole = len(losses) // stride * stride
        groups = losses[:whole].reshape(-1, stride)
        ends = np.stack([groups.min(axis=1), groups.max(axis=1)], axis=1).reshape(-1)
        updates = np.append(np.repeat(updates[:whole:stride], 2), updates[whole:])
        losses = np.append(ends, losses[whole:])
    finite = np.isfinite(losses)
    plot.line(updates[finite], losses[finite], colour)
