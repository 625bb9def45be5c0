"""A screen that is closed while it waits for a thread causes no errors."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from tests.tui.conftest import app, until
from tui.labs.training import TrainingLab
from tui.palette import key_commands, lab_commands
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.status_bar import StatusBar


async def test_a_check_of_the_lessons_that_ends_late_looks_for_no_widgets() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, HomeScreen)
    assert not screen.query(StatusBar)
    await HomeScreen._check_lessons.__wrapped__(screen)  # the worker, cancelled late


async def test_a_lab_that_is_prepared_late_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        await until(pilot, lambda: screen.lab.ready)
    monkeypatch.setattr(TrainingLab, "open", lambda lab, _: opened.append(lab))
    await LessonScreen._open_lab.__wrapped__(screen)
    assert not opened


async def test_commands_for_a_lesson_that_was_left_do_nothing() -> None:
    chosen: list[str] = []
    opened = app("linear-regression")
    async with opened.run_test(size=(80, 22)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        await until(pilot, lambda: screen.lab.ready)
        commands = [*key_commands(screen), *lab_commands(screen)]
        screen.in_the_lab(lambda: chosen.append("before"))
        opened.action_open_lesson("softmax")
        await until(pilot, lambda: not screen.is_attached)
        screen.in_the_lab(lambda: chosen.append("after"))
        now = pilot.app.screen
        for command in commands:
            assert command.run() is None, command.name
        await pilot.pause()
        assert pilot.app.screen is now
    assert chosen == ["before"]


async def test_errors_about_detached_widgets_are_ignored_only_while_the_app_exits() -> None:
    opened = app("linear-regression")
    async with opened.run_test(size=(80, 22)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        await until(pilot, lambda: screen.lab.ready)
    uses = {
        "MountError": lambda: Static().mount(Static()),  # also a lab whose screen is closed
        "NoMatches": lambda: Static().query_one(StatusBar),
        "NoScreen": lambda: Static().screen,
        "ScreenStackError": lambda: opened.screen,
    }
    for leaving in (True, False):
        opened.leaving = leaving
        for name, use in uses.items():
            opened._return_code = 0
            try:
                use()
            except Exception as error:
                raised = type(error).__name__
                opened._handle_exception(error)
            else:
                raised = "nothing"
            assert raised == name
            assert opened.return_code == (0 if leaving else 1), name
