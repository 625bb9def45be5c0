"""A lesson on screen: Concept, Lab and Code, one key each; knows none of their insides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Footer

from lessons.lesson import Lesson
from tui.bench import Bench
from tui.progress import Done, Progress
from tui.screens.code import CodeView
from tui.screens.concept import ConceptView, QuestionBox
from tui.screens.lab import Lab
from tui.widgets.controls import Controls
from tui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from engine.frame import Frame

TABS = ("concept", "lab", "code")
CONCEPT, LAB = "Read the page, and its questions", "Play with the training"
CODE = "Read the file that trains"


class Heading(Widget):
    """The first line: the lesson, its three parts, and where the run stands."""

    DEFAULT_CSS = "Heading { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }"

    part: reactive[str] = reactive("concept")
    preset: reactive[str] = reactive("")
    progress: reactive[str] = reactive("")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def render(self) -> Text:
        line = Text(no_wrap=True)
        for number, tab in enumerate(TABS, start=1):
            style = "reverse bold" if tab == self.part else ""
            line.append(f" {number} {tab.capitalize()} ", style)
        line.append(f"  {self._title}", "bold")
        right = " · ".join(text for text in (self.preset, self.progress) if text)
        room = self.size.width - len(right) - 3
        line.truncate(max(room, 1), overflow="ellipsis", pad=True)
        return line.append("   ").append(right)


class LessonScreen(Screen[None]):
    """One lesson; its lab opens as soon as there is a bench to work on."""

    CSS_PATH = "lesson.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    BINDINGS = [
        Binding("1", "show('concept')", "concept", False, id="lesson.concept", tooltip=CONCEPT),
        Binding("2", "show('lab')", "lab", False, id="lesson.lab", tooltip=LAB),
        Binding(
            "3,c", "show('code')", "code", False, key_display="c", id="lesson.code", tooltip=CODE
        ),
        Binding("escape", "back", "back", id="lesson.back", tooltip="Back to the course"),
    ]

    def __init__(
        self, lesson: Lesson, progress: Progress, bench: asyncio.Future[Bench], fps: float
    ) -> None:
        super().__init__()
        self._bench = bench
        self.lesson = lesson
        self._progress = progress
        self._fps = fps

    def compose(self) -> ComposeResult:
        yield Heading(self.lesson.title)
        with ContentSwitcher(initial="concept"):
            yield ConceptView(self.lesson, self._done.answers, id="concept")
            yield Lab(self.lesson, self._fps, id="lab")
            yield CodeView(self.lesson, id="code")
        yield StatusBar()
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._progress.add(self.lesson.slug, "opened")
        self.query_one(Lab).mark(self._done.challenges)
        self.action_show("concept")
        self._open_lab()

    @work
    async def _open_lab(self) -> None:
        bench = await asyncio.shield(self._bench)
        self.query_one(StatusBar).device = f"{bench.device.name} {bench.device.title}"
        self.query_one(Lab).open(bench)

    @property
    def _done(self) -> Done:
        return self._progress.of(self.lesson.slug)

    def action_show(self, part: str) -> None:
        """Show the concept page, the lab or the code."""
        self.query_one(Controls).action_settle()
        self.query_one(ContentSwitcher).current = part
        self.query_one(Heading).part = part
        focus = "#controls ControlList" if part == "lab" else f"#{part}"
        self.query_one(focus).focus()

    def action_back(self) -> None:
        """Back to the course; a run that is under way ends."""
        self.dismiss()

    @on(Lab.Shown)
    def _follow(self, event: Lab.Shown) -> None:
        experiment, frame = event.experiment, event.frame
        status = self.query_one(StatusBar)
        status.device = f"{experiment.device.name} {experiment.device.title}"
        status.show(frame)
        heading = self.query_one(Heading)
        heading.preset = experiment.preset.name
        playing = "▶ " if frame.state == "playing" else ""
        heading.progress = f"{_epoch(frame)} · {playing}{_pace(experiment.pace)}"
        if frame.state == "finished":
            self._progress.add(self.lesson.slug, "finished")

    @on(Lab.Met)
    def _meet(self, event: Lab.Met) -> None:
        self._met(event.challenge.slug, event.challenge.text)

    @on(QuestionBox.Answered)
    def _answer(self, event: QuestionBox.Answered) -> None:
        if event.right:
            self._progress.add(self.lesson.slug, "answer", event.question.slug)
            for challenge in self.lesson.challenges:
                if challenge.question == event.question.slug:
                    self._met(challenge.slug, challenge.text)

    def _met(self, slug: str, text: str) -> None:
        if self._progress.add(self.lesson.slug, "challenge", slug):
            self.query_one(Lab).mark(self._done.challenges)
            self.notify(f"✓ {text}", title="challenge met", markup=False)


def _epoch(frame: Frame) -> str:
    return f"epoch {_count(frame.epoch)}/{_count(frame.settings.get('epochs'))}"


def _count(number: object) -> str:
    """A whole number in at most five places: 20000, 250k, 1.25M."""
    if not isinstance(number, int) or number < 100_000:
        return str(number)
    return f"{number / 1e6:.3g}M" if number >= 1_000_000 else f"{number // 1000}k"


def _pace(pace: float | None) -> str:
    return "full speed" if pace is None else f"{pace:g}/s"
