"""In which row every box stands, and in which row each line enters it; knows no columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import add
from statistics import fmean

from tui.diagram.layers import Graph

GAP = 1
"""Free rows between two boxes of a column."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows counted from the top of the drawing."""

    height: int
    """Of the whole."""
    top: tuple[int, ...]
    """Of every item."""
    exit: tuple[int, ...]
    """Where the line of every item leaves it."""
    entry: tuple[int, ...]
    """Where every link arrives."""


def in_rows(graph: Graph, heights: Sequence[int]) -> Rows:
    """Rows for items of these heights, such that lines can be drawn in every gap.

    No line begins on a row on which another line ends in the same gap. So each needs one bend
    at most, and whichever way the bends are ordered, no two lines lie on one another.
    """
    placing = _Placing(graph, heights)
    placing.settle()
    return placing.rows()


@dataclass(slots=True)
class _Placing:
    graph: Graph
    heights: Sequence[int]
    arriving: list[list[int]] = field(init=False)
    """For each item its links from the left, from the top; then those to the right."""
    leaving: list[list[int]] = field(init=False)
    exit: list[int] = field(init=False)
    """How far below its top the line of each item leaves it, and each link arrives."""
    entry: list[int] = field(init=False)
    top: list[float] = field(init=False)
    """Where each item would like to stand."""
    row: list[int] = field(init=False)
    """Where it does stand, and where each link arrives."""
    arrival: list[int] = field(init=False)

    def __post_init__(self) -> None:
        items, links = range(len(self.heights)), self.graph.links
        self.arriving, self.leaving = [[] for _ in items], [[] for _ in items]
        place = {item: at for layer in self.graph.layers for at, item in enumerate(layer)}
        for link in sorted(range(len(links)), key=lambda link: place[links[link].left]):
            self.arriving[links[link].right].append(link)
            self.leaving[links[link].left].append(link)
        self.exit = [(height - 1) // 2 for height in self.heights]
        self.entry = [0] * len(links)
        for item, arriving in enumerate(self.arriving):
            for number, link in enumerate(arriving):
                self.entry[link] = _entry(self.heights[item], number, len(arriving))
        self.top = [0.0] * len(self.heights)
        self.row, self.arrival = [0] * len(self.heights), [0] * len(links)

    def settle(self) -> None:
        """Move every item towards its neighbours at the left, at the right, and so on."""
        layers = self.graph.layers
        for _ in range(ROUNDS):
            for layer in layers:
                self._align(layer, rightward=True)
            for layer in reversed(layers):
                self._align(layer, rightward=False)

    def _align(self, layer: Sequence[int], rightward: bool) -> None:
        wanted = [self._wanted(item, rightward) for item in layer]
        tops = _spread(wanted, [self.heights[item] + GAP for item in layer])
        for item, top in zip(layer, tops, strict=True):
            self.top[item] = top

    def _wanted(self, item: int, rightward: bool) -> float:
        """The top from which its lines would go straight, on the whole."""
        links = self.graph.links
        from_left = [
            self.top[links[link].left] + self.exit[links[link].left] - self.entry[link]
            for link in self.arriving[item]
        ]
        from_right = [
            self.top[links[link].right] + self.entry[link] - self.exit[item]
            for link in self.leaving[item]
        ]
        wanted = (from_left or from_right) if rightward else (from_right or from_left)
        return fmean(wanted) if wanted else self.top[item]

    def rows(self) -> Rows:
        """Whole numbers, column by column: each item as near as it may to where it would like."""
        for layer in self.graph.layers:
            self._align(layer, rightward=True)
            taken, least = self._taken(layer), None
            for item in layer:
                self._put(item, least, taken)
                least = self.row[item] + self.heights[item] + GAP
        highest = min(self.row, default=0)
        tops = tuple(row - highest for row in self.row)
        return Rows(
            height=max(map(add, tops, self.heights), default=0),
            top=tops,
            exit=tuple(map(add, tops, self.exit)),
            entry=tuple(row - highest for row in self.arrival),
        )

    def _taken(self, layer: Sequence[int]) -> dict[int, int]:
        """The rows on which lines come in from the layer before, and whose they are."""
        links, owner = self.graph.links, self.graph.owner
        left = {links[link].left for item in layer for link in self.arriving[item]}
        return {self.row[item] + self.exit[item]: owner[item] for item in left}

    def _put(self, item: int, least: int | None, taken: Mapping[int, int]) -> None:
        """Find the nearest row where none of its lines ends on a row that another takes."""
        links, owner = self.graph.links, self.graph.owner
        for row in _near(round(self.top[item]), least):
            arrivals = self._arrivals(item, row)
            whose = {at: owner[links[link].left] for link, at in arrivals.items()}
            if all(taken.get(at, mine) == mine for at, mine in whose.items()):
                break
        self.row[item] = row
        self.top[item] = row
        for link, at in arrivals.items():
            self.arrival[link] = at

    def _arrivals(self, item: int, row: int) -> dict[int, int]:
        """The row in which each link arrives at an item that stands there."""
        if len(self.arriving[item]) == 1:  # there is a choice, so let it come in straight
            (link,) = self.arriving[item]
            left = self.graph.links[link].left
            straight = self.row[left] + self.exit[left]
            if row < straight < row + self.heights[item] - 1:
                return {link: straight}
        return {link: row + self.entry[link] for link in self.arriving[item]}


def _entry(height: int, number: int, lines: int) -> int:
    """The row for one of the lines into an item: they spread over all but a box's borders."""
    if height == 1:
        return 0
    return 1 + ((2 * number + 1) * (height - 2) - 1) // (2 * lines)


def _near(wanted: int, least: int | None) -> Iterator[int]:
    """Rows by their distance from the wanted one, none above the least."""
    start = wanted if least is None else max(wanted, least)
    for distance in count():
        yield start + distance
        if distance and (least is None or start - distance >= least):
            yield start - distance


def _spread(wanted: Sequence[float], heights: Sequence[int]) -> list[float]:
    """Tops in the same order that do not overlap, with the least sum of squared moves.

    Isotonic regression by pooling neighbours that would overlap (M. Ayer and others, 1955).
    """
    pools: list[tuple[float, int]] = []  # the mean of a run of items that touch, and its length
    above = 0
    starts: list[int] = []
    for top, height in zip(wanted, heights, strict=True):
        pool = (top - above, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, length = pools.pop()
            total = length + pool[1]
            pool = ((mean * length + pool[0] * pool[1]) / total, total)
        pools.append(pool)
        starts.append(above)
        above += height
    means = (mean for mean, length in pools for _ in range(length))
    return [mean + start for mean, start in zip(means, starts, strict=True)]
