"""Where every box stands and how every line runs, in cells; knows not how they look.

The inputs stand at the left, the result at the right. Lines run between the boxes, never
through one: the rows of a column that no box takes carry the lines that pass it, and in the gap
between two columns each line has an upright track of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textual.geometry import Region

from tui.diagram.box import Box, Edge, check, label_width, text_width
from tui.diagram.layers import Graph, in_layers
from tui.diagram.rows import Rows, in_rows
from tui.diagram.tracks import Bend, tracks

Point: TypeAlias = tuple[int, int]
"""A column and a row."""

BORDER, PADDING = 1, 1
LEAST_GAP = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing without its ink: it depends on sizes alone."""

    width: int
    height: int
    places: tuple[Region, ...]
    """Where each box stands, its border included."""
    paths: tuple[tuple[Point, ...], ...]
    """For each edge the corners of its line, from beside its source to its arrow head."""


def lay_out(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """Lay out a graph whose boxes come in topological order; ValueError if they do not."""
    check(boxes, edges)
    graph = in_layers(len(boxes), edges)
    heights = _heights(boxes, edges) + [1] * (len(graph.owner) - len(boxes))
    widths = [text_width(box) + 2 * (BORDER + PADDING) for box in boxes]
    rows = in_rows(graph, heights)
    columns = _columns(graph, rows, widths, edges)
    places = tuple(
        Region(columns[graph.layer[box]].x, rows.top[box], widths[box], heights[box])
        for box in range(len(boxes))
    )
    return Layout(
        width=max((place.right for place in places), default=0),
        height=rows.height,
        places=places,
        paths=tuple(
            _path(edge, route, graph, rows, columns, places)
            for edge, route in zip(edges, graph.routes, strict=True)
        ),
    )


def _heights(boxes: Sequence[Box], edges: Sequence[Edge]) -> list[int]:
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
    graph: Graph, rows: Rows, widths: Sequence[int], edges: Sequence[Edge]
) -> list[_Column]:
    labels = {route[-1]: label_width(edge) for edge, route in zip(edges, graph.routes, strict=True)}
    columns, x = [], 0
    for layer, gap in zip(graph.layers, graph.gaps, strict=True):
        end = x + max(widths[item] for item in layer if item < len(widths))
        track = tracks(_bends(graph, rows, gap))
        columns.append(_Column(x, {owner: end + 1 + 2 * at for owner, at in track.items()}))
        label = max((labels.get(link, 0) for link in gap), default=0)
        bending = 2 * (max(track.values(), default=-1) + 1)
        x = end + max(1 + bending + (label + 3 if label else 0) + 1, LEAST_GAP)
    return columns


def _bends(graph: Graph, rows: Rows, gap: Sequence[int]) -> list[Bend]:
    """The lines of a gap that do not go straight."""
    starts: dict[int, int] = {}
    ends: dict[int, list[int]] = {}
    for index in gap:
        left = graph.links[index].left
        starts[graph.owner[left]] = rows.exit[left]
        ends.setdefault(graph.owner[left], []).append(rows.entry[index])
    return [
        Bend(owner, start, tuple(ends[owner]))
        for owner, start in sorted(starts.items(), key=lambda item: item[1])
        if ends[owner] != [start]
    ]


def _path(
    edge: Edge,
    route: Sequence[int],
    graph: Graph,
    rows: Rows,
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
