"""The canvas of cells: writing, braille dots and the dots of lines."""

from __future__ import annotations

import random
import unicodedata
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np
import pytest

from tui.charts.canvas import PLAIN, UNTOUCHED, Canvas, Span, packed, stroke, unpacked

RED, GREEN, BLUE = (255, 0, 0), (0, 200, 0), (1, 2, 3)
NUMBERS = ((1, 4), (2, 5), (3, 6), (7, 8))
"""Unicode's numbers of the dots of a braille cell: 4 rows of 2."""


def places(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.intp)


def braille(*numbers: int) -> str:
    """Return the character with these dots, by its Unicode name."""
    digits = "".join(str(number) for number in sorted(numbers))
    return unicodedata.lookup(f"BRAILLE PATTERN DOTS-{digits}")


def inks(canvas: Canvas) -> list[list[object]]:
    return [[unpacked(int(ink)) for ink in row] for row in canvas.foregrounds]


# Colours.


@pytest.mark.parametrize(
    ("colour", "number"),
    [((0, 0, 0), 0), ((255, 0, 0), 0xFF0000), ((0, 255, 0), 0xFF00), ((18, 52, 86), 0x123456)],
)
def test_a_colour_is_one_number_as_html_writes_it(colour, number: int) -> None:
    assert packed(colour) == number
    assert unpacked(number) == colour


def test_every_part_of_a_colour_comes_back() -> None:
    for part in range(256):
        for colour in ((part, 0, 0), (0, part, 0), (0, 0, part), (part, 255 - part, part)):
            assert unpacked(packed(colour)) == colour


def test_black_is_a_colour_and_none_is_another_thing() -> None:
    assert unpacked(PLAIN) is None
    assert unpacked(packed((0, 0, 0))) == (0, 0, 0)


# Writing.


def test_a_new_canvas_is_blank_and_has_no_colours() -> None:
    canvas = Canvas(3, 2)
    assert canvas.text() == ["   ", "   "]
    assert list(canvas.spans(0)) == [Span("   ", None, None)]


def test_lines_become_a_canvas_of_their_size_and_their_spaces_stay_untouched() -> None:
    canvas = Canvas.of(["a b", " 漢x"], RED)
    assert canvas.text() == ["a b", " 漢x"]
    assert (canvas.glyphs == UNTOUCHED).tolist() == [[False, True, False], [True, False, False]]
    assert list(canvas.spans(0)) == [Span("a b", RED, None)]


def test_writing_touches_the_cells_of_the_text_alone_spaces_included() -> None:
    canvas = Canvas.of(["......", "......"], RED)
    canvas.write(1, 2, "x y", GREEN)
    assert canvas.text() == ["......", "..x y."]
    assert list(canvas.spans(1)) == [
        Span("..", RED, None),
        Span("x y", GREEN, None),
        Span(".", RED, None),
    ]
    over = Canvas(6, 2)
    over.lay(canvas)
    assert over.text() == ["......", "..x y."]


def test_text_reaches_the_last_cell_and_not_beyond_it() -> None:
    canvas = Canvas(4, 1)
    canvas.write(0, 1, "abc", RED)
    canvas.write(0, 4, "", RED)
    assert canvas.text() == [" abc"]
    with pytest.raises(ValueError, match="shape"):
        canvas.write(0, 2, "abc", RED)


def test_a_stamp_goes_into_each_of_its_cells() -> None:
    canvas = Canvas(4, 3)
    canvas.stamp(places(0, 2, 2), places(3, 0, 1), "●", BLUE)
    assert canvas.text() == ["   ●", "    ", "●●  "]
    assert inks(canvas) == [
        [None, None, None, BLUE],
        [None] * 4,
        [BLUE, BLUE, None, None],
    ]
    canvas.stamp(places(), places(), "x", RED)
    assert canvas.text() == ["   ●", "    ", "●●  "]


# Dots.


@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("column", range(2))
def test_each_dot_is_the_one_that_unicode_has_there(row: int, column: int) -> None:
    canvas = Canvas(3, 2)
    canvas.dot(places(4 + row), places(2 + column), RED)  # in cell (1, 1)
    assert canvas.text() == ["   ", f" {braille(NUMBERS[row][column])} "]


def test_the_dots_of_a_cell_join_in_one_call_and_over_many() -> None:
    canvas = Canvas(2, 1)
    canvas.dot(places(0, 3, 0, 0), places(0, 1, 0, 2), RED)
    assert canvas.text() == [braille(1, 8) + braille(1)]
    canvas.dot(places(1), places(0), GREEN)
    assert canvas.text() == [braille(1, 2, 8) + braille(1)]
    assert inks(canvas) == [[GREEN, RED]]  # a cell has one foreground: the last one
    every = [(row, column) for row in range(4) for column in range(2)]
    canvas.dot(places(*(row for row, _ in every)), places(*(column for _, column in every)), RED)
    assert canvas.text() == [braille(*range(1, 9)) + braille(1)]


def test_any_dots_make_the_letter_with_just_those_dots() -> None:
    rng = random.Random(1)
    for _ in range(100):
        chosen = rng.sample([(row, column) for row in range(4) for column in range(2)], 3)
        canvas = Canvas(1, 1)
        for row, column in chosen:
            canvas.dot(places(row), places(column), RED)
        assert canvas.text() == [braille(*(NUMBERS[row][column] for row, column in chosen))]


@pytest.mark.parametrize("other", ["x", "●", "│", "\u2900", "\u27ff"])
def test_a_dot_takes_the_place_of_what_is_no_braille(other: str) -> None:
    canvas = Canvas.of([other], GREEN)
    canvas.dot(places(2), places(1), RED)
    assert canvas.text() == [braille(6)]
    assert inks(canvas) == [[RED]]


# Overlaying and comparing canvases.


def test_what_was_drawn_is_laid_over_and_the_rest_stays() -> None:
    ground = Canvas.of(["abc", "def"], RED)
    ground.backgrounds[:] = packed(BLUE)
    top = Canvas(3, 2)
    top.write(0, 1, " ", GREEN)  # a written space covers, an empty cell does not
    top.write(1, 0, "X", GREEN)
    top.backgrounds[:] = packed(RED)
    ground.lay(top)
    assert ground.text() == ["a c", "Xef"]
    assert inks(ground) == [[RED, GREEN, RED], [GREEN, RED, RED]]
    assert set(ground.backgrounds.ravel().tolist()) == {packed(RED)}
    assert top.text() == ["   ", "X  "]


def test_the_ground_shows_where_nothing_was_drawn_and_its_paper_everywhere() -> None:
    ground = Canvas.of(["abc", "def"], RED)
    ground.backgrounds[:, 0] = packed(BLUE)
    top = Canvas(3, 2)
    top.write(0, 0, "X ", GREEN)
    top.backgrounds[:] = packed(RED)
    top.lay_under(ground)
    assert top.text() == ["X c", "def"]
    assert inks(top) == [[GREEN, GREEN, RED], [RED, RED, RED]]
    assert [[unpacked(int(paper)) for paper in row] for row in top.backgrounds] == [
        [BLUE, None, None]
    ] * 2
    assert ground.text() == ["abc", "def"]


def test_a_part_is_a_window_and_a_copy_is_not() -> None:
    canvas = Canvas.of(["....", "....", "...."], RED)
    copy, part = canvas.copy(), canvas.part(np.s_[1:], np.s_[1:3])
    assert part.text() == ["..", ".."]
    part.write(0, 0, "ab", GREEN)
    part.dot(places(7), places(3), BLUE)  # the last dot of its last cell
    part.backgrounds[0, 1] = packed(BLUE)
    assert canvas.text() == ["....", ".ab.", f"..{braille(8)}."]
    assert list(canvas.spans(1)) == [
        Span(".", RED, None),
        Span("a", GREEN, None),
        Span("b", GREEN, BLUE),
        Span(".", RED, None),
    ]
    assert copy.text() == ["....", "....", "...."]
    assert list(copy.spans(1)) == [Span("....", RED, None)]
    copy.write(0, 0, "z", BLUE)
    assert canvas.text()[0] == "...."


# Reading.


def test_a_row_is_cut_where_ink_or_paper_changes_and_nowhere_else() -> None:
    canvas = Canvas(7, 2)
    canvas.write(0, 0, "ab", RED)
    canvas.write(0, 2, "cd", RED)
    canvas.backgrounds[0, 3:5] = packed(GREEN)
    assert list(canvas.spans(0)) == [
        Span("abc", RED, None),
        Span("d", RED, GREEN),
        Span(" ", None, GREEN),
        Span("  ", None, None),
    ]
    assert list(canvas.spans(1)) == [Span(" " * 7, None, None)]


def test_the_runs_of_a_row_are_its_cells_whatever_they_are() -> None:
    rng = np.random.default_rng(2)
    canvas = Canvas(30, 40)
    canvas.glyphs[:] = rng.choice([UNTOUCHED, ord("a"), ord("漢"), ord("⣿"), ord("𝛁")], (40, 30))
    canvas.foregrounds[:] = rng.choice([PLAIN, 0, 0xFF0000], (40, 30))
    canvas.backgrounds[:] = rng.choice([PLAIN, 0, 0x123456], (40, 30))
    for row, text in enumerate(canvas.text()):
        spans = list(canvas.spans(row))
        cells = [(letter, run.foreground, run.background) for run in spans for letter in run.text]
        assert cells == [
            (
                " " if canvas.glyphs[row, column] == UNTOUCHED else chr(canvas.glyphs[row, column]),
                unpacked(int(canvas.foregrounds[row, column])),
                unpacked(int(canvas.backgrounds[row, column])),
            )
            for column in range(30)
        ]
        assert text == "".join(letter for letter, _, _ in cells)
        assert all(
            (one.foreground, one.background) != (next_.foreground, next_.background)
            for one, next_ in pairwise(spans)
        )


def test_an_equal_canvas_has_no_changes() -> None:
    canvas = Canvas.of(["abc", "def"], RED)
    assert list(canvas.changes(canvas.copy())) == []
    assert list(canvas.changes(canvas)) == []


def test_changes_are_told_a_row_each_from_the_first_cell_to_the_last() -> None:
    before = Canvas.of(["......"] * 5, RED)
    now = before.copy()
    now.write(0, 5, "x", RED)  # another character
    now.write(2, 1, ".", GREEN)  # another foreground
    now.write(2, 3, "y", RED)
    now.backgrounds[4, :2] = packed(BLUE)  # another background
    assert list(now.changes(before)) == [(0, 5, 6), (2, 1, 4), (4, 0, 2)]
    assert list(before.changes(now)) == [(0, 5, 6), (2, 1, 4), (4, 0, 2)]


def test_painting_the_changes_alone_gives_the_new_canvas() -> None:
    rng = np.random.default_rng(3)
    before, now = Canvas(9, 6), Canvas(9, 6)
    for _ in range(200):
        for cells in (now.glyphs, now.foregrounds, now.backgrounds):
            cells[rng.integers(6), rng.integers(9)] = rng.integers(40, 44)
        for row, start, end in now.changes(before):
            for name in ("glyphs", "foregrounds", "backgrounds"):
                getattr(before, name)[row, start:end] = getattr(now, name)[row, start:end]
        assert list(before.changes(now)) == []
        for name in ("glyphs", "foregrounds", "backgrounds"):
            assert (getattr(before, name) == getattr(now, name)).all()


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 3), (4, 0), (-2, 3), (4, -1)])
def test_a_canvas_without_a_cell_can_do_everything(width: int, height: int) -> None:
    canvas = Canvas(width, height)
    assert canvas.text() == [""] * max(height, 0)
    assert [list(canvas.spans(row)) for row in range(max(height, 0))] == [[]] * max(height, 0)
    canvas.dot(places(), places(), RED)
    canvas.lay(Canvas(width, height))
    canvas.lay_under(canvas.copy())
    assert list(canvas.changes(Canvas(width, height))) == []
    assert canvas.part(np.s_[:], np.s_[:]).text() == canvas.text()


@pytest.mark.parametrize("lines", [[], ["", ""]])
def test_lines_without_a_letter_make_a_canvas_without_a_cell(lines: list[str]) -> None:
    assert Canvas.of(lines, RED).text() == lines


# The dots of a line.


def dots(*corners: tuple[float, float]) -> list[tuple[int, int]]:
    """Return the dots of a line through these corners, each (across, down)."""
    across, down = (np.array(places, dtype=np.float64) for places in zip(*corners, strict=True))
    below, right = stroke(across, down)
    return list(zip(right.tolist(), below.tolist(), strict=True))


def walk(*corners: tuple[float, float]) -> list[tuple[int, int]]:
    """Return the same in plain Python with exact fractions: equal steps of at most a dot's size."""
    exact = [(Fraction(x), Fraction(y)) for x, y in corners]
    found = []
    for (x, y), (to_x, to_y) in pairwise(exact):
        steps = max(ceil(max(abs(to_x - x), abs(to_y - y))), 1)
        found += [
            (floor(x + (to_x - x) * step / steps), floor(y + (to_y - y) * step / steps))
            for step in range(steps)
        ]
    return [*found, (floor(exact[-1][0]), floor(exact[-1][1]))]


def touching(line: list[tuple[int, int]]) -> bool:
    return all(max(abs(x - u), abs(y - v)) <= 1 for (x, y), (u, v) in pairwise(line))


@pytest.mark.parametrize("seed", range(4))
def test_a_line_is_that_of_a_walk_in_plain_python(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(200):
        size = rng.choice((0.9, 5, 40, 400))
        corners = [
            (rng.uniform(0, size), rng.uniform(0, size)) for _ in range(rng.choice((1, 2, 3, 9)))
        ]
        line = dots(*corners)
        assert line == walk(*corners)
        assert touching(line)
        assert {(floor(x), floor(y)) for x, y in corners} <= set(line)


def test_each_dot_lies_on_its_line() -> None:
    rng = random.Random(7)
    for _ in range(200):
        start, end = ((rng.uniform(0, 60), rng.uniform(0, 60)) for _ in range(2))
        length = np.hypot(end[0] - start[0], end[1] - start[1])
        for across, down in dots(start, end):
            middle = across + 0.5, down + 0.5
            away = (end[0] - start[0]) * (middle[1] - start[1]) - (end[1] - start[1]) * (
                middle[0] - start[0]
            )
            # A line through a dot, which is 1 by 1, passes its centre within half a diagonal.
            assert abs(away) / length <= 0.5**0.5 + 1e-9


def test_the_simple_lines_are_the_ones_that_anybody_would_draw() -> None:
    assert dots((0.5, 2.5), (3.5, 2.5)) == [(0, 2), (1, 2), (2, 2), (3, 2)]
    assert dots((3.5, 2.5), (0.5, 2.5)) == [(3, 2), (2, 2), (1, 2), (0, 2)]
    assert dots((1.5, 0.5), (1.5, 3.5)) == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert dots((0.5, 0.5), (3.5, 3.5)) == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_single_point_is_a_single_dot() -> None:
    assert dots((3.7, 1.2)) == [(3, 1)]


def test_a_line_that_goes_nowhere_is_its_one_dot() -> None:
    assert set(dots((3.7, 1.2), (3.7, 1.2), (3.7, 1.2))) == {(3, 1)}


def test_a_corner_is_turned_and_not_cut() -> None:
    line = dots((0.5, 0.5), (4.5, 0.5), (4.5, 4.5))
    assert set(line) == {(x, 0) for x in range(5)} | {(4, y) for y in range(5)}
    assert touching(line)


def test_lines_between_whole_numbers_have_every_dot_too() -> None:
    """Rounding matters most there: a step to the edge of a dot may end just before it."""
    for length in range(1, 400):
        for start in (0, 1, 2, 7):
            line = dots((start, 2), (start + length, 2))
            assert {across for across, _ in line} == set(range(start, start + length + 1)), length
            assert touching(dots((2, start), (9, start + length)))
            assert touching(dots((start + length, start), (start, start + length)))
