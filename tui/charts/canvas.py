"""A grid of coloured cells for all charts, and the text shown if there is nothing to draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from itertools import pairwise
from textwrap import wrap
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.frame import Frame, State
from engine.pictures import Array
from tui.charts.style import RGB, ChartStyle

Cells: TypeAlias = NDArray[np.int32]
Where: TypeAlias = NDArray[np.intp]

UNTOUCHED, SPACE = 0, ord(" ")
PLAIN = -1
"""The colour code of a cell without a colour."""
BRAILLE = 0x2800
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int32)
"""The bit of each dot of a braille character, 4 rows of 2."""
ANSI = re.compile(r"((?:\x1b\[[\d;]*m)+)([^\x1b]+)")
"""Colour codes, and the text after them."""
LEAST_WIDTH, LEAST_HEIGHT = 16, 5
"""A smaller area shows text instead of a chart."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring cells of a row that have the same colours."""

    text: str
    foreground: RGB | None
    background: RGB | None


class Canvas:
    """A grid of cells of three integers each: a character, its colour and the background.

    Cells are arrays and not strings: a frame draws a thousand of them ten times a second beside a
    training run. Combining canvases and finding changes are then a few array operations.
    """

    def __init__(self, width: int, height: int) -> None:
        shape = max(height, 0), max(width, 0)
        self.glyphs: Cells = np.full(shape, UNTOUCHED, dtype=np.int32)
        """Code points, shape (rows, columns)."""
        self.foregrounds: Cells = np.full(shape, PLAIN, dtype=np.int32)
        self.backgrounds: Cells = np.full(shape, PLAIN, dtype=np.int32)

    @classmethod
    def of(cls, lines: Sequence[str], colour: RGB) -> Self:
        """Return a canvas with these lines of equal length; their spaces stay untouched."""
        canvas = cls(len(lines[0]) if lines else 0, len(lines))
        codes = _codes("".join(lines)).reshape(canvas.glyphs.shape)
        canvas.glyphs = np.where(codes == SPACE, UNTOUCHED, codes)
        canvas.foregrounds[:] = packed(colour)
        return canvas

    @classmethod
    def of_ansi(cls, text: str, width: int, height: int) -> Self:
        """Return a canvas from text with ANSI colours; cells without true colour stay untouched."""
        canvas = cls(width, height)
        colours = PLAIN, PLAIN
        spans: list[tuple[str, int, int, int]] = []
        for codes, letters in ANSI.findall(text.replace("\n", "")):
            colours = _colours(codes, colours)
            spans.append((letters, len(letters), *colours))
        pieces, lengths, foregrounds, backgrounds = zip(*spans, strict=True)
        shape = height, width
        canvas.foregrounds = np.repeat(np.array(foregrounds, np.int32), lengths).reshape(shape)
        canvas.backgrounds = np.repeat(np.array(backgrounds, np.int32), lengths).reshape(shape)
        glyphs = _codes("".join(pieces)).reshape(shape)
        canvas.glyphs = np.where(canvas.foregrounds == PLAIN, UNTOUCHED, glyphs)
        return canvas

    def copy(self) -> Canvas:
        copy = Canvas(0, 0)
        copy.glyphs = self.glyphs.copy()
        copy.foregrounds = self.foregrounds.copy()
        copy.backgrounds = self.backgrounds.copy()
        return copy

    def part(self, rows: slice, columns: slice) -> Canvas:
        """Return a view of some cells: what is drawn on it is drawn here."""
        part = Canvas(0, 0)
        part.glyphs = self.glyphs[rows, columns]
        part.foregrounds = self.foregrounds[rows, columns]
        part.backgrounds = self.backgrounds[rows, columns]
        return part

    def write(self, row: int, column: int, text: str, colour: RGB) -> None:
        """Write text, spaces included, from a cell on; it must fit."""
        cells = np.s_[row, column : column + len(text)]
        self.glyphs[cells] = _codes(text)
        self.foregrounds[cells] = packed(colour)

    def put(self, row: int, column: int, other: Canvas) -> None:
        """Replace the text from this cell on by that of a smaller canvas; it must fit."""
        part = np.s_[row : row + other.glyphs.shape[0], column : column + other.glyphs.shape[1]]
        self.glyphs[part], self.foregrounds[part] = other.glyphs, other.foregrounds

    def stamp(self, rows: Where, columns: Where, glyph: str, colour: RGB) -> None:
        """Put one character into each of these cells."""
        self.glyphs[rows, columns] = ord(glyph)
        self.foregrounds[rows, columns] = packed(colour)

    def dot(self, down: Where, across: Where, colour: RGB) -> None:
        """Set braille dots, 4 rows of 2 in a cell, in addition to those already in their cells."""
        rows, columns = down // 4, across // 2
        before = self.glyphs[rows, columns]
        self.glyphs[rows, columns] = np.where(before & ~0xFF == BRAILLE, before, BRAILLE)
        np.bitwise_or.at(self.glyphs, (rows, columns), DOTS[down % 4, across % 2])
        self.foregrounds[rows, columns] = packed(colour)

    def lay(self, other: Canvas, on_top: str = "") -> None:
        """Draw another canvas of the same size over this one; untouched cells are transparent.

        Braille dots of both are combined. Cells of this one with the character `on_top` stay.
        """
        drawn = other.glyphs != UNTOUCHED
        if on_top:
            drawn &= self.glyphs != ord(on_top)
        both = (self.glyphs & ~0xFF == BRAILLE) & (other.glyphs & ~0xFF == BRAILLE)
        np.copyto(
            self.glyphs, np.where(both, self.glyphs | other.glyphs, other.glyphs), where=drawn
        )
        np.copyto(self.foregrounds, other.foregrounds, where=drawn)
        np.copyto(self.backgrounds, other.backgrounds, where=other.backgrounds != PLAIN)

    def lay_under(self, ground: Canvas) -> None:
        """Fill untouched cells from a canvas of the same size; take its background everywhere."""
        free = self.glyphs == UNTOUCHED
        np.copyto(self.glyphs, ground.glyphs, where=free)
        np.copyto(self.foregrounds, ground.foregrounds, where=free)
        self.backgrounds[:] = ground.backgrounds

    def text(self) -> list[str]:
        """Return the characters alone, a line for each row."""
        return ["".join(span.text for span in self.spans(row)) for row in range(len(self.glyphs))]

    def spans(self, row: int) -> Iterator[Span]:
        """Yield one row as text, split where the colours change."""
        glyphs = self.glyphs[row]
        colours, grounds = self.foregrounds[row], self.backgrounds[row]
        letters = np.where(glyphs == UNTOUCHED, SPACE, glyphs).tobytes().decode("utf-32-le")
        changed = (colours[1:] != colours[:-1]) | (grounds[1:] != grounds[:-1])
        edges = [0, *(np.flatnonzero(changed) + 1).tolist(), len(letters)]
        for start, end in pairwise(edges):
            if start < end:
                text = letters[start:end]
                yield Span(text, unpacked(int(colours[start])), unpacked(int(grounds[start])))

    def changes(self, before: Canvas) -> Iterator[tuple[int, int, int]]:
        """Yield the rows that differ from a canvas of the same size: row, first column, end."""
        other = (
            (self.glyphs != before.glyphs)
            | (self.foregrounds != before.foregrounds)
            | (self.backgrounds != before.backgrounds)
        )
        for row in np.flatnonzero(other.any(axis=1)).tolist():
            columns = np.flatnonzero(other[row])
            yield row, int(columns[0]), int(columns[-1]) + 1


def stroke(across: Array, down: Array) -> tuple[Where, Where]:
    """Return the dots of a line through these corners, (down, across), one step per dot."""
    ways = np.diff(across), np.diff(down)
    steps = np.maximum(np.ceil(np.maximum(*np.abs(ways))), 1).astype(np.intp)
    piece = np.repeat(np.arange(len(steps)), steps)
    step = np.arange(len(piece)) - (np.cumsum(steps) - steps)[piece]
    right, below = (
        np.append(corners[piece] + step * way[piece] / steps[piece], corners[-1:])
        for corners, way in zip((across, down), ways, strict=True)
    )
    return np.floor(below).astype(np.intp), np.floor(right).astype(np.intp)


def half_blocks(upper: Cells, lower: Cells) -> Canvas:
    """Return a canvas with two colours in each cell, one above the other."""
    canvas = Canvas(upper.shape[1], len(upper))
    canvas.glyphs[:] = np.where(upper == lower, SPACE, ord("▀"))
    canvas.foregrounds[:], canvas.backgrounds[:] = upper, lower
    return canvas


def joined(parts: Sequence[Canvas], width: int, height: int) -> Canvas:
    """Stack canvases of the same width from top to bottom."""
    canvas, top = Canvas(width, height), 0
    for part in parts:
        rows = len(part.glyphs)
        canvas.part(np.s_[top : top + rows], np.s_[:]).lay(part)
        top += rows
    return canvas


def packed(colour: RGB) -> int:
    """Return a colour as one integer."""
    red, green, blue = colour
    return red << 16 | green << 8 | blue


def unpacked(colour: int) -> RGB | None:
    """Return the colour of an integer, or None for `PLAIN`."""
    return None if colour == PLAIN else (colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)


@lru_cache(maxsize=256)
def _colours(codes: str, before: tuple[int, int]) -> tuple[int, int]:
    """Return the foreground and the background after these ANSI codes."""
    foreground, background = before
    for code in codes.replace("\x1b[", "").split("m")[:-1]:
        kind, _, colour = code.partition(";2;")
        if kind not in ("38", "48"):
            foreground = background = PLAIN
            continue
        red, green, blue = map(int, colour.split(";"))
        if kind == "38":
            foreground = packed((red, green, blue))
        else:
            background = packed((red, green, blue))
    return foreground, background


def _codes(text: str) -> Cells:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.int32)


# Text instead of a chart.


class NotYet(str):
    """A reason why nothing is drawn before the first step; what to press is added to it."""


Drawing: TypeAlias = Canvas | str
"""A drawn chart, or the reason why there is nothing to show."""
PictureT = TypeVar("PictureT")


def words(text: str, width: int, height: int, style: ChartStyle) -> Canvas:
    """Return a canvas with centred text, cut to the lines that fit."""
    canvas = Canvas(width, height)
    rows = wrap(text, width)[:height] if width > 0 else []
    above = (height - len(rows)) // 2
    for index, row in enumerate(rows):
        canvas.write(above + index, (width - len(row)) // 2, row, style.dim)
    return canvas


def too_small(width: int, height: int) -> bool:
    """Return whether there is no room for axes and data."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


def chart(draw: Callable[[Frame, int, int, ChartStyle], Drawing]) -> Callable[..., Canvas]:
    """Turn a function that draws a frame, or returns text instead, into a chart."""

    @wraps(draw)
    def drawn(frame: Frame, width: int, height: int, style: ChartStyle) -> Canvas:
        if too_small(width, height):
            return words("too small", width, height, style)
        canvas = draw(frame, width, height, style)
        if isinstance(canvas, NotYet):
            canvas = _not_yet(frame, canvas)
        return words(canvas, width, height, style) if isinstance(canvas, str) else canvas

    return drawn


def shows(
    *kinds: type[Any],
) -> Callable[[Callable[[Any, int, int, ChartStyle], Drawing]], Callable[..., Canvas]]:
    """Turn a function that draws these types of pictures, instead of frames, into a chart."""

    def decorate(draw: Callable[[Any, int, int, ChartStyle], Drawing]) -> Callable[..., Canvas]:
        @chart
        @wraps(draw)
        def drawn(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
            if not isinstance(frame.picture, kinds):
                return frame.message or "nothing to see yet"
            return draw(frame.picture, width, height, style)

        return drawn

    return decorate


def _not_yet(frame: Frame, missing: str) -> str:
    """Return an error, or that a step is coming, or what is missing and what to press.

    The first step of a run may take seconds: workers start, or all test images are classified.
    """
    if frame.message:
        return frame.message
    begun = getattr(frame.picture, "lit", "")  # part of the first update is done
    if not frame.step and (frame.state is State.PLAYING or begun):
        return "the first step is on its way"
    return f"{missing}: press s or space"
