"""The diagram widget: it scrolls, follows highlights, and repaints only what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.screen_text import screen_text
from tui.diagram import DiagramBox, DiagramEdge
from tui.widgets.diagram import Diagram

Drawn = tuple[list[DiagramBox], list[DiagramEdge]]


class Spied(Diagram):
    """A diagram that records repainted regions; `None` means everything."""

    def __init__(self) -> None:
        super().__init__("Graph")
        self.painted: list[Region | None] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "painted"):
            self.painted.extend(regions or [None])
        return super().refresh(*regions, **options)

    @property
    def rows(self) -> list[str]:
        """The cells inside its border."""
        return [self.render_line(y).text for y in range(self.size.height)]

    @property
    def in_sight(self) -> str:
        return "\n".join(self.rows)


class Page(App[None]):
    CSS = ".-low Diagram { border: none; border-top: solid $foreground; }"
    diagram: Spied

    def compose(self) -> ComposeResult:
        yield self.diagram


@asynccontextmanager
async def page(width: int, height: int, shown: Drawn) -> AsyncIterator[tuple[Pilot[None], Spied]]:
    """Run an app with this graph, shown before its first layout."""
    app = Page()
    app.diagram = Spied()
    app.diagram.show(*shown)
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.pause()
        yield pilot, app.diagram


async def show(pilot: Pilot[None], shown: Drawn) -> None:
    assert isinstance(pilot.app, Page)
    pilot.app.diagram.show(*shown)
    await pilot.pause()


async def resize(pilot: Pilot[None], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await pilot.pause()


def chain(length: int, lit: int | None = None) -> Drawn:
    """Return boxes of 11 cells in a row, with 8 cells between them."""
    boxes = [
        DiagramBox((f"node {index:02}", str(index)), "operation", lit=index == lit)
        for index in range(length)
    ]
    return boxes, [DiagramEdge(index, index + 1, "3") for index in range(length - 1)]


def column(length: int) -> Drawn:
    """Return boxes of 3 rows in a column."""
    return [DiagramBox((f"x{at}",), "leaf") for at in range(length)], []


async def test_what_fits_is_centred_and_only_what_changed_is_painted_again() -> None:
    boxes, edges = chain(3)
    async with page(60, 12, (boxes, edges)) as (pilot, diagram):
        assert diagram.text.split("\n")[1].count("▶") == 2
        assert (diagram.border_title, diagram.border_subtitle) == ("Graph", "")
        for length in (3, 2, 1, 2):  # always the same number of rows, but other margins
            await show(pilot, chain(length))
            assert f"node {length - 1:02} │" in diagram.in_sight
            for row in diagram.rows[:4]:
                left = len(row) - len(row.lstrip())
                assert 0 <= len(row) - len(row.strip()) - 2 * left <= 1
            shown = screen_text(pilot.app).split("\n")[1].strip("│")
            assert shown.rstrip() == diagram.rows[0].rstrip()
        await show(pilot, chain(6))
        assert diagram.in_sight[0] == "┌"

        await show(pilot, (boxes, edges))
        diagram.painted.clear()
        await show(pilot, (list(boxes), list(edges)))
        assert diagram.painted == []
        changed = replace(boxes[1], lines=("node 01", "7"))
        diagram.show([boxes[0], changed, boxes[2]], edges)
        assert [region and region.y for region in diagram.painted] == [2]
        assert diagram.rows[2].count("7") == 1
        still = [diagram.text.index(f"node {at:02}") for at in range(3)]
        for lit in range(3):  # highlights move no box
            await show(pilot, chain(3, lit))
            assert [diagram.text.index(f"node {at:02}") for at in range(3)] == still

        def colours() -> set[str]:
            styles = [part.style for y in range(4) for part in diagram.render_line(y)]
            return {style.color.name for style in styles if style and style.color}

        text, dark = diagram.text, colours()
        pilot.app.theme = "textual-light"  # other colours, same characters
        await pilot.pause()
        assert diagram.text == text
        assert len(dark) > 2
        assert not colours() & dark


async def test_keys_and_the_wheel_scroll_and_the_border_says_where_there_is_more() -> None:
    async with page(40, 8, chain(6)) as (pilot, diagram):
        for key, more in (("", "→"), ("right", "← →"), ("end", "←"), ("home", "→")):
            await pilot.press(*[key] * bool(key))
            assert diagram.border_subtitle == f"{more} more"
        await pilot.press("end")
        assert diagram.rows[0].rstrip().endswith("┐")
        await show(pilot, column(5))
        assert "↓ more" in screen_text(pilot.app)

        boxes, edges = chain(8)
        boxes += [replace(box, lines=(f"y{at}",)) for at, box in enumerate(column(6)[0])]
        await show(pilot, (boxes, edges))
        for keys, back in (("right l", "h left"), ("down j", "k up")):
            await pilot.press("home")
            seen = [diagram.in_sight]
            for key in keys.split():
                await pilot.press(key)
                seen.append(diagram.in_sight)
            assert len(set(seen)) == 3
            await pilot.press(*back.split())
            assert diagram.in_sight == seen[0]
        await show(pilot, column(9))
        await pilot.press("home", "pagedown")
        assert diagram.scroll_offset == (0, diagram.size.height - 2)
        await pilot.press("pageup")
        assert diagram.scroll_offset == (0, 0)
        await pilot._post_mouse_events([MouseScrollDown], diagram, offset=(5, 3))
        await pilot.pause()
        assert diagram.scroll_offset.y > 0
        await show(pilot, chain(9))  # all rows are visible, so pages scroll to the right
        await pilot.press("home", "pagedown")
        assert diagram.scroll_offset == (diagram.size.width - 6, 0)

        pilot.app.screen.add_class("-low")  # only a top border: the title shows it
        await pilot.pause()
        await show(pilot, chain(6))
        await pilot.press("home")
        assert diagram.border_title == "Graph · → more"
        diagram.caption = "Backward"
        assert diagram.border_title == "Backward · → more"


async def test_what_is_lit_is_in_view_with_room_around_it_until_the_learner_scrolls() -> None:
    async with page(40, 8, chain(12, 9)) as (pilot, diagram):
        assert "┃ node 09" in diagram.in_sight  # shown before the first layout
        for lit in [*range(12), *reversed(range(12)), 11, 0, 6]:
            await show(pilot, chain(12, lit))
            (title,) = [row for row in diagram.rows if f"┃ node {lit:02}" in row]
            start = title.index(f"┃ node {lit:02}")
            assert lit == 0 or start >= 3
            assert lit == 11 or start + 11 <= diagram.size.width - 3

        boxes, edges = chain(12, 0)
        await show(pilot, (boxes, edges))
        await pilot.press("end")
        there = diagram.scroll_offset
        assert there.x > 0
        boxes[3] = replace(boxes[3], lines=("node 03", "9"))
        await show(pilot, (boxes, edges))
        assert diagram.scroll_offset == there
        await show(pilot, chain(12, 1))
        assert "node 01" in diagram.in_sight

        await show(pilot, chain(12, 11))
        await show(pilot, chain(2))  # a smaller graph is shown from its start
        assert diagram.scroll_offset == (0, 0)
        assert "node 00" in diagram.in_sight
        before = diagram.text
        with pytest.raises(ValueError, match="from box 1 to box 0"):
            diagram.show(chain(2)[0], [DiagramEdge(1, 0)])
        assert diagram.text == before
        await show(pilot, chain(3, 1))
        assert "┃ node 01" in diagram.text
        await show(pilot, ([], []))
        assert (diagram.in_sight.strip(), diagram.text) == ("", "")


async def test_any_size_down_to_nothing_and_back() -> None:
    async with page(50, 8, chain(12, 0)) as (pilot, diagram):
        await show(pilot, chain(12, 1))
        assert diagram.scroll_offset == (0, 0)  # already visible
        await show(pilot, chain(12, 2))
        box = diagram.text.split("\n")[1].index("┃ node 02")
        assert diagram.scroll_offset == (box + 11 + 3 - diagram.size.width, 0)
        for lit in reversed(range(1, 12)):  # both ends of a highlighted edge
            boxes, edges = chain(12, lit)
            edges[lit - 1] = replace(edges[lit - 1], lit=True)
            await show(pilot, (boxes, edges))
            for words in (f"node {lit:02}", f"node {lit - 1:02}", "━ 3 ━▶"):
                assert words in diagram.in_sight

        await show(pilot, chain(12, 7))
        for width, height in [(1, 1), (2, 2), (3, 3), (5, 4), (12, 5), (200, 40), (50, 9)]:
            await resize(pilot, width, height)
            assert {len(row) for row in diagram.rows if row} <= {diagram.size.width}
            await show(pilot, chain(12, 6))
            await show(pilot, chain(12, 7))
        assert "┃ node 07" in diagram.in_sight
        await show(pilot, chain(9, 8))
        for width, hidden in ((200, False), (40, True), (200, False)):
            await resize(pilot, width, 9)
            assert "┃ node 08" in diagram.in_sight
            assert bool(diagram.scroll_offset.x) == bool(diagram.border_subtitle) == hidden
