"""Images as pixels in half blocks, two in each letter; knows no axis, no frame and no widget."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from tui.charts.axis import rounded
from tui.charts.boundary import ground
from tui.charts.canvas import Canvas, Cells, packed
from tui.charts.relief import mix
from tui.charts.style import ChartStyle

SHADES = 17
"""How many colours tell values apart: few enough that neighbours share one code, and an odd
number, so that 0 has one of its own."""
FULL = " ░▒▓█"
"""For terminals of 16 colours: the letters of values from none to all."""
NEGATIVE = " ·-=≡"
"""There, the letters of values below 0."""
EDGE = 0.4
"""There, two pixels that differ by so much are told apart by a half block."""


def ink(image: NDArray[np.generic], look: ChartStyle) -> Canvas:
    """An image of grey values from 0, the paper, to 255, the ink; shape (rows, columns)."""
    shares = _even(image.astype(np.float64) / 255)
    if look.depth == "letters":
        return _letters(shares, look)
    return _half_blocks(shares, _inks(look))


def signed(values: Array, largest: float, look: ChartStyle) -> Canvas:
    """Numbers below and above 0 in two colours, the stronger the nearer to `largest` and −it.

    What is not a number looks like 0.
    """
    shares = _even(np.nan_to_num(values / (largest or 1.0), posinf=1, neginf=-1).clip(-1, 1))
    if look.depth == "letters":
        return _signs(shares, look)
    return _half_blocks((shares + 1) / 2, _two_colours(look))


def sign_words(look: ChartStyle) -> tuple[tuple[str, str, tuple[int, int, int]], ...]:
    """What `signed` means by its colours, or letters: a sample, the words, and their colour."""
    if look.depth == "letters":
        return ("▒▓", "above 0", look.text), ("-=", "below 0", look.text)
    if look.depth == "greys":
        return ("light", "above 0", look.text), ("dark", "below 0", look.text)
    return ("█", "above 0", look.points), ("█", "below 0", look.line)


def _even(image: Array) -> Array:
    """An image with an even number of rows: a letter holds two."""
    return np.pad(image, ((0, len(image) % 2), (0, 0)))


def _half_blocks(shares: Array, shades: Cells) -> Canvas:
    steps = np.rint(rounded(shares) * (SHADES - 1)).astype(np.intp)
    upper, lower = steps[::2], steps[1::2]
    canvas = Canvas(shares.shape[1], len(upper))
    canvas.glyphs[:] = np.where(upper == lower, ord(" "), ord("▀"))
    canvas.foregrounds[:], canvas.backgrounds[:] = shades[upper], shades[lower]
    return canvas


def _letters(shares: Array, look: ChartStyle) -> Canvas:
    """A half block at an edge, and one letter for two pixels that are much alike."""
    shares = rounded(shares)
    upper, lower = shares[::2], shares[1::2]
    canvas = Canvas(shares.shape[1], len(upper))
    canvas.glyphs[:] = _pick(FULL, (upper + lower) / 2)
    canvas.glyphs[upper - lower >= EDGE] = ord("▀")
    canvas.glyphs[lower - upper >= EDGE] = ord("▄")
    canvas.foregrounds[:] = packed(look.text)
    return canvas


def _signs(shares: Array, look: ChartStyle) -> Canvas:
    means = (shares[::2] + shares[1::2]) / 2
    canvas = Canvas(shares.shape[1], len(means))
    canvas.glyphs[:] = np.where(means < 0, _pick(NEGATIVE, -means), _pick(FULL, means))
    canvas.foregrounds[:] = packed(look.text)
    return canvas


def _pick(letters: str, shares: Array) -> Cells:
    """The letter for each share, from none to all."""
    codes = np.array([ord(letter) for letter in letters], dtype=np.int32)
    steps = np.rint(rounded(shares.clip(0, 1)) * (len(letters) - 1))
    return np.asarray(codes[steps.astype(np.intp)])


@lru_cache(maxsize=8)
def _inks(look: ChartStyle) -> Cells:
    """From the paper to the ink: light on dark, or dark on light, as the text is."""
    full = (255, 255, 255) if look.is_dark else (0, 0, 0)
    return _shades([mix(ground(look), full, share) for share in np.linspace(0, 1, SHADES)])


@lru_cache(maxsize=8)
def _two_colours(look: ChartStyle) -> Cells:
    """From the least number over 0 to the greatest; without colours from dark to light."""
    ways = np.linspace(-1, 1, SHADES)
    if look.depth == "greys":
        return _shades([mix((0, 0, 0), (255, 255, 255), (way + 1) / 2) for way in ways])
    ends = [look.points if way > 0 else look.line for way in ways]
    return _shades([mix(ground(look), end, abs(way)) for way, end in zip(ways, ends, strict=True)])


def _shades(colours: list[tuple[int, int, int]]) -> Cells:
    return np.array([packed(colour) for colour in colours], dtype=np.int32)
