"""A landscape in coloured half blocks with its contour lines; knows no figure and no frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from tui.charts.ansi import paint
from tui.charts.look import RGB, Look

SHADES = 28
"""How many colours tell heights apart: few enough that neighbours share one code."""
STEEPNESS = 300.0
"""How much of the colours goes to what lies near the bottom, where a training spends its time."""
SOLID = "\N{NO-BREAK SPACE}"
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""The bit of each dot of a braille cell, 4 rows of 2."""


@dataclass(frozen=True, slots=True)
class Relief:
    """A landscape, cell by cell: a character, its colour and the colour behind it."""

    cells: tuple[tuple[tuple[str, RGB, RGB], ...], ...]

    def under(self, rows: list[str], colours: dict[str, RGB], other: RGB) -> Iterator[str]:
        """Lay rows of text over the landscape, each character in its colour or in `other`.

        A space lets the landscape through; a no-break space, within words, does not.
        """
        for cells, row in zip(self.cells, rows, strict=True):
            inked = (
                cell if character == " " else (character, colours.get(character, other), cell[2])
                for cell, character in zip(cells, row, strict=True)
            )
            runs = groupby(inked, key=lambda cell: cell[1:])
            yield "".join(
                paint("".join(cell[0] for cell in run).replace(SOLID, " "), *colour)
                for colour, run in runs
            )


def relief(heights: Array, look: Look) -> Relief:
    """Draw heights above the lowest point, shape (4·rows, 2·columns): one a braille dot."""
    top = float(heights.max()) or 1.0
    share = np.log1p(STEEPNESS * heights / top) / np.log1p(STEEPNESS)
    lines = _braille(_contours(share, levels=3 + len(heights) // 12))
    halves = share.reshape(-1, 2, share.shape[1] // 2, 2).mean(axis=(1, 3))
    shades = np.rint(halves * (SHADES - 1)).astype(int)
    palette = _palette(look.ramp)
    return Relief(
        tuple(
            tuple(_cell(*cell, palette, look) for cell in zip(*row, strict=True))
            for row in zip(lines, shades[::2], shades[1::2], strict=True)
        )
    )


def _cell(
    line: str, upper: int, lower: int, palette: list[RGB], look: Look
) -> tuple[str, RGB, RGB]:
    if line != "⠀":
        paper = palette[(upper + lower) // 2]
        return line, mix(paper, look.contour, 0.3), paper
    if upper == lower:
        return " ", palette[upper], palette[upper]
    return "▀", palette[upper], palette[lower]


def _contours(share: Array, levels: int) -> NDArray[np.bool_]:
    """The dots where the land rises into the next level, to the right or downwards."""
    level = np.floor(share * levels)
    edge = np.zeros(level.shape, dtype=bool)
    edge[:, :-1] |= level[:, :-1] != level[:, 1:]
    edge[:-1] |= level[:-1] != level[1:]
    return edge


def _braille(dots: NDArray[np.bool_]) -> list[str]:
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2).transpose(0, 2, 1, 3)
    bits = (cells * DOTS).sum(axis=(2, 3))
    return ["".join(chr(0x2800 + int(bit)) for bit in row) for row in bits]


def _palette(ramp: tuple[RGB, ...]) -> list[RGB]:
    stops = np.linspace(0, len(ramp) - 1, SHADES)
    return [
        mix(ramp[int(stop)], ramp[min(int(stop) + 1, len(ramp) - 1)], float(stop % 1))
        for stop in stops
    ]


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """A colour between two: `share` is how much there is of the other."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
