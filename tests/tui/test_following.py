"""Where a diagram scrolls to, in cells counted by hand: a view of 40 by 10, 3 and 1 kept free."""

from __future__ import annotations

import pytest
from textual.geometry import Offset, Region, Size

from tui.diagram.box import Box, Edge
from tui.diagram.following import followed, lit
from tui.diagram.layout import Layout

VIEW = Size(40, 10)
NEAR, NEXT, FAR = Region(10, 5, 10, 3), Region(30, 5, 10, 3), Region(80, 20, 10, 4)
LAYOUT = Layout(100, 30, (NEAR, NEXT, FAR), ())


def test_lit_are_boxes_and_both_ends_of_edges() -> None:
    boxes = [Box((name,), "operation", lit=name == "c") for name in "abcd"]
    edges = [Edge(0, 1), Edge(1, 3, lit=True), Edge(0, 3, lit=True)]
    assert lit(boxes, edges) == ((2,), (0, 1, 3))
    assert lit((), ()) == ((), ())


@pytest.mark.parametrize(
    ("boxes", "ends", "before", "after"),
    [
        pytest.param((), (), (17, 9), (17, 9), id="nothing is lit"),
        pytest.param((1,), (), (5, 1), (5, 1), id="it is in view"),
        pytest.param((2,), (), (0, 0), (53, 15), id="90 + 3 − 40 columns and 24 + 1 − 10 rows"),
        pytest.param((2,), (), (90, 28), (77, 19), id="80 − 3 columns and 20 − 1 rows"),
        pytest.param((1,), (0, 1), (20, 5), (7, 4), id="the whole edge, from 10 to 40"),
        pytest.param((0,), (0, 2), (20, 5), (7, 4), id="no room for the edge: the box"),
        pytest.param((2,), (0, 2), (0, 0), (53, 15), id="no room for the edge: the other box"),
        pytest.param((), (0, 2), (17, 9), (17, 9), id="no room for the edge, and no box"),
    ],
)
def test_it_scrolls_no_further_than_it_must(
    boxes: tuple[int, ...],
    ends: tuple[int, ...],
    before: tuple[int, int],
    after: tuple[int, int],
) -> None:
    assert followed(LAYOUT, (boxes, ends), Offset(*before), VIEW) == after


@pytest.mark.parametrize(
    ("width", "x"),
    [
        pytest.param(38, 9, id="one cell is left at each side"),
        pytest.param(60, 10, id="its beginning"),
    ],
)
def test_of_a_box_with_no_room_around_it_as_much_as_there_is(width: int, x: int) -> None:
    layout = Layout(100, 30, (Region(10, 5, width, 3),), ())
    assert followed(layout, ((0,), ()), Offset(0, 0), VIEW).x == x
