"""A landscape in coloured half blocks with its contour lines; knows no figure and no frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from tui.charts.axis import DECIMALS, rounded
from tui.charts.canvas import BRAILLE, DOTS, Canvas, packed
from tui.charts.style import RGB, ChartStyle

SHADES = 28
"""How many colours tell heights apart: few enough that neighbours share one code."""
STEEPNESS = 300.0
"""How much of the colours goes to what lies near the bottom, where a training spends its time."""


def relief(heights: Array, look: ChartStyle, steepness: float = STEEPNESS) -> Canvas:
    """Draw heights above the lowest point, shape (4·rows, 2·columns): one a braille dot."""
    top = float(heights.max()) or 1.0
    share = rounded(np.log1p(steepness * heights / top) / np.log1p(steepness))
    lines = _braille(_contours(share, levels=3 + len(heights) // 12))
    halves = rounded(share.reshape(-1, 2, share.shape[1] // 2, 2).mean(axis=(1, 3)))
    steps = np.rint(halves * (SHADES - 1)).astype(np.intp)
    upper, lower = steps[::2], steps[1::2]
    palette = _palette(look.ramp)
    shades = np.array([packed(shade) for shade in palette])
    contours = np.array([packed(mix(shade, look.contour, 0.3)) for shade in palette])
    between = (upper + lower) // 2
    crossed = lines != BRAILLE
    canvas = Canvas(lines.shape[1], len(lines))
    canvas.glyphs[:] = np.where(crossed, lines, np.where(upper == lower, ord(" "), ord("▀")))
    canvas.foregrounds[:] = np.where(crossed, contours[between], shades[upper])
    canvas.backgrounds[:] = np.where(crossed, shades[between], shades[lower])
    return canvas


def _contours(share: Array, levels: int) -> NDArray[np.bool_]:
    """The dots where the land rises into the next level, to the right or downwards."""
    level = np.floor(share * levels)
    edge = np.zeros(level.shape, dtype=bool)
    edge[:, :-1] |= level[:, :-1] != level[:, 1:]
    edge[:-1] |= level[:-1] != level[1:]
    return edge


def _braille(dots: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The braille characters with these dots, four rows of two in each."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2).transpose(0, 2, 1, 3)
    return np.asarray(BRAILLE + (cells * DOTS).sum(axis=(2, 3)), dtype=np.int32)


def _palette(ramp: tuple[RGB, ...]) -> list[RGB]:
    stops = np.linspace(0, len(ramp) - 1, SHADES)
    return [
        mix(ramp[int(stop)], ramp[min(int(stop) + 1, len(ramp) - 1)], float(stop % 1))
        for stop in stops
    ]


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """A colour between two: `share` is how much there is of the other."""
    share = round(share, DECIMALS)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
