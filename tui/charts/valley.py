"""The loss over one weight, its slope, and the step that follows; knows no widget."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.equations import number
from engine.pictures import Array, LinePicture
from tui.charts.axis import Axis, linear
from tui.charts.canvas import Canvas
from tui.charts.legend import Entry, legend
from tui.charts.plot import Plot, words
from tui.charts.shows import shows
from tui.charts.style import ChartStyle

ZOOM = 4.0
"""By how much the window narrows, each time that the steps have become that much smaller."""
FARTHEST = 1e140
"""Farther out the loss, a square, is more than a float can hold."""
NEAREST = 1e-6
"""Nearer to the minimum than this share of w there is nothing but rounding to see."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One step down a parabola."""

    before: float
    """w where the gradient was taken."""
    after: float
    x: Array
    """The samples that the step looked at: one, or all."""
    y: Array
    b: float
    whole: float
    """What the mean over the samples is multiplied with: their number, where losses are summed."""

    def loss(self, w: Array | float) -> Array:
        """The loss of these samples at each w."""
        error = np.multiply.outer(np.asarray(w), self.x) + self.b - self.y
        return np.asarray(np.mean(error**2, axis=-1) * self.whole)

    def slope(self) -> float:
        """The gradient where the step was computed."""
        error = self.before * self.x + self.b - self.y
        return float(2 * np.mean(error * self.x) * self.whole)


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The parabola of the sample at work, its tangent at w, and where the step has led."""
    step = descent(picture)
    if not math.isfinite(step.before + step.after):
        return words("w has left: it is no longer a number", width, height, look)
    with np.errstate(over="ignore", invalid="ignore"):
        x, y = window(picture, step, width // 9, round((height - 2) / 1.7))
        x, y = x.named("w", 5 / width), y.named("L", 1.5 / height)
        plot = Plot(width, height, x, y, look)
        curves = _curves(plot, picture, step, x, y, look)
        if len(picture.path) > 1:
            _tangent(plot, step, x, y, look)
            plot.mark(x.place(step.after), y.place(step.loss(step.after)), look.minimum, "○")
        plot.mark(x.place(step.before), y.place(step.loss(step.before)), look.sample, "●")
        legend(plot, _entries(picture, step, look), *curves, look)
    return plot.canvas


def descent(picture: LinePicture) -> Descent:
    """The last step; before the first one it starts and ends where w is."""
    one = slice(None) if picture.sample is None else slice(picture.sample, picture.sample + 1)
    whole = len(picture.x) if picture.reduction == "sum" else 1
    before = float(picture.path[-2:][0, 0])
    return Descent(before, picture.w, picture.x[one], picture.y[one], picture.b, whole)


def window(picture: LinePicture, step: Descent, w_ticks: int, loss_ticks: int) -> tuple[Axis, Axis]:
    """Axes around the least loss, which keep still for many steps and then change at once.

    The window is as wide as the first distance from the minimum, or a power of `ZOOM` times
    narrower or wider: the last steps of a training are as easy to see as the first ones.
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
    return linear(least - half, least + half, w_ticks), linear(bottom, top * 1.05, loss_ticks)


def reach_of(picture: LinePicture, least: float) -> float:
    """How far from the minimum the last steps went, as a power of `ZOOM` of the first distance."""
    first = min(abs(picture.start[0] - least) or 0.1 * abs(least) or 1.0, FARTHEST)
    recent = np.abs(picture.path[-len(picture.x) - 1 :, 0] - least)
    nearest = NEAREST * max(abs(least), 1e-3)
    farthest = float(np.nanmax(recent).clip(nearest, FARTHEST))
    return first * ZOOM ** math.ceil(math.log(farthest / first, ZOOM) - 1e-9)


def _curves(
    plot: Plot, picture: LinePicture, step: Descent, x: Axis, y: Axis, look: ChartStyle
) -> tuple[Array, Array]:
    """Draw the two parabolas; give the points that they go through."""
    place = np.linspace(0, 1, plot.columns)
    w = x.low + place * (x.high - x.low)
    mean, own = y.place(picture.loss_at(w, picture.b)), y.place(step.loss(w))
    if picture.sample is not None:
        plot.points(place, mean, look.start)
    plot.curve(place, own, look.line)
    return np.concatenate([place, place]), np.concatenate([mean, own])


def _tangent(plot: Plot, step: Descent, x: Axis, y: Axis, look: ChartStyle) -> None:
    at = step.before + np.array([-0.3, 0.3]) * (x.high - x.low)
    height = step.loss(step.before) + step.slope() * (at - step.before)
    plot.curve(x.place(at), y.place(height), look.sample)


def _entries(picture: LinePicture, step: Descent, look: ChartStyle) -> list[Entry]:
    if len(picture.path) == 1:
        return [("●", "w now", look.sample), ("⠒⠒", "its loss", look.line)]
    if picture.sample is None:
        curves = [("⠒⠒", "loss", look.line)]
    else:
        curves = [("⠒⠒", "this sample", look.line), ("⠂⠐", "all samples", look.start)]
    slope = f"slope {number(step.slope())}"
    return [("●", slope, look.sample), ("○", "after the step", look.minimum), *curves]
