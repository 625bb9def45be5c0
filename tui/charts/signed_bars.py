"""Numbers as bars that begin at 0 and go either way; knows not what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.charts.axis import DECIMALS
from tui.charts.canvas import Canvas
from tui.charts.plot import words
from tui.charts.style import RGB, ChartStyle

LEAST = 8
"""Cells that a bar needs at least to be worth drawing."""
THICKEST = 3
"""Rows that a bar takes at most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One number."""

    name: str
    value: float
    text: str
    """The number as it is written at the right."""
    colour: RGB
    chosen: bool = False
    """Whether it is the one that the keys move."""


def signed_bars(
    bars: Sequence[Bar], low: float, high: float, width: int, height: int, look: ChartStyle
) -> Canvas:
    """A row or more for each bar, on a scale from low to high; 0 is where each begins."""
    canvas = Canvas(width, height)
    left = max(len(bar.name) for bar in bars) + 3
    room = width - left - max(len(bar.text) for bar in bars) - 2
    each = height // len(bars)
    if room < LEAST or each < 1:
        return words("too small", width, height, look)
    thick = max(1, min(each - 1, THICKEST))
    cells = room / (high - low)
    zero = round(round(-low / (high - low), DECIMALS) * room) if low < 0 else 0
    for index, bar in enumerate(bars):
        top = index * each
        middle = top + thick // 2
        canvas.write(middle, 0, f"{'▸' if bar.chosen else ' '} {bar.name}", bar.colour)
        canvas.write(middle, width - len(bar.text) - 1, bar.text, look.text)
        before, after = _blocks(round(bar.value * cells, DECIMALS), zero, room - zero)
        for row in range(top, top + thick):
            canvas.write(row, left + zero - len(before), before + after, bar.colour)
            if not before and not after:
                canvas.write(row, left + zero, "│", look.dim)
    return canvas


def _blocks(cells: float, before: int, after: int) -> tuple[str, str]:
    """A bar so many cells long as text left and right of 0, in halves of a cell.

    What is not 0 is a sliver at least, and what is too long is cut where the room ends.
    """
    room = after if cells > 0 else before
    halves = round(2 * float(np.clip(abs(cells), 0, room)))
    blocks = "█" * (halves // 2)
    if cells < 0:
        return ("▐" * (halves % 2) + blocks or "▕")[:before], ""
    return "", (blocks + "▌" * (halves % 2) or "▏" * (cells > 0))[:after]
