"""A screen that is closed while it waits for a thread causes no errors."""

from __future__ import annotations

import pytest

from tests.tui.conftest import app, until
from tui.labs.training import TrainingLab
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
