"""What of a tensor is in sight: slices, the window on one, the cursor; numbers counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tui.cells.marks import Window
from tui.cells.plan import plan
from tui.cells.sight import Sight


def sight(shape: tuple[int, ...], rows: int, columns: int, pictures: bool = False) -> Sight:
    """A tensor of this shape, with room for so many rows and columns of a slice."""
    made = Sight()
    made.plan = plan(shape, pictures)
    made.fit(rows, columns)
    return made


def only(shape: tuple[int, ...], *cells: tuple[int, ...]) -> np.ndarray:
    """A mask in which nothing but these cells is chosen."""
    mask = np.zeros(shape, bool)
    for cell in cells:
        mask[cell] = True
    return mask


def test_at_first_there_is_nothing_to_see_or_to_turn() -> None:
    nothing = Sight()
    assert nothing.plan.empty
    assert nothing.cells == ()
    assert not nothing.turns
    assert not nothing.turn(1)


def test_the_first_arrow_chooses_the_first_cell_in_sight() -> None:
    for arrow in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        here = sight((10, 10), 4, 5)
        here.window = Window(3, 2, 4, 5)
        assert here.cells == ()
        here.move(*arrow)
        assert here.cursor == (3, 2)
        assert here.window == Window(3, 2, 4, 5)


def test_the_window_follows_the_cursor_no_further_than_it_must() -> None:
    here = sight((10, 10), 4, 5)
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


def test_the_cursor_stays_inside() -> None:
    here = sight((2, 3), 2, 3)
    for arrow, end in (((1, 0), (1, 0)), ((0, 1), (1, 2)), ((-1, 0), (0, 2)), ((0, -1), (0, 0))):
        for _ in range(5):
            here.move(*arrow)
        assert here.cursor == end


@pytest.mark.parametrize(
    ("window", "arrows"),
    [
        (Window(0, 0, 10, 10), ""),
        (Window(0, 0, 4, 5), "→↓"),
        (Window(3, 2, 4, 5), "←→↑↓"),
        (Window(6, 5, 4, 5), "←↑"),
        (Window(6, 0, 4, 10), "↑"),
    ],
)
def test_arrows_lead_to_what_is_out_of_sight(window: Window, arrows: str) -> None:
    here = sight((10, 10), 4, 5)
    here.window = window
    assert here.hidden == arrows


def test_more_room_shows_more_and_nothing_beyond_the_end() -> None:
    here = sight((10, 10), 4, 5)
    here.window = Window(6, 5, 4, 5)  # the last corner
    here.fit(7, 8)
    assert here.window == Window(3, 2, 7, 8)  # 3 + 7 rows and 2 + 8 columns are all there are
    here.fit(40, 50)
    assert here.window == Window(0, 0, 40, 50)
    here.fit(2, 2)
    assert here.window == Window(0, 0, 2, 2)


def test_after_the_last_slice_comes_the_first_and_the_cursor_keeps_its_place() -> None:
    here = sight((2, 3, 4, 5), 4, 5)  # six slices of 4 rows and 5 columns
    assert here.turns
    here.move(1, 0)
    here.move(1, 0)
    here.move(0, 1)
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


def test_a_matrix_has_one_slice_and_an_empty_stack_nothing_to_turn() -> None:
    assert not sight((4, 5), 4, 5).turns
    assert not sight((4, 5), 4, 5).turn(1)
    assert not sight((6, 0, 5), 4, 5).turns


def test_a_coloured_pixel_is_three_cells() -> None:
    here = sight((2, 9, 8, 3), 4, 4, pictures=True)
    here.turn(1)
    here.move(0, 1)
    here.move(0, 1)
    assert here.cells == ((1, 0, 1, 0), (1, 0, 1, 1), (1, 0, 1, 2))


def test_the_part_of_a_mask_is_that_of_the_slice_in_sight() -> None:
    here = sight((2, 2, 3), 2, 3)
    mask = only((2, 2, 3), (1, 0, 2))
    assert here.part(mask).tolist() == [[False, False, False], [False, False, False]]
    here.turn(1)
    assert here.part(mask).tolist() == [[False, False, True], [False, False, False]]


def test_what_is_chosen_comes_into_sight_and_what_is_there_stays() -> None:
    shape = (3, 10, 10)
    here = sight(shape, 4, 5)
    here.reveal(only(shape))
    assert (here.slice, here.window) == (0, Window(0, 0, 4, 5))
    here.reveal(only(shape, (0, 3, 4), (2, 9, 9)))  # the last cell of the window is one of them
    assert (here.slice, here.window) == (0, Window(0, 0, 4, 5))
    here.reveal(only(shape, (0, 7, 1), (0, 9, 9)))
    assert (here.slice, here.window) == (0, Window(4, 0, 4, 5))  # the rows 4 to 7
    here.reveal(only(shape, (1, 5, 9), (2, 0, 0)))
    assert (here.slice, here.window) == (1, Window(4, 5, 4, 5))
    assert here.cursor is None
