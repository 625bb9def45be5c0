"""Charts of the scenes with a vector of logits: bars, curves and a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.equations import number, plain
from engine.softmax_scenes import Numbers, probability
from engine.softmax_scenes import SoftmaxLook as Seen
from tui.charts.axis import Scale, round_up
from tui.charts.canvas import Canvas, joined, too_small, words
from tui.charts.curves import Panel, PanelCurve, PanelPoint, stacked
from tui.charts.style import RGB, ChartStyle
from tui.charts.tables import SignedBar, signed_bars

ROOMY = 6.0
"""The smallest range of the bars of logits, up and down."""
MARKS = "●◆▲■★"
"""The marker of each class in the curves of P over the temperature."""
COLUMN = 13
"""The minimum width of a column of the table, in cells."""


@dataclass(frozen=True, slots=True)
class BarBlock:
    """Bars with a title and one scale."""

    title: str
    bars: Sequence[SignedBar]
    low: float
    high: float


def draw(seen: Seen, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the scene in `height` rows of `width` cells."""
    if too_small(width, height):
        return words("too small", width, height, style)
    match seen.scene.name:
        case "temperature":
            below = height - height // 2
            parts = [
                _blocks([_shares(seen, style)], width, height - below, style),
                stacked([_over_temperature(seen, style)], width, below, style),
            ]
            return joined(parts, width, height)
        case "overflow":
            rows = len(seen.z) + 2
            table = _table(seen, width, min(rows, height), style)
            if height < rows + len(seen.z) + 1:
                return joined([table], width, height)
            bars = _blocks([_logits(seen, style)], width, height - rows, style)
            return joined([bars, table], width, height)
        case "cross-entropy":
            return _blocks(
                [_logits(seen, style), _shares(seen, style), _gradient(seen, style)],
                width,
                height,
                style,
            )
    return _blocks([_logits(seen, style), _shares(seen, style)], width, height, style)


def _blocks(blocks: Sequence[BarBlock], width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw as many of the blocks as there is room for, the last ones rather than the first."""
    rows = len(blocks[0].bars) + 1
    kept = blocks[-max(1, min(len(blocks), height // rows)) :]
    parts = []
    for index, block in enumerate(kept):
        each = height // len(kept) + (index < height % len(kept))
        title = Canvas(width, 1)
        title.write(0, 1, block.title[: width - 1], style.dim)
        bars = signed_bars(block.bars, block.low, block.high, width, each - 1, style)
        parts += [title, bars]
    return joined(parts, width, height)


def _logits(seen: Seen, style: ChartStyle) -> BarBlock:
    most = round_up(max(ROOMY, *(abs(z) for z in seen.z)))
    added = f" + {plain(seen.given.shift)}" if seen.given.shift else ""
    bars = _bars(seen, seen.z, _two, style)
    return BarBlock(f"logits z{added}, from {plain(-most)} to {plain(most)}", bars, -most, most)


def _shares(seen: Seen, style: ChartStyle) -> BarBlock:
    t = seen.given.temperature
    of = f"softmax(z/{plain(t)})" if seen.scene.moves == "temperature" else "softmax(z)"
    return BarBlock(f"P = {of}, from 0 to 1", _bars(seen, seen.p, probability, style), 0.0, 1.0)


def _gradient(seen: Seen, style: ChartStyle) -> BarBlock:
    title = f"∂L/∂z = P − y for {seen.names[seen.given.label]}, from −1 to 1"
    return BarBlock(title, _bars(seen, seen.gradient, number, style), -1.0, 1.0)


def _two(value: float) -> str:
    return number(value, 2)


def _bars(
    seen: Seen, values: Numbers, written: Callable[[float], str], style: ChartStyle
) -> list[SignedBar]:
    moved = seen.scene.moves == "logit"
    return [
        SignedBar(
            f"{name}{'●' if _is_label(seen, place) else ' '}",
            value,
            written(value) if value else "0",
            _colour(place, style),
            chosen=moved and place == seen.given.chosen,
        )
        for place, (name, value) in enumerate(zip(seen.names, values, strict=True))
    ]


def _is_label(seen: Seen, place: int) -> bool:
    return seen.scene.labelled and place == seen.given.label


def _colour(place: int, style: ChartStyle) -> RGB:
    return (style.line, style.points, style.minimum, style.residual, style.sample)[place]


def _over_temperature(seen: Seen, style: ChartStyle) -> Panel:
    """Return the panel of P of each class over the temperature, on a logarithmic axis."""
    x = np.log10(np.array(seen.temperatures))
    here = math.log10(seen.given.temperature)
    lines = [
        PanelCurve(name, x, np.array(curve), _colour(place, style), mark=MARKS[place])
        for place, (name, curve) in enumerate(zip(seen.names, seen.curves, strict=True))
    ]
    points = [
        PanelPoint(here, p, _colour(place, style), name, MARKS[place], guided=p == max(seen.p))
        for place, (name, p) in enumerate(zip(seen.names, seen.p, strict=True))
    ]
    ends = Scale("log₁₀ T", float(x[0]), float(x[-1]))
    return Panel(ends, Scale("P", 0.0, 1.0), lines, points, [1 / len(seen.z)])


def _table(seen: Seen, width: int, height: int, style: ChartStyle) -> Canvas:
    """Write ln P of each class, computed in three ways; nan and infinity are highlighted."""
    canvas = Canvas(width, height)
    names = max(len(name) for name in seen.names) + 2
    column = min((width - names) // len(seen.ways), 2 * COLUMN)
    if column < COLUMN or height < len(seen.z) + 2:
        return words("ln P in three ways needs a larger screen", width, height, style)
    canvas.write(0, 1, "ln P in three ways"[: width - 1], style.dim)
    for index, (way, values) in enumerate(seen.ways.items()):
        end = names + (index + 1) * column
        canvas.write(1, end - len(way), way, style.text)
        for row, value in enumerate(values):
            text = number(value, 2) if value else "0"
            colour = style.text if math.isfinite(value) else style.residual
            canvas.write(row + 2, end - len(text), text, colour)
    for row, name in enumerate(seen.names):
        canvas.write(row + 2, 2, name, _colour(row, style))
    return canvas
