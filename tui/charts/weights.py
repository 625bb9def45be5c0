"""What the first units of a network look for, as images of their weights; knows no widget."""

from __future__ import annotations

import numpy as np

from engine.handwriting import resized
from engine.pictures import DigitsPicture
from tui.charts.canvas import Canvas
from tui.charts.pixels import sign_words, signed
from tui.charts.plot import words
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.tiles import SIDES, tiles

STRONG = 99
"""The percentile of the weights that has the full colour: a few outliers would pale the rest."""


@shows(DigitsPicture)
def draw(picture: DigitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """As many units as fit, the first of the layer first, all on one scale of colours."""
    if not len(picture.weights):
        return words("nothing to see yet", width, height, look)
    plan = tiles(width, height - 1, len(picture.weights), sides=_sides(picture.weights.shape[-1]))
    if plan is None:
        return words("too small", width, height, look)
    canvas = Canvas(width, height)
    weights = np.nan_to_num(picture.weights[: plan.count], posinf=0, neginf=0)
    strong = float(np.percentile(np.abs(weights), STRONG))
    images = resized(weights, plan.side, plan.side)
    for image, (row, column) in zip(images, plan.places(len(images)), strict=True):
        tile = signed(image, strong, look)
        place = slice(row + 1, row + 1 + len(tile.glyphs)), slice(column, column + plan.side)
        canvas.part(*place).lay_under(tile)
    _legend(canvas, len(images), look)
    return canvas


def _sides(pixels: int) -> tuple[int, ...]:
    """A large image may shrink; a small one grows by whole pixels, which stay square."""
    if pixels >= SIDES[-1]:
        return SIDES
    return tuple(pixels * times for times in range(SIDES[0] // pixels, 0, -1))


def _legend(canvas: Canvas, shown: int, look: ChartStyle) -> None:
    """What the colours mean, and how many units are in sight."""
    width, column = canvas.glyphs.shape[1], 0
    for sample, meaning, colour in sign_words(look):
        text = f"{sample} {meaning}"
        if column + len(text) > width:
            return
        canvas.write(0, column, sample, colour)
        canvas.write(0, column + len(sample) + 1, meaning, look.dim)
        column += len(text) + 2
    text = f"units 1 to {shown}"
    if column + len(text) <= width:
        canvas.write(0, width - len(text), text, look.dim)
