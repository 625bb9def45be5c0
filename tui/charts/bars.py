"""Probabilities as bars with their numbers; knows no frame and no widget."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.pictures import Array
from tui.charts.axis import rounded
from tui.charts.canvas import Canvas
from tui.charts.style import RGB, ChartStyle

EIGHTHS = " ▏▎▍▌▋▊▉"
NUMBER = 5
"""Cells of a number with the space before it."""


def bars(shares: Array, names: Sequence[str], width: int, height: int, look: ChartStyle) -> Canvas:
    """A row for each share: its name, its bar, its number; the greatest stands out.

    Where there is no room for all, the greatest are shown, in the order in which they stood, and
    below them how many more there are, with the sum of their shares.
    """
    canvas = Canvas(width, height)
    shares = rounded(shares)
    order = np.argsort(-np.nan_to_num(shares), kind="stable")
    # A single row has no room to say what is left out.
    shown = height if height < 2 or len(order) <= height else height - 1
    rows = np.sort(order[:shown])
    greatest = int(np.argmax(np.nan_to_num(shares)))
    room = max(width - NUMBER - 3, 0)
    label = min(max((len(name) for name in names), default=0), max(room // 2, 1))
    length = width - NUMBER - label - 1
    if length < 1:
        return canvas
    for row, index in enumerate(rows.tolist()):
        colour = look.points if index == greatest else look.line
        canvas.write(row, 0, names[index][:label].rjust(label), look.text)
        _bar(canvas, row, label + 1, float(shares[index]), length, colour)
        canvas.write(row, width - NUMBER, percent(float(shares[index])).rjust(NUMBER), look.text)
    if shown < min(height, len(order)):
        _rest(canvas, shares[order[shown:]], look)
    return canvas


def bar(eighths: int) -> str:
    """A bar of so many eighths of a cell."""
    full, rest = divmod(eighths, 8)
    return "█" * full + EIGHTHS[rest].strip()


def _rest(canvas: Canvas, shares: Array, look: ChartStyle) -> None:
    """In the last row, how many are left out, and their share of the whole."""
    height, width = canvas.glyphs.shape
    text, share = f"{len(shares)} more", percent(float(shares.sum())).rjust(NUMBER)
    if len(text) + NUMBER <= width:
        canvas.write(height - 1, 0, text, look.dim)
        canvas.write(height - 1, width - NUMBER, share, look.dim)


def _bar(canvas: Canvas, row: int, column: int, share: float, length: int, colour: RGB) -> None:
    eighths = round(share * length * 8) if share == share else 0
    # Next to nothing is more than nothing: it is the answer that is not quite ruled out.
    canvas.write(row, column, bar(max(eighths, 1)), colour)


def percent(share: float) -> str:
    """A probability in whole percent, and neither 0% nor 100% where it is not."""
    if share != share:  # of a network that diverged
        return "nan"
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"
