"""The scenes of a vector of logits, drawn as bars, curves and a table; knows no widget."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.equations import number, plain
from engine.softmax_scenes import Numbers, probability
from engine.softmax_scenes import SoftmaxLook as Seen
from tui.charts.axis import round_up
from tui.charts.canvas import Canvas
from tui.charts.panel import Line, Panel, Point, stacked
from tui.charts.plot import too_small, words
from tui.charts.signed_bars import Bar, signed_bars
from tui.charts.style import RGB, ChartStyle

ROOMY = 6.0
"""The least range of the bars of logits, up and down."""
COLUMN = 13
"""Cells of a column of the table."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bars under a title, on one scale."""

    title: str
    bars: Sequence[Bar]
    low: float
    high: float


def draw(seen: Seen, width: int, height: int, look: ChartStyle) -> Canvas:
    """The scene, in `height` rows of `width` cells."""
    if too_small(width, height):
        return words("too small", width, height, look)
    match seen.scene.name:
        case "temperature":
            below = height - height // 2
            parts = [
                _blocks([_shares(seen, look)], width, height - below, look),
                stacked([_over_temperature(seen, look)], width, below, look),
            ]
            return _joined(parts, width, height)
        case "overflow":
            rows = len(seen.z) + 2
            table = _table(seen, width, min(rows, height), look)
            if height < rows + len(seen.z) + 1:
                return _joined([table], width, height)
            bars = _blocks([_logits(seen, look)], width, height - rows, look)
            return _joined([bars, table], width, height)
        case "cross-entropy":
            return _blocks(
                [_logits(seen, look), _shares(seen, look), _gradient(seen, look)],
                width,
                height,
                look,
            )
    return _blocks([_logits(seen, look), _shares(seen, look)], width, height, look)


def _joined(parts: Sequence[Canvas], width: int, height: int) -> Canvas:
    """Canvases of one width, one below the other."""
    canvas, top = Canvas(width, height), 0
    for part in parts:
        rows = len(part.glyphs)
        canvas.part(np.s_[top : top + rows], np.s_[:]).lay(part)
        top += rows
    return canvas


def _blocks(blocks: Sequence[Block], width: int, height: int, look: ChartStyle) -> Canvas:
    """As many of the blocks as there is room for, the last ones rather than the first."""
    rows = len(blocks[0].bars) + 1
    kept = blocks[-max(1, min(len(blocks), height // rows)) :]
    parts = []
    for index, block in enumerate(kept):
        each = height // len(kept) + (index < height % len(kept))
        title = Canvas(width, 1)
        title.write(0, 1, block.title[: width - 1], look.dim)
        bars = signed_bars(block.bars, block.low, block.high, width, each - 1, look)
        parts += [title, bars]
    return _joined(parts, width, height)


def _logits(seen: Seen, look: ChartStyle) -> Block:
    most = round_up(max(ROOMY, *(abs(z) for z in seen.z)))
    added = f" + {plain(seen.given.shift)}" if seen.given.shift else ""
    bars = _bars(seen, seen.z, _two, look)
    return Block(f"logits z{added}, from {plain(-most)} to {plain(most)}", bars, -most, most)


def _shares(seen: Seen, look: ChartStyle) -> Block:
    t = seen.given.temperature
    of = f"softmax(z/{plain(t)})" if seen.scene.moves == "temperature" else "softmax(z)"
    return Block(f"P = {of}, from 0 to 1", _bars(seen, seen.p, probability, look), 0.0, 1.0)


def _gradient(seen: Seen, look: ChartStyle) -> Block:
    title = f"∂L/∂z = P − y for {seen.names[seen.given.label]}, from −1 to 1"
    return Block(title, _bars(seen, seen.gradient, number, look), -1.0, 1.0)


def _two(value: float) -> str:
    return number(value, 2)


def _bars(
    seen: Seen, values: Numbers, written: Callable[[float], str], look: ChartStyle
) -> list[Bar]:
    moved = seen.scene.moves == "logit"
    return [
        Bar(
            f"{name}{'●' if _is_label(seen, place) else ' '}",
            value,
            written(value) if value else "0",
            _colour(place, look),
            chosen=moved and place == seen.given.chosen,
        )
        for place, (name, value) in enumerate(zip(seen.names, values, strict=True))
    ]


def _is_label(seen: Seen, place: int) -> bool:
    return seen.scene.labelled and place == seen.given.label


def _colour(place: int, look: ChartStyle) -> RGB:
    return (look.line, look.points, look.minimum, look.residual, look.sample)[place]


def _over_temperature(seen: Seen, look: ChartStyle) -> Panel:
    """P of each class over the temperature, which stands on a logarithmic axis."""
    x = np.log10(np.array(seen.temperatures))
    here = math.log10(seen.given.temperature)
    lines = [
        Line(name, x, np.array(curve), _colour(place, look), mark=name[0])
        for place, (name, curve) in enumerate(zip(seen.names, seen.curves, strict=True))
    ]
    points = [
        Point(here, p, _colour(place, look), glyph=name[0], guided=p == max(seen.p))
        for place, (name, p) in enumerate(zip(seen.names, seen.p, strict=True))
    ]
    ends = ("log₁₀ T", float(x[0]), float(x[-1]))
    return Panel(ends, ("P", -0.05, 1.1), lines, points, [1 / len(seen.z)])


def _table(seen: Seen, width: int, height: int, look: ChartStyle) -> Canvas:
    """ln P of each class in three ways; what is no number, or no finite one, stands out."""
    canvas = Canvas(width, height)
    names = max(len(name) for name in seen.names) + 2
    column = min((width - names) // len(seen.ways), 2 * COLUMN)
    if column < COLUMN or height < len(seen.z) + 2:
        return words("ln P in three ways needs a larger screen", width, height, look)
    canvas.write(0, 1, "ln P in three ways"[: width - 1], look.dim)
    for index, (way, values) in enumerate(seen.ways.items()):
        end = names + (index + 1) * column
        canvas.write(1, end - len(way), way, look.text)
        for row, value in enumerate(values):
            text = number(value, 2) if value else "0"
            colour = look.text if math.isfinite(value) else look.residual
            canvas.write(row + 2, end - len(text), text, colour)
    for row, name in enumerate(seen.names):
        canvas.write(row + 2, 2, name, _colour(row, look))
    return canvas
