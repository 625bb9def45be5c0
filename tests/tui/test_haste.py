"""Fast or accidental input: several keys at once, double clicks, keys in the wrong place."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.command import CommandInput, CommandList
from textual.events import Click, Key
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

import tui.environment
from tests.tui.conftest import PATIENCE, app, until
from tests.tui.conftest import open_lab as open_training
from tests.tui.screen_text import screen_text
from tui.environment import EnvironmentLoader
from tui.labs.autograd import AutogradLab, Inputs
from tui.labs.graphs import GraphsLab
from tui.labs.lab import Lab
from tui.labs.tensors import TensorsLab
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.terminal.key_order import KeyOrder
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls
from tui.widgets.diagram import Diagram
from tui.widgets.rows import RowList
from tui.widgets.status_bar import StatusBar

NARROW, WIDE = (80, 22), (120, 40)
LabT = TypeVar("LabT", bound=Lab)


async def opened(pilot: Pilot[None], kind: type[LabT]) -> LabT:
    await until(pilot, lambda: pilot.app.screen.query(kind))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(kind)
    await until(pilot, lambda: lab.ready)
    return lab


async def burst(pilot: Pilot[None], *keys: str) -> None:
    """Send keys at once, as over a slow connection, without waiting for their effects."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.pause()


async def shrink(pilot: Pilot[None], lab: Lab) -> None:
    """When the window shrinks, the focus moves to a visible panel."""
    lab.query_one(Challenges).focus()
    await pilot.pause()
    await pilot.resize_terminal(*NARROW)
    await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.size)
    before = lab.status.preset
    await pilot.press("p")
    await until(pilot, lambda: lab.status.preset != before)


async def test_a_hasty_hand_in_the_lab_of_tensors() -> None:
    async with app("tensors").run_test(size=WIDE) as pilot:
        lab = await opened(pilot, TensorsLab)
        await shrink(pilot, lab)
        # A cell that is selected while the scene changes is forgotten.
        for after in ("p", "r", "n"):
            before = lab.status.preset
            await pilot.press("n")
            await burst(pilot, "down", after)
            await burst(pilot, "down", "p")
            assert pilot.app.is_running
            await until(pilot, lambda before=before: lab.status.preset != before)
        # Paused slices are not reported as playing.
        while not lab.check_action("play", ()):
            await pilot.press("p")
        await pilot.press("space")
        assert "▶" in lab.status.state
        await pilot.press("enter")
        await until(pilot, lambda: "▶" not in lab.status.state)


async def test_a_hasty_hand_in_the_labs_of_graphs_and_autograd() -> None:
    async with app("graphs").run_test(size=WIDE) as pilot:
        await shrink(pilot, await opened(pilot, GraphsLab))
        await pilot.resize_terminal(*WIDE)
        pilot.app.action_open_lesson("autograd")
        lab = await opened(pilot, AutogradLab)
        await shrink(pilot, lab)
        await pilot.press("b")
        while lab.status.preset != lab._lesson.presets[0].name:
            await pilot.press("p")
        # An input that is selected while the preset changes is forgotten.
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
        for _ in range(4):  # to the last input, which the next expression lacks
            await pilot.press("down")
        pilot.app.screen.query_one(Inputs).action_select()  # its message arrives too late
        before = lab.status.preset
        lab.action_preset()
        await until(pilot, lambda: lab.status.preset != before)
        await pilot.pause()
        assert pilot.app.is_running
        # Playing does not hide the inputs.
        lab.views()["graph"]()
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        await pilot.press("space", "v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
        progress = lab.status.progress
        await until(pilot, lambda: lab.status.progress != progress)
        assert isinstance(pilot.app.focused, Inputs)
        await pilot.press("s")  # an explicit step shows the graph
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        # A paused walk is not reported as playing.
        for key, back in (("e", "escape"), ("enter", "escape"), ("1", "2")):
            await pilot.press("r", "space")
            assert "▶" in lab.status.state
            await pilot.press(key)
            await until(pilot, lambda: "▶" not in lab.status.state)
            await pilot.press(back)


def highlight(controls: ControlList, name: str) -> None:
    """Highlight the control of this setting."""
    controls.highlighted = [option.id for option in controls.options].index(name)


async def test_a_hasty_hand_among_the_controls() -> None:
    async with app("linear-regression").run_test(size=WIDE) as pilot:
        lab = await open_training(pilot)
        controls, listed = lab.query_one(Controls), lab.query_one(ControlList)
        # Focusing the list cancels typing.
        before = lab.experiment.config
        await pilot.press("enter", "tab")
        await until(pilot, lambda: not isinstance(pilot.app.focused, Input))
        pilot.app.screen.set_focus(listed)
        await until(pilot, lambda: not controls.editing)
        await pilot.press("down", "enter", *["backspace"] * 8, "0", ".", "5", "enter")
        await until(pilot, lambda: lab.experiment.config != before)
        assert lab.experiment.config == before.but("momentum", 0.5)
        # An arrow key at the last value does not restart the run.
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        run = lab.experiment.run
        highlight(listed, "seed")
        await pilot.press("left")  # already the minimum, 0
        await pilot.pause()
        assert lab.experiment.run is run
        await pilot.press("right")
        await until(pilot, lambda: lab.experiment.run is not run)
        # Arrows and enter sent at once open the control that they lead to.
        await pilot.press("home")
        await burst(pilot, *["down"] * 4, "enter")
        await until(pilot, lambda: controls.editing)
        names = [control.label for control in lab.lesson.controls]
        assert str(controls.query_one("#label", Static).render()) == f"new {names[4]}: "


async def test_a_hasty_hand_among_the_controls_of_a_small_screen() -> None:
    async with app("linear-regression").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        # The key for errors is there where a picture has some.
        assert lab.check_action("residuals", ())
        await pilot.press("v")
        assert not lab.check_action("residuals", ())  # the surface has none
        await pilot.press("v")
        controls = lab.query_one(ControlList)
        # A value sent at once with the keys before it reaches the right control.
        await burst(pilot, "down", "down", "enter", "home", "shift+end", "delete", *"123", "enter")
        await until(pilot, lambda: lab.experiment.config.epochs == 123)
        assert lab.experiment.config == replace(lab.experiment.config, epochs=123)
        assert pilot.app.focused is controls
        # While a word is typed, the allowed words are shown below.
        highlight(controls, "reduction")
        about = lambda: str(lab.query_one("#about").render())  # noqa: E731
        await until(pilot, lambda: "One of" not in about())
        await pilot.press("enter")
        await until(pilot, lambda: about().endswith("One of: mean, sum."))
        await pilot.press("escape")
        await until(pilot, lambda: "One of" not in about())
        # The keys for the lab and for playing, sent at once, play.
        await pilot.press("1")
        await burst(pilot, "2", "space")
        await until(pilot, lambda: lab.frame.step > 0)


async def test_a_file_is_typed_on_a_line_of_its_own_and_no_arrow_costs_the_run() -> None:
    async with app("dataloader").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        assert not lab.check_action("residuals", ())  # its picture has no errors
        run, controls = lab.experiment.run, lab.query_one(ControlList)
        highlight(controls, "csv")
        for key in ("left", "right", "enter"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.focused, Input))
            assert pilot.app.focused.size.width > 30
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.focused is controls)
            assert lab.experiment.run is run


async def test_without_pytorch_every_lab_says_so_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: EnvironmentLoader) -> None:
        raise ImportError("libcudart.so.12: [cannot] open")

    monkeypatch.setattr(tui.environment.EnvironmentLoader, "_set_up", broken)
    words = "PyTorch cannot be used: ImportError: libcudart.so.12: [cannot] open"
    async with app().run_test(size=NARROW) as pilot:
        for slug in ("linear-regression", "tensors", "graphs", "autograd", "softmax"):
            pilot.app.action_open_lesson(slug)
            await until(pilot, lambda: pilot.app.screen.query(Lab) and pilot.app.focused)
            await pilot.press("2")
            shown = lambda: str(pilot.app.screen.query_one(".waiting").render())  # noqa: E731
            await until(pilot, lambda: shown() == words)  # noqa: B023
            assert "doctor" in pilot.app.screen.query_one(StatusBar).device
            await pilot.press("1", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
            assert "doctor" in screen_text(pilot.app)


class Hidden(App[None]):
    """A list without height, as in a lab that was opened by the previous key."""

    CSS = "RowList { display: none; }"

    def compose(self) -> ComposeResult:
        yield RowList("one", "two", "three")


async def test_a_list_that_is_not_laid_out_yet_can_be_paged() -> None:
    async with Hidden().run_test() as pilot:
        rows = pilot.app.query_one(RowList)
        rows.highlighted = 1
        with pytest.raises(KeyError):  # if Textual no longer raises, RowList is not needed
            OptionList.action_page_down(rows)
        rows.action_page_down()
        rows.action_page_up()
        assert rows.highlighted == 1


class Stuck(Input):
    """A widget whose key handler never returns."""

    async def on_key(self) -> None:
        await asyncio.Event().wait()


class StuckApp(KeyOrder):
    BINDINGS: ClassVar = [Binding("f2,ctrl+q", "count", priority=True)]
    count = 0

    def compose(self) -> ComposeResult:
        yield Stuck()

    def action_count(self) -> None:
        self.count += 1


async def test_a_key_does_not_wait_for_ever_for_one_that_is_stuck() -> None:
    stuck = StuckApp()
    async with stuck.run_test():
        for key in ("a", "f2", "f2"):
            stuck.post_message(Key(key, None))
        end = time.monotonic() + PATIENCE
        while stuck.count < 2:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        # The key that quits does not wait for all of them: 500 would take 1,000 seconds.
        for key in (*"a" * 500, "ctrl+q", "f2"):
            stuck.post_message(Key(key, None))
        end = time.monotonic() + PATIENCE
        while stuck.count < 3:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        for task in asyncio.all_tasks():
            if "Stuck" in task.get_name():
                task.cancel()


async def test_a_hasty_hand_in_the_course_and_the_palette() -> None:
    async with app().run_test(size=NARROW) as pilot:

        async def home() -> None:
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))

        async def palette(kind: type[Widget]) -> Any:
            await pilot.press("ctrl+p")
            await until(pilot, lambda: pilot.app.screen.query(kind))
            return pilot.app.screen.query_one(kind)

        # Two enters open one lesson; a lesson that is opened and closed at once is closed.
        await home()
        await burst(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        await pilot.press("escape")
        await home()
        for _ in range(3):
            await burst(pilot, "enter", "escape")
            await until(pilot, lambda: pilot.app._lesson is not None and not pilot.app._keys)
            await home()
        # A character that arrives while the palette closes starts no search.
        field, searched = await palette(CommandInput), []
        opened = pilot.app.screen
        opened._gather_commands = searched.append
        opened.post_message(Input.Changed(field, "a"))
        await until(pilot, lambda: searched == ["a"])
        opened.dismiss()
        opened.post_message(Input.Changed(field, "b"))
        await until(pilot, lambda: not opened.is_attached)
        assert searched == ["a"]
        # A click on a removed row does nothing, nor does paging without height.
        commands = await palette(CommandList)
        await until(pilot, lambda: commands.option_count > 3 and commands.size.height)
        style = Style.from_meta({"option": commands.option_count})
        commands.post_message(Click(commands, 3, 3, 0, 0, 1, False, False, False, style=style))
        await pilot.pause()
        assert pilot.app.screen.query(CommandList)
        commands.styles.height = 0
        await until(pilot, lambda: not commands.scrollable_content_region)
        await pilot.press("pagedown", "pageup")
        assert pilot.app.is_running


async def test_what_is_closed_twice_closes_nothing_else() -> None:
    async with app("parameters").run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        lesson = pilot.app.screen
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(CommandInput))
        palette = pilot.app.screen
        for _ in range(4):  # clicks beside it
            palette.dismiss()
        await until(pilot, lambda: not palette.is_attached)
        assert pilot.app.screen is lesson
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen is not lesson)
        shown = pilot.app.screen
        for _ in range(3):  # keys that a closed screen still gets
            await shown.run_action("dismiss")
        assert pilot.app.screen is lesson
