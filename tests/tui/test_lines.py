"""Lines that repaint only changed cells, and lines spread over a width."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.widgets.painted import Lines, StyledLine, spread

LEFT: StyledLine = (("cuda:0 ", ""), ("NVIDIA H200", "bold"))
RIGHT: StyledLine = (("42 steps/s", "bold"), (" ok", ""))


def text(line: StyledLine) -> str:
    return "".join(piece for piece, _ in line)


# A line spread over a width.


@pytest.mark.parametrize("left", [LEFT, (), (("", ""),), (("漢字漢字", ""), ("かな", "bold"))])
def test_it_takes_its_width_and_never_less_than_the_right_part_needs(left: StyledLine) -> None:
    for width in range(121):
        line = spread(left, RIGHT, width)
        assert cell_len(text(line)) == max(width, 1 + 13)
        assert line[-2:] == RIGHT
        assert text(line).endswith(" 42 steps/s ok")


def test_any_pieces_fit_any_width() -> None:
    rng = random.Random(4)
    letters = "abc  漢字ー…é"
    for _ in range(3000):
        left, right = (
            tuple(("".join(rng.choices(letters, k=rng.randrange(7))), "") for _ in range(count))
            for count in (rng.randrange(4), rng.randrange(3))
        )
        width = rng.randrange(40)
        line = spread(left, right, width)
        assert cell_len(text(line)) == max(width, 1 + cell_len(text(right)))
        assert text(line).endswith(" " + text(right))


def test_where_there_is_room_both_stand_whole_at_their_ends() -> None:
    assert text(spread(LEFT, RIGHT, 35)) == "cuda:0 NVIDIA H200    42 steps/s ok"
    assert text(spread(LEFT, RIGHT, 32)) == "cuda:0 NVIDIA H200 42 steps/s ok"  # the last column


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert text(spread(LEFT, RIGHT, 31)) == "cuda:0 NVIDIA H2… 42 steps/s ok"
    assert text(spread(LEFT, RIGHT, 19)) == "cuda… 42 steps/s ok"
    assert text(spread(LEFT, RIGHT, 15)) == "… 42 steps/s ok"


@pytest.mark.parametrize("width", [0, 1, 5, 13, 14])
def test_where_there_is_no_room_the_right_part_is_all(width: int) -> None:
    assert text(spread(LEFT, RIGHT, width)) == " 42 steps/s ok"


def test_letters_that_take_two_cells_are_not_cut_in_half() -> None:
    wide: StyledLine = (("漢字漢字", ""),)
    assert text(spread(wide, (("|", ""),), 10)) == "漢字漢字 |"
    assert text(spread(wide, (("|", ""),), 9)) == "漢字漢… |"
    assert text(spread(wide, (("|", ""),), 8)) == "漢字 … |"  # half of another one would fit
    assert text(spread((("ab", ""),), (("漢", ""),), 6)) == "ab  漢"


def test_every_piece_keeps_its_style() -> None:
    assert [piece for piece in spread(LEFT, RIGHT, 28) if piece[0]] == [
        ("cuda:0 ", ""),
        ("NVIDIA…", "bold"),
        (" ", ""),
        *RIGHT,
    ]


# Lines in an app.


class Spied(Lines):
    """A `Lines` widget that records repainted regions; `None` means everything."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[Region | None] = []

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "painted"):
            self.painted.extend(regions or [None])
        return super().refresh(*regions, **options)


class Page(App[None]):
    CSS = "Spied { width: 24; height: 4; padding: 0 1; background: #102030; color: #ddeeff; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines = Spied()

    def compose(self) -> ComposeResult:
        yield self.lines


def plain(*lines: str) -> list[StyledLine]:
    return [((line, ""),) for line in lines]


def on_screen(lines: Lines) -> list[str]:
    return [lines.render_line(y).text for y in range(lines.content_size.height)]


async def painted(before: list[StyledLine], after: list[StyledLine]) -> list[Region | None]:
    app = Page()
    async with app.run_test() as pilot:
        app.lines.write(before)
        await pilot.pause()
        app.lines.painted.clear()
        app.lines.write(after)
        asked = list(app.lines.painted)
        width = app.lines.content_size.width
        shown = [text(line) + " " * (width - cell_len(text(line))) for line in after]
        assert on_screen(app.lines)[: len(after)] == shown
        assert app.lines.text == "\n".join(text(line) for line in after)
    return asked


async def test_before_anything_is_written_it_is_blank() -> None:
    app = Page()
    async with app.run_test():
        assert app.lines.text == ""
        assert on_screen(app.lines) == [" " * 22] * 4


async def test_only_the_cells_that_changed_are_painted() -> None:
    before, after = plain("loss 0.125", "same", "w = 1"), plain("loss 0.250", "same", "w = 12")
    assert await painted(before, after) == [Region(7, 0, 3, 1), Region(5, 2, 1, 1)]


async def test_cells_that_are_no_longer_written_are_painted_too() -> None:
    assert await painted(plain("w = 123"), plain("w = 1")) == [Region(5, 0, 2, 1)]


async def test_the_first_and_the_last_cell_can_change() -> None:
    assert await painted(plain("abc"), plain("Xbc")) == [Region(0, 0, 1, 1)]
    assert await painted(plain("abc"), plain("abX")) == [Region(2, 0, 1, 1)]


async def test_the_same_again_is_not_painted() -> None:
    assert await painted(plain("one", "two"), plain("one", "two")) == []


async def test_another_style_is_a_change_of_its_letters_alone() -> None:
    before: list[StyledLine] = [(("ab", ""), ("cd", "bold"), ("ef", ""))]
    after: list[StyledLine] = [(("ab", ""), ("cd", "reverse"), ("ef", ""))]
    assert await painted(before, after) == [Region(2, 0, 2, 1)]


async def test_beside_letters_of_two_cells_the_whole_line_is_painted() -> None:
    assert await painted(plain("漢字 1", "x"), plain("漢字 2", "x")) == [Region(0, 0, 6, 1)]
    assert await painted(plain("abc", "x"), plain("漢c", "x")) == [Region(0, 0, 3, 1)]
    assert await painted(plain("漢字", "x"), plain("a", "x")) == [Region(0, 0, 4, 1)]


async def test_another_number_of_lines_paints_all() -> None:
    assert await painted(plain("one"), plain("one", "two")) == [None]
    assert await painted(plain("one", "two"), plain("one")) == [None]
    assert await painted(plain("one"), []) == [None]


async def test_the_same_letters_in_other_pieces_are_no_change() -> None:
    whole: list[StyledLine] = [(("ab", ""), ("cd", "bold"))]
    pieces: list[StyledLine] = [(("a", ""), ("b", ""), ("", "dim"), ("cd", "bold"))]
    assert await painted(whole, pieces) == []


async def test_any_line_after_any_other_is_on_screen_whole() -> None:
    rng = random.Random(5)
    app = Page()
    async with app.run_test() as pilot:
        for _ in range(200):
            pieces = [
                ("".join(rng.choices("ab 漢", k=rng.randrange(1, 6))), rng.choice(("", "bold")))
                for _ in range(3)
            ]
            lines: list[StyledLine] = [tuple(pieces), tuple(pieces[:1])]
            app.lines.painted.clear()
            old = [cells(app.lines, row) for row in range(2)]
            app.lines.write(lines)
            new = [cells(app.lines, row) for row in range(2)]
            asked = app.lines.painted
            for row in range(2):
                changed = {x for x in range(22) if old[row][x] != new[row][x]}
                regions = [region for region in asked if region is None or region.y == row]
                covered = {
                    x
                    for region in regions
                    for x in (range(22) if region is None else range(region.x, region.right))
                }
                assert changed <= covered
        await pilot.pause()
        assert app.lines.text == "\n".join(text(line) for line in lines)


def cells(lines: Lines, row: int) -> list[tuple[str, bool | None]]:
    """Return character and boldness of every cell; the second cell of a wide character is empty."""
    found: list[tuple[str, bool | None]] = []
    for segment in lines.render_line(row):
        bold = segment.style.bold if segment.style else None
        for letter in segment.text:
            found += [(letter, bold), ("", bold)][: cell_len(letter)]
    return found


async def test_the_theme_is_behind_the_text_and_its_own_style_before_it() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.lines.write([(("plain", ""), ("loud", "bold reverse"))])
        await pilot.pause()
        parts = {part.text.strip(): part.style for part in app.lines.render_line(0)}
        for style in parts.values():
            assert style.bgcolor.name == "#102030"
            assert style.color.name == "#ddeeff"
        assert (parts["plain"].bold, parts["plain"].reverse) == (None, None)
        assert (parts["loud"].bold, parts["loud"].reverse) == (True, True)


async def test_another_theme_colours_the_lines_that_stand() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.lines.write(plain("words"))
        await pilot.pause()
        app.lines.styles.background = "#445566"
        await pilot.pause()
        assert {part.style.bgcolor.name for part in app.lines.render_line(0)} == {"#445566"}
        assert {part.style.bgcolor.name for part in app.lines.render_line(3)} == {"#445566"}


async def test_what_is_too_long_is_cut_at_the_edge() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.lines.write(plain("0123456789" * 4))
        await pilot.pause()
        assert on_screen(app.lines)[0] == ("0123456789" * 4)[:22]


async def test_what_was_written_before_the_first_layout_is_shown() -> None:
    app = Page()
    app.lines.write(plain("early"))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert on_screen(app.lines)[0].rstrip() == "early"
