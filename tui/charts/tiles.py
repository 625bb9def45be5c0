"""Where many small images of one size go on a canvas; knows not what they show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIDES = (28, 24, 20, 16, 14, 12)
"""The sides that a tile may have, in pixels, the best first; two pixels are a line."""
GAP = 1
"""Columns between two tiles, at least."""
ENOUGH = 6
"""So many tiles are better than fewer and larger ones."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """Square images beside and below one another, each with lines of words below it."""

    side: int
    """Pixels of a tile, each way."""
    columns: int
    rows: int
    width: int
    """Cells that they share."""
    words: int
    """Lines below each."""

    @property
    def count(self) -> int:
        """How many there is room for."""
        return self.columns * self.rows

    @property
    def height(self) -> int:
        """Lines of a tile with its words."""
        return _lines(self.side) + self.words

    def places(self, count: int) -> Iterator[tuple[int, int]]:
        """The row and column at which each of the first so many begins."""
        beside = max(min(count, self.columns), 1)
        gap = max(GAP, (self.width - beside * self.side) // (beside + 1))
        left = (self.width - beside * (self.side + gap) + gap) // 2
        for index in range(min(count, self.count)):
            row, column = divmod(index, self.columns)
            yield row * self.height, left + column * (self.side + gap)


def tiles(
    width: int, height: int, count: int, words: int = 0, sides: Sequence[int] = SIDES
) -> Tiles | None:
    """The largest tiles of which enough fit, or those of which most do; None if not one does."""
    plans = [_plan(side, width, height, words) for side in sides]
    wanted = min(count, ENOUGH)
    best = next((plan for plan in plans if plan.count >= wanted), None)
    best = best or max(plans, key=lambda plan: plan.count)
    return best if best.count else None


def _plan(side: int, width: int, height: int, words: int) -> Tiles:
    columns = (width + GAP) // (side + GAP)
    return Tiles(side, columns, height // (_lines(side) + words), width, words)


def _lines(side: int) -> int:
    """The lines of a tile: two pixels each."""
    return (side + 1) // 2
