"""The screen of a lesson, with the pages Concept, Lab, Code and Write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.events import Key, Paste
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input

from engine.exercises.runner import Runner
from lessons.exercises import exercises
from lessons.lesson import Lesson, TrainingLesson
from lessons.script import line_of
from tui.labs import lab_of
from tui.labs.lab import Environment, Lab, LabStatus, NoEnvironment
from tui.progress import Done, Progress
from tui.screens.code import CodeView
from tui.screens.concept import ConceptView, QuestionBox
from tui.screens.write import WriteView
from tui.terminal.key_order import KeyOrder
from tui.terminal.resizing import SafeScreen
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import NO_DEVICE, Heading, StatusBar

if TYPE_CHECKING:  # the course needs no lab, and importing one takes time
    from tui.plan import Plan

CONCEPT, LAB = "Read the page, and its questions", "Play with what it is about"
CODE = "Read this run as a plain script, and the file that runs in the lab"
WRITE = "Write the program yourself, and watch it train"
BACK = "Back to the course; the lesson stays as it is until you open another"
CLOSE_HINT = "Close the hint of the challenge"
TYPING = "⏎ accept · esc cancel"
NEWS_SECONDS = 6.0
"""How long a newly met challenge is highlighted and its message is shown."""
PAGES = Binding.Group("pages", compact=True)


class LessonScreen(SafeScreen, Screen[None]):
    """Shows one lesson; its lab opens when PyTorch and the devices are ready."""

    CSS_PATH = "lesson.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    BINDINGS = [
        Binding(
            "1", "show('concept')", "concept", group=PAGES, id="lesson.concept", tooltip=CONCEPT
        ),
        Binding("2", "show('lab')", "lab", group=PAGES, id="lesson.lab", tooltip=LAB),
        Binding("3,c", "show('code')", "code", group=PAGES, id="lesson.code", tooltip=CODE),
        Binding("4", "show('write')", "write", group=PAGES, id="lesson.write", tooltip=WRITE),
        Binding("escape", "close_hint", "close hint", id="lesson.hint", tooltip=CLOSE_HINT),
        Binding("escape", "back", "back", id="lesson.back", tooltip=BACK),
    ]

    class Progressed(Message):
        """The progress has changed; may be posted after the lesson screen was closed."""

    def __init__(
        self,
        lesson: Lesson,
        progress: Progress,
        environment: asyncio.Future[Environment],
        runner: Runner,
        fps: float,
    ) -> None:
        super().__init__()
        self._environment = environment
        self.lesson = lesson
        self._progress = progress
        self._heading = Heading(lesson.title)
        self._lab = lab_of(lesson, fps)
        self._runner, self._fps = runner, fps
        self._status = StatusBar()
        self._new: set[str] = set()
        """The slugs of newly met challenges."""
        self._news_timer: Timer | None = None
        self._remarked_in: str | None = None
        """The state of the lab to which the shown remark refers."""
        self._opened = self._played = False
        self._plan: Plan | None = None
        self._script = ""
        """The run that the code page shows, and its script or why there is none."""
        self._awaiting: list[Callable[[], object]] = []
        """Callables to run in the lab when it has opened."""

    def compose(self) -> ComposeResult:
        yield self._heading
        with ContentSwitcher(initial="concept"):
            yield ConceptView(self.lesson, self._done.answers, id="concept")
            yield self._lab
            yield CodeView(self.lesson, id="code")
            slug = self.lesson.slug
            yield WriteView(
                exercises(slug), slug, self._progress, self._runner, self._fps, id="write"
            )
        yield self._status
        yield KeyFooter()

    def on_mount(self) -> None:
        self._progress.add(self.lesson.slug, "opened")
        self._lab.mark(self._done.challenges)
        self.action_show("concept")
        # Called directly, not by message, so that the heading and the charts are painted together.
        self.watch(self._lab, "status", self._follow)
        self.watch(self, "focused", self._describe_typing, init=False)
        for page in ("#concept", "#code"):
            for changes in ("scroll_y", "virtual_size"):
                self.watch(self.query_one(page), changes, self._describe_page, init=False)
        self._open_lab()

    @work
    async def _open_lab(self) -> None:
        environment, reason = None, ""
        try:
            environment = await asyncio.shield(self._environment)
            self._status.device = f"{environment.device.name} {environment.device.title}"
            await asyncio.to_thread(self._lab.prepare)
        except NoEnvironment as error:
            self._status.device = NO_DEVICE
            reason = f"PyTorch cannot be used: {error}"
        except Exception as error:  # a trainer that is being written may raise anything
            reason = f"{self.lesson.source}: {type(error).__name__}: {error}"
        if not self.is_running:  # closed meanwhile: nothing would end a run
            return
        if environment is None or reason:
            self._lab.fail(reason)
            return
        self._lab.open(environment)
        self._opened = True
        for do in self._awaiting:
            do()

    @property
    def _done(self) -> Done:
        return self._progress.of(self.lesson.slug)

    def action_show(self, part: str) -> None:
        """Show the concept page, the lab or the code."""
        self._turn_to(part)
        if part == "lab":
            self._lab.enter()
            self.replay_kept()
        elif part == "write":
            self._write.enter()
        else:
            self.query_one(f"#{part}").focus()

    def on_resize(self) -> None:
        """Describe the page again: on a higher terminal less of it is left to scroll."""
        self.call_after_refresh(self._describe_page)

    def _describe_page(self) -> None:
        """Describe the visible page and its scroll position in the status bar."""
        page = self.query_one(ContentSwitcher).visible_content
        if isinstance(page, ConceptView):
            questions = {question.slug for question in self.lesson.questions}
            answered = len(questions & self._done.answers)
            what = f"{answered} of {len(questions)} questions answered"
            self._status.page = f"{what} · {_read(page)}"
        elif isinstance(page, CodeView):
            self._status.page = f"{page.file} · {_read(page)}"
        elif isinstance(page, WriteView):
            self._status.page = page.summary
        else:
            self._status.page = ""

    def _turn_to(self, part: str) -> None:
        """Show this page without moving the focus."""
        self._hush()
        self._lab.leave()
        self._write.leave()
        self.query_one(ContentSwitcher).current = part
        self._heading.part = part
        below = part == "write" or not isinstance(self.lesson, TrainingLesson)
        self.set_class(below, "-explained-below")
        self.call_after_refresh(self._describe_page)
        if part == "code":
            self._show_script()
        self.refresh_bindings()

    @on(CodeView.Turned)
    def _name_program(self) -> None:
        self.call_after_refresh(self._describe_page)

    @on(CodeView.Stepped)
    def _step(self) -> None:
        from tui.labs.training import TrainingLab

        if isinstance(self._lab, TrainingLab):
            self._lab.action_step()

    @work
    async def _show_script(self) -> None:
        """Show the lab's run as a plain script on the code page, with the line it has reached."""
        from tui.labs.training import TrainingLab

        lab = self._lab
        if not isinstance(lab, TrainingLab) or lab.experiment is None:
            return
        plan = lab.experiment.plan()
        if plan != self._plan:
            self._plan = plan  # first, so that it is not written twice meanwhile
            try:  # in a thread: the table of a learner may be large
                self._script = await asyncio.to_thread(plan.script)
            except (ValueError, OSError) as error:  # these settings have no script
                self._script = "".join(f"# {line}\n" for line in wrap(str(error), 72))
        frame = lab.experiment.frame
        began = frame is not None and (frame.step or frame.phase)
        line = line_of(self._script, frame.phase) if frame is not None and began else None
        self.query_one(CodeView).show_script(self._script, line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let escape close a visible hint first, and the lesson otherwise."""
        if action in ("close_hint", "back"):
            hint = self._lab.display and self._lab.has_hint
            return hint if action == "close_hint" else not hint
        return True

    def action_close_hint(self) -> None:
        """Close the hint of the challenge."""
        self._lab.show_hint(None)

    @on(Lab.HintChanged)
    def _name_keys(self) -> None:
        self.refresh_bindings()

    @on(Lab.Asked)
    def _ask(self, event: Lab.Asked) -> None:
        self._turn_to("concept")
        self.query_one(ConceptView).ask(event.question)

    def action_back(self) -> None:
        """Return to the home screen, and pause the run."""
        self._hush()
        self._write.leave()
        self._lab.take_kept()
        self._lab.put_down()
        self.dismiss()

    @property
    def _write(self) -> WriteView:
        return self.query_one(WriteView)

    @on(WriteView.Changed)
    def _count_exercises(self) -> None:
        self._describe_page()
        self.post_message(self.Progressed())

    @property
    def lab(self) -> Lab:
        """The lab of the lesson, visible or not."""
        return self._lab

    def in_the_lab(self, do: Callable[[], object]) -> None:
        """Show the lab and call `do`, or call it later when the lab has opened.

        Nothing happens if another lesson was opened in the meantime.
        """
        if not self.is_attached:
            return
        self.action_show("lab")
        if self._opened:
            do()
        else:
            self._awaiting.append(do)

    def close(self) -> None:
        """Release everything except the widgets, because another lesson is opened."""
        self._lab.close()

    def keep(self, event: Key | Paste) -> bool:
        """Keep a key for the lab if that is visible and not ready; return whether it was kept."""
        if not self._in_lab:
            return False
        typed, kept = self._lab.types_ahead, self._lab.keep(event)
        if self._lab.types_ahead is not typed:
            self._change_keys()
        return kept

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, or that the lab will handle when it is ready."""
        active = super().active_bindings
        return self._lab.kept_bindings(active) if self.keeps_keys else active

    @property
    def keeps_keys(self) -> bool:
        """Whether the lab is visible and keeps keys until it is ready."""
        return self.is_attached and self._in_lab and self._lab.keeps_keys

    def _change_keys(self) -> None:
        """Update the keys in the status bar and the footer."""
        self._describe_typing()
        self.refresh_bindings()

    @on(Lab.Ready)
    def replay_kept(self) -> None:
        """Handle the kept keys if the lab is ready and visible."""
        if self.is_active and self._in_lab and self._lab.ready and isinstance(self.app, KeyOrder):
            self.app.replay(self._lab.take_kept())
            self._change_keys()

    @property
    def _in_lab(self) -> bool:
        return self._heading.part == "lab"

    def _hush(self) -> None:
        """Clear notifications and remarks of the lab before another page is shown."""
        if self._lab.display:
            self.app.clear_notifications()
            if self._remarked_in is not None:
                self._drop_news()

    def _follow(self, status: LabStatus) -> None:
        """Show the status of the lab in the heading and the status bar."""
        if status.preset != self._heading.preset or self._remarked_in not in (None, status.state):
            self._drop_news()  # it is about another preset or state
        self._heading.preset, self._heading.progress = status.preset, status.progress
        self._describe_typing()
        self._status.busy = status.busy
        self._status.frame = status.frame
        if status.device:
            self._status.device = status.device
        if status.finished and self._progress.add(self.lesson.slug, "finished"):
            self.post_message(self.Progressed())

        if self._heading.part == "code":
            self._show_script()
        if self._lab.playing is not self._played:
            self._played = self._lab.playing
            self.refresh_bindings()  # the description of the play key changes

    def _describe_typing(self) -> None:
        """Show the keys for text input in the status bar while the learner types."""
        typing = self._in_lab and (isinstance(self.focused, Input) or self._lab.types_ahead)
        self._status.state = TYPING if typing else self._lab.status.state

    @on(Lab.Met)
    def _meet(self, event: Lab.Met) -> None:
        self._met(event.challenge.slug, event.challenge.text)

    @on(Lab.Remarked)
    def _remark(self, event: Lab.Remarked) -> None:
        if event.answers_key or not self._new:
            self._status.news = f" {event.text} "
            self._remarked_in = self._lab.status.state if event.answers_key else None
            self._time_news()

    @on(QuestionBox.Answered)
    def _answer(self, event: QuestionBox.Answered) -> None:
        if event.right:
            self._progress.add(self.lesson.slug, "answer", event.question.slug)
            self._describe_page()
            for challenge in self.lesson.challenges:
                if challenge.question == event.question.slug:
                    self._met(challenge.slug, challenge.text)

    def _met(self, slug: str, text: str) -> None:
        """Record that a challenge is met, and highlight it for `NEWS_SECONDS`."""
        if self._progress.add(self.lesson.slug, "challenge", slug):
            self._new.add(slug)
            met = f"challenge met: {text}" if len(self._new) == 1 else "several challenges met"
            self._status.news = f" ✓ {met} "
            self._remarked_in = None
            self._lab.mark(self._done.challenges, self._new)
            self._time_news()
            self.post_message(self.Progressed())

    def on_screen_resume(self) -> None:
        """Show news that arrived behind another screen, and handle the kept keys."""
        if self._status.news:
            self._time_news()
        self.replay_kept()

    def _time_news(self) -> None:
        """Show the news for `NEWS_SECONDS` from now."""
        if self._news_timer is not None:
            self._news_timer.stop()
        self._news_timer = self.set_timer(NEWS_SECONDS, self._end_news)

    def _end_news(self) -> None:
        if self.is_current:  # otherwise the learner has not seen them
            self._drop_news()

    def _drop_news(self) -> None:
        if self._status.news:
            self._new.clear()
            self._status.news = ""
            self._remarked_in = None
            self._lab.mark(self._done.challenges)


def _read(page: Widget) -> str:
    """Return the scroll position of the page in words."""
    if page.scroll_y >= page.max_scroll_y:
        return "end of the page"
    return f"{int(100 * page.scroll_y / page.max_scroll_y)} % down"
