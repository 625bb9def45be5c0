"""A slice of a tensor as pixels in half blocks, two in each letter; knows no widget."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.cells.marks import Window
from tui.charts.style import RGB, ChartStyle

if TYPE_CHECKING:
    from tui.cells.marks import Mask, Numbers

FAINT = 0.22
"""How much is left of what was not read."""
SHADES = " ░▒▓█"
"""For terminals of 16 colours, where a picture would be a carnival: from dark to light."""
FEW = 12
"""So many pixels or fewer are marked with a sign too: among others they would be lost."""
ABOVE, BELOW, BOTH = "▲", "▼", "◆"


def pixels(numbers: Numbers) -> tuple[Numbers, str]:
    """Bytes from 0 to 255 for the numbers, and how they came to it, in words.

    Bytes stay what they are, and so do numbers of another kind that could be bytes; others are
    spread from the least to the greatest.
    """
    if numbers.dtype == "uint8":
        return numbers, ""
    floats = numbers.astype("float64")
    finite = floats[abs(floats) < float("inf")]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    if low < 0 or high > 255 or high <= 1:
        said = f"drawn from {low:.3g}, dark, to {high:.3g}".replace("-", "−")
        floats = (floats - low) * (255 / ((high - low) or 1.0))
    else:
        said = ""
    floats[floats != floats] = 0
    return floats.clip(0, 255).round().astype("uint8"), said


def draw_picture(
    picture: Numbers,
    window: Window,
    chosen: Mask | None,
    cursor: tuple[int, int] | None,
    look: ChartStyle,
    shaded: bool,
) -> list[Strip]:
    """The pixels in the window of a picture, shape (rows, columns) or (rows, columns, 3).

    Where cells are chosen, the others are faint: of a pixel perhaps two channels of three.
    """
    part = slice(window.top, window.top + window.rows), slice(window.left, _right(window))
    shown, signs = picture[part].astype("float64"), _signs(chosen, cursor)
    if chosen is not None:
        ground = 0 if look.is_dark or shown.ndim == 3 else 255
        lit = chosen[part]
        shown = shown * lit + (ground + (shown - ground) * FAINT) * ~lit
    if shown.ndim == 2:
        shown = shown[:, :, None].repeat(3, axis=2)
    colours = shown.astype("uint8").tolist()
    draw = _shade if shaded else _half_blocks
    return [
        Strip(
            [
                draw(pair, _sign(signs, window.top + row, window.left + column), look)
                for column, pair in enumerate(_pairs(colours, row))
            ]
        )
        for row in range(0, len(colours), 2)
    ]


def _pairs(colours: list[list[list[int]]], row: int) -> list[tuple[RGB, RGB | None]]:
    """For each column the pixel in this row and the one below; None below the last row."""
    below = colours[row + 1] if row + 1 < len(colours) else [None] * len(colours[row])
    return [
        (_rgb(upper), None if lower is None else _rgb(lower))
        for upper, lower in zip(colours[row], below, strict=True)
    ]


def _rgb(colour: list[int]) -> RGB:
    red, green, blue = colour
    return red, green, blue


def _signs(chosen: Mask | None, cursor: tuple[int, int] | None) -> set[tuple[int, int]]:
    """The pixels that bear a sign: the chosen one, and those that are few."""
    if cursor is not None:
        return {cursor}
    if chosen is None:
        return set()
    lit = chosen.reshape(*chosen.shape[:2], -1).sum(axis=2) > 0
    if lit.sum() > FEW:
        return set()
    return {(int(row), int(column)) for row, column in zip(*lit.nonzero(), strict=True)}


def _sign(signs: set[tuple[int, int]], row: int, column: int) -> str:
    above, below = (row, column) in signs, (row + 1, column) in signs
    return (BOTH if below else ABOVE) if above else (BELOW if below else "")


def _half_blocks(pair: tuple[RGB, RGB | None], sign: str, look: ChartStyle) -> Segment:
    upper, lower = pair
    if sign:
        return Segment(sign, _style((0, 0, 0), look.sample if look.is_dark else (255, 220, 0)))
    return Segment("▀", _style(upper, lower))


def _shade(pair: tuple[RGB, RGB | None], sign: str, look: ChartStyle) -> Segment:
    """One letter for two pixels, the fuller the lighter they are."""
    light = [0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in filter(None, pair)]
    shade = int(sum(light) / len(light) / 256 * len(SHADES))
    shades = SHADES if look.is_dark else SHADES[::-1]
    return Segment(sign or shades[shade], _style(look.text, None))


@lru_cache(maxsize=8192)
def _style(colour: RGB, ground: RGB | None) -> Style:
    return Style.from_color(
        Color.from_rgb(*colour), None if ground is None else Color.from_rgb(*ground)
    )


def _right(window: Window) -> int:
    return window.left + window.columns
