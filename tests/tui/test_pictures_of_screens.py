"""The screens as they were once found good: a picture each, and any change of it is noticed.

Where a change is meant: `pytest tests/tui/test_pictures_of_screens.py --snapshot-update`,
and look at what it drew.
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
    """A machine of our own: its processor, its memory, no colours turned off."""
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
    """Thirty steps, and everything that follows from them on the screen."""
    lab = await open_lab(pilot)
    for _ in range(STEPS):
        lab.action_step()
    await until(pilot, lambda: lab.frame.step == STEPS)
    await until(pilot, lambda: "paused" in pilot.app.screen.query_one(StatusBar).text)
    await until(pilot, lambda: pilot.app.screen.is_current)


async def arrive(pilot) -> None:
    """At home, with the page and the device on the screen."""
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
    """As text: the colours of a page's code are not the same in every Textual 8."""
    async with app().run_test(size=(120, 40)) as pilot:
        await arrive(pilot)
        assert screen_text(pilot.app) == snapshot
