"""One image on its way through a network: what every layer makes of it; knows no widget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.handwriting import resized
from engine.pictures import Activation, Array, DigitsPicture, DigitWalk
from tui.charts.bars import bars
from tui.charts.canvas import Canvas
from tui.charts.pixels import ink, signed
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.tiles import SIDES, tiles

ROOMY = 60
"""From this width on there is room around the arrows."""
QUIET = 20
"""How light a unit is that says nothing, of 255: its place must be seen."""
SMALL = (10, 8, 6, 4, 2)
"""The sides of the image where there is hardly any room."""
MAPS = (28, 24, 20, 16, 14, 12, 10, 8, 6, 4)
"""The sides that an image of a convolution may have here."""


@shows(DigitsPicture)
def draw(picture: DigitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The image, each layer as a block of its units, and the ten probabilities."""
    return _draw(picture.walk, picture.classes, width, height, look)


@lru_cache(maxsize=4)  # a walk is compared by identity: arrays are not compared at all
def _draw(
    walk: DigitWalk, classes: tuple[str, ...], width: int, height: int, look: ChartStyle
) -> Canvas:
    canvas, rows = Canvas(width, height), height - 1
    gap = 3 if width >= ROOMY else 1
    side = _side(min(2 * rows, 2 * width // 7))
    room = width - side - gap * (len(walk.layers) + 1)
    answers = min(max(width // 5, 12), 24, room)
    widths = shared([_wanted(layer, rows) for layer in walk.layers], room - answers)
    blocks = [
        ink(resized(walk.image, side, side), look),
        *(_block(layer, wide, rows, look) for layer, wide in zip(walk.layers, widths, strict=True)),
        bars(walk.probabilities, classes, answers, min(rows, len(classes)), look),
    ]
    said = f"says {classes[int(np.nan_to_num(walk.probabilities).argmax())]}"
    names = [f"is {classes[walk.label]}", *(layer.name for layer in walk.layers), said]
    column = 0
    for index, (block, name) in enumerate(zip(blocks, names, strict=True)):
        high, wide = block.glyphs.shape
        if index:
            canvas.write(rows // 2, column, "→".center(gap), look.dim)
            column += gap
        top = (rows - high) // 2
        canvas.part(slice(top, top + high), slice(column, column + wide)).lay_under(block)
        canvas.write(rows, column, _short(name, wide), look.dim)
        column += wide
    return canvas


def _side(most: int) -> int:
    """The side of the image in pixels."""
    return next(side for side in (*SIDES, *SMALL) if side <= most)


def shared(wanted: Sequence[int], room: int) -> list[int]:
    """Share the room among those who want some: none gets more than it wants, and what the
    modest leave is shared among the others."""
    given = [0] * len(wanted)
    for rank, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[index] = max(min(wanted[index], room // (len(wanted) - rank)), 0)
        room -= given[index]
    return given


def _wanted(layer: Activation, rows: int) -> int:
    """The columns in which all of a layer is in sight, as a square if that is wider."""
    values = layer.values
    if values.ndim == 1:
        return max(math.isqrt(len(values)), -(-len(values) // (2 * rows)))
    channels, high, wide = (int(size) for size in values.shape)
    beside = -(-channels // max(2 * rows // high, 1))
    return beside * (wide + 1) - 1


def _block(layer: Activation, width: int, rows: int, look: ChartStyle) -> Canvas:
    """A layer in so many columns: as many of its units, or images, as fit, the first first."""
    values = np.nan_to_num(layer.values.astype(np.float64))
    largest = float(np.abs(values).max(initial=0.0))
    if not width:
        return Canvas(0, rows)
    if values.ndim == 3:
        return _maps(values, largest, width, rows, look)
    high = min(-(-len(values) // (2 * width)), rows)
    grid = np.zeros(2 * high * width)
    shown = values[: len(grid)]
    grid[: len(shown)] = shown
    return _lit(grid.reshape(2 * high, width), largest, look)


def _maps(values: Array, largest: float, width: int, rows: int, look: ChartStyle) -> Canvas:
    """The images that a convolution makes, shape (channels, rows, columns)."""
    canvas = Canvas(width, rows)
    sides = [side for side in MAPS if side <= max(values.shape[1], MAPS[-1])]
    plan = tiles(width, rows, len(values), sides=sides)
    if plan is not None:
        images = resized(values[: plan.count], plan.side, plan.side)
        for image, (row, column) in zip(images, plan.places(len(images)), strict=True):
            place = slice(row, row + plan.side // 2), slice(column, column + plan.side)
            canvas.part(*place).lay_under(_lit(image, largest, look))
    return canvas


def _lit(values: Array, largest: float, look: ChartStyle) -> Canvas:
    """Light for what is above 0; in two colours where there is something below too."""
    if (values < 0).any():
        return signed(values, largest, look)
    return ink(QUIET + values / (largest or 1.0) * (255 - QUIET), look)


def _short(name: str, width: int) -> str:
    """As many whole words of a name as fit, or what fits of the first."""
    while len(name) > width and " " in name:
        name = name.rpartition(" ")[0]
    return name[:width]
