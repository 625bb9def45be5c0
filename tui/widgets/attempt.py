"""The charts of a run of the learner's program, or what is checked of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from engine.exercises.runner import Runner
from tui.themes import ThemeAware, chart_style
from tui.widgets.painted import Painted, Plotted

if TYPE_CHECKING:  # numpy takes 0.1 s to import
    from engine.exercises.attempt import Attempt
    from engine.exercises.exercise import Exercise

POLL_SECONDS = 0.05
"""The interval between two looks at a running program."""
SIGNS = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("○ ", "dim")}


class AttemptPanel(Vertical, ThemeAware):
    """Runs one program at a time, and draws its loss and picture, or lists what is checked."""

    DEFAULT_CSS = """
    AttemptPanel {
        #own-loss, #own-picture { height: 1fr; }
        #own-picture, #checked { display: none; }
        &.-checking #own-loss { display: none; }
        &.-checking #checked, &.-pictured #own-picture { display: block; }
        #checks { height: auto; }
    }
    """

    @dataclass
    class Advanced(Message):
        """The program has run on, or has its verdict."""

        attempt: Attempt

    def __init__(self, runner: Runner, fps: float, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._runner, self._fps = runner, fps
        self._exercise: Exercise | None = None
        self.attempt: Attempt | None = None
        """The current or last run; None if the program on screen has not run yet."""
        self.running = False
        self._polling: Timer | None = None
        self._began = self._drawn = 0.0
        """When the run began and when its charts were last drawn, by `time.monotonic`."""
        self._changed = False
        """Whether the charts are out of date."""

    def compose(self) -> ComposeResult:
        yield Plotted(id="own-loss")
        with VerticalScroll(id="checked", can_focus=False):
            yield Static(id="checks")
        yield Plotted(id="own-picture")

    def on_mount(self) -> None:
        self.query_one("#own-loss").border_title = "Loss"
        self.query_one("#own-picture").border_title = "Your model"
        self.query_one("#checked").border_title = "Checks"
        self._polling = self.set_interval(POLL_SECONDS, self._poll, pause=True)

    def open(self, exercise: Exercise) -> None:
        """Prepare for the program of an exercise."""
        self.stop()
        self._exercise, self.attempt = exercise, None
        self.set_class(not exercise.trains, "-checking")
        self.remove_class("-pictured")
        self.draw()

    def run(self, program: str, file: Path) -> None:
        """Run a program; raises `OSError` if no process can be started."""
        from engine.exercises.attempt import Attempt

        self.stop()
        assert self._exercise is not None
        self.attempt = Attempt(self._exercise, program, file, self._runner)
        self.running = True
        self._began = time.monotonic()
        self._poll()
        if self._polling is not None:
            self._polling.resume()

    def stop(self) -> None:
        """Stop the program, if one runs; it gets no verdict."""
        self.running = False
        if self.attempt is not None and self.attempt.verdict is None:
            self.attempt.stop()
        if self._polling is not None:
            self._polling.pause()

    @property
    def count(self) -> str:
        """The updates and seconds so far while a program runs; otherwise an empty text."""
        if not self.running or self.attempt is None or not self.attempt.started:
            return ""
        return f"update {self.attempt.updates:,} · {time.monotonic() - self._began:.0f} s"

    def _poll(self) -> None:
        attempt = self.attempt
        if attempt is None:
            return
        self._changed |= attempt.poll()
        ended = attempt.verdict is not None
        if ended:
            self.stop()
        now = time.monotonic()
        if ended or now - self._drawn >= 1 / self._fps:
            self._drawn = now
            self.post_message(self.Advanced(attempt))
            if self._changed:
                self._changed = False
                self.draw()

    @on(Plotted.Resized)
    def _fit(self) -> None:
        self.call_after_refresh(self.draw)

    def apply_theme(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Draw the charts of the run, or list what is checked."""
        if self._exercise is None or not self.is_attached:
            return
        from tui.charts.attempt import draw_losses, draw_picture
        from tui.charts.canvas import words

        if not self._exercise.trains:
            self.query_one("#checks", Static).update(self._checked())
            return
        style = chart_style(self.app)
        loss = self.query_one("#own-loss", Painted)
        if self.attempt is None:
            nothing = "space: run, and your loss is drawn here"
            loss.paint_canvas(words(nothing, *loss.content_size, style))
            return
        loss.paint_canvas(draw_losses(self.attempt, *loss.content_size, style))
        picture = self.query_one("#own-picture", Painted)
        canvas = draw_picture(self.attempt, *picture.content_size, style)
        self.set_class(canvas is not None, "-pictured")
        if canvas is not None:
            picture.paint_canvas(canvas)

    def _checked(self) -> Text:
        """Return what is expected of a program that trains nothing, and what it does."""
        checks = self.attempt.checks if self.attempt else ()
        if not checks:
            return Text("space: run, and what is checked is shown here", "dim")
        lines = Text()
        for check in checks:
            lines.append(*SIGNS[check.met])
            lines.append_text(with_code(check.label))
            if check.met is False and check.expected not in ("True", "False"):
                lines.append(f"\n  {check.found}\n  expected {check.expected}", "dim")
            lines.append("\n")
        return lines


def with_code(text: str) -> Text:
    """Return a text in which what is in backticks looks like code."""
    parts = text.split("`")
    styles = ("", "bold")
    return Text.assemble(*((part, styles[i % 2]) for i, part in enumerate(parts)))
