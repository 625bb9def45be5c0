"""The drawing pad with keys and mouse, and the network's answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.handwriting import FINE, as_mnist
from tests.tui.conftest import until
from tests.tui.digit_frames import CLASSES, Says
from tests.tui.screen_text import screen_text
from tui.labs.pad import DrawingPad, PadScreen

NARROW, WIDE, WALL = (80, 22), (120, 40), (160, 50)


class PadApp(App[None]):
    """An app with a pad and a reader."""

    def __init__(self, reader: Callable[[], Says | None]) -> None:
        super().__init__()
        self.reader = reader

    def on_mount(self) -> None:
        self.push_screen(PadScreen(self.reader))

    @property
    def sheet(self) -> DrawingPad:
        return self.screen.query_one(DrawingPad)

    @property
    def answer(self) -> str:
        return str(self.screen.query_one("#answer", Static).render())


@pytest.fixture(autouse=True)
def many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


def pixels(pad: DrawingPad) -> set[tuple[int, int]]:
    """Return (row, column) of every pixel whose centre has full ink."""
    middles = pad.pad.ink[FINE // 2 :: FINE, FINE // 2 :: FINE]
    return {
        (int(row), int(column)) for row, column in zip(*np.nonzero(middles == 255), strict=True)
    }


def at(pad: DrawingPad) -> tuple[int, int]:
    """Return row and column of the pixel below the pen."""
    return int(pad.pad.y), int(pad.pad.x)


async def drag(pilot: Pilot[None], *places: tuple[int, int]) -> None:
    """Drag the mouse from the first of these cells over the others."""
    first, *others = places
    await pilot.mouse_down(DrawingPad, offset=first)
    for place in others:
        await pilot.hover(DrawingPad, offset=place)
    await pilot.mouse_up(DrawingPad, offset=places[-1])


async def test_keys_move_the_pen_and_draw_once_it_is_down() -> None:
    app = PadApp(Says)
    async with app.run_test(size=NARROW) as pilot:
        assert at(app.sheet) == (14, 14)
        await pilot.press("left", "up", "h", "k")
        assert at(app.sheet) == (12, 12)
        assert not app.sheet.pad.ink.any()
        await pilot.press("space", *["right"] * 3, "down", "l", "j")
        assert at(app.sheet) == (14, 16)
        way = {(12, 12), (12, 13), (12, 14), (12, 15), (13, 15), (13, 16), (14, 16)}
        assert way <= pixels(app.sheet)
        before = app.sheet.pad.ink
        await pilot.press("space", "right", "right")
        assert app.sheet.pad.ink is before
        corners = {"home": (-1, -1), "pageup": (-1, 1), "pagedown": (1, 1), "end": (1, -1)}
        for key, (down, right) in corners.items():
            row, column = at(app.sheet)
            await pilot.press(key)
            assert at(app.sheet) == (row + down, column + right)
        await pilot.press(*["pagedown"] * 14)
        assert at(app.sheet) == (27, 27)
        assert isinstance(app.screen, PadScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PadScreen))


async def test_undo_clear_and_the_look_of_the_pen() -> None:
    app = PadApp(Says)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("space", "right", "space", "down", "down", "down", "space", "space")
        two = pixels(app.sheet)
        await pilot.press("u")
        assert (14, 14) in pixels(app.sheet) < two
        await pilot.press("x")
        assert pixels(app.sheet) == set()
        await pilot.press("u", "u", "u", "u")
        assert pixels(app.sheet) == set()
        signs, rows = [], []
        for key in ("up", "up", "space", "down"):
            await pilot.press(key)
            text = "\n".join(strip.text for strip in app.sheet.strips)
            signs.append(next(letter for letter in text if letter in "△▽▲▼"))
            rows.append(at(app.sheet)[0] % 2)
        # Odd rows are the lower halves of their lines.
        up, down = "△▽", "▲▼"
        assert signs == [up[rows[0]], up[rows[1]], down[rows[2]], down[rows[3]]]
        assert rows[0] != rows[1]
        assert app.sheet.border_subtitle == "pen down"
        await pilot.press("space")
        assert app.sheet.border_subtitle == "pen up"


@pytest.mark.parametrize(("size", "scale"), [(NARROW, 1), (WIDE, 2), (WALL, 3)])
async def test_the_mouse_draws_where_it_is_dragged(size: tuple[int, int], scale: int) -> None:
    app = PadApp(Says)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        sheet = app.sheet
        assert sheet.scale == scale
        assert sheet.content_size == (28 * scale, 14 * scale)
        # One cell more for the border. From pixel (10, 5) to the right in the same row.
        row, start, end = 5 * scale, 5 * scale, 20 * scale
        await drag(pilot, (start + 1, row + 1), (end + 1, row + 1))
        assert {column for _, column in pixels(sheet)} >= set(range(6, 20))
        assert {row for row, _ in pixels(sheet)} <= {9, 10, 11, 12}
        assert not sheet.pad.down
        await pilot.hover(DrawingPad, offset=(3, 3))  # after release it draws no more
        assert min(row for row, _ in pixels(sheet)) >= 9
        await pilot.press("u")
        assert pixels(sheet) == set()
        # Dragged out of the pad, the line ends at its edge.
        await pilot.mouse_down(DrawingPad, offset=(15, 8))
        await pilot.hover(offset=(size[0] - 10, size[1] - 2))
        await pilot.mouse_up(offset=(size[0] - 10, size[1] - 2))
        assert at(sheet) == (27, 27)
        assert app.mouse_captured is None
        await pilot.hover(DrawingPad, offset=(2, 2))
        assert at(sheet) == (27, 27)
        # A screen on top of it takes the mouse.
        await pilot.mouse_down(DrawingPad, offset=(15, 8))
        assert sheet.pad.down
        app.push_screen(ModalScreen())
        await until(pilot, lambda: not sheet.pad.down)
        app.pop_screen()
        ink = sheet.pad.ink
        await pilot.press("right", "right")
        assert sheet.pad.ink is ink


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_network_is_asked_about_what_mnist_would_have_made_of_it(
    size: tuple[int, int],
) -> None:
    reader = Says(7, 0.91)
    app = PadApp(lambda: reader)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "Write one of: 0, 1, 2" in app.answer
        assert reader.asked == []  # an empty pad
        await pilot.press("space", *["down"] * 9)
        await until(pilot, lambda: "It says 7, and is 91% sure" in app.answer)
        assert (reader.asked[-1] == as_mnist(app.sheet.pad.ink)).all()
        text = screen_text(app)
        assert "scaled ×1.6, centred" in text  # from 12.5 pixels, with the soft edge, to 20
        assert "write this one larger" not in app.answer
        assert "answers: this run" in text
        assert " 91%" in text
        for name in CLASSES:
            assert f"│{name} " in text
        await pilot.press("x")
        await until(pilot, lambda: "Write one of" in app.answer)
        assert "91%" not in screen_text(app)
        assert "scaled" not in screen_text(app)
        # Many moves cause one request.
        await pilot.press("space")
        await until(pilot, lambda: "It says 7" in app.answer)
        assert "scaled ×5.7" in screen_text(app)  # a dot of 3.5 pixels
        assert "write this one larger" in screen_text(app)
        reader.asked.clear()
        for _ in range(20):
            app.sheet.action_move(0, 1)
            app.screen.ask()
        await until(pilot, lambda: reader.asked)
        await pilot.pause()
        assert len(reader.asked) <= 3
        assert (reader.asked[-1] == as_mnist(app.sheet.pad.ink)).all()


async def test_whoever_answers_is_named_and_says_how_sure_it_is() -> None:
    unsure, broken = Says(4, 0.5), Says()
    unsure.answer[9] = 0.4
    broken.answer[:] = np.nan
    readers: list[Says | None] = [
        *(None, Says(3, 0.8, "this run, after 9 steps"), Says(5, 0.9), unsure, broken)
    ]
    app = PadApp(lambda: readers[0])
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("space", "down", "down")
        await until(pilot, lambda: "No network has learned yet" in app.answer)
        text = " ".join(screen_text(app).split())
        assert "train with space" in text
        assert "answers: nobody" in text
        assert app.sheet.pad.ink.any()
        for words, seen in (
            ("It says 3, and is 80% sure", "after 9 steps"),
            ("It says 5", "90%"),
            ("It says 4, and is 50% sure. Or is it 9 (40%)?", "40%"),
            ("diverged", "nan"),
        ):
            readers.pop(0)
            app.screen.ask()
            await until(pilot, lambda words=words: words in app.answer)
            assert seen in screen_text(app)


async def test_another_size_keeps_the_drawing_and_another_theme_its_contrast() -> None:
    app = PadApp(Says)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("space", "down", "down")
        ink = app.sheet.pad.ink
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: app.sheet.content_size == (28, 14))
        assert app.sheet.pad.ink is ink
        dark = [strip.text for strip in app.sheet.strips], screen_text(app)
        paper = lambda: app.sheet.strips[0]._segments[0].style.bgcolor.triplet  # noqa: E731
        assert sum(paper()) < 100
        app.theme = "textual-light"
        await until(pilot, lambda: sum(paper()) > 600)
        assert ([strip.text for strip in app.sheet.strips], screen_text(app)) == dark
