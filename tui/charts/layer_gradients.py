"""The size of the gradient of each layer, as bars by powers of ten; knows no widget."""

from __future__ import annotations

import math
from typing import Protocol, runtime_checkable

from engine.equations import number
from engine.frame import Frame
from tui.charts.axis import DECIMALS, power_of_ten
from tui.charts.bars import bar
from tui.charts.canvas import Canvas
from tui.charts.names import short
from tui.charts.plot import too_small, words
from tui.charts.style import ChartStyle
from tui.charts.waiting import nothing_yet

LEAST, MOST = -6, 1
"""The powers of ten that are always shown, so that the bars can be compared from run to run."""
FARTHEST = 18
"""Powers of ten beyond this, up or down, are drawn as far as this one."""
WHAT = "of one weight, typically: rms"
"""What a bar is as long as; under the bars, where there is room."""


@runtime_checkable
class Sloped(Protocol):
    """A picture that says how large the gradients of the layers are."""

    @property
    def gradients(self) -> tuple[tuple[str, float], ...]:
        """Of each layer, from the inputs to the loss: its name, and the root mean square of the
        gradient of its weights."""


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """A bar for each layer, the one next to the inputs first; ten times as much, one tick more."""
    if too_small(width, height):
        return words("too small", width, height, look)
    picture = frame.picture
    if not isinstance(picture, Sloped):
        return words(frame.message or "nothing to see yet", width, height, look)
    if not picture.gradients:
        return words(nothing_yet(frame, "no gradient yet"), width, height, look)
    canvas = Canvas(width, height)
    shown = picture.gradients[: height - 2]
    names = short([name for name, _ in shown], max(width // 3, 6))
    left = max(map(len, names)) + 1
    numbers = [_number(value) for _, value in shown]
    room = width - left - max(map(len, numbers)) - 1
    low, high = _range([value for _, value in picture.gradients])
    gap = 2 if 2 * len(shown) + 3 <= height else 1
    for index, (name, text) in enumerate(zip(names, numbers, strict=True)):
        row, value = index * gap, shown[index][1]
        canvas.write(row, 0, name.rjust(left - 1), look.text)
        canvas.write(row, left, _bar(value, low, high, room), look.line)
        canvas.write(row, width - len(text), text, look.text)
    _scale(canvas, gap * len(shown) - (gap - 1), left, room, (low, high), look)
    _foot(canvas, gap * len(shown) - gap + 3, picture.gradients, look)
    return canvas


def _foot(
    canvas: Canvas, top: int, gradients: tuple[tuple[str, float], ...], look: ChartStyle
) -> None:
    """In the last rows, if they lie below `top`: how the layers compare, and what is drawn."""
    height, width = canvas.glyphs.shape
    said = [text for text in (_said(gradients), WHAT) if text and len(text) <= width]
    for row, text in zip(range(height - 1, top - 1, -1), said, strict=False):
        canvas.write(row, 0, text, look.dim if text is WHAT else look.text)


def _range(values: list[float]) -> tuple[int, int]:
    """The whole powers of ten that hold all of them, and those that are always shown."""
    powers = [_power(value) for value in values if value > 0 and math.isfinite(value)]
    low = math.floor(min([*powers, LEAST]))
    return max(low, -FARTHEST), min(math.ceil(max([*powers, MOST])), FARTHEST)


def _power(value: float) -> float:
    return max(-FARTHEST, min(FARTHEST, round(math.log10(value), DECIMALS)))


def _bar(value: float, low: int, high: int, room: int) -> str:
    """As long as the power of ten of the value; nothing at all stands for 0."""
    if not value > 0:
        return ""
    power = _power(value) if math.isfinite(value) else high
    eighths = round(round((power - low) / (high - low), DECIMALS) * room * 8)
    return bar(max(eighths, 1))[:room]


def _scale(
    canvas: Canvas, row: int, left: int, room: int, powers: tuple[int, int], look: ChartStyle
) -> None:
    """The powers of ten below the bars, as many as there is room for."""
    low, high = powers
    step = max(1, math.ceil((high - low) * 6 / max(room, 1)))
    canvas.write(row, left, "─" * room, look.dim)
    if row + 1 >= len(canvas.glyphs):
        return
    for power in range(low, high + 1, step):
        column = left + round((power - low) / (high - low) * (room - 1))
        text = power_of_ten(power)
        canvas.write(row, column, "┬", look.dim)
        if column + len(text) <= canvas.glyphs.shape[1]:
            canvas.write(row + 1, column, text, look.dim)


def _said(gradients: tuple[tuple[str, float], ...]) -> str:
    """How the first layer compares with the last."""
    first, last = gradients[0][1], gradients[-1][1]
    if len(gradients) < 2 or not (math.isfinite(first) and math.isfinite(last) and last > 0):
        return ""
    if first == 0:
        return "nothing arrives at the first layer"
    times = last / first
    if times >= 2:
        return f"the last layer's is {_number(times)} × the first's"
    return f"the first layer's is {_number(first / last)} × the last's"


def _number(value: float) -> str:
    """Three digits, wherever the point stands."""
    return f"{value:.3g}" if 1e-3 <= value < 1e3 or value == 0 else number(value, 3)
