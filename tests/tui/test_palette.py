"""The command palette finds lessons, presets, views and keys by name, and only those."""

from __future__ import annotations

from textual.events import Click
from textual.widgets import Input, OptionList

from lessons.catalog import entries
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.labs.autograd import AutogradLab
from tui.palette import Palette, key_commands, lab_commands, lesson_commands
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen


async def find(pilot, words: str) -> str:
    """Search for these words in the palette, and return the first result."""
    below = pilot.app.screen
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
    pilot.app.screen.query_one(Input).value = words
    found = pilot.app.screen.query_one(OptionList)
    await until(pilot, lambda: found.option_count and words in str(found.options[0].hit.text))
    first = str(found.options[0].prompt)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, Palette))
    await until(pilot, lambda: pilot.app.screen is below or words.startswith("lesson"))
    return first


async def test_lessons_presets_and_views_are_found_and_taken() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        first = await find(pilot, "noisy")
        assert lab.status.preset == "noisy-line", first
        await find(pilot, "view: Loss surface")
        assert lab.query_one("#chart-surface").display
        await pilot.press("1")
        await find(pilot, "double")
        assert lab.display
        assert lab.status.preset == "double"

        screen = pilot.app.screen
        pilot.app.action_open_lesson("linear-regression")  # it stays as it is
        await pilot.pause()
        assert pilot.app.screen is screen
        await find(pilot, "lesson: Autograd")
        await until(pilot, lambda: pilot.app.screen.query(AutogradLab))
        assert pilot.app.screen.lesson.slug == "autograd"
        await until(pilot, lambda: pilot.app.focused is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert len(pilot.app.screen_stack) == 2  # the home screen on top of the bottom screen


async def test_what_is_found_depends_on_the_screen() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        home = pilot.app.screen
        lessons = [command.name for command in lesson_commands(pilot.app)]
        titles = [*(entry.title for entry in entries() if entry.written), "Bug hunt"]
        assert lessons == [f"lesson: {title}" for title in titles]
        names = {command.name for command in key_commands(home)}
        assert {"open", "filter", "read on", "help", "quit", "dark or light"} <= names
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        palette, line = pilot.app.screen, pilot.app.screen.query_one(Input)
        found = palette.query_one(OptionList)
        await until(pilot, lambda: found.option_count > len(lessons))
        texts = {str(option.hit.text) for option in found.options}
        assert not texts & {"Theme", "Keys", "Screenshot", "Maximize", "Minimize", "Quit"}
        line.value = "gradient-by-hand"  # by its slug
        await until(pilot, lambda: "one weight, one sample a step" in screen_text(pilot.app))
        # A click where the screen no longer is does nothing; one beside the panel closes it.
        for x, y in ((90, 0), (80, 5), (3, 22)):  # clicked before the terminal became smaller
            palette.post_message(Click(palette, x, y, 0, 0, 1, False, False, False, x, y))
        await pilot.pause()
        assert pilot.app.screen is palette
        await pilot.click(palette, offset=(0, 1))
        await until(pilot, lambda: pilot.app.screen is home)
        # It may be closed while it opens, and opened while it closes.
        for _ in range(3):
            pilot.app.action_command_palette()
            await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
            first = pilot.app.screen
            first.dismiss()
            await until(pilot, lambda first=first: pilot.app.screen is not first)
            pilot.app.action_command_palette()
            second = pilot.app.screen
            await until(pilot, lambda first=first: not first.is_attached)
            assert isinstance(second, Palette)
            second.dismiss()
            await until(pilot, lambda: pilot.app.screen is home)
        # Presets of every lesson are found from the course.
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        line = pilot.app.screen.query_one(Input)
        assert line.placeholder == "Find a lesson, a preset or a key"
        line.value = "qqqq"
        await until(pilot, lambda: "No matches found" in screen_text(pilot.app))
        await pilot.press("enter", *"noisy-line")
        assert line.value == "noisy-line"
        found = pilot.app.screen.query_one(OptionList)
        await until(
            pilot,
            lambda: found.option_count and "noisy" in str(getattr(found.options[0], "hit", "")),
        )
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        screen = pilot.app.screen
        await until(pilot, lambda: screen.lab.display and screen.lab.status.preset == "noisy-line")


async def quit_hint(pilot) -> str:
    await pilot.press("ctrl+c")
    await until(pilot, lambda: any("quit" in n.message for n in pilot.app._notifications))
    text = next(n.message for n in pilot.app._notifications if "quit" in n.message)
    pilot.app.clear_notifications()
    return text


async def test_a_preset_that_is_found_is_what_p_comes_to_and_ctrl_c_names_the_key_that_quits() -> (
    None
):
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        screen = pilot.app.screen
        for command in list(lab_commands(screen)):
            if command.name.startswith("preset: "):
                command.run()
                found = lab.experiment.preset, lab.experiment.config
                for _ in screen.lesson.presets:
                    await pilot.press("p")
                assert (lab.experiment.preset, lab.experiment.config) == found
                assert command.name == f"preset: {lab.status.preset}"
        # Ctrl+c names the key that quits.
        lab.use_preset("six-points")
        assert await quit_hint(pilot) == "Press q to quit."
        await pilot.press("question_mark")
        assert await quit_hint(pilot) == "Press q to quit."
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert await quit_hint(pilot) == "Copied. Press ctrl+q to quit."  # the value is selected
        assert pilot.app.clipboard == "0.01"
        await pilot.press("end")
        assert await quit_hint(pilot) == "Press ctrl+q to quit."
        await pilot.press("escape", "ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        assert await quit_hint(pilot) == "Press ctrl+q to quit."


async def test_ctrl_q_quits_from_everywhere() -> None:
    for key in ("question_mark", "ctrl+p", "slash"):
        async with app().run_test(size=(80, 22)) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
            await pilot.press(key, "ctrl+q")
            await until(pilot, lambda: not pilot.app.is_running)
