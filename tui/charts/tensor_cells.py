"""Layout, scrolling and drawing of a slice of a tensor, as a grid of numbers or as pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.charts.style import RGB, ChartStyle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask: TypeAlias = NDArray[np.bool_]
    Numbers: TypeAlias = NDArray[Any]

LEAST_SIDE = 8
"""A slice with fewer rows or columns is drawn as numbers, never as pixels."""
LARGE, SMALL = 1e6, 1e-2
"""Numbers from `LARGE` on, and below `SMALL`, are written with a power of ten."""
DIGITS = 4
FAINT = 0.22
"""The relative brightness of a pixel that was not read."""
SHADES = " ░▒▓█"
"""Shades from dark to light, for terminals with 16 colours."""
FEW = 12
"""The number of read pixels up to which each is marked with a sign too, to be visible."""
ABOVE, BELOW, BOTH = "▲", "▼", "◆"


@dataclass(frozen=True, slots=True)
class TensorLayout:
    """The last dimensions as rows, columns and colour channels; the others as slices."""

    shape: tuple[int, ...]
    picture: bool = False
    """Whether a cell is drawn as a pixel instead of a number."""
    coloured: bool = False
    """Whether the last dimension is the red, green and blue of a pixel."""

    @classmethod
    def of(cls, shape: tuple[int, ...], pictures: bool = False) -> TensorLayout:
        """Return the layout of a tensor of this shape, as pixels if `pictures` and possible."""
        if pictures and len(shape) >= 3 and shape[-1] == 3 and min(shape[-3:-1]) >= LEAST_SIDE:
            return cls(shape, picture=True, coloured=True)
        return cls(shape, picture=pictures and len(shape) >= 2 and min(shape[-2:]) >= LEAST_SIDE)

    @property
    def leading(self) -> tuple[int, ...]:
        """The sizes of the dimensions that number the slices."""
        return self.shape[: max(0, len(self.shape) - 2 - self.coloured)]

    @property
    def slices(self) -> int:
        return math.prod(self.leading)

    @property
    def rows(self) -> int:
        return self._grid[0] if len(self._grid) > 1 else 1

    @property
    def columns(self) -> int:
        return self._grid[-1] if self._grid else 1

    @property
    def empty(self) -> bool:
        return 0 in self.shape

    @property
    def _grid(self) -> tuple[int, ...]:
        return self.shape[len(self.leading) : len(self.shape) - self.coloured]

    def stacked(self, cells: Numbers) -> Numbers:
        """Return the cells with shape (slices, rows, columns), and × 3 if they are coloured."""
        channels = (3,) if self.coloured else ()
        return cells.reshape(self.slices, self.rows, self.columns, *channels)

    def slice_index(self, number: int) -> tuple[int, ...]:
        """Return the index of a slice in the leading dimensions."""
        index: tuple[int, ...] = ()
        for size in reversed(self.leading):
            number, rest = divmod(number, size)
            index = (rest, *index)
        return index

    def cells_at(self, number: int, row: int, column: int) -> tuple[tuple[int, ...], ...]:
        """Return the indices of the cells drawn in one place: three if coloured, else one."""
        place = (*self.slice_index(number), *(row, column)[2 - len(self._grid) :])
        return tuple((*place, channel) for channel in range(3)) if self.coloured else (place,)


@dataclass(frozen=True, slots=True)
class Window:
    """The visible part of a slice."""

    top: int
    left: int
    rows: int
    columns: int

    def moved_to(self, row: int, column: int, rows: int, columns: int) -> Window:
        """Return the nearest window that shows this cell, in a slice of `rows` by `columns`."""
        top = min(max(self.top, row - self.rows + 1), row)
        left = min(max(self.left, column - self.columns + 1), column)
        top = max(0, min(top, rows - self.rows))
        return Window(top, max(0, min(left, columns - self.columns)), self.rows, self.columns)


class TensorViewport:
    """The visible slice of a tensor, the window on it, and the selected cell."""

    slice: int
    cursor: tuple[int, int] | None
    """The row and the column of the selected cell; None before a selection."""
    window: Window

    def __init__(self) -> None:
        self.layout = TensorLayout((0,))
        self.rewind()

    @property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The indices of the selected cell in the tensor: three for a coloured pixel."""
        if self.cursor is None:
            return ()
        return self.layout.cells_at(self.slice, *self.cursor)

    @property
    def turns(self) -> bool:
        """Whether there is another slice that is not empty."""
        return self.layout.slices > 1 and not self.layout.empty

    @property
    def hidden(self) -> str:
        """Arrows towards the parts of the slice outside the window."""
        window, layout = self.window, self.layout
        more = {
            "←": window.left > 0,
            "→": window.left + window.columns < layout.columns,
            "↑": window.top > 0,
            "↓": window.top + window.rows < layout.rows,
        }
        return "".join(arrow for arrow, there in more.items() if there)

    def part(self, cells: Numbers) -> Numbers:
        """Return the visible slice of cells that have the shape of the tensor."""
        here: Numbers = self.layout.stacked(cells)[self.slice]
        return here

    def rewind(self) -> None:
        """Go to the first cell of the first slice, without a selection."""
        self.slice, self.cursor, self.window = 0, None, Window(0, 0, 1, 1)

    def turn(self, direction: int) -> bool:
        """Go `direction` slices on, cyclically; return whether there are several."""
        if self.layout.slices <= 1:
            return False
        self.slice = (self.slice + direction) % self.layout.slices
        return True

    def fit(self, rows: int, columns: int) -> None:
        """Give the window this size, and move it so that it is filled as far as possible."""
        window = Window(self.window.top, self.window.left, rows, columns)
        self.window = window.moved_to(
            window.top, window.left, max(rows, self.layout.rows), max(columns, self.layout.columns)
        )

    def move(self, down: int, right: int) -> None:
        """Select the first visible cell, or move the selection by this much."""
        row, column = self.cursor or (self.window.top - down, self.window.left - right)
        row = min(max(row + down, 0), self.layout.rows - 1)
        column = min(max(column + right, 0), self.layout.columns - 1)
        self.cursor = row, column
        self._scroll_to(row, column)

    def reveal(self, chosen: Mask) -> None:
        """Show a slice and a cell where the mask is True, unless one is visible."""
        stacked = self.layout.stacked(chosen)
        if not stacked.any():
            return
        if not stacked[self.slice].any():
            self.slice = int(stacked.reshape(self.layout.slices, -1).any(axis=1).argmax())
        here, window = stacked[self.slice], self.window
        if not here[window.top :, window.left :][: window.rows, : window.columns].any():
            row, column = (int(places[0]) for places in here.nonzero()[:2])
            self._scroll_to(row, column)

    def _scroll_to(self, row: int, column: int) -> None:
        self.window = self.window.moved_to(row, column, self.layout.rows, self.layout.columns)


class NumberGrid:
    """Draws the numbers of one tensor, all in one format, so that they can be compared."""

    def __init__(self, numbers: Numbers) -> None:
        self._write, width = _format(numbers)
        self.width = width + 2
        """The width of a cell on screen, including the marks at its sides."""

    def fits(self, rows: int, columns: int, width: int, height: int) -> tuple[int, int]:
        """Return how many rows and columns of a slice fit into a box."""
        across = (width - _label_width(rows)) // self.width
        return max(1, height - (columns > 1 or rows > 1)), max(1, across)

    def draw(
        self,
        numbers: Numbers,
        window: Window,
        chosen: Mask | None,
        changed: Mask | None,
        cursor: tuple[int, int] | None,
        look: ChartStyle,
    ) -> list[Strip]:
        """Draw the window of a slice, shape (rows, columns), with indices above and at the left."""
        rows, columns = numbers.shape
        shown = range(window.left, min(columns, window.left + window.columns))
        label, faint = _label_width(rows), _style(look.dim)
        lines = []
        if rows > 1 or columns > 1:
            head = "".join(f"{column:>{self.width - 1}} " for column in shown)
            lines.append(Strip([Segment(" " * label + head, faint)]))
        for row in range(window.top, min(rows, window.top + window.rows)):
            pieces = [Segment(f"{row:>{label - 1}} " if label else "", faint)]
            for column in shown:
                lit = chosen is not None and bool(chosen[row, column])
                new = changed is not None and bool(changed[row, column])
                here = (row, column) == cursor
                text = f"{self._write(numbers[row, column]):>{self.width - 2}}"
                before, after = ("[", "]") if here else (" ", "*" if new else " ")
                # Reversed text, brackets and a star work without colours, too.
                if lit or new:
                    style = _style(look.residual if new else look.sample, reverse=True, bold=here)
                else:
                    style = _style(look.line if here else look.text, bold=here)
                pieces.append(Segment(before + text + after, style))
            lines.append(Strip(pieces))
        return lines


def _label_width(rows: int) -> int:
    return len(str(rows - 1)) + 1 if rows > 1 else 0


def _format(numbers: Numbers) -> tuple[Callable[[Any], str], int]:
    """Return a function that writes each number with the same decimals, and its width."""

    def decimals(places: int | str) -> Callable[[Any], str]:
        return lambda number: f"{number:.{places}}".replace("-", "−")

    def whole(number: Any) -> str:
        return str(number).replace("-", "−")

    if not numbers.size:
        return str, 1
    if numbers.dtype.kind != "f":
        return whole, max(len(whole(numbers.min())), len(whole(numbers.max())))
    finite = numbers[abs(numbers) < float("inf")].astype("float64")  # without nan and infinity
    least = len("−inf") if finite.size < numbers.size else 1
    largest = abs(finite).max() if finite.size else 0.0
    if largest >= LARGE or 0 < largest < SMALL:
        return decimals("3g"), len("−1.23e−05")
    most = max(1, DIGITS - len(str(int(largest))))
    exact = (
        places
        for places in range(most)
        if (abs(finite.round(places) - finite) <= 1e-6 * largest).all()
    )
    write = decimals(f"{next(exact, most)}f")
    ends = [finite.min(), finite.max()] if finite.size else []
    return write, max([least, *map(len, map(write, ends))])


def pixels(numbers: Numbers) -> tuple[Numbers, str]:
    """Return bytes from 0 to 255 for the numbers, and a text on how they are scaled.

    Bytes are kept, and so are other numbers that could be bytes; the rest is scaled from the
    minimum to the maximum.
    """
    if numbers.dtype == "uint8":
        return numbers, ""
    floats, scale = numbers.astype("float64"), ""
    finite = floats[abs(floats) < float("inf")]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    if low < 0 or high > 255 or high <= 1:
        scale = f"drawn from {low:.3g}, dark, to {high:.3g}".replace("-", "−")
        floats = (floats - low) * (255 / ((high - low) or 1.0))
    floats[floats != floats] = 0
    return floats.clip(0, 255).round().astype("uint8"), scale


def draw_picture(
    picture: Numbers,
    window: Window,
    chosen: Mask | None,
    cursor: tuple[int, int] | None,
    look: ChartStyle,
    shaded: bool,
) -> list[Strip]:
    """Draw the pixels in the window of a picture, shape (rows, columns) or (rows, columns, 3).

    Each character shows two pixels. If cells are chosen, the others are dimmed, which may be single
    channels of a pixel. `shaded` draws shades of one colour.
    """
    part = (
        slice(window.top, window.top + window.rows),
        slice(window.left, window.left + window.columns),
    )
    shown = picture[part].astype("float64")
    if chosen is not None:
        ground = 0 if look.is_dark or shown.ndim == 3 else 255
        lit = chosen[part]
        shown = shown * lit + (ground + (shown - ground) * FAINT) * ~lit
    if shown.ndim == 2:
        shown = shown[:, :, None].repeat(3, axis=2)
    colours = shown.astype("uint8").tolist()
    signs = _signs(chosen, cursor)
    draw = _shade if shaded else _half_blocks
    strips = []
    for row in range(0, len(colours), 2):
        below = colours[row + 1] if row + 1 < len(colours) else [None] * len(colours[row])
        pairs = zip(colours[row], below, strict=True)
        pieces = []
        for column, (upper, lower) in enumerate(pairs, window.left):
            places = (window.top + row, column), (window.top + row + 1, column)
            above, under = (place in signs for place in places)
            sign = (BOTH if under else ABOVE) if above else (BELOW if under else "")
            pieces.append(draw(tuple(upper), lower and tuple(lower), sign, look))
        strips.append(Strip(pieces))
    return strips


def _signs(chosen: Mask | None, cursor: tuple[int, int] | None) -> set[tuple[int, int]]:
    """Return the marked pixels: the selected one, or those that were read if they are few."""
    if cursor is not None:
        return {cursor}
    if chosen is None:
        return set()
    lit = chosen.reshape(*chosen.shape[:2], -1).sum(axis=2) > 0
    if lit.sum() > FEW:
        return set()
    return {(int(row), int(column)) for row, column in zip(*lit.nonzero(), strict=True)}


def _half_blocks(upper: RGB, lower: RGB | None, sign: str, look: ChartStyle) -> Segment:
    if sign:
        return Segment(sign, _style((0, 0, 0), look.sample if look.is_dark else (255, 220, 0)))
    return Segment("▀", _style(upper, lower))


def _shade(upper: RGB, lower: RGB | None, sign: str, look: ChartStyle) -> Segment:
    """Return one character for two pixels, the fuller the lighter they are."""
    pair = [colour for colour in (upper, lower) if colour is not None]
    light = [0.299 * red + 0.587 * green + 0.114 * blue for red, green, blue in pair]
    shade = int(sum(light) / len(light) / 256 * len(SHADES))
    shades = SHADES if look.is_dark else SHADES[::-1]
    return Segment(sign or shades[shade], _style(look.text))


@lru_cache(maxsize=8192)
def _style(
    colour: RGB, background: RGB | None = None, reverse: bool = False, bold: bool = False
) -> Style:
    ground = None if background is None else Color.from_rgb(*background)
    return Style(color=Color.from_rgb(*colour), bgcolor=ground, reverse=reverse, bold=bold)
