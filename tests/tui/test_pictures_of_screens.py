"""Snapshots of screens: any change fails the test.

After an intended change run `pytest tests/tui/test_pictures_of_screens.py --snapshot-update`,
and check the new pictures.
"""

from __future__ import annotations

import pytest

import engine.device
from engine.device import Device, Devices
from engine.frame import Memory
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.app import DltuiApp
from tui.screens.home import HomeScreen
from tui.widgets.status_bar import GIBIBYTE, StatusBar

PROCESSOR = Device("cpu", "a processor, 4 cores")
STEPS = 30


@pytest.fixture(autouse=True)
def the_same_machine_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a machine with a fixed processor and memory, and with colours."""
    memory = Memory(4 * GIBIBYTE, 16 * GIBIBYTE)
    monkeypatch.setattr(engine.device, "probe", lambda **_: Devices((PROCESSOR,)))
    monkeypatch.setattr(engine.device, "memory", lambda _: memory)
    for name in ("NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)


def dark() -> DltuiApp:
    return app("linear-regression")


def light() -> DltuiApp:
    opened = dark()
    opened.theme = "textual-light"
    return opened


async def step_and_wait(pilot) -> None:
    """Do thirty steps, and wait for their effects on screen."""
    lab = await open_lab(pilot)
    for _ in range(STEPS):
        lab.action_step()
    await until(pilot, lambda: lab.frame.step == STEPS)
    await until(pilot, lambda: "paused" in pilot.app.screen.query_one(StatusBar).text)
    await until(pilot, lambda: pilot.app.screen.is_current)


async def arrive(pilot) -> None:
    """Wait for the home screen with its page and device."""
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    bar = pilot.app.screen.query_one(StatusBar)
    await until(pilot, lambda: PROCESSOR.title in bar.device)
    page = pilot.app.screen.query_one("#page")
    await until(pilot, lambda: page.max_scroll_y > 20)


@pytest.mark.parametrize("size", [(80, 22), (120, 40)])
def test_the_lab_after_thirty_steps(snap_compare, size) -> None:
    assert snap_compare(dark(), terminal_size=size, run_before=step_and_wait)


def test_the_lab_in_the_light(snap_compare) -> None:
    assert snap_compare(light(), terminal_size=(80, 22), run_before=step_and_wait)


def test_the_course(snap_compare) -> None:
    assert snap_compare(app(), terminal_size=(80, 22), run_before=arrive)


async def test_the_course_on_a_wide_screen(snapshot) -> None:
    """Compared as text, because the colours of code differ between versions of Textual 8."""
    async with app().run_test(size=(120, 40)) as pilot:
        await arrive(pilot)
        assert screen_text(pilot.app) == snapshot
