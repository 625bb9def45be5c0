"""The home screen: navigating, filtering and opening lessons."""

from __future__ import annotations

import pytest
from textual.widget import Widget
from textual.widgets import Input, Static

from lessons.catalog import Entry, entries, find
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui.progress import Progress
from tui.screens.home import Contents, FilterLine, HomeScreen, page
from tui.screens.lesson import LessonScreen
from tui.widgets.page import Page


def listed(screen: HomeScreen) -> list[str]:
    options = screen.query_one(Contents).options
    return [option.id for option in options if option.id is not None]


async def home(pilot) -> HomeScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    await until(pilot, lambda: pilot.app.screen.query_one(Contents).highlighted is not None)
    return pilot.app.screen


async def test_every_lesson_stands_in_the_table_in_order() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        assert listed(await home(pilot)) == [entry.slug for entry in entries()]


async def test_the_page_follows_the_highlight_and_enter_opens() -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        markdown = screen.query_one(Page)
        first, second = [entry for entry in entries() if entry.written][:2]
        await until(pilot, lambda: markdown.source.startswith(f"# {first.title}\n"))
        await pilot.press("j")
        await until(pilot, lambda: markdown.source.startswith(f"# {second.title}\n"))
        await pilot.press("up", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        assert pilot.app.screen.lesson.slug == second.slug
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_lesson_that_is_not_written_says_so_and_does_not_open(to_come: Entry) -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        contents = screen.query_one(Contents)
        contents.highlighted = contents.get_option_index(to_come.slug)
        await until(pilot, lambda: "not written yet" in screen.query_one(Page).source)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen is screen


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
        await until(pilot, lambda: len(listed(screen)) == len(entries()))


@pytest.mark.parametrize("pattern", ["zzz", "[bold]", "\\", "[", "qzq"])
async def test_a_filter_that_matches_nothing_is_survived(pattern: str) -> None:
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        await pilot.press("slash")
        screen.query_one(Input).value = pattern
        await pilot.pause()
        assert listed(screen) == []
        await until(pilot, lambda: f"no lesson matches '{pattern}'" in screen_text(pilot.app))
        assert "esc shows all" in screen_text(pilot.app)
        assert "challenges" not in screen_text(pilot.app)  # no page of another lesson
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Contents))
        shown = {one.binding.description for one in screen.active_bindings.values() if one.enabled}
        assert "all lessons" in shown
        assert not {"open", "read on"} & shown
        await pilot.press("enter", "escape")
        await until(pilot, lambda: len(listed(screen)) == len(entries()))
        await until(pilot, lambda: "challenges 0/" in screen_text(pilot.app))


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
    async with app().run_test(size=(80, 22)) as pilot:
        screen = await home(pilot)
        row = lambda slug: str(screen.query_one(Contents).get_option(slug).prompt).split()  # noqa: E731
        assert row("parameters") == ["◐", "Parameters", "0/4"]
        assert row("gradient-by-hand") == ["◐", *["Gradient", "descent", "by", "hand"], "1/4"]
        assert row("batches") == ["◐", "Batches", "4/4"]  # its questions are not answered yet
        assert row("softmax") == ["✓", "Softmax", "4/4"]
        assert row("linear-regression") == ["○", "Linear", "regression"]
        await until(pilot, lambda: "by hand 1/4" in screen_text(pilot.app))  # in full, not cut
        facts = screen.query_one("#facts", Static)
        await until(pilot, lambda: "challenges 0/4 · questions 0/3" in str(facts.render()))


def test_the_page_of_an_unwritten_lesson_names_the_written_ones(to_come: Entry) -> None:
    text = page(to_come)
    assert to_come.title in text
    assert "Linear regression" in text


async def test_filtering_leaves_the_counts_of_the_challenges_whole() -> None:
    async with app().run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        pilot.app._progress.add("linear-regression", "opened")
        pilot.app.screen.show_progress()
        await pilot.press("slash")
        await pilot.pause()
        assert pilot.app.screen.query_one(Contents).size.width == 32
        assert "Linear regression        0/4" in screen_text(pilot.app)
