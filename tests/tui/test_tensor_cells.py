"""Layout, scrolling and drawing of tensors, checked by hand as text, without an app."""

from __future__ import annotations

import numpy as np

from tui.charts.style import ChartStyle
from tui.charts.tensor_cells import (
    FAINT,
    NumberGrid,
    TensorLayout,
    TensorViewport,
    Window,
    draw_picture,
    pixels,
)

DARK, LIGHT = ChartStyle.dark(), ChartStyle.light()


def grid(numbers: np.ndarray) -> list[str]:
    layout = TensorLayout.of(numbers.shape)
    window = Window(0, 0, layout.rows, layout.columns)
    strips = NumberGrid(numbers).draw(layout.stacked(numbers)[0], window, None, None, None, DARK)
    return [strip.text.rstrip() for strip in strips]


def viewport(shape: tuple[int, ...], rows: int, columns: int, pictures: bool = False):
    """Return a viewport on a tensor of this shape, with this number of visible rows and columns."""
    made = TensorViewport()
    made.layout = TensorLayout.of(shape, pictures)
    made.fit(rows, columns)
    return made


def only(shape: tuple[int, ...], *cells: tuple[int, ...]) -> np.ndarray:
    """Return a mask with only these cells."""
    mask = np.zeros(shape, bool)
    for cell in cells:
        mask[cell] = True
    return mask


LAYOUTS = [  # shape, drawn as a picture; slices, rows, columns, coloured
    ((), False, 1, 1, 1, False), ((4,), False, 1, 1, 4, False), ((8, 3), False, 1, 8, 3, False),
    ((2, 3, 4), False, 2, 3, 4, False), ((24, 36, 3), True, 1, 24, 36, True),
    ((24, 36, 3), False, 24, 36, 3, False), ((3, 24, 36), True, 3, 24, 36, False),
    ((20, 16, 24, 3), True, 20, 16, 24, True), ((20, 3, 16, 24), True, 60, 16, 24, False),
    ((36, 3), True, 1, 36, 3, False),
]  # fmt: skip


def test_the_last_dimensions_are_rows_and_a_place_is_the_cell_with_that_index() -> None:
    for shape, pictures, *expected in LAYOUTS:
        layout = TensorLayout.of(shape, pictures)
        found = [layout.slices, layout.rows, layout.columns, layout.coloured]
        assert found == expected, shape
    # A position on screen belongs to the cell with this index.
    for shape in ((), (4,), (3, 4), (2, 3, 4), (2, 3, 4, 5), (2, 9, 9, 3)):
        numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        layout = TensorLayout.of(shape, pictures=True)
        stacked = layout.stacked(numbers)
        for place in np.ndindex(layout.slices, layout.rows, layout.columns):
            drawn = np.ravel(stacked[place]).tolist()
            assert [numbers[cell] for cell in layout.cells_at(*place)] == drawn


WRITTEN = [
    (np.array(3.5), ["3.5"]),
    (np.array([1.0, 2.0, 3.0]), ["0 1 2", "1 2 3"]),
    (np.array([5.1, -0.25], np.float32), ["0 1", "5.10 −0.25"]),
    (np.array([True, False]), ["0 1", "True False"]),
    (np.array([np.nan, -np.inf, 1.0]), ["0 1 2", "nan −inf 1"]),
    (np.array([np.nan, np.inf]), ["0 1", "nan inf"]),
    (np.array([1e7, 2.0]), ["0 1", "1e+07 2"]),
    (np.array([-3, 250]), ["0 1", "−3 250"]),
]


def test_numbers_are_written_below_their_indices() -> None:
    for numbers, written in WRITTEN:
        lines = grid(numbers)
        assert [" ".join(line.split()) for line in lines] == written
        assert len({len(line) for line in lines}) == 1  # each below its column index
    # Highlights are also visible without colour.
    numbers = np.arange(6).reshape(2, 3)
    chosen, changed = only((2, 3), (0, 1)), only((2, 3), (1, 2))
    written = NumberGrid(numbers)
    strips = written.draw(numbers, Window(0, 0, 2, 3), chosen, changed, (1, 0), DARK)
    assert [strip.text for strip in strips[1:]] == ["0  0  1  2 ", "1 [3] 4  5*"]
    parts = [part for strip in strips for part in strip if part.style and part.style.reverse]
    assert [part.text for part in parts] == [" 1 ", " 5*"]
    # A window is a part of the grid below its own indices.
    numbers = np.arange(100).reshape(10, 10)
    strips = NumberGrid(numbers).draw(numbers, Window(4, 7, 2, 2), None, None, None, DARK)
    assert [" ".join(strip.text.split()) for strip in strips] == ["7 8", "4 47 48", "5 57 58"]
    # A window moves no further than necessary.
    window = Window(0, 0, 4, 5)
    assert window.moved_to(3, 4, 20, 20) == window
    assert window.moved_to(9, 2, 20, 20) == Window(6, 0, 4, 5)
    assert window.moved_to(19, 19, 20, 20) == Window(16, 15, 4, 5)
    assert Window(9, 9, 4, 5).moved_to(0, 0, 20, 20) == window


def test_pixels_their_scale_and_their_signs() -> None:
    same, message = pixels(np.array([[0, 200]], np.uint8))
    assert same.tolist() == [[0, 200]]
    assert message == ""
    assert pixels(np.array([[0.4, 199.6]]))[0].tolist() == [[0, 200]]
    spread, message = pixels(np.array([[-1.0, 0.0, 1.0]]))
    assert spread.tolist() == [[0, 128, 255]]
    assert message == "drawn from −1, dark, to 1"
    strange = pixels(np.array([[np.nan, np.inf, 3.0]]))[0]
    assert strange.tolist() == [[0, 255, 3]]
    # Two pixels share a character, and pixels that were not read are dimmed.
    picture = np.array([[100, 200], [50, 250], [10, 20]], np.uint8)
    strips = draw_picture(picture, Window(0, 0, 4, 2), None, None, DARK, shaded=False)
    assert [strip.text for strip in strips] == ["▀▀", "▀▀"]
    first = strips[0]._segments[0].style
    assert first.color.triplet == (100, 100, 100)
    assert first.bgcolor.triplet == (50, 50, 50)
    chosen = ~only((3, 2), (0, 0))
    faint = draw_picture(picture, Window(0, 0, 4, 2), chosen, (2, 1), DARK, shaded=False)
    assert faint[0].text == "▀▀"
    assert faint[0]._segments[0].style.color.triplet.red == int(100 * FAINT)
    assert faint[1].text == "▀▲"  # the cursor, in the upper half
    picture = np.full((8, 8, 3), 200, np.uint8)  # a channel that was read keeps its colour
    chosen = np.zeros((8, 8, 3), bool)
    chosen[:, :, 0] = True
    strips = draw_picture(picture, Window(0, 0, 8, 8), chosen, None, DARK, shaded=False)
    assert strips[0]._segments[0].style.color.triplet == (200, int(200 * FAINT), int(200 * FAINT))
    # A few pixels have a mark.
    chosen = only((4, 3), (0, 0), (1, 1), (2, 2), (3, 2))
    strips = draw_picture(np.zeros((4, 3), np.uint8), Window(0, 0, 4, 3), chosen, None, DARK, False)
    assert [strip.text for strip in strips] == ["▲▼▀", "▀▀◆"]
    # With 16 colours, pixels are shades of one.
    picture = np.array([[0, 60, 120, 180, 255]] * 2, np.uint8)
    for look, shades in ((DARK, " ░▒▓█"), (LIGHT, "█▓▒░ ")):
        strips = draw_picture(picture, Window(0, 0, 2, 5), None, None, look, shaded=True)
        assert [strip.text for strip in strips] == [shades]


def test_the_cursor_and_the_window_that_follows_it() -> None:
    for arrow in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        here = viewport((10, 10), 4, 5)
        here.window = Window(3, 2, 4, 5)
        assert here.cells == ()
        here.move(*arrow)
        assert here.cursor == (3, 2)
        assert here.window == Window(3, 2, 4, 5)
    # The window follows the cursor no further than necessary.
    here = viewport((10, 10), 4, 5)
    here.move(1, 0)
    for _ in range(4):
        here.move(1, 0)
    assert here.cursor == (4, 0)
    assert here.window == Window(1, 0, 4, 5)  # the rows 1, 2, 3, 4
    for _ in range(6):
        here.move(0, 1)
    assert here.cursor == (4, 6)
    assert here.window == Window(1, 2, 4, 5)  # the columns 2 to 6
    here.move(-1, 0)
    assert here.window == Window(1, 2, 4, 5)
    # The cursor stays inside.
    here = viewport((2, 3), 2, 3)
    for arrow, end in (((1, 0), (1, 0)), ((0, 1), (1, 2)), ((-1, 0), (0, 2)), ((0, -1), (0, 0))):
        for _ in range(5):
            here.move(*arrow)
        assert here.cursor == end
    # Arrows show the directions of hidden cells.
    here = viewport((10, 10), 4, 5)
    for window, arrows in (
        ((0, 0, 10, 10), ""), ((0, 0, 4, 5), "→↓"), ((3, 2, 4, 5), "←→↑↓"),
        ((6, 5, 4, 5), "←↑"), ((6, 0, 4, 10), "↑"),
    ):  # fmt: skip
        here.window = Window(*window)
        assert here.hidden == arrows
    # More room shows more, but nothing beyond the end.
    here = viewport((10, 10), 4, 5)
    here.window = Window(6, 5, 4, 5)  # the last corner
    here.fit(7, 8)
    assert here.window == Window(3, 2, 7, 8)  # the last cells: 3 + 7 and 2 + 8 are 10
    here.fit(40, 50)
    assert here.window == Window(0, 0, 40, 50)
    here.fit(2, 2)
    assert here.window == Window(0, 0, 2, 2)


def test_slices_and_masks() -> None:
    here = viewport((2, 3, 4, 5), 4, 5)  # six slices of 4 rows and 5 columns
    assert here.turns
    for arrow in ((1, 0), (1, 0), (0, 1)):
        here.move(*arrow)
    assert here.cells == ((0, 0, 1, 1),)
    assert here.turn(1)
    assert here.cells == ((0, 1, 1, 1),)
    here.turn(3)
    assert here.slice == 4
    assert here.cells == ((1, 1, 1, 1),)  # 4 = 1 · 3 + 1
    here.turn(3)
    assert here.slice == 1
    here.turn(-2)
    assert here.slice == 5
    here.rewind()
    assert (here.slice, here.cursor, here.cells) == (0, None, ())
    # A matrix has one slice, and an empty viewport cannot be turned.
    nothing = TensorViewport()
    assert nothing.layout.empty
    assert nothing.cells == ()
    for one in (nothing, viewport((4, 5), 4, 5), viewport((6, 0, 5), 4, 5)):
        assert not one.turns
    assert not nothing.turn(1)
    assert not viewport((4, 5), 4, 5).turn(1)
    # A coloured pixel has three cells.
    here = viewport((2, 9, 8, 3), 4, 4, pictures=True)
    here.turn(1)
    here.move(0, 1)
    here.move(0, 1)
    assert here.cells == ((1, 0, 1, 0), (1, 0, 1, 1), (1, 0, 1, 2))
    # The part of a mask belongs to the slice of the viewport.
    here = viewport((2, 2, 3), 2, 3)
    mask = only((2, 2, 3), (1, 0, 2))
    assert here.part(mask).tolist() == [[False, False, False], [False, False, False]]
    here.turn(1)
    assert here.part(mask).tolist() == [[False, False, True], [False, False, False]]
    # Selected cells are scrolled into view; visible ones do not scroll.
    shape = (3, 10, 10)
    here = viewport(shape, 4, 5)
    here.reveal(only(shape))
    assert (here.slice, here.window) == (0, Window(0, 0, 4, 5))
    here.reveal(only(shape, (0, 3, 4), (2, 9, 9)))  # the last cell of the window is one of them
    assert (here.slice, here.window) == (0, Window(0, 0, 4, 5))
    here.reveal(only(shape, (0, 7, 1), (0, 9, 9)))
    assert (here.slice, here.window) == (0, Window(4, 0, 4, 5))  # the rows 4 to 7
    here.reveal(only(shape, (1, 5, 9), (2, 0, 0)))
    assert (here.slice, here.window) == (1, Window(4, 5, 4, 5))
    assert here.cursor is None
