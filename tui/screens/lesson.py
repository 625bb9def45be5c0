"""A lesson on screen: Concept, Lab and Code, one key each; knows none of their insides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer

from engine.frame import State
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.progress import Done, Progress
from tui.screens.code import CodeView
from tui.screens.concept import ConceptView, QuestionBox
from tui.screens.lab import Lab
from tui.widgets.controls import Controls
from tui.widgets.heading import Heading
from tui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from engine.device import Device
    from engine.frame import Frame

CONCEPT, LAB = "Read the page, and its questions", "Play with the training"
CODE = "Read the file that trains"


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
        self._heading = Heading(lesson.title)
        self._lab = Lab(lesson, fps, id="lab")
        self._status = StatusBar()

    def compose(self) -> ComposeResult:
        yield self._heading
        with ContentSwitcher(initial="concept"):
            yield ConceptView(self.lesson, self._done.answers, id="concept")
            yield self._lab
            yield CodeView(self.lesson, id="code")
        yield self._status
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._progress.add(self.lesson.slug, "opened")
        self._lab.mark(self._done.challenges)
        self.action_show("concept")
        # At once, and not by message: the line above and the charts are then painted in one go.
        self.watch(self._lab, "frame", self._follow)
        self._open_lab()

    @work
    async def _open_lab(self) -> None:
        bench = await asyncio.shield(self._bench)
        self._say_device(bench.device)
        self._lab.open(bench)

    @property
    def _done(self) -> Done:
        return self._progress.of(self.lesson.slug)

    def action_show(self, part: str) -> None:
        """Show the concept page, the lab or the code."""
        self.query_one(Controls).action_settle()
        self.query_one(ContentSwitcher).current = part
        self._heading.part = part
        focus = "#controls ControlList" if part == "lab" else f"#{part}"
        self.query_one(focus).focus()

    def action_back(self) -> None:
        """Back to the course; a run that is under way ends."""
        self.dismiss()

    @on(Lab.SetUp)
    def _describe(self, event: Lab.SetUp) -> None:
        """Say which device, preset and pace the experiment has now."""
        self._say_device(event.experiment.device)
        self._heading.preset = event.experiment.preset.name
        self._follow(self._lab.frame)

    def _follow(self, frame: Frame | None) -> None:
        """Say where the run stands."""
        experiment = self._lab.experiment
        if frame is None or experiment is None:
            return
        self._status.frame = frame
        self._heading.show(frame, experiment.pace)
        if frame.state is State.FINISHED:
            self._progress.add(self.lesson.slug, "finished")

    def _say_device(self, device: Device) -> None:
        self._status.device = f"{device.name} {device.title}"

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
            self._lab.mark(self._done.challenges)
            self.notify(f"✓ {text}", title="challenge met", markup=False)
