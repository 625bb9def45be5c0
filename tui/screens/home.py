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

from lessons.catalog import Chapter, Entry, entries
from tui.course import BUGS, chapters, entry_of, lesson_of, page, problem
from tui.labs.lab import Environment, NoEnvironment
from tui.progress import Progress, counts, is_begun, total
from tui.terminal.resizing import SafeScreen
from tui.widgets.key_footer import KeyFooter
from tui.widgets.page import Page
from tui.widgets.rows import RowList, row_keys
from tui.widgets.status_bar import NO_DEVICE, StatusBar

REST_SECONDS = 0.05
"""Delay before the page of a highlighted lesson is laid out, which is slow."""
OPEN = "Open the lesson: ○ new, ◐ begun, ✓ every challenge, question and exercise done"
WIDTH = 28
"""The columns of a title and its count; the longest title has 24."""


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
                contents.replace_option_prompt(option.id, self._line(entry_of(option.id)))
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
        self.query_one(Page).update(page(entry_of(self._shown)))
        self.query_one("#page").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        assert event.option_id is not None
        entry = entry_of(event.option_id)
        if reason := self._problem(entry):
            self.notify(f"{entry.title} is {reason}", severity="warning", markup=False)
        else:
            self.post_message(self.Opened(entry))

    def _list(self, pattern: str) -> None:
        """Fill the table with the lessons that match the pattern, by chapter."""
        contents = self.query_one(Contents)
        contents.clear_options()
        for chapter in chapters():
            found = [entry for entry in chapter.entries if _matches(pattern, chapter, entry)]
            if found:
                head = Text(f"{chapter.number} {chapter.title}", "bold", no_wrap=True)
                contents.add_option(Option(head, disabled=True))
                for e in found:
                    known = e is entry_of(e.slug)  # in a broken course a slug may occur twice
                    contents.add_option(Option(self._line(e), e.slug if known else None, not known))
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
        if self._checked or entry is BUGS:
            return problem(entry)
        return "" if entry.written else "not written yet"

    def _line(self, entry: Entry) -> Text:
        done = self._progress.of(entry.slug)
        if self._problem(entry):
            return Text(f"   {entry.title}", "dim", no_wrap=True)
        if not is_begun(done):
            return Text(f" ○ {entry.title}", no_wrap=True)
        count = total(counts(entry.slug, lesson_of(entry), done))
        sign = "✓" if count.done == count.total else "◐"
        return Text(f" {sign} {entry.title}{count!s:>{WIDTH - len(entry.title)}}", no_wrap=True)

    def _show_facts(self) -> None:
        """Show the duration of the lesson and its progress above the page."""
        entry = entry_of(self._shown)
        text = problem(entry)
        if not text:
            lesson, done = lesson_of(entry), self._progress.of(entry.slug)
            tasks = [f"{count.kind} {count}" for count in counts(entry.slug, lesson, done)]
            text = " · ".join([*([f"{lesson.minutes} min"] if lesson else []), *tasks])
        self.query_one("#facts", Static).update(Text(text, "dim"))


def _matches(pattern: str, chapter: Chapter, entry: Entry) -> bool:
    text = f"{chapter.title} {entry.slug} {entry.title} {entry.about}".lower()
    return all(word in text for word in pattern.lower().split())
