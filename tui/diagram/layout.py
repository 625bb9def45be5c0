"""Where every box stands and how every line runs, in cells; and what to scroll to.

The inputs are at the left, the result at the right. Lines run between the boxes, never through
one: the rows of a column without a box carry the lines that pass it, and in the gap between two
columns each line has an upright track of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textual.geometry import Offset, Region, Size, Spacing

from tui.diagram import DiagramBox, DiagramEdge
from tui.diagram.layers import LayeredGraph, LineBend, RowPlacement, in_layers, in_rows, tracks

Point: TypeAlias = tuple[int, int]
"""A column and a row."""

BORDER, PADDING = 1, 1
LEAST_GAP = 3


@dataclass(frozen=True, slots=True)
class DiagramLayout:
    """A drawing without its ink: it depends on sizes alone."""

    width: int
    height: int
    places: tuple[Region, ...]  # where each box stands, its border included
    paths: tuple[tuple[Point, ...], ...]
    """For each edge the corners of its line, from beside its source to its arrow head."""


def lay_out(boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> DiagramLayout:
    """Lay out a graph whose boxes come in topological order; ValueError if they do not."""
    for edge in edges:
        if not 0 <= edge.source < edge.target < len(boxes):
            raise ValueError(
                f"an edge from box {edge.source} to box {edge.target}: there are {len(boxes)} "
                "boxes, counted from 0, and an edge leads to a later one"
            )
    graph = in_layers(len(boxes), edges)
    heights = _heights(boxes, edges) + [1] * (len(graph.owner) - len(boxes))
    widths = [box.text_width + 2 * (BORDER + PADDING) for box in boxes]
    rows = in_rows(graph, heights)
    columns = _columns(graph, rows, widths, edges)
    places = tuple(
        Region(columns[graph.layer[box]].x, rows.top[box], widths[box], heights[box])
        for box in range(len(boxes))
    )
    return DiagramLayout(
        width=max((place.right for place in places), default=0),
        height=rows.height,
        places=places,
        paths=tuple(
            _path(edge, route, graph, rows, columns, places)
            for edge, route in zip(edges, graph.routes, strict=True)
        ),
    )


def _heights(boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> list[int]:
    """A box has room for its lines, and for every edge that comes in."""
    arriving = Counter(edge.target for edge in edges)
    return [max(len(box.lines), arriving[index], 1) + 2 * BORDER for index, box in enumerate(boxes)]


@dataclass(frozen=True, slots=True)
class _Column:
    """A layer, and the gap after it."""

    x: int
    turns: dict[int, int]
    """For each owner of a line that bends in the gap, the column in which it does."""


def _columns(
    graph: LayeredGraph, rows: RowPlacement, widths: Sequence[int], edges: Sequence[DiagramEdge]
) -> list[_Column]:
    labels = {route[-1]: edge.label_width for edge, route in zip(edges, graph.routes, strict=True)}
    columns, x = [], 0
    for layer, gap in zip(graph.layers, graph.gaps, strict=True):
        end = x + max(widths[item] for item in layer if item < len(widths))
        track = tracks(_bends(graph, rows, gap))
        columns.append(_Column(x, {owner: end + 1 + 2 * at for owner, at in track.items()}))
        label = max((labels.get(link, 0) for link in gap), default=0)
        bending = 2 * (max(track.values(), default=-1) + 1)
        x = end + max(1 + bending + (label + 3 if label else 0) + 1, LEAST_GAP)
    return columns


def _bends(graph: LayeredGraph, rows: RowPlacement, gap: Sequence[int]) -> list[LineBend]:
    """The lines of a gap that do not go straight."""
    starts: dict[int, int] = {}
    ends: dict[int, list[int]] = {}
    for index in gap:
        left = graph.links[index].left
        starts[graph.owner[left]] = rows.exit[left]
        ends.setdefault(graph.owner[left], []).append(rows.entry[index])
    return [
        LineBend(owner, start, tuple(ends[owner]))
        for owner, start in sorted(starts.items(), key=lambda item: item[1])
        if ends[owner] != [start]
    ]


def _path(
    edge: DiagramEdge,
    route: Sequence[int],
    graph: LayeredGraph,
    rows: RowPlacement,
    columns: Sequence[_Column],
    places: Sequence[Region],
) -> tuple[Point, ...]:
    """The corners of an edge's line."""
    first = graph.layer[edge.source]
    path = [(places[edge.source].right, rows.exit[edge.source])]
    for column, link in zip(columns[first:], route, strict=False):
        row, end = path[-1][1], rows.entry[link]
        if end != row:
            turn = column.turns[edge.source]
            path += [(turn, row), (turn, end)]
    return (*path, (places[edge.target].x - 1, rows.entry[route[-1]]))


# Scrolling.

Lit: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The places in the list of boxes of those that are lit, and of those at ends of lit edges."""
MARGIN = Spacing(1, 3, 1, 3)
"""Cells to keep free around what is brought into view."""


def lit(boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> Lit:
    """What is at work."""
    ends = {end for edge in edges if edge.lit for end in (edge.source, edge.target)}
    return tuple(index for index, box in enumerate(boxes) if box.lit), tuple(sorted(ends))


def followed(layout: DiagramLayout, at_work: Lit, offset: Offset, size: Size) -> Offset:
    """The scroll position nearest to `offset` that shows what is at work in a view of this size.

    What lies along a lit edge is shown too if there is room.
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
    """The smallest region that holds all of these boxes."""
    places = [layout.places[box] for box in boxes]
    return Region.from_union(places) if places else Region()


def _scrolled(scroll: int, room: int, start: int, end: int, margin: int) -> int:
    """The scroll position nearest to this one at which what lies there is in view."""
    margin = max(min(margin, (room - (end - start)) // 2), 0)
    if end - start > room:
        return start
    return min(max(scroll, end + margin - room), start - margin)
