"""Chart of the loss over one weight, its slope, and the last steps of the run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.equations import number
from engine.pictures import Array, LinePicture
from tui.charts.axis import Scale
from tui.charts.canvas import Drawing, shows
from tui.charts.plot import LegendEntry, Plot
from tui.charts.style import ChartStyle

ZOOM = 4.0
"""The factor by which the window narrows whenever the steps have become that much smaller."""
FARTHEST = 1e140
"""Beyond this the loss, a square, is too large for a float."""
NEAREST = 1e-6
"""Closer to the minimum than this share of w, only rounding errors are visible."""
STEPS = 15
"""The number of last steps shown: enough for a zigzag to be visible."""
SHADES = 4
"""The number of shades of these steps: each costs a signal in every frame."""
FAINTEST = 0.3
"""The share of its colour that the oldest step keeps."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One step of gradient descent on a parabola."""

    before: float
    """w where the gradient was computed."""
    after: float
    x: Array
    """The samples of the step: one, or all."""
    y: Array
    b: float
    whole: float
    """The factor of the mean over the samples: their number if losses are summed, else 1."""

    def loss(self, w: Array | float) -> Array:
        """Return the loss of these samples at each w."""
        error = np.multiply.outer(np.asarray(w), self.x) + self.b - self.y
        return np.asarray(np.mean(error**2, axis=-1) * self.whole)

    def slope(self) -> float:
        """Return the gradient at `before`."""
        error = self.before * self.x + self.b - self.y
        return float(2 * np.mean(error * self.x) * self.whole)


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the parabola of the current sample, its tangent at w, and the last steps."""
    step = descent(picture)
    if not math.isfinite(step.before + step.after):
        return "w has left: it is no longer a number"
    with np.errstate(over="ignore", invalid="ignore"):
        plot = Plot(width, height, *window(picture, step), style)
        w = plot.x.values(plot.columns)
        mean, own = picture.loss_at(w, picture.b), step.loss(w)
        if picture.sample is not None:
            plot.points(w, mean, style.start)
        plot.line(w, own, style.line)
        walked = len(picture.path) > 1
        at = picture.path[-STEPS:, 0]
        heights = step.loss(at)
        if walked:
            _hops(plot, at, heights, style)
            across = step.before + np.array([-0.3, 0.3]) * (plot.x.high - plot.x.low)
            tangent = step.loss(step.before) + step.slope() * (across - step.before)
            plot.line(across, tangent, style.sample)
            plot.points(step.after, step.loss(step.after), style.minimum, "○")
        plot.points(step.before, step.loss(step.before), style.sample, "●")
        curves = np.tile(w, 2), np.append(mean, own)
        plot.legend(_entries(picture, step, style), (at, heights), curves, style.places)
    return plot.canvas


def descent(picture: LinePicture) -> Descent:
    """Return the last step; before the first one, a step from w to w."""
    one = slice(None) if picture.sample is None else slice(picture.sample, picture.sample + 1)
    whole = len(picture.x) if picture.reduction == "sum" else 1
    before = float(picture.path[-2:][0, 0])
    return Descent(before, picture.w, picture.x[one], picture.y[one], picture.b, whole)


def window(picture: LinePicture, step: Descent) -> tuple[Scale, Scale]:
    """Return axes around the lowest loss, which stay the same for many steps.

    The window is as wide as the first distance from the minimum, or a power of `ZOOM` times
    narrower or wider: the last steps of a training run are as easy to see as the first ones.
    """
    least = picture.least_squares()[0]
    least = least if math.isfinite(least) else picture.start[0]
    reach = reach_of(picture, least)
    edges = np.array([least - reach, least + reach])
    every = (edges[:, None] * picture.x + picture.b - picture.y) ** 2
    top = float(every.max() if picture.path.shape[1] == 1 else step.loss(edges).max())
    bottom = 0.0
    if picture.sample is None and (lowest := float(step.loss(least))) > top / 2:
        bottom = lowest
    half = 1.4 * reach
    return Scale("w", least - half, least + half), Scale("L", bottom, top * 1.05)


def reach_of(picture: LinePicture, least: float) -> float:
    """Return how far from the minimum the last steps were, rounded up to a window size."""
    first = min(abs(picture.start[0] - least) or 0.1 * abs(least) or 1.0, FARTHEST)
    recent = np.abs(picture.path[-len(picture.x) - 1 :, 0] - least)
    nearest = NEAREST * max(abs(least), 1e-3)
    farthest = float(np.nanmax(recent).clip(nearest, FARTHEST))
    return first * ZOOM ** math.ceil(math.log(farthest / first, ZOOM) - 1e-9)


def _hops(plot: Plot, w: Array, heights: Array, style: ChartStyle) -> None:
    """Draw a line from each of the last steps to the next, and a mark at each; older ones fainter.

    Of steps in the same cell only the last is drawn.
    """
    columns, rows = plot.column(w), plot.row(heights)
    moved = np.append((np.diff(columns) != 0) | (np.diff(rows) != 0), True)
    w, heights = w[moved], heights[moved]
    for index, part in enumerate(np.array_split(np.arange(len(w) - 1), SHADES)):
        if len(part):
            share = FAINTEST + (1 - FAINTEST) * index / (SHADES - 1)
            colour = style.tint(style.minimum, share)
            ends = slice(int(part[0]), int(part[-1]) + 2)
            plot.line(w[ends], heights[ends], colour)
            plot.points(w[part], heights[part], colour, "·" if index == 0 else "∘")


def _entries(picture: LinePicture, step: Descent, style: ChartStyle) -> list[LegendEntry]:
    if len(picture.path) == 1:
        return [("●", "w now", style.sample), ("⠒⠒", "its loss", style.line)]
    if picture.sample is None:
        curves = [("⠒⠒", "loss", style.line)]
    else:
        curves = [("⠒⠒", "this sample", style.line), ("⠂⠐", "all samples", style.start)]
    slope = f"slope {number(step.slope())}"
    hops = [("∘", "last steps", style.tint(style.minimum, 0.7))] if len(picture.path) > 2 else []
    return [("●", slope, style.sample), ("○", "after the step", style.minimum), *hops, *curves]
