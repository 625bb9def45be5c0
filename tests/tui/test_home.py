"""The home screen: navigating, filtering and opening lessons."""

from __future__ import annotations

import pytest
from textual.widget import Widget
from textual.widgets import Input, Static

from lessons.catalog import Entry, entries, find
from lessons.exercises import BUG_HUNT, exercises
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.course import page
from tui.progress import Progress
from tui.screens.home import Contents, FilterLine, HomeScreen
from tui.screens.lesson import LessonScreen
from tui.widgets.page import Page


def listed(screen: HomeScreen) -> list[str]:
    options = screen.query_one(Contents).options
    return [option.id for option in options if option.id is not None]


async def home(pilot) -> HomeScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    await until(pilot, lambda: pilot.app.screen.query_one(Contents).highlighted is not None)
    return pilot.app.screen


async def test_the_page_follows_the_highlight_and_enter_opens(to_come: Entry) -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        assert listed(screen) == [*(entry.slug for entry in entries()), BUG_HUNT]
        markdown, contents = screen.query_one(Page), screen.query_one(Contents)
        first, second = [entry for entry in entries() if entry.written][:2]
        await until(pilot, lambda: markdown.source.startswith(f"# {first.title}\n"))
        await pilot.press("j")
        await until(pilot, lambda: markdown.source.startswith(f"# {second.title}\n"))
        await pilot.press("up", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        assert pilot.app.screen.lesson.slug == second.slug
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        # A lesson that is not written says so, and does not open.
        contents.highlighted = contents.get_option_index(to_come.slug)
        await until(pilot, lambda: "not written yet" in markdown.source)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen is screen
    text = page(to_come)
    assert to_come.title in text
    assert "Linear regression" in text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # aborted
async def test_the_hidden_filter_line_never_has_the_focus_at_the_start(monkeypatch) -> None:
    focused: list[Widget | None] = []
    set_focus = HomeScreen.set_focus

    def recorded(screen: HomeScreen, widget: Widget | None, *rest: bool, **more: bool) -> None:
        focused.append(widget)
        set_focus(screen, widget, *rest, **more)

    monkeypatch.setattr(HomeScreen, "set_focus", recorded)
    async with app().run_test() as pilot:
        await until(pilot, lambda: isinstance(pilot.app.focused, Contents))
        await pilot.pause()
    assert focused
    assert not any(isinstance(widget, FilterLine) for widget in focused)


async def test_typing_filters_and_escape_shows_all_again() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        await pilot.press("slash", *"nn.lin")
        await until(pilot, lambda: listed(screen) == ["linear-regression"])
        await pilot.press("enter")
        assert isinstance(screen.focused, Contents)
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(screen)) == len(entries()) + 1)
        for pattern in ("zzz", "[bold]", "\\", "[", "qzq"):  # these match nothing
            await pilot.press("slash")
            screen.query_one(Input).value = pattern
            await until(pilot, lambda: listed(screen) == [])
            words = f"no lesson matches '{pattern}'"
            await until(pilot, lambda words=words: words in screen_text(pilot.app))
            assert "esc shows all" in screen_text(pilot.app)
            assert "challenges" not in screen_text(pilot.app)  # no page of another lesson
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.focused, Contents))
            active = screen.active_bindings.values()
            shown = {one.binding.description for one in active if one.enabled}
            assert "all lessons" in shown
            assert not {"open", "read on"} & shown
            await pilot.press("enter", "escape")
            await until(pilot, lambda: len(listed(screen)) == len(entries()) + 1)
            await until(pilot, lambda: "challenges 0/" in screen_text(pilot.app))
        # Filtering leaves the counts of challenges whole.
        await pilot.resize_terminal(120, 40)
        pilot.app._progress.add("linear-regression", "opened")
        screen.show_progress()
        await pilot.press("slash")
        await until(pilot, lambda: screen.query_one(Contents).size.width == 32)
        await until(pilot, lambda: "Linear regression       0/10" in screen_text(pilot.app))


async def test_what_was_done_shows_in_the_table(own_folders) -> None:
    progress = Progress(own_folders / "state" / "progress.jsonl")
    progress.add("parameters", "opened")
    progress.add("gradient-by-hand", "challenge", "sign")
    softmax, batches = find("softmax").load(), find("batches").load()
    for lesson in (softmax, batches):
        for challenge in lesson.challenges:
            progress.add(lesson.slug, "challenge", challenge.slug)
    for question in softmax.questions:
        progress.add("softmax", "answer", question.slug)
    for exercise in exercises("softmax"):
        progress.add("softmax", "exercise", exercise.name)
    progress.add(BUG_HUNT, "exercise", exercises(BUG_HUNT)[0].name)
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        row = lambda slug: str(screen.query_one(Contents).get_option(slug).prompt).split()  # noqa: E731
        assert row("parameters") == ["◐", "Parameters", "0/9"]
        assert row("gradient-by-hand") == ["◐", *["Gradient", "descent", "by", "hand"], "1/9"]
        assert row("batches") == ["◐", "Batches", "4/10"]  # four challenges
        assert row("softmax") == ["✓", "Softmax", "9/9"]
        bugs = f"1/{len(exercises(BUG_HUNT))}"
        assert row(BUG_HUNT) == ["◐", "Bug", "hunt", bugs]
        assert row("linear-regression") == ["○", "Linear", "regression"]
        await until(pilot, lambda: "by hand 1/9" in screen_text(pilot.app))  # in full, not cut
        for exercise in exercises(BUG_HUNT):
            pilot.app._progress.add(BUG_HUNT, "exercise", exercise.name)
        screen.show_progress()
        assert row(BUG_HUNT) == ["✓", "Bug", "hunt", "20/20"]
        facts = screen.query_one("#facts", Static)
        await until(pilot, lambda: "challenges 0/4 · questions 0/3" in str(facts.render()))
