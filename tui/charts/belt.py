"""Chart of the batches of an epoch: the current batch, the samples seen and those to come."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.numerals import counted
from engine.pictures import Belt, TablePicture
from tui.charts.canvas import Canvas, packed, shows
from tui.charts.style import ChartStyle

NOW, SEEN, WAITING = "█", "▪", "·"
BOX = 8
"""Cells of the box of a waiting batch, its borders included."""
MOST = 40
"""The most cells of the box of the current batch."""
MODEL = "▶ model"
LABELS = (("in the batch", "seen", "to come"), ("now", "seen", "to come"))
"""The meaning of the three marks, in long and short words."""
BELT_ROWS = 3
LEAST_FOR_BELT = 8
"""The number of rows from which on boxes are drawn above the samples."""


@shows(TablePicture)
def draw(picture: TablePicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw boxes that move towards the model, and below them a mark for each sample."""
    belt, canvas = picture.belt, Canvas(width, height)
    top = 1
    canvas.write(0, 0, _caption(belt, width), style.text)
    if height >= LEAST_FOR_BELT:
        _boxes(canvas, top, belt, style)
        top += BELT_ROWS
    each = _samples(canvas, top, belt, style)
    _legend(canvas, each, style)
    return canvas


def _caption(belt: Belt, width: int) -> str:
    if belt.waiting:
        return "the workers are starting: some seconds"[:width]
    if not belt.number:
        batches = counted(belt.batches, "batch", "batches")
        text = f"{counted(len(belt.seen), 'sample')}, {batches} an epoch"
        return text[:width]
    left = int(len(belt.seen) - np.count_nonzero(belt.seen))
    number, batches = (
        f"batch {belt.number:,} of {belt.batches:,}",
        counted(len(belt.batch), "sample"),
    )
    for text in (f"{number} · {batches} · {left:,} left in the epoch", f"{number} · {left:,} left"):
        if len(text) <= width:
            return text
    return number[:width]


def _boxes(canvas: Canvas, top: int, belt: Belt, style: ChartStyle) -> None:
    """Draw the current batch next to the model, and the following ones behind it."""
    width = canvas.glyphs.shape[1]
    right = width - len(MODEL)
    canvas.write(top + 1, right, MODEL, style.line)
    large = min(max(right - 2 * BOX, 3 * BOX // 2), MOST, right)
    number = max(belt.number, 1)
    if belt.number:
        _box(canvas, top, right - large, large, _content(belt, large - 4), style, now=True)
        right -= large
        number += 1
    while right >= BOX and number <= belt.batches:
        _box(canvas, top, right - BOX, BOX, f"#{number}", style, now=False)
        right, number = right - BOX, number + 1


def _content(belt: Belt, room: int) -> str:
    """Return the number of the batch and as many of its samples as there is room for."""
    text = f"#{belt.number}:"
    for place, sample in enumerate(belt.batch.tolist()):
        longer = f"{text} {sample}"
        more = " …" if place + 1 < len(belt.batch) else ""
        if len(longer + more) > room:
            return (f"{text} …")[:room]
        text = longer
    return text


def _box(
    canvas: Canvas, top: int, left: int, width: int, text: str, style: ChartStyle, *, now: bool
) -> None:
    side, colour = (style.points, style.text) if now else (style.dim, style.dim)
    canvas.write(top, left, f"┌{'─' * (width - 2)}┐", side)
    canvas.write(top + 1, left, f"│{' ' * (width - 2)}│", side)
    canvas.write(top + 2, left, f"└{'─' * (width - 2)}┘", side)
    content = text[: width - 2]
    canvas.write(top + 1, left + (width - len(content)) // 2, content, colour)


def _samples(canvas: Canvas, top: int, belt: Belt, style: ChartStyle) -> int:
    """Draw a mark for each sample or each few of them; return the number of samples per mark."""
    height, width = (int(side) for side in canvas.glyphs.shape)
    rows = height - top - 1
    each = max(1, -(-len(belt.seen) // max(rows * int(width), 1)))
    cells = -(-len(belt.seen) // each)
    glyphs = np.full(cells, ord(WAITING), dtype=np.int32)
    colours = np.full(cells, packed(style.dim), dtype=np.int32)
    seen = _share(belt.seen, each, cells) > 0.5
    glyphs[seen], colours[seen] = ord(SEEN), packed(style.line)
    now = belt.batch // each
    glyphs[now], colours[now] = ord(NOW), packed(style.points)
    down, across = _places(cells, width)
    inside = down < rows
    canvas.glyphs[top + down[inside], across[inside]] = glyphs[inside]
    canvas.foregrounds[top + down[inside], across[inside]] = colours[inside]
    return each


@lru_cache(maxsize=4)
def _places(cells: int, width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    down, across = np.divmod(np.arange(cells), width)
    return down, across


def _share(seen: NDArray[np.bool_], each: int, cells: int) -> NDArray[np.float64]:
    if each == 1:
        return seen.astype(np.float64)
    starts = np.arange(cells) * each
    counts = np.minimum(starts + each, len(seen)) - starts
    return np.asarray(np.add.reduceat(seen, starts, dtype=np.float64) / counts)


def _legend(canvas: Canvas, each: int, style: ChartStyle) -> None:
    """Draw the meaning of the marks and, at the right, the number of samples per mark."""
    height, width = canvas.glyphs.shape
    many = f"one mark: {each:,} samples" if each > 1 else ""
    room = width - len(many) - 2 if many else width
    labels = next((labels for labels in LABELS if _long(labels) <= room), LABELS[0])
    column = 0
    for label, mark, colour in zip(
        labels, (NOW, SEEN, WAITING), (style.points, style.line, style.dim), strict=True
    ):
        if column + len(label) + 2 <= width:
            canvas.write(height - 1, column, mark, colour)
            canvas.write(height - 1, column + 2, label, style.dim)
        column += len(label) + 3
    if many and column + len(many) < width:
        canvas.write(height - 1, width - len(many), many, style.dim)


def _long(labels: tuple[str, ...]) -> int:
    """Return the width in cells of the labels with their marks and a space between them."""
    return sum(len(label) + 3 for label in labels) - 1
