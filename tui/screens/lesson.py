"""A lesson on screen: Concept, Lab and Code, one key each; knows none of their insides."""

from __future__ import annotations

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widgets import ContentSwitcher

from lessons.lesson import Lesson
from tui.bench import Bench, NoBench
from tui.labs import lab_of
from tui.labs.lab import Lab
from tui.labs.standing import Standing
from tui.progress import Done, Progress
from tui.screens.code import CodeView
from tui.screens.concept import ConceptView, QuestionBox
from tui.widgets.heading import Heading
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import NO_DEVICE, StatusBar

CONCEPT, LAB = "Read the page, and its questions", "Play with what it is about"
CODE = "Read the file that runs in the lab"
BACK = "Back to the course; the lesson stays as it is until you open another"


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
        Binding("escape", "back", "back", id="lesson.back", tooltip=BACK),
    ]

    class Progressed(Message):
        """Something was done that the course counts; perhaps after the lesson was left."""

    def __init__(
        self, lesson: Lesson, progress: Progress, bench: asyncio.Future[Bench], fps: float
    ) -> None:
        super().__init__()
        self._bench = bench
        self.lesson = lesson
        self._progress = progress
        self._heading = Heading(lesson.title)
        self._lab = lab_of(lesson, fps)
        self._status = StatusBar()

    def compose(self) -> ComposeResult:
        yield self._heading
        with ContentSwitcher(initial="concept"):
            yield ConceptView(self.lesson, self._done.answers, id="concept")
            yield self._lab
            yield CodeView(self.lesson, id="code")
        yield self._status
        yield KeyFooter()

    def on_mount(self) -> None:
        self._progress.add(self.lesson.slug, "opened")
        self._lab.mark(self._done.challenges)
        self.action_show("concept")
        # At once, and not by message: the line above and the charts are then painted in one go.
        self.watch(self._lab, "standing", self._follow)
        self._open_lab()

    @work
    async def _open_lab(self) -> None:
        try:
            bench = await asyncio.shield(self._bench)
        except NoBench as error:
            self._status.device = NO_DEVICE
            self._lab.fail(str(error))
        else:
            self._status.device = f"{bench.device.name} {bench.device.title}"
            self._lab.open(bench)

    @property
    def _done(self) -> Done:
        return self._progress.of(self.lesson.slug)

    def action_show(self, part: str) -> None:
        """Show the concept page, the lab or the code."""
        self._hush()
        self._lab.leave()
        self.query_one(ContentSwitcher).current = part
        self._heading.part = part
        if part == "lab":
            self._lab.enter()
        else:
            self.query_one(f"#{part}").focus()

    def action_back(self) -> None:
        """Back to the course; a run that is under way is held."""
        self._hush()
        self._lab.put_down()
        self.dismiss()

    def close(self) -> None:
        """Let go of all but the widgets: another lesson is being opened."""
        self._lab.close()

    def _hush(self) -> None:
        """What the lab has told, a hint say, stays with the lab."""
        if self._lab.display:
            self.app.clear_notifications()

    def _follow(self, standing: Standing) -> None:
        """Say where the lab stands."""
        self._heading.preset, self._heading.progress = standing.preset, standing.progress
        self._status.state, self._status.frame = standing.state, standing.frame
        if standing.device:
            self._status.device = standing.device
        if standing.finished and self._progress.add(self.lesson.slug, "finished"):
            self.post_message(self.Progressed())

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
            self.post_message(self.Progressed())
            self.notify(f"✓ {text}", title="challenge met", markup=False)
