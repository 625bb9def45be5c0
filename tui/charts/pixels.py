"""Charts of pixels in half blocks: digits, weights, and the activations of each layer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.handwriting import resized
from engine.pictures import Activation, Array, DigitsPicture, DigitWalk, HardDigits
from tui.charts.axis import rounded
from tui.charts.canvas import Canvas, Cells, Drawing, half_blocks, packed, shows
from tui.charts.style import RGB, ChartStyle, mix
from tui.charts.tables import NOT_EVALUATED, bars, evaluated, greatest_bar, percent

# Images of grey values, or of positive and negative numbers.

SHADES = 17
"""The number of colours for values: few enough that neighbours share one colour code, and odd, so
that 0 has its own."""
FULL = " ░▒▓█"
"""The characters for values from 0 to 1 on terminals with 16 colours."""
NEGATIVE = " ·-=≡"
"""The characters for negative values on such terminals."""
EDGE = 0.4
"""On such terminals, two pixels that differ by at least this are drawn as a half block."""


def ink(image: NDArray[np.generic], style: ChartStyle) -> Canvas:
    """Draw an image of grey values from 0, background, to 255, ink; shape (rows, columns)."""
    shares = rounded(_even(image.astype(np.float64) / 255))
    if style.depth != "letters":
        return _shaded(shares, _inks(style))
    # A half block where two pixels differ, and one character where they are similar.
    upper, lower = shares[::2], shares[1::2]
    canvas = Canvas(shares.shape[1], len(upper))
    canvas.glyphs[:] = _pick(FULL, (upper + lower) / 2)
    canvas.glyphs[upper - lower >= EDGE] = ord("▀")
    canvas.glyphs[lower - upper >= EDGE] = ord("▄")
    canvas.foregrounds[:] = packed(style.text)
    return canvas


def signed(values: Array, largest: float, style: ChartStyle) -> Canvas:
    """Draw positive and negative numbers in two colours, stronger towards ± `largest`.

    NaN is drawn as 0.
    """
    shares = _even(np.nan_to_num(values / (largest or 1.0), posinf=1, neginf=-1).clip(-1, 1))
    if style.depth != "letters":
        return _shaded((shares + 1) / 2, _two_colours(style))
    means = (shares[::2] + shares[1::2]) / 2
    canvas = Canvas(shares.shape[1], len(means))
    canvas.glyphs[:] = np.where(means < 0, _pick(NEGATIVE, -means), _pick(FULL, means))
    canvas.foregrounds[:] = packed(style.text)
    return canvas


def _even(image: Array) -> Array:
    """Pad an image to an even number of rows: a cell holds two."""
    return np.pad(image, ((0, len(image) % 2), (0, 0)))


def _shaded(shares: Array, shades: Cells) -> Canvas:
    steps = np.rint(rounded(shares) * (SHADES - 1)).astype(np.intp)
    return half_blocks(shades[steps[::2]], shades[steps[1::2]])


def _pick(letters: str, shares: Array) -> Cells:
    """Return the character for each share from 0 to 1."""
    codes = np.array([ord(letter) for letter in letters], dtype=np.int32)
    steps = np.rint(rounded(shares.clip(0, 1)) * (len(letters) - 1))
    return np.asarray(codes[steps.astype(np.intp)])


@lru_cache(maxsize=8)
def _inks(style: ChartStyle) -> Cells:
    """Return the shades from background to ink: light on dark, or dark on light, as the text is."""
    full = (255, 255, 255) if style.is_dark else (0, 0, 0)
    return _shades([style.tint(full, share) for share in np.linspace(0, 1, SHADES)])


@lru_cache(maxsize=8)
def _two_colours(style: ChartStyle) -> Cells:
    """Return the colours from −1 to 1; without colours, from dark to light."""
    ways = np.linspace(-1, 1, SHADES)
    if style.depth == "greys":
        return _shades([mix((0, 0, 0), (255, 255, 255), (way + 1) / 2) for way in ways])
    return _shades([style.tint(style.points if way > 0 else style.line, abs(way)) for way in ways])


def _shades(colours: list[RGB]) -> Cells:
    return np.array([packed(colour) for colour in colours], dtype=np.int32)


# Positions of many small images.

SIDES = (28, 24, 20, 16, 14, 12)
"""The possible sides of a tile in pixels, best first; two pixels are one row of cells."""
GAP = 1
"""The minimum number of columns between two tiles, and of rows between two rows of weights."""
ENOUGH = 6
"""This number of tiles is better than fewer and larger ones."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A grid of square images, each with lines of text below it."""

    side: int
    """Pixels of a tile in each direction."""
    columns: int
    rows: int
    width: int
    """The width of the grid in cells."""
    below: int
    """Rows below each tile: its text, or the gap to the next tile."""

    @property
    def count(self) -> int:
        """The number of tiles that fit."""
        return self.columns * self.rows

    @property
    def height(self) -> int:
        """Rows of a tile with its text, or with the gap to the next."""
        return (self.side + 1) // 2 + self.below

    def places(self, count: int) -> Iterator[tuple[int, int]]:
        """Yield the row and column at which each of the first `count` tiles begins."""
        beside = max(min(count, self.columns), 1)
        gap = max(GAP, (self.width - beside * self.side) // (beside + 1))
        left = (self.width - beside * (self.side + gap) + gap) // 2
        for index in range(min(count, self.count)):
            row, column = divmod(index, self.columns)
            yield row * self.height, left + column * (self.side + gap)


def tiles(
    width: int, height: int, count: int, words: int = 0, gap: int = 0, sides: Sequence[int] = SIDES
) -> Tiles | None:
    """Return the largest tiles of which enough fit, or those of which most fit; None if none fits.

    Below each are `words` lines of text; `gap` rows lie between two rows of tiles.
    """

    def plan(side: int) -> Tiles:
        lines = (side + 1) // 2
        rows = (height + gap) // (lines + words + gap)
        return Tiles(side, (width + GAP) // (side + GAP), rows, width, words + gap)

    plans = [plan(side) for side in sides]
    wanted = min(count, ENOUGH)
    best = next((plan for plan in plans if plan.count >= wanted), None)
    best = best or max(plans, key=lambda plan: plan.count)
    return best if best.count else None


# The held-out images that are hardest for a network.

SAYS_RIGHT, SAYS_WRONG = "✓", "✗"
WORDS = 2
"""Lines below each image: the prediction and the label."""


@shows(DigitsPicture)
def draw_hardest(picture: DigitsPicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw as many images as fit, the hardest first, with the prediction and its probability."""
    if not len(picture.hardest):
        return NOT_EVALUATED
    return _hardest(picture.hardest, picture.classes, evaluated(picture), width, height, style)


@lru_cache(maxsize=4)  # compared by identity: they change with an evaluation
def _hardest(
    hardest: HardDigits,
    classes: tuple[str, ...],
    age: str,
    width: int,
    height: int,
    style: ChartStyle,
) -> Drawing:
    plan = tiles(width, height, len(hardest), WORDS)
    if plan is None:
        return "too small"
    # A row for the age of the evaluation, unless that would cost an image.
    head = int(plan == tiles(width, height - 1, len(hardest), WORDS))
    canvas = Canvas(width, height)
    if head and len(age) <= width:
        canvas.write(0, width - len(age), age, style.dim)
    for index, (row, column) in enumerate(plan.places(len(hardest))):
        rows = slice(head + row, head + row + plan.height)
        room = canvas.part(rows, slice(column, column + plan.side))
        image = ink(resized(hardest.images[index], plan.side, plan.side), style)
        room.part(slice(plan.side // 2), slice(None)).lay_under(image)
        _caption(room, hardest, index, classes, style)
    return canvas


def _caption(
    room: Canvas, hardest: HardDigits, index: int, classes: tuple[str, ...], style: ChartStyle
) -> None:
    """Write the prediction for an image and, if it is wrong, the label, with probabilities."""
    height, width = room.glyphs.shape
    label, answer = int(hardest.labels[index]), int(hardest.predicted[index])
    right = label == answer
    sign, colour = (SAYS_RIGHT, style.minimum) if right else (SAYS_WRONG, style.residual)
    sure, likely = percent(float(hardest.sure[index])), percent(float(hardest.likely[index]))
    text = _named("says", classes[answer], sure, width - 2)
    room.write(height - 2, 0, f"{sign} {text}", colour)
    if not right:
        room.write(height - 1, 2, _named("is", classes[label], likely, width - 2), style.dim)


def _named(verb: str, name: str, share: str, width: int) -> str:
    """Return as much of `says 9 97%` as fits: always the number, the verb last."""
    whole = f"{verb} {name} {share}"
    return whole if len(whole) <= width else f"{name[: width - len(share) - 1]} {share}"


# Weights of the first layer as images.

STRONG = 99
"""The percentile of the weights that has the full colour, so that outliers do not pale the rest."""


@shows(DigitsPicture)
def draw_weights(picture: DigitsPicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the weights of as many units as fit, the first ones, on one colour scale."""
    if not len(picture.weights):
        return "nothing to see yet"
    pixels = picture.weights.shape[-1]
    # Large images may shrink; small ones grow by whole factors, so that pixels stay square.
    grown = tuple(pixels * times for times in range(SIDES[0] // pixels, 0, -1))
    sides = SIDES if pixels >= SIDES[-1] else grown
    plan = tiles(width, height - 1, len(picture.weights), gap=GAP, sides=sides)
    if plan is None:
        return "too small"
    canvas = Canvas(width, height)
    weights = np.nan_to_num(picture.weights[: plan.count], posinf=0, neginf=0)
    strong = float(np.percentile(np.abs(weights), STRONG))
    images = resized(weights, plan.side, plan.side)
    for image, (row, column) in zip(images, plan.places(len(images)), strict=True):
        tile = signed(image, strong, style)
        place = slice(row + 1, row + 1 + len(tile.glyphs)), slice(column, column + plan.side)
        canvas.part(*place).lay_under(tile)
    column = 0
    for sample, meaning, colour in _sign_words(style):
        if column + len(sample) + len(meaning) + 1 > width:
            return canvas
        canvas.write(0, column, sample, colour)
        canvas.write(0, column + len(sample) + 1, meaning, style.dim)
        column += len(sample) + len(meaning) + 3
    text = f"units 1 to {len(images)}"
    if column + len(text) <= width:
        canvas.write(0, width - len(text), text, style.dim)
    return canvas


def _sign_words(style: ChartStyle) -> tuple[tuple[str, str, RGB], ...]:
    """Return a sample, a description and its colour for each sign in the pictures of `signed`."""
    if style.depth == "letters":
        return ("▒▓", "above 0", style.text), ("-=", "below 0", style.text)
    if style.depth == "greys":
        return ("light", "above 0", style.text), ("dark", "below 0", style.text)
    return ("█", "above 0", style.points), ("█", "below 0", style.line)


# Activations of one image, layer by layer.

ROOMY = 60
"""The width from which on there are spaces around the arrows."""
QUIET = 20
"""The brightness, of 255, of a unit with value 0: its place must be visible."""
SMALL = (10, 8, 6, 4, 2)
"""The possible sides of the image if there is little room."""
MAPS = (28, 24, 20, 16, 14, 12, 10, 8, 6, 4)
"""The possible sides of a feature map of a convolution."""


@shows(DigitsPicture)
def draw_activations(picture: DigitsPicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the image, each layer as a block of its units, and the class probabilities."""
    return _activations(picture.walk, picture.classes, width, height, style)


@lru_cache(maxsize=4)  # compared by identity: the arrays of a walk are not compared
def _activations(
    walk: DigitWalk, classes: tuple[str, ...], width: int, height: int, style: ChartStyle
) -> Canvas:
    canvas, rows = Canvas(width, height), height - 1
    gap = 3 if width >= ROOMY else 1
    most = min(2 * rows, 2 * width // 7)
    side = next(side for side in (*SIDES, *SMALL) if side <= most)
    room = width - side - gap * (len(walk.layers) + 1)
    answers = min(max(width // 5, 12), 24, room)
    widths = shared([_wanted(layer, rows) for layer in walk.layers], room - answers)
    blocks = [
        ink(resized(walk.image, side, side), style),
        *(
            _block(layer, wide, rows, style)
            for layer, wide in zip(walk.layers, widths, strict=True)
        ),
        bars(walk.probabilities, classes, answers, min(rows, len(classes)), style),
    ]
    answer = f"says {classes[int(np.nan_to_num(walk.probabilities).argmax())]}"
    names = [f"is {classes[walk.label]}", *(layer.name for layer in walk.layers), answer]
    column = 0
    for index, (block, name) in enumerate(zip(blocks, names, strict=True)):
        high, wide = block.glyphs.shape
        top = (rows - high) // 2
        if index:
            last = block is blocks[-1]  # that arrow points at the answer
            row = top + greatest_bar(walk.probabilities, high) if last else rows // 2
            canvas.write(row, column, "→".center(gap), style.dim)
            column += gap
        canvas.part(slice(top, top + high), slice(column, column + wide)).lay_under(block)
        while len(name) > wide and " " in name:
            name = name.rpartition(" ")[0]
        canvas.write(rows, column, name[:wide], style.dim)
        column += wide
    return canvas


def shared(wanted: Sequence[int], room: int) -> list[int]:
    """Divide the cells so that none gets more than it wants; what some leave goes to the others."""
    given = [0] * len(wanted)
    for rank, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[index] = max(min(wanted[index], room // (len(wanted) - rank)), 0)
        room -= given[index]
    return given


def _wanted(layer: Activation, rows: int) -> int:
    """Return the columns in which all of a layer is visible, as a square if that is wider."""
    values = layer.values
    if values.ndim == 1:
        return max(math.isqrt(len(values)), -(-len(values) // (2 * rows)))
    channels, high, wide = (int(size) for size in values.shape)
    beside = -(-channels // max(2 * rows // high, 1))
    return beside * (wide + 1) - 1


def _block(layer: Activation, width: int, rows: int, style: ChartStyle) -> Canvas:
    """Draw a layer in `width` columns, with as many of its units or feature maps as fit."""
    values = np.nan_to_num(layer.values.astype(np.float64))
    largest = float(np.abs(values).max(initial=0.0))
    if not width:
        return Canvas(0, rows)
    if values.ndim == 3:
        return _maps(values, largest, width, rows, style)
    high = min(-(-len(values) // (2 * width)), rows)
    grid = np.zeros(2 * high * width)
    units = values[: len(grid)]
    grid[: len(units)] = units
    return _lit(grid.reshape(2 * high, width), largest, style)


def _maps(values: Array, largest: float, width: int, rows: int, style: ChartStyle) -> Canvas:
    """Draw the feature maps of a convolution, shape (channels, rows, columns)."""
    canvas = Canvas(width, rows)
    sides = [side for side in MAPS if side <= max(values.shape[1], MAPS[-1])]
    plan = tiles(width, rows, len(values), sides=sides)
    if plan is not None:
        images = resized(values[: plan.count], plan.side, plan.side)
        for image, (row, column) in zip(images, plan.places(len(images)), strict=True):
            place = slice(row, row + plan.side // 2), slice(column, column + plan.side)
            canvas.part(*place).lay_under(_lit(image, largest, style))
    return canvas


def _lit(values: Array, largest: float, style: ChartStyle) -> Canvas:
    """Draw values in one colour, or in two if some are negative."""
    if (values < 0).any():
        return signed(values, largest, style)
    return ink(QUIET + values / (largest or 1.0) * (255 - QUIET), style)
