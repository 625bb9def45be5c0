"""In which column and row every box of a graph stands, and where its lines bend.

Layered drawing after K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
hierarchical system structures" (1981): layers, places for the lines that pass through a layer,
and sweeps that put each item beside what it is joined to.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from operator import add
from statistics import fmean
from typing import NamedTuple, TypeAlias

from tui.diagram import DiagramEdge

Layers: TypeAlias = list[list[int]]
"""The items of each layer, from the top."""

SWEEPS = 8


class LineHop(NamedTuple):
    """One hop of a line, from an item of a layer to an item of the next."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class LayeredGraph:
    """Boxes in layers, and the hops between neighbouring layers.

    The items are the boxes, by their own numbers, and then the passes: places in a layer where
    a line goes through between the boxes. Edges from one box share its line as far as they can.
    """

    owner: tuple[int, ...]  # for each item the box whose line it is: a box's own
    layer: tuple[int, ...]  # for each item the layer in which it stands
    links: tuple[LineHop, ...]
    routes: tuple[tuple[int, ...], ...]  # for each edge its links, from source to target
    layers: tuple[tuple[int, ...], ...]  # the items of each layer, from the top
    gaps: tuple[tuple[int, ...], ...]  # the links that begin in each layer


def in_layers(count: int, edges: Sequence[DiagramEdge]) -> LayeredGraph:
    """Put that many boxes into layers, and order these so that few lines cross."""
    layer = _layers(count, edges)
    owner = list(range(count))
    links: list[LineHop] = []
    routes: list[tuple[int, ...]] = []
    hops: dict[tuple[int, int], int] = {}
    for edge in edges:
        item, route = edge.source, []
        for column in range(layer[edge.source] + 1, layer[edge.target]):
            hop = hops.setdefault((edge.source, column), len(links))
            if hop == len(links):
                links.append(LineHop(item, len(owner)))
                owner.append(edge.source)
                layer.append(column)
            route.append(hop)
            item = links[hop].right
        routes.append((*route, len(links)))
        links.append(LineHop(item, edge.target))
    layers: Layers = [[] for _ in range(max(layer, default=-1) + 1)]
    for item in _seen_from_the_end(len(owner), links):
        layers[layer[item]].append(item)
    gaps: list[list[int]] = [[] for _ in layers]
    for index, link in enumerate(links):
        gaps[layer[link.left]].append(index)
    order = _ordered(layers, [[links[at] for at in gap] for gap in gaps])
    return LayeredGraph(
        tuple(owner),
        tuple(layer),
        tuple(links),
        tuple(routes),
        layers=tuple(map(tuple, order)),
        gaps=tuple(map(tuple, gaps)),
    )


def _layers(count: int, edges: Sequence[DiagramEdge]) -> list[int]:
    """Every box behind all that it is computed from, and an input just before its first use."""
    layer = [0] * count
    for edge in sorted(edges, key=lambda edge: edge.source):
        layer[edge.target] = max(layer[edge.target], layer[edge.source] + 1)
    computed = {edge.target for edge in edges}
    for source in {edge.source for edge in edges} - computed:
        layer[source] = min(layer[edge.target] for edge in edges if edge.source == source) - 1
    return layer


def _seen_from_the_end(count: int, links: Sequence[LineHop]) -> list[int]:
    """The items as a walk from the last back to the first meets them: a tree has no crossings."""
    before: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        before[link.right].append(link.left)
    order: dict[int, None] = {}
    waiting = sorted(set(range(count)) - {link.left for link in links}, reverse=True)
    while waiting:
        item = waiting.pop()
        if item not in order:
            order[item] = None
            waiting += reversed(before[item])
    return list(order)


def _ordered(layers: Layers, gaps: Sequence[Sequence[LineHop]]) -> Layers:
    """The best order that a few sweeps find: right, left, right, …"""
    best, fewest = layers, _crossings(layers, gaps)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        layers = _swept(layers, gaps, rightward=sweep % 2 == 0)
        crossings = _crossings(layers, gaps)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _swept(layers: Layers, gaps: Sequence[Sequence[LineHop]], rightward: bool) -> Layers:
    """Each layer sorted by where its items' neighbours stand in the one that was sorted last."""
    result, step = [list(items) for items in layers], -1 if rightward else 1
    for index in range(1, len(layers)) if rightward else range(len(layers) - 2, -1, -1):
        there, wanted = _places(result[index + step]), _places(result[index])
        beside: dict[int, list[float]] = defaultdict(list)
        for left, right in gaps[index - 1 if rightward else index]:
            here, other = (right, left) if rightward else (left, right)
            beside[here].append(there[other])
        wanted |= {item: fmean(places) for item, places in beside.items()}
        result[index].sort(key=wanted.__getitem__)
    return result


def _places(items: Sequence[int]) -> dict[int, float]:
    """Where each item stands, from 0 at the top to 1."""
    return {item: (place + 0.5) / len(items) for place, item in enumerate(items)}


def _crossings(layers: Layers, gaps: Sequence[Sequence[LineHop]]) -> int:
    """How often lines cross if each is drawn straight."""
    place = {item: place for items in layers for place, item in enumerate(items)}
    crossings = 0
    for gap in gaps:
        passed: list[int] = []
        for _, right in sorted((place[link.left], place[link.right]) for link in gap):
            crossings += len(passed) - bisect(passed, right)
            insort(passed, right)
    return crossings


# Rows.

GAP = 1
"""Free rows between two boxes of a column."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class RowPlacement:
    """Rows, counted from the top of the drawing."""

    height: int  # of the whole
    top: tuple[int, ...]  # of every item
    exit: tuple[int, ...]  # where the line of every item leaves it
    entry: tuple[int, ...]  # where every link arrives


def in_rows(graph: LayeredGraph, heights: Sequence[int]) -> RowPlacement:
    """Rows for items of these heights, such that lines can be drawn in every gap.

    No line begins on a row on which another line ends in the same gap. So each needs one bend
    at most, and whichever way the bends are ordered, no two lines lie on one another.
    """
    return _Placing(graph, heights).rows()


class _Placing:
    def __init__(self, graph: LayeredGraph, heights: Sequence[int]) -> None:
        self.graph, self.heights = graph, heights
        links, place = graph.links, {i: at for layer in graph.layers for at, i in enumerate(layer)}
        # For each item its links from the left, from the top; and those to the right.
        self.arriving: list[list[int]] = [[] for _ in heights]
        self.leaving: list[list[int]] = [[] for _ in heights]
        for link in sorted(range(len(links)), key=lambda link: place[links[link].left]):
            self.arriving[links[link].right].append(link)
            self.leaving[links[link].left].append(link)
        # How far below its top the line of each item leaves it, and each link arrives.
        self.exit = [(height - 1) // 2 for height in heights]
        self.entry = [0] * len(links)
        for height, arriving in zip(heights, self.arriving, strict=True):
            for number, link in enumerate(arriving):
                self.entry[link] = _entry(height, number, len(arriving))
        self.top = [0.0] * len(heights)  # where each item would like to stand
        self.row = [0] * len(heights)  # where it does stand
        self.arrival = [0] * len(links)  # and where each link arrives

    def rows(self) -> RowPlacement:
        """Whole numbers, column by column: each item as near as it may to where it would like."""
        layers = self.graph.layers
        for _ in range(ROUNDS):  # towards the neighbours at the left, at the right, and so on
            for layer in layers:
                self._align(layer, rightward=True)
            for layer in reversed(layers):
                self._align(layer, rightward=False)
        for layer in layers:
            self._align(layer, rightward=True)
            taken, least = self._taken(layer), None
            for item in layer:
                self._put(item, least, taken)
                least = self.row[item] + self.heights[item] + GAP
        highest = min(self.row, default=0)
        tops = tuple(row - highest for row in self.row)
        return RowPlacement(
            height=max(map(add, tops, self.heights), default=0),
            top=tops,
            exit=tuple(map(add, tops, self.exit)),
            entry=tuple(row - highest for row in self.arrival),
        )

    def _align(self, layer: Sequence[int], rightward: bool) -> None:
        wanted = [self._wanted(item, rightward) for item in layer]
        tops = _spread(wanted, [self.heights[item] + GAP for item in layer])
        for item, top in zip(layer, tops, strict=True):
            self.top[item] = top

    def _wanted(self, item: int, rightward: bool) -> float:
        """The top from which its lines would go straight, on the whole."""
        links, top = self.graph.links, self.top
        sources = ((links[link].left, link) for link in self.arriving[item])
        from_left = [top[left] + self.exit[left] - self.entry[link] for left, link in sources]
        targets = ((links[link].right, link) for link in self.leaving[item])
        from_right = [top[right] + self.entry[link] - self.exit[item] for right, link in targets]
        wanted = (from_left or from_right) if rightward else (from_right or from_left)
        return fmean(wanted) if wanted else top[item]

    def _taken(self, layer: Sequence[int]) -> dict[int, int]:
        """The rows on which lines come in from the layer before, and whose they are."""
        left = {self.graph.links[link].left for item in layer for link in self.arriving[item]}
        return {self.row[item] + self.exit[item]: self.graph.owner[item] for item in left}

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
    return 1 + ((2 * number + 1) * (height - 2) - 1) // (2 * lines) if height > 1 else 0


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
    starts = [sum(heights[:place]) for place in range(len(heights))]
    for top, start in zip(wanted, starts, strict=True):
        pool = (top - start, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, length = pools.pop()
            total = length + pool[1]
            pool = ((mean * length + pool[0] * pool[1]) / total, total)
        pools.append(pool)
    means = (mean for mean, length in pools for _ in range(length))
    return [mean + start for mean, start in zip(means, starts, strict=True)]


# The gaps between two columns.


@dataclass(frozen=True, slots=True)
class LineBend:
    """A line that comes in on one row and goes on on others, with an upright part between."""

    owner: int
    start: int
    ends: tuple[int, ...]

    @property
    def top(self) -> int:
        return min(self.start, *self.ends)

    @property
    def bottom(self) -> int:
        return max(self.start, *self.ends)


def tracks(bends: Sequence[LineBend]) -> dict[int, int]:
    """For each owner the track of its upright part, 0 at the left: no two touch."""
    order: list[LineBend] = []
    for bend in bends:
        order.insert(_best_place(bend, order), bend)
    result: dict[int, int] = {}
    for index, bend in enumerate(order):
        touching = (o for o in order[:index] if o.top <= bend.bottom and bend.top <= o.bottom)
        result[bend.owner] = max((result[other.owner] + 1 for other in touching), default=0)
    return result


def _best_place(bend: LineBend, order: Sequence[LineBend]) -> int:
    """Where to put a bend among others, from left to right, so that the fewest lines cross."""
    crossings = sum(_bend_crossings(bend, other) for other in order)
    best, fewest = 0, crossings
    for place, other in enumerate(order, start=1):
        crossings += _bend_crossings(other, bend) - _bend_crossings(bend, other)
        if crossings < fewest:
            best, fewest = place, crossings
    return best


def _bend_crossings(left: LineBend, right: LineBend) -> int:
    """How often two bends cross if one has its upright part left of the other's."""
    over = left.top < right.start < left.bottom
    return sum(right.top < row < right.bottom for row in left.ends) + over
