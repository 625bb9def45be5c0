"""What a hasty or clumsy hand does: two keys at once, a double click, an arrow too many."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import ClassVar, TypeVar

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.command import CommandInput, CommandList
from textual.events import Click, Key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

import tui.bench
from tests.tui.conftest import PATIENCE, app, until
from tests.tui.conftest import open_lab as open_training
from tests.tui.screen_text import screen_text
from tui.bench import SettingUp
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
    """Keys that come in one piece, as over a slow line: none waits for what the other does."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("after", ["p", "r", "n"])
async def test_a_cell_that_is_chosen_as_the_scene_changes_is_forgotten(after: str) -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await opened(pilot, TensorsLab)
        await pilot.press("p", "n")
        await burst(pilot, "down", after)
        await burst(pilot, "down", "p")
        assert pilot.app.is_running
        await until(pilot, lambda: lab.status.preset != "scalar")


async def test_an_input_that_is_chosen_as_the_preset_changes_is_forgotten() -> None:
    async with app("autograd").run_test(size=NARROW) as pilot:
        lab = await opened(pilot, AutogradLab)
        before = lab.status.preset
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
        for _ in range(4):  # to the last input, which the next expression does not have
            await pilot.press("down")
        pilot.app.screen.query_one(Inputs).action_select()  # a message, that comes too late
        lab.action_preset()
        await until(pilot, lambda: lab.status.preset != before)
        await pilot.pause()
        assert pilot.app.is_running


async def test_going_back_to_the_list_gives_up_what_was_being_typed() -> None:
    async with app("linear-regression").run_test(size=WIDE) as pilot:
        lab = await open_training(pilot)
        controls, before = lab.query_one(Controls), lab.experiment.config
        await pilot.press("enter", "tab")
        await until(pilot, lambda: not isinstance(pilot.app.focused, Input))
        pilot.app.screen.set_focus(lab.query_one(ControlList))
        await until(pilot, lambda: not controls.editing)
        await pilot.press("down", "enter", *["backspace"] * 8, "0", ".", "5", "enter")
        await until(pilot, lambda: lab.experiment.config != before)
        assert lab.experiment.config == before.but("momentum", 0.5)


async def test_two_enters_open_one_lesson() -> None:
    async with app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await burst(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


@pytest.mark.parametrize(
    ("slug", "kind"), [("tensors", TensorsLab), ("graphs", GraphsLab), ("autograd", AutogradLab)]
)
async def test_where_the_window_shrinks_the_keys_go_to_what_is_still_in_sight(slug, kind) -> None:
    async with app(slug).run_test(size=WIDE) as pilot:
        lab = await opened(pilot, kind)
        lab.query_one(Challenges).focus()
        await pilot.pause()
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.size)
        before = lab.status.preset
        await pilot.press("p")
        await until(pilot, lambda: lab.status.preset != before)


async def test_what_plays_does_not_take_the_inputs_out_of_sight() -> None:
    async with app("autograd").run_test(size=NARROW) as pilot:
        lab = await opened(pilot, AutogradLab)
        await pilot.press("space", "v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
        moved = lab.state.look
        await until(pilot, lambda: lab.state.look != moved)
        assert isinstance(pilot.app.focused, Inputs)
        await pilot.press("s")  # who asks for a move wants to see it
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))


@pytest.mark.parametrize("key", ["e", "enter", "1"])
async def test_a_walk_that_is_held_is_not_said_to_play(key: str) -> None:
    async with app("autograd").run_test(size=NARROW) as pilot:
        lab = await opened(pilot, AutogradLab)
        await pilot.press("space")
        assert "▶" in lab.status.state
        await pilot.press(key)
        await until(pilot, lambda: "▶" not in lab.status.state)


async def test_slices_that_are_held_are_not_said_to_play() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await opened(pilot, TensorsLab)
        while not lab.check_action("play", ()):
            await pilot.press("p")
        await pilot.press("space")
        assert "▶" in lab.status.state
        await pilot.press("enter")
        await until(pilot, lambda: "▶" not in lab.status.state)


@pytest.mark.parametrize(("slug", "means"), [("five-steps", False), ("linear-regression", True)])
async def test_the_key_for_errors_is_there_where_a_picture_has_some(slug, means: bool) -> None:
    async with app(slug).run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        assert lab.check_action("residuals", ()) is means
        await pilot.press("v")
        assert not lab.check_action("residuals", ())  # the surface has none


@pytest.mark.parametrize("slug", ["linear-regression", "tensors", "graphs", "autograd", "softmax"])
async def test_without_pytorch_the_lab_says_so_in_its_place(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: SettingUp) -> None:
        raise ImportError("libcudart.so.12: [cannot] open")

    monkeypatch.setattr(tui.bench.SettingUp, "_set_up", broken)
    async with app(slug).run_test(size=NARROW) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(Lab))
        await pilot.press("2")
        words = "PyTorch cannot be used: ImportError: libcudart.so.12: [cannot] open"
        shown = lambda: str(pilot.app.screen.query_one(".waiting").render())  # noqa: E731
        await until(pilot, lambda: shown() == words)
        assert "doctor" in pilot.app.screen.query_one(StatusBar).device
        await pilot.press("1", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert "doctor" in screen_text(pilot.app)


async def test_an_arrow_at_the_end_of_a_ladder_begins_no_other_run() -> None:
    async with app("linear-regression").run_test(size=WIDE) as pilot:
        lab = await open_training(pilot)
        await pilot.press("s")
        await until(pilot, lambda: lab.frame.step == 1)
        run, controls = lab.experiment.run, lab.query_one(ControlList)
        controls.highlighted = next(
            place for place, option in enumerate(controls.options) if option.id == "seed"
        )
        await pilot.press("left")  # it is 0, the least
        await pilot.pause()
        assert lab.experiment.run is run
        await pilot.press("right")
        await until(pilot, lambda: lab.experiment.run is not run)


@pytest.mark.parametrize("key", ["left", "right", "enter"])
async def test_a_file_is_typed_on_a_line_of_its_own_and_no_arrow_costs_the_run(key: str) -> None:
    async with app("dataloader").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        run, controls = lab.experiment.run, lab.query_one(ControlList)
        controls.highlighted = next(
            place for place, option in enumerate(controls.options) if option.id == "csv"
        )
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert pilot.app.focused.size.width > 30
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.focused is controls)
        assert lab.experiment.run is run


async def test_while_a_word_is_typed_the_words_that_may_be_stand_below() -> None:
    async with app("linear-regression").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        controls = lab.query_one(ControlList)
        controls.highlighted = next(
            place for place, option in enumerate(controls.options) if option.id == "reduction"
        )
        about = lambda: str(lab.query_one("#about").render())  # noqa: E731
        assert "One of" not in about()
        await pilot.press("enter")
        await until(pilot, lambda: about().endswith("One of: mean, sum."))
        await pilot.press("escape")
        await until(pilot, lambda: "One of" not in about())


class Hidden(App[None]):
    """A list that has no room yet, as in a lab that comes into sight with the key before."""

    CSS = "RowList { display: none; }"

    def compose(self) -> ComposeResult:
        yield RowList("one", "two", "three")


async def test_a_list_that_is_not_laid_out_yet_can_be_paged() -> None:
    async with Hidden().run_test() as pilot:
        rows = pilot.app.query_one(RowList)
        rows.highlighted = 1
        with pytest.raises(KeyError):  # else Textual has mended it, and nobody needs RowList
            OptionList.action_page_down(rows)
        rows.action_page_down()
        rows.action_page_up()
        assert rows.highlighted == 1


# In one piece: each key finds what the one before has done.


async def test_arrows_and_enter_in_one_piece_open_the_control_they_lead_to() -> None:
    async with app("linear-regression").run_test(size=WIDE) as pilot:
        lab = await open_training(pilot)
        controls = lab.query_one(Controls)
        await burst(pilot, *["down"] * 4, "enter")
        await until(pilot, lambda: controls.editing)
        names = [control.label for control in lab.lesson.controls]
        assert str(controls.query_one("#label", Static).render()) == f"new {names[4]}: "


async def test_a_value_typed_in_one_piece_with_the_way_to_it_arrives_there() -> None:
    async with app("linear-regression").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        await burst(pilot, "down", "down", "enter", "home", "shift+end", "delete", *"123", "enter")
        await until(pilot, lambda: lab.experiment.config.epochs == 123)
        assert lab.experiment.config == replace(lab.experiment.config, epochs=123)
        assert isinstance(pilot.app.focused, ControlList)


async def test_the_lab_and_play_in_one_piece_play() -> None:
    async with app("linear-regression").run_test(size=NARROW) as pilot:
        lab = await open_training(pilot)
        await pilot.press("1")
        await burst(pilot, "2", "space")
        await until(pilot, lambda: lab.frame.step > 0)


async def test_a_lesson_opened_and_left_in_one_piece_is_left() -> None:
    async with app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        for _ in range(3):
            await burst(pilot, "enter", "escape")
            await until(pilot, lambda: pilot.app._lesson is not None and not pilot.app._keys)
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


class Stuck(Input):
    """A widget that never comes to an end with a key."""

    async def on_key(self) -> None:
        await asyncio.Event().wait()


class StuckApp(KeyOrder):
    BINDINGS: ClassVar = [Binding("f2", "count", priority=True)]
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
        for task in asyncio.all_tasks():
            if "Stuck" in task.get_name():
                task.cancel()


async def test_a_letter_that_comes_while_the_palette_closes_starts_no_search() -> None:
    async with app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(CommandInput))
        palette, searched = pilot.app.screen, []
        palette._gather_commands = searched.append
        field = palette.query_one(CommandInput)
        palette.post_message(Input.Changed(field, "a"))
        await until(pilot, lambda: searched == ["a"])
        palette.dismiss()
        palette.post_message(Input.Changed(field, "b"))
        await until(pilot, lambda: not palette.is_attached)
        assert searched == ["a"]


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
async def test_the_palette_is_paged_while_its_list_has_no_height(key: str) -> None:
    async with app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(CommandList))
        commands = pilot.app.screen.query_one(CommandList)
        await until(pilot, lambda: commands.option_count and commands.size.height)
        commands.styles.height = 0
        await until(pilot, lambda: not commands.scrollable_content_region)
        await pilot.press(key)
        assert pilot.app.is_running


async def test_two_clicks_beside_the_palette_close_only_the_palette() -> None:
    async with app("parameters").run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        lesson = pilot.app.screen
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(CommandInput))
        palette = pilot.app.screen
        for _ in range(4):
            palette.dismiss()
        await until(pilot, lambda: not palette.is_attached)
        assert pilot.app.screen is lesson


async def test_a_key_that_a_closed_screen_still_gets_closes_no_other() -> None:
    async with app("parameters").run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        lesson = pilot.app.screen
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen is not lesson)
        shown = pilot.app.screen
        for _ in range(3):
            await shown.run_action("dismiss")
        assert pilot.app.screen is lesson


async def test_a_click_on_a_row_that_is_gone_does_nothing() -> None:
    async with app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(CommandList))
        found = pilot.app.screen.query_one(CommandList)
        await until(pilot, lambda: found.option_count > 3)
        style = Style.from_meta({"option": found.option_count})
        found.post_message(Click(found, 3, 3, 0, 0, 1, False, False, False, style=style))
        await pilot.pause()
        assert pilot.app.is_running
        assert pilot.app.screen.query(CommandList)
