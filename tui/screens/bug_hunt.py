"""The screen of the bug hunt: programs with one bug each, to name and to repair."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from engine.exercises.runner import Runner
from lessons.exercises import BUG_HUNT, exercises
from tui.course import BUGS
from tui.progress import Progress
from tui.screens.write import WriteView
from tui.terminal.resizing import SafeScreen
from tui.widgets.key_footer import KeyFooter
from tui.widgets.status_bar import StatusBar

BACK = "Back to the course; your programs are kept"


class BugHuntScreen(SafeScreen, Screen[None]):
    """Shows one program after the other."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    CSS = "BugHuntScreen #title { height: 1; background: $panel; }"
    BINDINGS = [Binding("escape", "back", "back", id="bugs.back", tooltip=BACK)]

    def __init__(self, progress: Progress, runner: Runner, fps: float) -> None:
        super().__init__(classes="-explained-below")
        self._progress, self._runner, self._fps = progress, runner, fps

    def compose(self) -> ComposeResult:
        yield Static(f" [b]{BUGS.title}[/b]  {BUGS.about}", id="title")
        yield WriteView(exercises(BUG_HUNT), BUG_HUNT, self._progress, self._runner, self._fps)
        yield StatusBar()
        yield KeyFooter()

    def on_mount(self) -> None:
        self._progress.add(BUG_HUNT, "opened")
        self.query_one(StatusBar).device = "your programs run on the CPU"
        self.query_one(WriteView).enter()
        self._describe()

    @on(WriteView.Changed)
    def _describe(self) -> None:
        self.query_one(StatusBar).page = self.query_one(WriteView).summary

    def action_back(self) -> None:
        """Return to the home screen."""
        self.query_one(WriteView).leave()
        self.dismiss()
