"""The panels of a lab, side by side: pictures, controls, numbers, challenges; knows no run."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from engine.config import Config
from engine.frame import Frame
from lessons.lesson import TrainingLesson
from tui.widgets.challenges import Challenges
from tui.widgets.controls import Controls
from tui.widgets.equations import Equations
from tui.widgets.pictures import Pictures


class Panels(Horizontal):
    """Shows what it is given; what the learner wishes goes up as the panels' own messages."""

    def __init__(
        self, lesson: TrainingLesson, challenges: Challenges, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.pictures = Pictures(lesson.charts, id="pictures")
        self.controls = Controls(lesson.controls, id="controls")
        self._equations = Equations(id="equations")
        self._challenges = challenges

    def compose(self) -> ComposeResult:
        yield self.pictures
        with Vertical(id="side"):
            yield self.controls
            yield self._equations
            yield self._challenges

    def show(self, frame: Frame) -> None:
        """Draw this frame, and write its numbers."""
        self.pictures.show(frame)
        self._equations.equations = frame.equations

    def show_settings(self, config: Config, live: Set[str]) -> None:
        """Show the value of every control, which change while a run goes on, and which have no
        effect."""
        self.controls.show(asdict(config), live, config.idle())
