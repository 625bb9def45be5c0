"""The diagram in an app: it scrolls, follows what is lit, and paints only what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.screen_text import screen_text
from tui.diagram.box import Box, Edge
from tui.widgets.diagram import Diagram


class Spied(Diagram):
    """A diagram that notes what it asks to be painted again; `None` stands for everything."""

    def __init__(self) -> None:
        super().__init__("Graph")
        self.painted: list[Region | None] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "painted"):
            self.painted.extend(regions or [None])
        return super().refresh(*regions, **options)


class Page(App[None]):
    CSS = ".-low Diagram { border: none; border-top: solid $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self.diagram = Spied()

    def compose(self) -> ComposeResult:
        yield self.diagram


def chain(length: int, lit: int | None = None) -> tuple[list[Box], list[Edge]]:
    """Boxes of 11 cells in a row, 8 cells between them."""
    boxes = [
        Box((f"node {index:02}", str(index)), "operation", lit=index == lit)
        for index in range(length)
    ]
    return boxes, [Edge(index, index + 1, "3") for index in range(length - 1)]


def column(length: int, lit: int | None = None) -> tuple[list[Box], list[Edge]]:
    """Boxes of 3 rows, one below the other."""
    return [Box((f"x{at}",), "leaf", lit=at == lit) for at in range(length)], []


def in_sight(diagram: Diagram) -> str:
    """The cells inside its border."""
    return "\n".join(diagram.render_line(y).text for y in range(diagram.size.height))


async def look(pilot: Pilot[None], boxes: list[Box], edges: list[Edge]) -> Spied:
    app = pilot.app
    assert isinstance(app, Page)
    app.diagram.show(boxes, edges)
    await pilot.pause()
    return app.diagram


async def test_what_fits_is_shown_whole_and_offers_no_more() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        diagram = await look(pilot, *chain(3))
        assert in_sight(diagram).split("\n")[0].strip().startswith("┌─────────┐")
        assert "node 02 │" in in_sight(diagram)
        assert diagram.border_title == "Graph"
        assert diagram.border_subtitle == ""
        assert diagram.text.split("\n")[1].count("▶") == 2


async def test_what_is_narrower_than_its_box_stands_in_the_middle() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        for length in (3, 2, 1, 2):  # as many rows each time, and other margins
            diagram = await look(pilot, *chain(length))
            for row in in_sight(diagram).split("\n")[:4]:
                left = len(row) - len(row.lstrip())
                assert 0 <= len(row) - len(row.strip()) - 2 * left <= 1
            shown = screen_text(app).split("\n")[1].strip("│")
            assert shown.rstrip() == in_sight(diagram).split("\n")[0].rstrip()
        await look(pilot, *chain(6))
        assert in_sight(diagram)[0] == "┌"


async def test_the_border_says_where_there_is_more() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        diagram = await look(pilot, *chain(6))
        assert diagram.border_subtitle == "→ more"
        await pilot.press("right")
        assert diagram.border_subtitle == "← → more"
        await pilot.press("end")
        assert diagram.border_subtitle == "← more"
        assert in_sight(diagram).split("\n")[0].rstrip().endswith("┐")
        await pilot.press("home")
        assert diagram.border_subtitle == "→ more"
        diagram = await look(pilot, *column(5))
        assert diagram.border_subtitle == "↓ more"
        assert "↓ more" in screen_text(app)


async def test_without_a_whole_border_the_title_says_it() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        app.screen.add_class("-low")
        await pilot.pause()
        diagram = await look(pilot, *chain(6))
        assert diagram.border_title == "Graph · → more"
        diagram.caption = "Backward"
        assert diagram.border_title == "Backward · → more"


@pytest.mark.parametrize(("keys", "back"), [(("right", "l"), "left,h"), (("down", "j"), "up,k")])
async def test_arrows_and_letters_scroll(keys: tuple[str, str], back: str) -> None:
    boxes, edges = chain(8)
    boxes += [replace(box, lines=(f"y{at}",)) for at, box in enumerate(column(6)[0])]
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        diagram = await look(pilot, boxes, edges)
        await pilot.press("home")
        seen = [in_sight(diagram)]
        for key in keys:
            await pilot.press(key)
            seen.append(in_sight(diagram))
        assert len(set(seen)) == 3
        for key in reversed(back.split(",")):
            await pilot.press(key)
        assert in_sight(diagram) == seen[0]


async def test_pages_turn_down_and_where_all_rows_are_in_sight_to_the_right() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        diagram = await look(pilot, *column(9))
        await pilot.press("pagedown")
        assert diagram.scroll_offset == (0, diagram.size.height - 2)
        await pilot.press("pageup")
        assert diagram.scroll_offset == (0, 0)
        diagram = await look(pilot, *chain(9))
        await pilot.press("pagedown")
        assert diagram.scroll_offset == (diagram.size.width - 6, 0)


async def test_the_lit_box_is_always_in_view_with_room_around_it() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        for lit in [*range(12), *reversed(range(12)), 11, 0, 6]:
            diagram = await look(pilot, *chain(12, lit))
            (title,) = [row for row in in_sight(diagram).split("\n") if f"┃ node {lit:02}" in row]
            start = title.index(f"┃ node {lit:02}")
            assert lit == 0 or start >= 3
            assert lit == 11 or start + 11 <= diagram.size.width - 3


async def test_it_scrolls_no_further_than_it_must() -> None:
    app = Page()
    async with app.run_test(size=(50, 8)) as pilot:
        diagram = await look(pilot, *chain(12, 0))
        await look(pilot, *chain(12, 1))
        assert diagram.scroll_offset == (0, 0)  # it was in sight already
        await look(pilot, *chain(12, 2))
        box = diagram.text.split("\n")[1].index("┃ node 02")
        assert diagram.scroll_offset == (box + 11 + 3 - diagram.size.width, 0)


async def test_both_ends_of_a_lit_edge_are_in_view() -> None:
    app = Page()
    async with app.run_test(size=(50, 8)) as pilot:
        for lit in reversed(range(1, 12)):  # the gradient goes back, from node to node
            boxes, edges = chain(12, lit)
            edges[lit - 1] = replace(edges[lit - 1], lit=True)
            diagram = await look(pilot, boxes, edges)
            assert f"node {lit:02}" in in_sight(diagram)
            assert f"node {lit - 1:02}" in in_sight(diagram)
            assert "━ 3 ━▶" in in_sight(diagram)


async def test_where_the_learner_scrolled_to_stays_until_the_light_moves() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        boxes, edges = chain(12, 0)
        diagram = await look(pilot, boxes, edges)
        await pilot.press("end")
        there = diagram.scroll_offset
        assert there.x > 0
        boxes[3] = replace(boxes[3], lines=("node 03", "9"))
        await look(pilot, boxes, edges)
        assert diagram.scroll_offset == there
        await look(pilot, *chain(12, 1))
        assert "node 01" in in_sight(diagram)


async def test_what_is_the_same_is_not_painted_again() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        boxes, edges = chain(3)
        diagram = await look(pilot, boxes, edges)
        diagram.painted.clear()
        await look(pilot, list(boxes), list(edges))
        assert diagram.painted == []
        boxes[1] = replace(boxes[1], lines=("node 01", "7"))
        diagram.show(boxes, edges)
        assert [region and region.y for region in diagram.painted] == [2]
        assert in_sight(diagram).split("\n")[2].count("7") == 1


async def test_a_walk_moves_no_box() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        diagram = await look(pilot, *chain(3))
        still = diagram.text
        for lit in range(3):
            diagram = await look(pilot, *chain(3, lit))
            titles = [diagram.text.index(f"node {at:02}") for at in range(3)]
            assert titles == [still.index(f"node {at:02}") for at in range(3)]


async def test_any_size_down_to_nothing_and_back() -> None:
    app = Page()
    async with app.run_test(size=(50, 9)) as pilot:
        diagram = await look(pilot, *chain(12, 7))
        for width, height in [(1, 1), (2, 2), (3, 3), (5, 4), (12, 5), (200, 40), (50, 9)]:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert all(
                len(row) == diagram.size.width for row in in_sight(diagram).split("\n") if row
            )
            await look(pilot, *chain(12, 6))
            await look(pilot, *chain(12, 7))
        assert "┃ node 07" in in_sight(diagram)


async def test_after_a_change_of_size_the_lit_box_is_in_view() -> None:
    app = Page()
    async with app.run_test(size=(200, 9)) as pilot:
        diagram = await look(pilot, *chain(9, 8))
        await pilot.resize_terminal(40, 9)
        await pilot.pause()
        assert "┃ node 08" in in_sight(diagram)
        await pilot.resize_terminal(200, 9)
        await pilot.pause()
        assert diagram.scroll_offset == (0, 0)
        assert diagram.border_subtitle == ""


async def test_a_smaller_graph_after_a_large_one_starts_at_its_beginning() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        diagram = await look(pilot, *chain(12, 11))
        await look(pilot, *chain(2))
        assert diagram.scroll_offset == (0, 0)
        assert "node 00" in in_sight(diagram)
        await look(pilot, [], [])
        assert in_sight(diagram).strip() == ""
        assert diagram.text == ""


async def test_what_was_shown_before_the_first_layout_is_there() -> None:
    app = Page()
    app.diagram.show(*chain(12, 9))
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        assert "┃ node 09" in in_sight(app.diagram)


async def test_a_graph_that_is_refused_leaves_the_one_before() -> None:
    app = Page()
    async with app.run_test(size=(60, 8)) as pilot:
        diagram = await look(pilot, *chain(3))
        before = diagram.text
        with pytest.raises(ValueError, match="from box 1 to box 0"):
            diagram.show(chain(2)[0], [Edge(1, 0)])
        assert diagram.text == before
        await look(pilot, *chain(3, 1))
        assert "┃ node 01" in diagram.text


async def test_another_theme_has_other_colours_and_the_same_signs() -> None:
    app = Page()
    async with app.run_test(size=(60, 8)) as pilot:
        diagram = await look(pilot, *chain(3, 1))

        def colours() -> set[str]:
            styles = [part.style for y in range(4) for part in diagram.render_line(y)]
            return {style.color.name for style in styles if style and style.color}

        text, dark = diagram.text, colours()
        app.theme = "textual-light"
        await pilot.pause()
        assert diagram.text == text
        assert len(dark) > 2
        assert not colours() & dark


async def test_the_wheel_scrolls() -> None:
    app = Page()
    async with app.run_test(size=(40, 8)) as pilot:
        diagram = await look(pilot, *column(9))
        await pilot._post_mouse_events([_wheel()], diagram, offset=(5, 3))
        await pilot.pause()
        assert diagram.scroll_offset.y > 0


def _wheel() -> type[Any]:
    from textual.events import MouseScrollDown

    return MouseScrollDown
