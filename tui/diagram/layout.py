"""Layout of a graph in cells: places of the boxes, paths of the lines, and scroll positions.

The inputs are at the left, the result at the right. Lines run between the boxes, never through one:
the rows of a column without a box carry the lines that pass it, and in the gap between two columns
each line has its own vertical track.

Layered drawing after K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
hierarchical system structures" (1981): layers, places for the lines that pass through a layer, and
sweeps that put each item beside its neighbours.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from operator import add
from statistics import fmean
from typing import NamedTuple, TypeAlias

from textual.geometry import Offset, Region, Size, Spacing

from tui.diagram import DiagramBox, DiagramEdge

Point: TypeAlias = tuple[int, int]
"""A column and a row."""
Layers: TypeAlias = list[list[int]]
"""The items of each layer, from the top."""

BORDER, PADDING = 1, 1
GAP, LEAST_GAP = 1, 3
"""Free rows between two boxes of a column, and free columns between two columns."""
SWEEPS, ROUNDS = 8, 3


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """The places of boxes and the paths of lines in cells; they depend on sizes alone."""

    width: int
    height: int
    places: tuple[Region, ...]  # of each box, its border included
    paths: tuple[tuple[Point, ...], ...]
    """For each edge the corners of its line, from beside its source to its arrow head."""


def lay_out(boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> DiagramLayout:
    """Lay out a graph with boxes in topological order; ValueError if they are not."""
    for edge in edges:
        if not 0 <= edge.source < edge.target < len(boxes):
            raise ValueError(
                f"an edge from box {edge.source} to box {edge.target}: there are {len(boxes)} "
                "boxes, counted from 0, and an edge leads to a later one"
            )
    graph = LayeredGraph(len(boxes), edges)
    arriving = Counter(edge.target for edge in edges)  # a box has room for every edge
    heights = [max(len(box.lines), arriving[at], 1) + 2 * BORDER for at, box in enumerate(boxes)]
    widths = [box.text_width + 2 * (BORDER + PADDING) for box in boxes]
    rows = RowPlacement(graph, heights + [1] * (len(graph.owner) - len(boxes)))
    labels = {route[-1]: edge.label_width for edge, route in zip(edges, graph.routes, strict=True)}
    columns, turns, x = [], [], 0
    for layer, gap in zip(graph.layers, graph.gaps, strict=True):
        end = x + max(widths[item] for item in layer if item < len(widths))
        track = tracks(_bends(graph, rows, gap))
        columns.append(x)
        turns.append({owner: end + 1 + 2 * at for owner, at in track.items()})
        label = max((labels.get(link, 0) for link in gap), default=0)
        bending = 2 * (max(track.values(), default=-1) + 1)
        x = end + max(1 + bending + (label + 3 if label else 0) + 1, LEAST_GAP)
    places = tuple(
        Region(columns[graph.layer[at]], rows.top[at], widths[at], heights[at])
        for at in range(len(boxes))
    )
    paths = []
    for edge, route in zip(edges, graph.routes, strict=True):
        path = [(places[edge.source].right, rows.exit[edge.source])]
        for turn, link in zip(turns[graph.layer[edge.source] :], route, strict=False):
            row, end = path[-1][1], rows.entry[link]
            if end != row:
                path += [(turn[edge.source], row), (turn[edge.source], end)]
        paths.append((*path, (places[edge.target].x - 1, rows.entry[route[-1]])))
    width = max((place.right for place in places), default=0)
    return DiagramLayout(width, rows.height, places, tuple(paths))


# Layers.


class LineHop(NamedTuple):
    """One hop of a line, from an item of a layer to an item of the next."""

    left: int
    right: int


class LayeredGraph:
    """Boxes in layers, ordered so that few lines cross, and the hops between the layers.

    The items are the boxes, by index, followed by the passes: places in a layer where a line passes
    between the boxes. Edges from one box share its line as far as they can.
    """

    def __init__(self, boxes: int, edges: Sequence[DiagramEdge]) -> None:
        self.owner = list(range(boxes))  # of each item the box where its line begins
        self.layer = _layers(boxes, edges)  # the layer of each item
        self.links: list[LineHop] = []
        self.routes: list[list[int]] = []  # for each edge its links, from source to target
        hops: dict[tuple[int, int], int] = {}
        for edge in edges:
            item, route = edge.source, []
            for column in range(self.layer[edge.source] + 1, self.layer[edge.target]):
                hop = hops.setdefault((edge.source, column), len(self.links))
                if hop == len(self.links):
                    self.links.append(LineHop(item, len(self.owner)))
                    self.owner.append(edge.source)
                    self.layer.append(column)
                route.append(hop)
                item = self.links[hop].right
            self.routes.append([*route, len(self.links)])
            self.links.append(LineHop(item, edge.target))
        first: Layers = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for item in _seen_from_the_end(len(self.owner), self.links):
            first[self.layer[item]].append(item)
        self.gaps: list[list[int]] = [[] for _ in first]  # the links that begin in each layer
        for index, link in enumerate(self.links):
            self.gaps[self.layer[link.left]].append(index)
        self.layers = _ordered(first, [[self.links[at] for at in gap] for gap in self.gaps])


def _layers(count: int, edges: Sequence[DiagramEdge]) -> list[int]:
    """Return the layer of each box: after its inputs; an input just before its first use."""
    layer = [0] * count
    for edge in sorted(edges, key=lambda edge: edge.source):
        layer[edge.target] = max(layer[edge.target], layer[edge.source] + 1)
    for source in {edge.source for edge in edges} - {edge.target for edge in edges}:
        layer[source] = min(layer[edge.target] for edge in edges if edge.source == source) - 1
    return layer


def _seen_from_the_end(count: int, links: Sequence[LineHop]) -> list[int]:
    """Return the items in depth-first order from the last one back: a tree has no crossings."""
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
    """Return the best order found by a few sweeps to the right and to the left."""
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
    """Return each layer sorted by its neighbours' mean place in the layer sorted before."""
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
    """Return the place of each item, from 0 at the top to 1."""
    return {item: (place + 0.5) / len(items) for place, item in enumerate(items)}


def _crossings(layers: Layers, gaps: Sequence[Sequence[LineHop]]) -> int:
    """Return how often lines cross if each is straight."""
    place = {item: place for items in layers for place, item in enumerate(items)}
    crossings = 0
    for gap in gaps:
        passed: list[int] = []
        for _, right in sorted((place[link.left], place[link.right]) for link in gap):
            crossings += len(passed) - bisect(passed, right)
            insort(passed, right)
    return crossings


# Rows.


class RowPlacement:
    """Rows for items of these heights, such that lines can be drawn in every gap.

    No line begins on a row on which another line ends in the same gap. So each needs at most one
    bend, and no two lines overlap, whatever the order of the bends.
    """

    def __init__(self, graph: LayeredGraph, heights: Sequence[int]) -> None:
        self._graph, self._heights = graph, heights
        links, place = graph.links, {i: at for layer in graph.layers for at, i in enumerate(layer)}
        # The links of each item from the left, sorted from the top; and those to the right.
        self._arriving: list[list[int]] = [[] for _ in heights]
        self._leaving: list[list[int]] = [[] for _ in heights]
        for link in sorted(range(len(links)), key=lambda link: place[links[link].left]):
            self._arriving[links[link].right].append(link)
            self._leaving[links[link].left].append(link)
        # The distance from the top of each item to its outgoing line, and to each arriving link.
        self._exit = [(height - 1) // 2 for height in heights]
        self._entry = [0] * len(links)
        for height, arriving in zip(heights, self._arriving, strict=True):
            for number, link in enumerate(arriving):  # spread over all but a box's borders
                spread = ((2 * number + 1) * (height - 2) - 1) // (2 * len(arriving))
                self._entry[link] = 1 + spread if height > 1 else 0
        self._top = [0.0] * len(heights)  # the preferred row of each item
        self._row = [0] * len(heights)  # its actual row
        self._arrival = [0] * len(links)  # and the row where each link arrives
        self._place()
        highest = min(self._row, default=0)
        self.top = [row - highest for row in self._row]  # of every item
        self.exit = list(map(add, self.top, self._exit))  # where the line of every item leaves it
        self.entry = [row - highest for row in self._arrival]  # where every link arrives
        self.height = max(map(add, self.top, heights), default=0)

    def _place(self) -> None:
        """Compute whole rows, column by column, each as near as possible to the preferred one."""
        layers = self._graph.layers
        for _ in range(ROUNDS):  # towards the neighbours at the left and at the right in turn
            for layer in layers:
                self._align(layer, rightward=True)
            for layer in reversed(layers):
                self._align(layer, rightward=False)
        for layer in layers:
            self._align(layer, rightward=True)
            left = {self._graph.links[link].left for i in layer for link in self._arriving[i]}
            # The rows of the lines that come from the layer before, and their owners.
            taken = {self._row[i] + self._exit[i]: self._graph.owner[i] for i in left}
            least = None
            for item in layer:
                self._put(item, least, taken)
                least = self._row[item] + self._heights[item] + GAP

    def _align(self, layer: Sequence[int], rightward: bool) -> None:
        wanted = [self._wanted(item, rightward) for item in layer]
        tops = _spread(wanted, [self._heights[item] + GAP for item in layer])
        for item, top in zip(layer, tops, strict=True):
            self._top[item] = top

    def _wanted(self, item: int, rightward: bool) -> float:
        """Return the row of the top at which its lines would be straight, on average."""
        links, top, exits, entry = self._graph.links, self._top, self._exit, self._entry
        sources = ((links[link].left, link) for link in self._arriving[item])
        from_left = [top[left] + exits[left] - entry[link] for left, link in sources]
        targets = ((links[link].right, link) for link in self._leaving[item])
        from_right = [top[right] + entry[link] - exits[item] for right, link in targets]
        wanted = (from_left or from_right) if rightward else (from_right or from_left)
        return fmean(wanted) if wanted else top[item]

    def _put(self, item: int, least: int | None, taken: Mapping[int, int]) -> None:
        """Choose the nearest row where none of its lines ends on a row of another line."""
        links, owner = self._graph.links, self._graph.owner
        for row in _near(round(self._top[item]), least):
            arrivals = self._arrivals(item, row)
            whose = {at: owner[links[link].left] for link, at in arrivals.items()}
            if all(taken.get(at, mine) == mine for at, mine in whose.items()):
                break
        self._row[item], self._top[item] = row, row
        for link, at in arrivals.items():
            self._arrival[link] = at

    def _arrivals(self, item: int, row: int) -> dict[int, int]:
        """Return the row in which each link arrives at an item in this row."""
        if len(self._arriving[item]) == 1:  # a single link can be straight
            (link,) = self._arriving[item]
            left = self._graph.links[link].left
            straight = self._row[left] + self._exit[left]
            if row < straight < row + self._heights[item] - 1:
                return {link: straight}
        return {link: row + self._entry[link] for link in self._arriving[item]}


def _near(wanted: int, least: int | None) -> Iterator[int]:
    """Yield rows by their distance from the wanted one, none less than `least`."""
    start = wanted if least is None else max(wanted, least)
    for distance in count():
        yield start + distance
        if distance and (least is None or start - distance >= least):
            yield start - distance


def _spread(wanted: Sequence[float], heights: Sequence[int]) -> list[float]:
    """Return tops in the same order that do not overlap, with the least sum of squared moves.

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


class LineBend(NamedTuple):
    """A line that enters on one row and leaves on others, with a vertical part between."""

    owner: int
    start: int
    ends: tuple[int, ...]

    @property
    def top(self) -> int:
        return min(self.start, *self.ends)

    @property
    def bottom(self) -> int:
        return max(self.start, *self.ends)


def _bends(graph: LayeredGraph, rows: RowPlacement, gap: Sequence[int]) -> list[LineBend]:
    """Return the lines of a gap that are not straight."""
    starts: dict[int, int] = {}
    ends: dict[int, list[int]] = defaultdict(list)
    for index in gap:
        left = graph.links[index].left
        starts[graph.owner[left]] = rows.exit[left]
        ends[graph.owner[left]].append(rows.entry[index])
    return [
        LineBend(owner, start, tuple(ends[owner]))
        for owner, start in sorted(starts.items(), key=lambda item: item[1])
        if ends[owner] != [start]
    ]


def tracks(bends: Sequence[LineBend]) -> dict[int, int]:
    """Return the track of each owner's vertical part, 0 at the left; no two touch."""
    order: list[LineBend] = []
    for bend in bends:
        order.insert(_best_place(bend, order), bend)
    result: dict[int, int] = {}
    for index, bend in enumerate(order):
        touching = (o for o in order[:index] if o.top <= bend.bottom and bend.top <= o.bottom)
        result[bend.owner] = max((result[other.owner] + 1 for other in touching), default=0)
    return result


def _best_place(bend: LineBend, order: Sequence[LineBend]) -> int:
    """Return the place for a bend among others, from left to right, with the fewest crossings."""
    crossings = sum(_bend_crossings(bend, other) for other in order)
    best, fewest = 0, crossings
    for place, other in enumerate(order, start=1):
        crossings += _bend_crossings(other, bend) - _bend_crossings(bend, other)
        if crossings < fewest:
            best, fewest = place, crossings
    return best


def _bend_crossings(left: LineBend, right: LineBend) -> int:
    """Return how often two bends cross if the vertical part of `left` is left of the other."""
    over = left.top < right.start < left.bottom
    return sum(right.top < row < right.bottom for row in left.ends) + over


# Scrolling.

Lit: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The indices of the active boxes, and of those at the ends of active edges."""
MARGIN = Spacing(1, 3, 1, 3)
"""Cells to keep free around what is scrolled into view."""


def lit(boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> Lit:
    """Return the active boxes and the ends of active edges."""
    ends = {end for edge in edges if edge.lit for end in (edge.source, edge.target)}
    return tuple(index for index, box in enumerate(boxes) if box.lit), tuple(sorted(ends))


def followed(layout: DiagramLayout, at_work: Lit, offset: Offset, size: Size) -> Offset:
    """Return the scroll position nearest to `offset` that shows the active boxes in this view.

    The ends of active edges are shown too if there is room.
    """
    boxes, ends = at_work
    region, room = _around(layout, (*boxes, *ends)), size.region.shrink(MARGIN)
    if region.width > room.width or region.height > room.height:
        region = _around(layout, boxes[:1])
    if not region:
        return offset
    return Offset(
        _scrolled(offset.x, size.width, region.x, region.right, MARGIN.left),
        _scrolled(offset.y, size.height, region.y, region.bottom, MARGIN.top),
    )


def _around(layout: DiagramLayout, boxes: Sequence[int]) -> Region:
    places = [layout.places[box] for box in boxes]
    return Region.from_union(places) if places else Region()


def _scrolled(scroll: int, room: int, start: int, end: int, margin: int) -> int:
    """Return the scroll position nearest to `scroll` that shows the range from start to end."""
    margin = max(min(margin, (room - (end - start)) // 2), 0)
    if end - start > room:
        return start
    return min(max(scroll, end + margin - room), start - margin)
