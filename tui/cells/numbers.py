"""A slice of a tensor as a grid of numbers; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.cells.marks import Window
from tui.charts.style import RGB, ChartStyle

if TYPE_CHECKING:
    from tui.cells.marks import Mask, Numbers

LARGE, SMALL = 1e6, 1e-2
"""From where on, and up to where, numbers are written with a power of ten."""
DIGITS = 4


class NumberGrid:
    """Writes the numbers of one tensor, all in one way, so that they can be compared."""

    def __init__(self, numbers: Numbers) -> None:
        self._write, width = _way(numbers)
        self.width = width + 2
        """Columns on screen that a cell takes, with the marks at its sides."""

    def fits(self, rows: int, columns: int, width: int, height: int) -> tuple[int, int]:
        """How many rows and columns of a slice fit into a box."""
        across = (width - _labels(rows)) // self.width
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
        """The numbers in the window, shape (rows, columns), below and beside their indices."""
        rows, columns = numbers.shape
        shown = range(window.left, min(columns, window.left + window.columns))
        label, faint = _labels(rows), _style(look.dim)
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
                pieces.append(Segment(before + text + after, _dress(lit, new, here, look)))
            lines.append(Strip(pieces))
        return lines


def _labels(rows: int) -> int:
    """The columns that the numbers of the rows take."""
    return len(str(rows - 1)) + 1 if rows > 1 else 0


def _dress(lit: bool, changed: bool, here: bool, look: ChartStyle) -> Style:
    """Colours for those who see them; reversed, brackets and a star for everybody."""
    if lit or changed:
        return _style(look.residual if changed else look.sample, reverse=True, bold=here)
    return _style(look.line if here else look.text, bold=here)


def _style(colour: RGB, reverse: bool = False, bold: bool = False) -> Style:
    return Style(color="#{:02x}{:02x}{:02x}".format(*colour), reverse=reverse, bold=bold)


def _way(numbers: Numbers) -> tuple[Callable[[Any], str], int]:
    """How each number is written, to the same place after the point, and in how many columns."""
    if not numbers.size:
        return str, 1
    if numbers.dtype.kind != "f":
        return _whole, max(len(_whole(numbers.min())), len(_whole(numbers.max())))
    finite = numbers[abs(numbers) < float("inf")].astype("float64")  # nan is in no order
    least = len("−inf") if finite.size < numbers.size else 1
    largest = abs(finite).max() if finite.size else 0.0
    if largest >= LARGE or 0 < largest < SMALL:
        return _power, len("−1.23e−05")
    most = max(1, DIGITS - len(str(int(largest))))
    exact = (
        places
        for places in range(most)
        if (abs(finite.round(places) - finite) <= 1e-6 * largest).all()
    )
    places = next(exact, most)

    def write(number: Any) -> str:
        return f"{number:.{places}f}".replace("-", "−")

    ends = [finite.min(), finite.max()] if finite.size else []
    return write, max([least, *map(len, map(write, ends))])


def _whole(number: Any) -> str:
    return str(number).replace("-", "−")


def _power(number: Any) -> str:
    return f"{number:.3g}".replace("-", "−")
