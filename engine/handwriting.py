"""Handwritten digits: a drawing surface, and the preprocessing of MNIST and scikit-learn."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array

SIDE = 28
"""The side length of an MNIST image in pixels."""
FINE = 4
"""Dots of the drawing per pixel in each direction, so that scaled edges are soft."""
RADIUS, EDGE = 1.5, 0.75
"""Half the line width of the pen and the width of its soft edge, in pixels: ten digits drawn with
it contain about as much ink as those of MNIST, 102 full pixels each."""
BOX = 20
"""MNIST scales a digit to fit a square of this many pixels."""
CENTRE = 14.5
"""The position of a digit's centre of mass in MNIST: the middle of pixel 14, counted from 0."""
GRID, CELLS = 32, 8
"""scikit-learn's digits were bitmaps of 32 × 32, reduced to 8 × 8 squares."""
MOST_UNDONE = 100

Ink: TypeAlias = NDArray[np.uint8]
"""Grey values from 0 (paper) to 255 (ink)."""


class Pad:
    """A drawing surface with a pen, and the strokes drawn so far.

    Positions are in pixels from the top left corner: (0.5, 0.5) is the middle of the first pixel, x
    goes right and y goes down.
    """

    def __init__(self) -> None:
        self.x = self.y = CENTRE
        """The position of the pen."""
        self.down = False
        """Whether the pen touches the paper and draws."""
        self.ink: Ink = np.zeros((SIDE * FINE, SIDE * FINE), dtype=np.uint8)
        """The drawing, one value for each dot; replaced as a whole and never changed in place."""
        self._before: deque[Ink] = deque(maxlen=MOST_UNDONE)

    def lower(self) -> None:
        """Begin a stroke with a dot."""
        if not self.down:
            self._before.append(self.ink)
            self.down = True
            self._draw(self.x, self.y)

    def lift(self) -> None:
        """End the stroke."""
        self.down = False

    def go(self, x: float, y: float) -> None:
        """Move the pen in a straight line, at most to the edge of the surface."""
        before = self.x, self.y
        self.x, self.y = (min(max(place, 0.5), SIDE - 0.5) for place in (x, y))
        if self.down:
            self._draw(*before)

    def undo(self) -> None:
        """Undo the last stroke or clearing; the pen stays where it is."""
        self.lift()
        if self._before:
            self.ink = self._before.pop()

    def clear(self) -> None:
        """Clear the drawing."""
        self.lift()
        if self.ink.any():
            self._before.append(self.ink)
            self.ink = np.zeros_like(self.ink)

    def _draw(self, x: float, y: float) -> None:
        """Draw a line with round ends from (x, y) to the pen, using each dot's distance from it."""
        dots = (np.arange(SIDE * FINE) + 0.5) / FINE
        right, below = dots[None, :] - x, dots[:, None] - y
        way_x, way_y = self.x - x, self.y - y
        length = way_x * way_x + way_y * way_y
        along = ((right * way_x + below * way_y) / (length or 1.0)).clip(0, 1)
        distance = np.hypot(right - along * way_x, below - along * way_y)
        share = ((RADIUS - distance) / EDGE + 0.5).clip(0, 1)
        self.ink = np.maximum(self.ink, np.rint(255 * share).astype(np.uint8))


def as_mnist(drawing: Ink) -> Ink:
    """Return a drawing of any size as an MNIST image: uint8, shape (28, 28), 0 for no ink.

    This is the procedure that LeCun, Cortes and Burges applied to the digits of NIST: scaled to fit
    into 20 × 20 pixels with the aspect ratio kept and soft edges, then moved by whole pixels so
    that the centre of mass is in the middle of the image (http://yann.lecun.com/exdb/mnist/).
    """
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    if drawing.any():
        digit = _boxed(drawing, BOX)
        rows, columns = digit.shape
        top, left = (_begin(digit.sum(axis=1 - axis), CENTRE, SIDE) for axis in (0, 1))
        image[top : top + rows, left : left + columns] = np.rint(digit)
    return image


def as_digits(drawing: Ink) -> Ink:
    """Return a drawing as one of scikit-learn's digits, enlarged to MNIST's size: uint8, (28, 28).

    Those digits fill the height of a 32 × 32 bitmap, with the centre of mass near the middle of its
    width, and are reduced to the means of 8 × 8 squares (Alpaydın and Kaynak, 1998). So a network
    trained on them recognises little of what `as_mnist` returns.
    """
    bitmap = np.zeros((GRID, GRID))
    if drawing.any():
        digit = _boxed(drawing, GRID)
        rows, columns = digit.shape
        top, left = (GRID - rows) // 2, _begin(digit.sum(axis=0), GRID / 2, GRID)
        bitmap[top : top + rows, left : left + columns] = digit
    # Bilinear enlargement from 8 to 28, shape (28, 8); a pixel counts as a square.
    places = (np.arange(SIDE) + 0.5) * CELLS / SIDE - 0.5
    columns_of = [np.interp(places, np.arange(CELLS), one) for one in np.eye(CELLS)]
    between = np.stack(columns_of, axis=1)
    image = between @ resized(bitmap, CELLS, CELLS) @ between.T
    return np.asarray(np.rint(image), dtype=np.uint8)


def resized(image: NDArray[np.generic], rows: int, columns: int) -> Array:
    """Return the image (or images, shape (…, rows, columns)) scaled to that many rows and columns.

    A new pixel is the mean of the old pixels that it covers, weighted by the covered area. So a
    smaller image is anti-aliased, and a larger one keeps its edges.
    """
    down, across = _shares(image.shape[-2], rows), _shares(image.shape[-1], columns)
    return np.asarray(down @ image.astype(np.float64) @ across.T)


@lru_cache(maxsize=128)
def _shares(before: int, after: int) -> Array:
    """Return the weight of each old pixel in each new one, shape (after, before); rows sum to 1."""
    old, new = np.arange(before) / before, np.arange(after)[:, None] / after
    covered = np.minimum(old + 1 / before, new + 1 / after) - np.maximum(old, new)
    shares = covered.clip(min=0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def extent(image: Ink) -> int:
    """Return the longer side of the bounding box of the ink; 0 for none."""
    return max(side.stop - side.start for side in _bounds(image)) if image.any() else 0


def _bounds(image: Ink) -> tuple[slice, slice]:
    """Return the rows and the columns of the bounding box of the ink; there must be some."""
    rows, columns = (np.flatnonzero(image.any(axis=1 - axis)) for axis in (0, 1))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _boxed(drawing: Ink, box: int) -> Array:
    """Return the drawing cropped to its ink and scaled so that its longer side is `box`."""
    digit = drawing[_bounds(drawing)]
    scale = box / max(digit.shape)
    height, width = (max(1, round(side * scale)) for side in digit.shape)
    return resized(digit, height, width)


def _begin(ink: Array, middle: float, side: int) -> int:
    """Return the first row (or column) of a digit with these ink sums, inside the image."""
    centre = float(ink @ (np.arange(len(ink)) + 0.5) / ink.sum())
    return min(max(round(middle - centre), 0), side - len(ink))
