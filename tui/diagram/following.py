"""Where to scroll to so that what is at work is in view; draws nothing and scrolls nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from textual.geometry import Offset, Region, Size, Spacing

from tui.diagram.box import Box, Edge
from tui.diagram.layout import Layout

Lit: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The places in the list of boxes of those that are lit, and of those at ends of lit edges."""
MARGIN = Spacing(1, 3, 1, 3)
"""Cells to keep free around what is brought into view."""


def lit(boxes: Sequence[Box], edges: Sequence[Edge]) -> Lit:
    """What is at work."""
    ends = {end for edge in edges if edge.lit for end in (edge.source, edge.target)}
    return tuple(index for index, box in enumerate(boxes) if box.lit), tuple(sorted(ends))


def followed(layout: Layout, at_work: Lit, offset: Offset, size: Size) -> Offset:
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


def _around(layout: Layout, boxes: Sequence[int]) -> Region:
    """The smallest region that holds all of these boxes."""
    places = [layout.places[box] for box in boxes]
    return Region.from_union(places) if places else Region()


def _scrolled(scroll: int, room: int, start: int, end: int, margin: int) -> int:
    """The scroll position nearest to this one at which what lies there is in view."""
    margin = max(min(margin, (room - (end - start)) // 2), 0)
    if end - start > room:
        return start
    return min(max(scroll, end + margin - room), start - margin)
