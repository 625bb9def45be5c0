"""The terminal becomes too small and large again; several sizes arrive at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from textual.command import CommandPalette
from textual.events import Key, MouseDown, Paste, Resize
from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from engine.frame import State
from engine.handwriting import as_mnist
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tests.tui.test_app import screen_of
from tui.labs.pad import DrawingPad, PadScreen
from tui.palette import Palette
from tui.screens.help import HelpScreen
from tui.screens.home import Contents, HomeScreen
from tui.screens.lesson import LessonScreen
from tui.terminal.resizing import MINIMUM, is_too_small, message

TOO_SMALL = [(79, 22), (80, 21), (40, 10), (1, 1)]


def test_the_minimum_leaves_two_rows_of_an_ordinary_terminal_to_tmux() -> None:
    assert Size(80, 24 - 2) == MINIMUM
    assert not is_too_small(Size(80, 22))
    assert all(is_too_small(Size(*size)) for size in TOO_SMALL)


def test_the_message_says_as_much_as_fits() -> None:
    needs = "dltui needs 80×22"
    for size, lines in (
        (Size(79, 22), [needs, "this terminal has 79×22", "make it larger, or q to quit"]),
        (Size(200, 2), [needs, "this terminal has 200×2"]),
        (Size(20, 5), [needs, "q: quit"]),
        (Size(12, 5), ["needs 80×22", "q: quit"]),
        (Size(6, 1), ["80×22"]),
        (Size(1, 1), ["8"]),
    ):
        assert message(size) == lines


@pytest.mark.parametrize("size", [TOO_SMALL[0], TOO_SMALL[-1]])
async def test_a_start_in_a_terminal_that_is_too_small(size: tuple[int, int]) -> None:
    async with app().run_test(size=size) as pilot:
        home = await screen_of(pilot, HomeScreen)
        assert pilot.app.too_small
        await pilot.press("down", "down", "question_mark", "ctrl+p", "slash", "enter")
        await pilot.resize_terminal(80, 22)
        assert not pilot.app.too_small
        await until(pilot, lambda: home.size == Size(80, 22))
        assert pilot.app.screen is home
        assert home.query_one(Contents).highlighted_option.id == "tensors"
        await pilot.press("down")
        await until(pilot, lambda: home.query_one(Contents).highlighted_option.id == "graphs")


async def test_a_lab_is_as_it_was_and_its_training_has_gone_on() -> None:
    async with app("parameters").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        field = pilot.app.focused
        await pilot.press("0", "1")
        typed, before, shown = field.value, lab.frame.step, footer(screen_text(pilot.app))
        for size in TOO_SMALL:
            pilot.app.post_message(Resize(Size(*size), Size(*size)))
            for key in ("5", "enter", "escape", "r", "t"):
                pilot.app.post_message(Key(key, key if len(key) == 1 else None))
            pilot.app.post_message(Paste("77"))
            pilot.app.post_message(MouseDown(None, 5, 5, 0, 0, 1, False, False, False))
        await pilot.pause()
        assert lab.size == lab.screen.query_one("ContentSwitcher").size  # no new layout
        await until(pilot, lambda: lab.frame.step > before)
        await pilot.resize_terminal(120, 40)
        assert (pilot.app.focused, field.value) == (field, typed)
        assert lab.experiment.run.state is State.PLAYING
        assert "-wide" in lab.screen.classes
        await until(pilot, lambda: footer(screen_text(pilot.app)) == shown)


def footer(text: str) -> str:
    return text.splitlines()[-1]


async def test_what_lies_over_a_lesson_is_kept_and_takes_no_key_meanwhile() -> None:
    async with app("parameters").run_test(size=(100, 30)) as pilot:
        await screen_of(pilot, LessonScreen)
        pad = PadScreen(lambda: None, as_mnist)
        for over in (HelpScreen(pilot.app.screen, []), Palette(pilot.app.screen), pad):
            pilot.app.push_screen(over)
            await until(pilot, lambda over=over: over.is_current and over.focused is not None)
            focused = over.focused
            await pilot.resize_terminal(1, 1)
            await pilot.press("escape", "a", "space")
            await pilot.resize_terminal(100, 30)
            assert (pilot.app.screen, pilot.app.focused) == (over, focused)
            if over is pad:
                assert not pad.query_one(DrawingPad).pad.ink.any()
                # A mouse button that was down is released.
                await pilot.mouse_down(DrawingPad, offset=(5, 5))
                assert pilot.app.mouse_captured is not None
                await pilot.resize_terminal(40, 10)
                assert pilot.app.mouse_captured is None
                await pilot.resize_terminal(100, 30)
            await pilot.press("escape")
            await until(pilot, lambda over=over: pilot.app.screen is not over)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_the_keys_that_quit_work_also_while_something_is_typed(key: str) -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        await screen_of(pilot, HomeScreen)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.resize_terminal(40, 10)
        await pilot.press(key)
        await until(pilot, lambda: not pilot.app.is_running)


async def palette(pilot: Pilot[None]) -> Screen[object]:
    await pilot.press("ctrl+p")
    return await screen_of(pilot, CommandPalette)


async def help_screen(pilot: Pilot[None]) -> Screen[object]:
    await pilot.press("question_mark")
    return await screen_of(pilot, HelpScreen)


async def home(pilot: Pilot[None]) -> Screen[object]:
    return await screen_of(pilot, HomeScreen)


@pytest.mark.parametrize("opened", [home, help_screen, palette])
async def test_sizes_that_come_together_do_not_alternate_for_ever(opened) -> None:
    """With several sizes in its queue, a screen ends with the app's size and stops resizing."""
    resized: list[Size] = []

    def record(event: Message) -> None:
        if isinstance(event, Resize):
            resized.append(event.size)

    async with app().run_test(size=(100, 30), message_hook=record) as pilot:
        screen = await opened(pilot)
        await pilot.pause()
        sizes = [Size(100, 30), Size(90, 28), Size(100, 30), Size(95, 25)]
        await pilot.resize_terminal(*sizes[-1])
        for size, _ in pairwise(sizes * 3):
            for each in pilot.app.screen_stack:
                each.post_message(Resize(size, size))
        await until(pilot, lambda: screen.size == sizes[-1])
        for _ in range(5):
            await pilot.pause()
        resized.clear()
        for _ in range(5):
            await pilot.pause()
        assert resized == []
