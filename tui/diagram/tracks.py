"""Where lines bend in the gap between two columns; knows no boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bend:
    """A line that comes in on one row and goes on on others."""

    owner: int
    start: int
    ends: tuple[int, ...]

    @property
    def top(self) -> int:
        """The first row of its upright part."""
        return min(self.start, *self.ends)

    @property
    def bottom(self) -> int:
        """The last row of its upright part."""
        return max(self.start, *self.ends)


def tracks(bends: Sequence[Bend]) -> dict[int, int]:
    """For each owner the track of its upright part, 0 at the left: no two touch."""
    order: list[Bend] = []
    for bend in bends:
        order.insert(_best_place(bend, order), bend)
    result: dict[int, int] = {}
    for index, bend in enumerate(order):
        before = (other for other in order[:index] if _touch(other, bend))
        result[bend.owner] = max((result[other.owner] + 1 for other in before), default=0)
    return result


def _best_place(bend: Bend, order: Sequence[Bend]) -> int:
    """Where to put a bend among others, from left to right, so that the fewest lines cross."""
    crossings = sum(_crossings(bend, other) for other in order)
    best, fewest = 0, crossings
    for place, other in enumerate(order, start=1):
        crossings += _crossings(other, bend) - _crossings(bend, other)
        if crossings < fewest:
            best, fewest = place, crossings
    return best


def _crossings(left: Bend, right: Bend) -> int:
    """How often two bends cross if one has its upright part left of the other's."""
    return sum(right.top < row < right.bottom for row in left.ends) + (
        left.top < right.start < left.bottom
    )


def _touch(one: Bend, other: Bend) -> bool:
    return one.top <= other.bottom and other.top <= one.bottom
