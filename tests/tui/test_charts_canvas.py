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


def test_a_colour_is_one_number_as_html_writes_it_and_comes_back() -> None:
    for colour, number in (((0, 0, 0), 0), ((255, 0, 0), 0xFF0000), ((18, 52, 86), 0x123456)):
        assert packed(colour) == number
    for part in range(256):
        for colour in ((part, 0, 0), (0, part, 0), (0, 0, part), (part, 255 - part, part)):
            assert unpacked(packed(colour)) == colour
    assert unpacked(PLAIN) is None  # not black


# Writing.


def test_lines_become_a_canvas_and_writing_touches_the_cells_of_the_text_alone() -> None:
    assert list(Canvas(3, 2).spans(0)) == [Span("   ", None, None)]
    canvas = Canvas.of(["a b", " 漢x"], RED)
    assert canvas.text() == ["a b", " 漢x"]
    assert (canvas.glyphs == UNTOUCHED).tolist() == [[False, True, False], [True, False, False]]
    canvas = Canvas.of(["......", "......"], RED)
    canvas.write(1, 2, "x y", GREEN)
    assert [(span.text, span.foreground) for span in canvas.spans(1)] == [
        *(("..", RED), ("x y", GREEN), (".", RED)),
    ]
    over = Canvas(6, 2)
    over.lay(canvas)  # the written space covers too
    assert over.text() == ["......", "..x y."]
    canvas.write(0, 3, "abc", RED)  # up to the last cell, and not beyond it
    canvas.write(0, 6, "", RED)
    assert canvas.text()[0] == "...abc"
    with pytest.raises(ValueError, match="shape"):
        canvas.write(0, 4, "abc", RED)


def test_a_stamp_goes_into_each_of_its_cells() -> None:
    canvas = Canvas(4, 3)
    canvas.stamp(places(0, 2, 2), places(3, 0, 1), "●", BLUE)
    canvas.stamp(places(), places(), "x", RED)
    assert canvas.text() == ["   ●", "    ", "●●  "]
    assert inks(canvas) == [[None, None, None, BLUE], [None] * 4, [BLUE, BLUE, None, None]]


# Dots.


def test_each_dot_is_the_one_that_unicode_has_there_and_replaces_other_signs() -> None:
    every = [(row, column) for row in range(4) for column in range(2)]
    for row, column in every:
        canvas = Canvas(3, 2)
        canvas.dot(places(4 + row), places(2 + column), RED)  # in cell (1, 1)
        assert canvas.text() == ["   ", f" {braille(NUMBERS[row][column])} "]
    rng = random.Random(1)
    for _ in range(100):
        chosen, canvas = rng.sample(every, 3), Canvas(1, 1)
        for row, column in chosen:
            canvas.dot(places(row), places(column), RED)
        assert canvas.text() == [braille(*(NUMBERS[row][column] for row, column in chosen))]
    for other in ("x", "●", "│", "\u2900", "\u27ff"):
        canvas = Canvas.of([other], GREEN)
        canvas.dot(places(2), places(1), RED)
        assert (canvas.text(), inks(canvas)) == ([braille(6)], [[RED]])


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


def test_the_spans_of_a_row_are_cut_where_a_colour_changes_and_nowhere_else() -> None:
    canvas = Canvas(7, 1)
    canvas.write(0, 0, "ab", RED)
    canvas.write(0, 2, "cd", RED)
    canvas.backgrounds[0, 3:5] = packed(GREEN)
    found = [(span.text, span.foreground, span.background) for span in canvas.spans(0)]
    assert found == [
        *(("abc", RED, None), ("d", RED, GREEN), (" ", None, GREEN), ("  ", None, None)),
    ]
    rng = np.random.default_rng(2)
    canvas = Canvas(30, 40)
    canvas.glyphs[:] = rng.choice([UNTOUCHED, ord("a"), ord("漢"), ord("⣿"), ord("𝛁")], (40, 30))
    canvas.foregrounds[:] = rng.choice([PLAIN, 0, 0xFF0000], (40, 30))
    canvas.backgrounds[:] = rng.choice([PLAIN, 0, 0x123456], (40, 30))
    for row, text in enumerate(canvas.text()):
        spans = list(canvas.spans(row))
        colours = [unpacked(int(colour)) for colour in canvas.foregrounds[row]]
        papers = [unpacked(int(colour)) for colour in canvas.backgrounds[row]]
        letters = ["" if code == UNTOUCHED else chr(code) for code in canvas.glyphs[row]]
        cells = [(letter, run.foreground, run.background) for run in spans for letter in run.text]
        assert cells == list(zip([each or " " for each in letters], colours, papers, strict=True))
        assert text == "".join(run.text for run in spans)
        for one, other in pairwise(spans):
            assert (one.foreground, one.background) != (other.foreground, other.background)


def test_changes_are_one_for_each_row_from_the_first_cell_to_the_last() -> None:
    before = Canvas.of(["......"] * 5, RED)
    now = before.copy()
    assert list(now.changes(before)) == list(now.changes(now)) == []
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


def test_a_canvas_without_a_cell_can_do_everything() -> None:
    for width, height in ((0, 0), (0, 3), (4, 0), (-2, 3), (4, -1)):
        canvas = Canvas(width, height)
        assert canvas.text() == [""] * max(height, 0)
        assert [list(canvas.spans(row)) for row in range(max(height, 0))] == [[]] * max(height, 0)
        canvas.dot(places(), places(), RED)
        canvas.lay(Canvas(width, height))
        canvas.lay_under(canvas.copy())
        assert list(canvas.changes(Canvas(width, height))) == []
        assert canvas.part(np.s_[:], np.s_[:]).text() == canvas.text()
    for lines in ([], ["", ""]):
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


def test_a_line_is_that_of_a_walk_in_plain_python() -> None:
    rng = random.Random(7)
    for _ in range(300):
        size = rng.choice((0.9, 5, 40, 400))
        corners = [
            (rng.uniform(0, size), rng.uniform(0, size)) for _ in range(rng.choice((1, 2, 3, 9)))
        ]
        if rng.random() < 0.5:  # rounding matters most there: a step may end just before a dot
            corners = [(round(x), round(y)) for x, y in corners]
        line = dots(*corners)
        assert line == walk(*corners)
        assert touching(line)
        assert {(floor(x), floor(y)) for x, y in corners} <= set(line)


def test_the_simple_lines_are_the_ones_that_anybody_would_draw() -> None:
    assert dots((0.5, 2.5), (3.5, 2.5)) == [(0, 2), (1, 2), (2, 2), (3, 2)]
    assert dots((1.5, 3.5), (1.5, 0.5)) == [(1, 3), (1, 2), (1, 1), (1, 0)]
    assert dots((0.5, 0.5), (3.5, 3.5)) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert set(dots((3.7, 1.2))) == set(dots(*[(3.7, 1.2)] * 3)) == {(3, 1)}
    corner = dots((0.5, 0.5), (4.5, 0.5), (4.5, 4.5))  # turned and not cut
    assert set(corner) == {(x, 0) for x in range(5)} | {(4, y) for y in range(5)}
