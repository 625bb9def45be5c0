"""Lines that repaint only changed cells, and lines spread over a width."""

from __future__ import annotations

import random
from typing import Any

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.widgets.painted import Lines, StyledLine, spread

LEFT: StyledLine = (("cuda:0 ", ""), ("NVIDIA H200", "bold"))
RIGHT: StyledLine = (("42 steps/s", "bold"), (" ok", ""))


def text(line: StyledLine) -> str:
    return "".join(piece for piece, _ in line)


# A line spread over a width.


def test_it_takes_its_width_and_never_less_than_the_right_part_needs() -> None:
    for left in (LEFT, (), (("", ""),), (("漢字漢字", ""), ("かな", "bold"))):
        for width in range(121):
            line = spread(left, RIGHT, width)
            assert cell_len(text(line)) == max(width, 1 + 13)
            assert line[-2:] == RIGHT
            assert text(line).endswith(" 42 steps/s ok")
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


def test_a_left_part_without_room_ends_in_an_ellipsis() -> None:
    wide: StyledLine = (("漢字漢字", ""),)
    bar: StyledLine = (("|", ""),)
    for left, right, width, expected in (
        (LEFT, RIGHT, 35, "cuda:0 NVIDIA H200    42 steps/s ok"),
        (LEFT, RIGHT, 32, "cuda:0 NVIDIA H200 42 steps/s ok"),  # the last column
        (LEFT, RIGHT, 31, "cuda:0 NVIDIA H2… 42 steps/s ok"),
        (LEFT, RIGHT, 19, "cuda… 42 steps/s ok"),
        (LEFT, RIGHT, 15, "… 42 steps/s ok"),
        *((LEFT, RIGHT, width, " 42 steps/s ok") for width in (0, 1, 5, 13, 14)),
        # Characters of two cells are not cut in half.
        (wide, bar, 10, "漢字漢字 |"),
        (wide, bar, 9, "漢字漢… |"),
        (wide, bar, 8, "漢字 … |"),  # half of another one would fit
        ((("ab", ""),), (("漢", ""),), 6, "ab  漢"),
    ):
        assert text(spread(left, right, width)) == expected
    pieces = [piece for piece in spread(LEFT, RIGHT, 28) if piece[0]]
    assert pieces == [("cuda:0 ", ""), ("NVIDIA…", "bold"), (" ", ""), *RIGHT]


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


async def test_only_the_cells_that_changed_are_painted() -> None:
    bold: StyledLine = (("ab", ""), ("cd", "bold"), ("ef", ""))
    reverse: StyledLine = (("ab", ""), ("cd", "reverse"), ("ef", ""))
    split: StyledLine = (("a", ""), ("b", ""), ("", "dim"), ("cd", "bold"), ("ef", ""))
    app = Page()
    async with app.run_test() as pilot:
        lines = app.lines
        assert (lines.text, on_screen(lines)) == ("", [" " * 22] * 4)
        for before, after, regions in (
            (
                plain("loss 0.125", "same", "w = 1"),
                plain("loss 0.250", "same", "w = 12"),
                [Region(7, 0, 3, 1), Region(5, 2, 1, 1)],
            ),
            (plain("w = 123"), plain("w = 1"), [Region(5, 0, 2, 1)]),  # no longer written
            (plain("abc"), plain("Xbc"), [Region(0, 0, 1, 1)]),
            (plain("abc"), plain("abX"), [Region(2, 0, 1, 1)]),
            (plain("one", "two"), plain("one", "two"), []),
            ([bold], [reverse], [Region(2, 0, 2, 1)]),  # another style
            ([bold], [split], []),  # the same cells in other pieces
            # Beside characters of two cells the whole line is painted.
            (plain("漢字 1", "x"), plain("漢字 2", "x"), [Region(0, 0, 6, 1)]),
            (plain("abc", "x"), plain("漢c", "x"), [Region(0, 0, 3, 1)]),
            (plain("漢字", "x"), plain("a", "x"), [Region(0, 0, 4, 1)]),
            # Another number of lines paints everything.
            (plain("one"), plain("one", "two"), [None]),
            (plain("one", "two"), plain("one"), [None]),
            (plain("one"), [], [None]),
        ):
            lines.write(before)
            await pilot.pause()
            lines.painted.clear()
            lines.write(after)
            assert lines.painted == regions, after
            shown = [text(line) + " " * (22 - cell_len(text(line))) for line in after]
            assert on_screen(lines)[: len(after)] == shown
            assert lines.text == "\n".join(text(line) for line in after)


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


async def test_lines_are_coloured_by_the_theme_and_cut_at_the_edge() -> None:
    app = Page()
    app.lines.write(plain("early"))  # before the first layout
    async with app.run_test() as pilot:
        await pilot.pause()
        assert on_screen(app.lines)[0].rstrip() == "early"
        app.lines.write(plain("0123456789" * 4))
        await pilot.pause()
        assert on_screen(app.lines)[0] == ("0123456789" * 4)[:22]
        app.lines.write([(("plain", ""), ("loud", "bold reverse"))])
        await pilot.pause()
        parts = {part.text.strip(): part.style for part in app.lines.render_line(0)}
        for style in parts.values():
            assert style.bgcolor.name == "#102030"
            assert style.color.name == "#ddeeff"
        assert (parts["plain"].bold, parts["plain"].reverse) == (None, None)
        assert (parts["loud"].bold, parts["loud"].reverse) == (True, True)
        app.lines.styles.background = "#445566"  # another theme colours what is written
        await pilot.pause()
        for row in (0, 3):
            assert {part.style.bgcolor.name for part in app.lines.render_line(row)} == {"#445566"}
