"""The home screen: the table of contents, and the page of the highlighted lesson."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lessons.catalog import COURSE, Chapter, Entry, entries, find
from lessons.exercises import BUG_HUNT, exercises
from lessons.lesson import file_text
from tui.course import problem
from tui.labs.lab import Environment, NoEnvironment
from tui.progress import (
    Progress,
    challenges_met,
    exercises_solved,
    is_begun,
    is_complete,
    questions_answered,
)
from tui.screens.bug_hunt import ENTRY as BUGS
from tui.terminal.resizing import SafeScreen
from tui.widgets.key_footer import KeyFooter
from tui.widgets.page import Page
from tui.widgets.rows import RowList, row_keys
from tui.widgets.status_bar import NO_DEVICE, StatusBar

REST_SECONDS = 0.05
"""Delay before the page of a highlighted lesson is laid out, which is slow."""
OPEN = "Open the lesson: ○ new, ◐ begun, ✓ every challenge, question and exercise done"
LONGEST_TITLE = max(len(entry.title) for entry in entries())
UNOPENABLE = """# {title}

*{about}*

**This lesson is {problem}.** The ones that can be opened: {others}.
"""


class Contents(RowList):
    """The table of contents, with a sign for the progress in each lesson."""

    BINDINGS = [
        *row_keys("contents"),
        Binding("enter,l", "select", "open", id="contents.open", tooltip=OPEN),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable `select` if no lesson matches the filter."""
        return action != "select" or any(not option.disabled for option in self.options)


class FilterLine(Input):
    """The text input that filters the lessons."""

    BINDINGS = [
        Binding("enter,down", "submit", "accept", id="filter.accept", tooltip="Choose from these"),
    ]


class HomeScreen(SafeScreen, Screen[None]):
    """The first screen of the app: choose a lesson and read its page."""

    AUTO_FOCUS = "Contents"  # not the hidden filter line, which comes first
    CSS_PATH = "home.tcss"
    BINDINGS = [
        Binding("slash", "filter", "filter", id="home.filter", tooltip="Lessons by their words"),
        Binding("space", "page(1)", "read on", id="home.page", tooltip="One screen further"),
        Binding("escape", "all", "all lessons", id="home.all", tooltip="Show every lesson again"),
    ]

    @dataclass
    class Opened(Message):
        """The learner opens this lesson."""

        entry: Entry

    def __init__(
        self, progress: Progress, environment: asyncio.Future[Environment], slug: str | None = None
    ) -> None:
        super().__init__()
        self._environment = environment
        self._progress = progress
        self._slug = slug
        self._shown = ""
        self._turning: Timer | None = None
        self._checked = False
        """Whether every lesson has been checked, which happens after the first paint."""

    def compose(self) -> ComposeResult:
        yield Static(" [b]dltui[/b]  the fundamentals of deep learning, to play with", id="title")
        with Horizontal():
            with Vertical(id="contents"):
                yield FilterLine(placeholder="filter the lessons", compact=True)
                yield Contents(markup=False, compact=True)
            with VerticalScroll(id="page", can_focus=False):
                yield Static(id="facts")
                yield Page()
        yield StatusBar()
        yield KeyFooter()

    def on_mount(self) -> None:
        self.query_one("#contents").border_title = "The course"
        self._list("")
        self._highlight(self._slug or next(e.slug for e in entries() if e.written))
        self.query_one(Contents).focus()
        self._name_device()
        self.call_after_refresh(self._check_lessons)

    @work
    async def _check_lessons(self) -> None:
        """Find the lessons that cannot be opened, in a thread, because it imports all of them."""
        for entry in entries():
            await asyncio.to_thread(problem, entry)
        self._checked = True
        if self.is_running:  # the screen may have been closed meanwhile
            self.show_progress()

    @work
    async def _name_device(self) -> None:
        bar = self.query_one(StatusBar)  # queried first: the app may close while this waits
        try:
            environment = await asyncio.shield(self._environment)
        except NoEnvironment:
            bar.device = NO_DEVICE
        else:
            bar.device = f"{environment.device.name} {environment.device.title}"

    def on_screen_resume(self) -> None:
        """Update the progress after a lesson."""
        self.show_progress()

    def show_progress(self) -> None:
        """Show the current progress."""
        contents = self.query_one(Contents)
        for option in contents.options:
            if option.id is not None:
                contents.replace_option_prompt(option.id, self._line(_entry(option.id)))
        if self._shown:
            self._show_facts()
        written = [entry for entry in entries() if not self._problem(entry)]
        begun = sum(self._progress.of(entry.slug).opened for entry in written)
        self.query_one(StatusBar).page = f"{begun} of {len(written)} lessons begun"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable `all` while lessons are filtered, and `page` while a page is shown."""
        match action:
            case "all":
                return bool(self.query("#contents.-filtering"))
            case "page":
                return any(page.display for page in self.query("#page"))
        return True

    def action_filter(self) -> None:
        """Show and focus the filter line."""
        self.query_one("#contents").add_class("-filtering")
        self.query_one(Input).focus()

    def action_all(self) -> None:
        """Show every lesson again."""
        self.query_one("#contents").remove_class("-filtering")
        self.query_one(Input).clear()
        self.query_one(Contents).focus()
        self.refresh_bindings()

    def action_page(self, direction: int) -> None:
        """Scroll the page on the right by one screen."""
        self.query_one("#page").scroll_relative(y=direction * (self.size.height - 8))

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._list(event.value)

    @on(Input.Submitted)
    def _leave_filter(self) -> None:
        self.query_one(Contents).focus()

    @on(OptionList.OptionHighlighted)
    def _turn_to(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is None or event.option_id == self._shown:
            return
        self._shown = event.option_id
        self._show_facts()
        if self._turning is not None:
            self._turning.stop()
        self._turning = self.set_timer(REST_SECONDS, self._turn_page)

    def _turn_page(self) -> None:
        self.query_one(Page).update(page(_entry(self._shown)))
        self.query_one("#page").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        assert event.option_id is not None
        entry = _entry(event.option_id)
        if reason := self._problem(entry):
            self.notify(f"{entry.title} is {reason}", severity="warning", markup=False)
        else:
            self.post_message(self.Opened(entry))

    def _list(self, pattern: str) -> None:
        """Fill the table with the lessons that match the pattern, by chapter."""
        contents = self.query_one(Contents)
        contents.clear_options()
        for chapter in COURSE:
            found = [entry for entry in chapter.entries if _matches(pattern, chapter, entry)]
            if found:
                head = Text(f"{chapter.number} {chapter.title}", "bold", no_wrap=True)
                contents.add_option(Option(head, disabled=True))
                for e in found:
                    known = e is find(e.slug)  # in a broken course a slug may occur twice
                    contents.add_option(Option(self._line(e), e.slug if known else None, not known))
        if _matches(pattern, None, BUGS) and exercises(BUG_HUNT):
            contents.add_option(Option(Text("Exercises", "bold", no_wrap=True), disabled=True))
            contents.add_option(Option(self._line(BUGS), BUG_HUNT))
        matched = bool(contents.options)
        self.query_one("#page").display = matched  # hide the page of a lesson that does not match
        if matched:
            self._highlight(self._shown)
        else:
            text = Text(f"no lesson matches '{pattern}'\nesc shows all", "not bold")
            contents.add_option(Option(text, disabled=True))
        self.refresh_bindings()

    def _highlight(self, slug: str) -> None:
        contents = self.query_one(Contents)
        ids = [option.id for option in contents.options]
        if slug in ids:
            contents.highlighted = ids.index(slug)
        elif ids:
            contents.highlighted = 1

    def _problem(self, entry: Entry) -> str:
        """Return why the lesson cannot be opened, as far as it has been checked."""
        if entry is BUGS:
            return ""
        if self._checked:
            return problem(entry)
        return "" if entry.written else "not written yet"

    def _line(self, entry: Entry) -> Text:
        done = self._progress.of(entry.slug)
        if self._problem(entry):
            return Text(f"   {entry.title}", "dim", no_wrap=True)
        if not is_begun(done):
            return Text(f" ○ {entry.title}", no_wrap=True)
        if entry is BUGS:
            solved = exercises_solved(BUG_HUNT, done)
            return Text(f" ◐ {entry.title:{LONGEST_TITLE}} {solved}", no_wrap=True)
        lesson = entry.load()
        sign = "✓" if is_complete(lesson, done) else "◐"
        met = challenges_met(lesson, done)
        return Text(f" {sign} {entry.title:{LONGEST_TITLE}} {met}", no_wrap=True)

    def _show_facts(self) -> None:
        """Show the duration of the lesson and its progress above the page."""
        entry = _entry(self._shown)
        if entry is BUGS:
            solved = exercises_solved(BUG_HUNT, self._progress.of(BUG_HUNT))
            self.query_one("#facts", Static).update(Text(f"exercises {solved}", "dim"))
            return
        text = Text(problem(entry), "dim")
        if not text.plain:
            lesson, done = entry.load(), self._progress.of(entry.slug)
            challenges = f"challenges {challenges_met(lesson, done)}"
            answers = f"questions {questions_answered(lesson, done)}"
            written = f"exercises {exercises_solved(entry.slug, done)}"
            text = Text(f"{lesson.minutes} min · {challenges} · {answers} · {written}", "dim")
        self.query_one("#facts", Static).update(text)


def page(entry: Entry) -> str:
    """Return the concept page, or a text that says why the lesson cannot be opened."""
    if entry is BUGS:
        return file_text(BUG_HUNT, "concept.md")
    reason = problem(entry)
    if not reason:
        return entry.load().concept
    others = ", ".join(other.title for other in entries() if not problem(other))
    return UNOPENABLE.format(title=entry.title, about=entry.about, problem=reason, others=others)


def _entry(slug: str) -> Entry:
    return BUGS if slug == BUG_HUNT else find(slug)


def _matches(pattern: str, chapter: Chapter | None, entry: Entry) -> bool:
    text = f"{chapter.title if chapter else ''} {entry.slug} {entry.title} {entry.about}".lower()
    return all(word in text for word in pattern.lower().split())
