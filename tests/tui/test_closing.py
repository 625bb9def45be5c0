"""A screen that is closed while it still waits for a thread leaves nothing behind."""

from __future__ import annotations

import asyncio
from threading import Event, current_thread, main_thread
from threading import enumerate as threads

import pytest
from textual.widget import Widget

import tui.screens.home
from tests.tui.conftest import app, until
from tui.labs.training import TrainingLab
from tui.screens.code import CodeView
from tui.screens.concept import Page
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.status_bar import StatusBar


@pytest.mark.parametrize("lesson", [None, "linear-regression"])
async def test_a_thread_that_ends_while_the_widgets_are_removed(
    lesson: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker of the screen goes on when some widgets are gone and before it is cancelled."""
    begun, released = Event(), Event()

    def wait(*_: object) -> str:
        if current_thread() is not main_thread():
            begun.set()
            released.wait()
        return ""

    async def hold(widget: Widget) -> None:
        """Keep the screen from its end until its worker is done."""
        screen = widget.screen
        while screen.query(StatusBar) or screen.query(TrainingLab):
            await asyncio.sleep(0)
        released.set()
        while not all(worker.is_finished for worker in screen.workers if worker.node is screen):
            await asyncio.sleep(0)

    if lesson is None:
        monkeypatch.setattr(tui.screens.home, "problem", wait)
        monkeypatch.setattr(Page, "on_unmount", hold, raising=False)
    else:
        monkeypatch.setattr(TrainingLab, "prepare", wait)
        monkeypatch.setattr(CodeView, "on_unmount", hold, raising=False)
    before = set(threads())
    async with app(lesson).run_test(size=(80, 22)) as pilot:
        await until(pilot, begun.is_set)
        await until(pilot, lambda: pilot.app.screen.query_one(StatusBar).device)
        assert isinstance(pilot.app.screen, HomeScreen if lesson is None else LessonScreen)
    assert not [thread.name for thread in set(threads()) - before if "asyncio" not in thread.name]
