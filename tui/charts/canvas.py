"""Cells of characters in their colours, to draw on; knows no axis, no library and no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from tui.charts.style import RGB

Cells: TypeAlias = NDArray[np.int32]
Where: TypeAlias = NDArray[np.intp]

UNTOUCHED, SPACE = 0, ord(" ")
PLAIN = -1
"""The colour of what has none of its own."""
BRAILLE = 0x2800
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.int32)
"""The bit of each dot of a braille cell, 4 rows of 2."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring cells of one line that have their colours in common."""

    text: str
    foreground: RGB | None
    background: RGB | None


class Canvas:
    """A grid of cells, three whole numbers each: a character, its ink and the paper behind it.

    Numbers in arrays, and not strings, since a frame draws a thousand cells ten times a second
    beside a training: laying a curve, laying one canvas over another, and finding what changed
    since the last frame are then a few operations on whole arrays.
    """

    def __init__(self, width: int, height: int) -> None:
        shape = max(height, 0), max(width, 0)
        self.glyphs: Cells = np.full(shape, UNTOUCHED, dtype=np.int32)
        """Code points, shape (rows, columns)."""
        self.foregrounds: Cells = np.full(shape, PLAIN, dtype=np.int32)
        self.backgrounds: Cells = np.full(shape, PLAIN, dtype=np.int32)

    @classmethod
    def of(cls, lines: Sequence[str], ink: RGB) -> Self:
        """A canvas with these lines, all equally long, on it; its spaces are untouched."""
        canvas = cls(len(lines[0]) if lines else 0, len(lines))
        letters = np.array([[ord(letter) for letter in line] for line in lines], dtype=np.int32)
        canvas.glyphs[:] = np.where(letters == SPACE, UNTOUCHED, letters)
        canvas.foregrounds[:] = packed(ink)
        return canvas

    def copy(self) -> Canvas:
        """The same cells, on a canvas of their own."""
        copy = Canvas(0, 0)
        copy.glyphs, copy.foregrounds, copy.backgrounds = (
            cells.copy() for cells in (self.glyphs, self.foregrounds, self.backgrounds)
        )
        return copy

    def part(self, rows: slice, columns: slice) -> Canvas:
        """A window on these cells: what is drawn there is drawn here."""
        part = Canvas(0, 0)
        part.glyphs, part.foregrounds, part.backgrounds = (
            cells[rows, columns] for cells in (self.glyphs, self.foregrounds, self.backgrounds)
        )
        return part

    def write(self, row: int, column: int, text: str, ink: RGB) -> None:
        """Write text from a cell on, spaces included; it must fit."""
        cells = np.s_[row, column : column + len(text)]
        self.glyphs[cells] = [ord(letter) for letter in text]
        self.foregrounds[cells] = packed(ink)

    def stamp(self, rows: Where, columns: Where, glyph: str, ink: RGB) -> None:
        """Put one character into each of these cells."""
        self.glyphs[rows, columns] = ord(glyph)
        self.foregrounds[rows, columns] = packed(ink)

    def dot(self, down: Where, across: Where, ink: RGB) -> None:
        """Set braille dots, 4 to a cell downwards and 2 across; they join those of their cell."""
        rows, columns = down // 4, across // 2
        before = self.glyphs[rows, columns]
        self.glyphs[rows, columns] = np.where(before & ~0xFF == BRAILLE, before, BRAILLE)
        np.bitwise_or.at(self.glyphs, (rows, columns), DOTS[down % 4, across % 2])
        self.foregrounds[rows, columns] = packed(ink)

    def lay(self, other: Canvas) -> None:
        """Draw what was drawn on another canvas of the same size over what is here."""
        drawn = other.glyphs != UNTOUCHED
        np.copyto(self.glyphs, other.glyphs, where=drawn)
        np.copyto(self.foregrounds, other.foregrounds, where=drawn)

    def lay_under(self, ground: Canvas) -> None:
        """Let a canvas of this size show where nothing was drawn, and its paper everywhere."""
        free = self.glyphs == UNTOUCHED
        np.copyto(self.glyphs, ground.glyphs, where=free)
        np.copyto(self.foregrounds, ground.foregrounds, where=free)
        self.backgrounds[:] = ground.backgrounds

    def text(self) -> list[str]:
        """The characters alone, a line a row."""
        return ["".join(run.text for run in self.spans(row)) for row in range(len(self.glyphs))]

    def spans(self, row: int) -> Iterator[Span]:
        """One row as text, cut where the colours change."""
        glyphs, inks, papers = self.glyphs[row], self.foregrounds[row], self.backgrounds[row]
        letters = np.where(glyphs == UNTOUCHED, SPACE, glyphs).tobytes().decode("utf-32-le")
        turns = np.flatnonzero((inks[1:] != inks[:-1]) | (papers[1:] != papers[:-1])) + 1
        edges = [0, *turns.tolist(), len(letters)]
        for start, end in pairwise(edges):
            if start < end:
                text = letters[start:end]
                yield Span(text, unpacked(int(inks[start])), unpacked(int(papers[start])))

    def changes(self, before: Canvas) -> Iterator[tuple[int, int, int]]:
        """The rows that differ from those of a canvas of this size: row, first column, end."""
        other = (
            (self.glyphs != before.glyphs)
            | (self.foregrounds != before.foregrounds)
            | (self.backgrounds != before.backgrounds)
        )
        for row in np.flatnonzero(other.any(axis=1)).tolist():
            columns = np.flatnonzero(other[row])
            yield row, int(columns[0]), int(columns[-1]) + 1


def stroke(across: Array, down: Array) -> tuple[Where, Where]:
    """The dots of a line through these corners, (down, across), one step a dot."""
    ways = np.diff(across), np.diff(down)
    steps = np.maximum(np.ceil(np.maximum(*np.abs(ways))), 1).astype(np.intp)
    piece = np.repeat(np.arange(len(steps)), steps)
    step = np.arange(len(piece)) - (np.cumsum(steps) - steps)[piece]
    right, below = (
        np.append(corners[piece] + step * way[piece] / steps[piece], corners[-1:])
        for corners, way in zip((across, down), ways, strict=True)
    )
    return np.floor(below).astype(np.intp), np.floor(right).astype(np.intp)


def packed(colour: RGB) -> int:
    """A colour as one number."""
    red, green, blue = colour
    return red << 16 | green << 8 | blue


def unpacked(colour: int) -> RGB | None:
    """A colour from its number."""
    return None if colour == PLAIN else (colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)
