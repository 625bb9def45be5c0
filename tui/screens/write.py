"""The page Write: exercises in which the learner's own program trains beside the solution's."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from engine.exercises.exercise import Exercise
from engine.exercises.runner import FIRST, TOTAL, Runner
from lessons.lesson import Choice, Question
from tui.exercise_file import ExerciseFile, NoProgram, Stamp
from tui.progress import HINTS, Deed, Done, Progress, has_earned, hints_read
from tui.screens.concept import QuestionBox
from tui.terminal.editor import NoEditor, open_editor
from tui.themes import CODE_THEMES, ThemeAware, chart_style
from tui.widgets.painted import Painted, Plotted
from tui.widgets.program import LOOK, Program

if TYPE_CHECKING:  # numpy takes 0.1 s to import
    from engine.exercises.attempt import Attempt
    from engine.exercises.judge import Verdict

POLL_SECONDS = 0.05
"""The interval between two looks at a running program."""
WATCH_SECONDS = 0.4
"""The interval between two looks at the file: NFS and SSH report no changes."""
WHICH = "Which bug does this program have?"
EDIT_HERE, EDIT = "Edit the program in this window", "Open the program in $VISUAL or $EDITOR"
RUN, HINT = "Save the program and run it", "The next of three hints"
SOLUTION = "A solution beside your program, once you have solved it or read the hints"
RESET = "Start over; your file is kept under another name"
DRAW = "Write a digit, which your own program reads"
TRAINS = "Your program trains again, and reads your digits in a moment."
BUG = "Say which bug it is; then repair it"


class WriteView(Vertical, ThemeAware):
    """One exercise at a time: task, program, the charts of its run, and the verdict."""

    DEFAULT_CSS = """
    WriteView {
        #task { height: auto; max-height: 4; padding: 0 1; }
        #middle { height: 1fr; }
        #results, #beside, #asked { width: 2fr; }
        #own { width: 3fr; }
        #own, #beside, #asked, #own-loss, #own-picture, #checked, #below {
            border-top: solid $foreground 30%; border-title-color: $text; border-title-style: bold;
        }
        #own:focus-within, #asked:focus-within { border-top: solid $accent; }
        TextArea { padding: 0; background: $background; }
        TextArea, #checked, #below, #asked {
            scrollbar-size: 1 1;
            scrollbar-color: $foreground 20%; scrollbar-background: $background;
        }
        #program.-failing .text-area--cursor-line { background: $error 40%; }
        #own-loss, #own-picture { height: 1fr; }
        #own-picture, #beside, #asked, #checked { display: none; }
        &.-checking #own-loss { display: none; }
        &.-checking #checked { display: block; }
        #checks { height: auto; }
        #asked QuestionBox { margin: 0; border: none; }
        #below { height: auto; max-height: 8; min-height: 3; padding: 0 1; }
        #verdict { height: auto; }
        &.-pictured #own-picture, &.-solution #beside, &.-asking #asked { display: block; }
        &.-solution #results, &.-asking #results { display: none; }
    }
    .-low WriteView #below { max-height: 5; }
    .-narrow WriteView #own { width: 5fr; }
    .-narrow WriteView #results { width: 3fr; }
    """
    BINDINGS = [
        Binding("space", "run", "run", id="write.run", tooltip=RUN),
        Binding("enter", "edit_here", "edit", id="write.edit", tooltip=EDIT_HERE),
        Binding("e", "edit", "editor", id="write.editor", tooltip=EDIT),
        Binding("h", "hint", "hint", id="write.hint", tooltip=HINT),
        Binding("b", "ask", "name the bug", id="write.bug", tooltip=BUG),
        Binding("d", "draw", "draw a digit", id="write.draw", tooltip=DRAW),
        Binding("n", "turn(1)", "next", id="write.next", tooltip="The next exercise"),
        Binding("p", "turn(-1)", "previous", False, id="write.previous"),
        Binding("o", "solution", "solution", id="write.solution", tooltip=SOLUTION),
        Binding("x", "reset", "start over", id="write.reset", tooltip=RESET),
    ]

    class Changed(Message):
        """Another exercise is shown, or the progress has changed."""

    def __init__(
        self,
        exercises: Sequence[Exercise],
        lesson: str,
        progress: Progress,
        runner: Runner,
        fps: float,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._exercises, self._lesson, self._runner = exercises, lesson, runner
        self._progress, self._fps = progress, fps
        self._program = Program(id="program")
        unsolved = (i for i, one in enumerate(exercises) if one.name not in self._done.exercises)
        self._index = next(unsolved, 0)
        self._attempt: Attempt | None = None
        self._base = ""
        """The text of the file when it was last read or written."""
        self._stamp: Stamp = None
        self._confirming = ""
        """The action that the next press of the same key confirms."""
        self._polling: Timer | None = None
        self._watching: Timer | None = None
        self._began = self._drawn = 0.0
        """When the run began and when its charts were last drawn, by `time.monotonic`."""
        self._runs = False
        """Whether a program runs."""
        self._changed = False
        self._said = Text()
        """The text below the program."""
        self._entered = self._opened = False
        """Whether the page was shown, and whether its widgets are there since then."""

    def compose(self) -> ComposeResult:
        if not self._entered:  # text areas take time, and many lessons are opened without this page
            return
        yield Static(id="task", markup=False)
        with Horizontal(id="middle"):
            with Vertical(id="own"):
                yield self._program
            with Vertical(id="results"):
                yield Plotted(id="own-loss")
                with VerticalScroll(id="checked", can_focus=False):
                    yield Static(id="checks")
                yield Plotted(id="own-picture")
            yield VerticalScroll(id="asked", can_focus=False)
            with Vertical(id="beside"):
                yield TextArea(id="solution", **LOOK)
        with VerticalScroll(id="below", can_focus=False):
            yield Static(id="verdict")

    async def _build(self) -> None:
        """Add the widgets, and open the first exercise that is not solved."""
        await self.recompose()
        if not self.is_attached:
            return
        if not self._exercises:
            self.query_one("#task", Static).update("This lesson has no exercises yet.")
            return
        self.query_one("#own-loss").border_title = "Loss"
        self.query_one("#own-picture").border_title = "Your model"
        self.query_one("#checked").border_title = "Checks"
        self.query_one("#beside").border_title = "A solution"
        self._polling = self.set_interval(POLL_SECONDS, self._poll, pause=True)
        self._watching = self.set_interval(WATCH_SECONDS, self._watch, pause=True)
        self._opened = True
        self.apply_theme()
        self._open()
        if self.display:
            self.enter()

    @on(Plotted.Resized)
    def _fit(self) -> None:
        self.call_after_refresh(self._draw)

    def apply_theme(self) -> None:
        theme = CODE_THEMES[self.app.current_theme.dark]
        for area in self.query(TextArea):
            area.register_theme(theme)
            area.theme = theme.name
        self._draw()

    @property
    def _done(self) -> Done:
        return self._progress.of(self._lesson)

    def _add(self, deed: Deed, name: str) -> None:
        """Record progress."""
        self._progress.add(self._lesson, deed, name)
        self.post_message(self.Changed())

    @property
    def exercise(self) -> Exercise:
        """The exercise on screen."""
        return self._exercises[self._index]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the last run; None before its end."""
        return self._attempt.verdict if self._attempt else None

    @property
    def summary(self) -> str:
        """The exercise in the status bar: which of how many, and how many are solved."""
        solved = sum(one.name in self._done.exercises for one in self._exercises)
        if not self._exercises:
            return "no exercises"
        number = f"exercise {self._index + 1} of {len(self._exercises)}"
        if self._runs and self._attempt is not None and self._attempt.started:
            seconds = time.monotonic() - self._began
            return f"▶ update {self._attempt.updates:,} · {seconds:.0f} s · {number}"
        return f"{number} · {solved} solved"

    def enter(self) -> None:
        """Show the page: start the process that runs programs, and watch the file."""
        if not self._entered:
            self._entered = True
            self.call_later(self._build)
        if not self._opened:
            return
        self._start_runner()
        if self._watching is not None:
            self._watching.resume()
        self._program.focus()

    def leave(self) -> None:
        """Hide the page: save what is typed, and stop a run."""
        if not self._opened:
            return
        if not self._program.read_only and self._save():  # otherwise the text stays in the editor
            self._program.set_editing(False)
        self._stop()
        if self._watching is not None:
            self._watching.pause()

    def on_unmount(self) -> None:
        """Save what is typed when the app ends; the widgets inside are gone already."""
        self._stop()
        if self._opened and not self._program.read_only:
            with suppress(NoProgram):
                ExerciseFile.of(self.exercise).save(self._program.text, self._base)

    def _open(self) -> None:
        """Show the current exercise as the learner left it."""
        self._stop()
        self._attempt = None
        self.remove_class("-solution", "-asking", "-pictured")
        exercise = self.exercise
        self.set_class(not exercise.trains, "-checking")
        number = f"{self._index + 1}/{len(self._exercises)}"
        solved = "✓ " if exercise.name in self._done.exercises else ""
        title = (f"{number} {solved}{exercise.title}. ", "bold")
        self.query_one("#task", Static).update(Text.assemble(title, with_code(exercise.task)))
        remark = ""
        try:
            remark = ExerciseFile.of(exercise).create()
        except NoProgram as error:
            remark = str(error)
        if self._reload():
            self._program.go_to(self._first_line())
            self._say(remark or self._what_to_press())
        else:
            self._program.load_text("")  # not that of the exercise before
            if remark:
                self._say(remark, "error")
        self._draw()
        self.screen.refresh_bindings()
        self.post_message(self.Changed())

    def _first_line(self) -> int:
        """Return the line to show first: the gap, or, not to give a bug away, the training."""
        if self.exercise.kind != "fault":
            return self.exercise.gap[0]
        lines = enumerate(self._program.text.splitlines(), start=1)
        return next((number for number, line in lines if line.startswith("def train")), 1)

    def _what_to_press(self) -> str:
        if self.exercise.kind == "fault":
            return "space runs the program as it is. Then press b and say which bug it has."
        return "enter: write here · e: your editor · space: run · h: a hint"

    def _reload(self) -> bool:
        """Read the file again; return whether that worked."""
        file = ExerciseFile.of(self.exercise)
        self._stamp = file.stamp()
        self.query_one("#own").border_title = f"{self.exercise.lesson}/{file.path.name}"
        try:
            self._base = file.read()
        except NoProgram as error:
            self._say(str(error), "error")
            return False
        if self._program.text != self._base:
            cursor = self._program.cursor_location
            self._program.load_text(self._base)
            self._program.go_to(cursor[0] + 1)
        return True

    def _watch(self) -> None:
        """Run the program when another editor has saved it."""
        changed = ExerciseFile.of(self.exercise).stamp() != self._stamp
        if changed and self._program.read_only:
            self.action_run()

    def action_run(self) -> None:
        """Run the program in the file and judge it."""
        self._confirming = ""
        self._stop()
        if not self._reload():
            return
        self._program.remove_class("-failing")
        self.remove_class("-asking")
        from engine.exercises.attempt import Attempt

        path = ExerciseFile.of(self.exercise).path
        try:
            self._attempt = Attempt(self.exercise, self._base, path, self._runner)
        except OSError as error:
            self._say(f"No process can be started: {error.strerror or error}", "error")
            return
        self._began = time.monotonic()
        self._runs = True
        self._poll()
        if self._polling is not None:
            self._polling.resume()

    def _stop(self) -> None:
        if self._runs:
            self._runs = False
            self.post_message(self.Changed())
        if self._attempt is not None and self._attempt.verdict is None:
            self._attempt.stop()
        if self._polling is not None:
            self._polling.pause()

    def _poll(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        self._changed |= attempt.poll()
        if attempt.verdict is not None:
            self._stop()
            self._show(attempt.verdict)
        now = time.monotonic()
        if attempt.verdict is not None or now - self._drawn >= 1 / self._fps:
            self._drawn = now
            if attempt.verdict is None:
                self._say(self._waiting())
                self.post_message(self.Changed())  # the count in the status bar
            if self._changed:
                self._changed = False
                self._draw()

    def _waiting(self) -> str:
        """Return why there is no verdict yet; a text that stays while the program runs."""
        if not self._runner.warm:
            return "PyTorch is starting; the first time takes a few seconds"
        limits = f"{FIRST:.0f} s to its first loss, {TOTAL:.0f} s in total"
        return f"running; its limits: {limits}"

    def _show(self, verdict: Verdict) -> None:
        """Show the verdict, and highlight the line to look at."""
        if verdict.status == "solved":
            self._add("exercise", self.exercise.name)
            more = len(self._exercises) > 1
            then = "n: the next exercise · o: compare with a solution" if more else "o: a solution"
            if self.exercise.reads_digits:
                then = f"d: write a digit, and your program reads it · {then}"
            self._say(f"{verdict.message}\n{then}", "solved")
            return
        message = verdict.message
        if self._hides(verdict):
            message = "It still has its bug. Press b and say which it is."
        elif verdict.line:
            message = f"{_sentence(message)} Look at line {verdict.line}."
        output = self._attempt.record.output.strip().splitlines() if self._attempt else []
        printed = f"\nprinted: {output[-1][:200]}" if output else ""
        self._say(f"{message}{printed}", "wrong")
        if verdict.line and not self._hides(verdict):
            self._program.add_class("-failing")
            self._program.go_to(verdict.line)

    def _hides(self, verdict: Verdict) -> bool:
        """Whether the verdict would name the bug before the learner has."""
        exercise = self.exercise
        if exercise.kind != "fault" or not exercise.answers or self._named:
            return False
        return bool(exercise.mutants) and verdict.fault == exercise.mutants[0].name

    @property
    def _named(self) -> bool:
        """Whether the learner has named the bug."""
        return self.exercise.name in self._done.answers

    def _say(self, text: str, kind: str = "") -> None:
        """Show a text below the program; what is in `backticks` looks like code."""
        sign, style = {
            "solved": ("✓ ", "bold green"),
            "wrong": ("✗ ", "bold red"),
            "error": ("✗ ", "bold red"),
        }.get(kind, ("", ""))
        line = Text.assemble((sign, style), with_code(text))
        if line != self._said:
            fits = "\n" not in f"{self._said}{text}" and max(len(line), len(self._said)) < 72
            self._said = line
            self.query_one("#verdict", Static).update(line, layout=not fits)

    def _draw(self) -> None:
        """Draw the charts of the run."""
        if not self._opened or not self.is_attached:
            return
        from tui.charts.attempt import draw_losses, draw_picture
        from tui.charts.canvas import words

        if not self.exercise.trains:
            self.query_one("#checks", Static).update(self._checked())
            return
        style = chart_style(self.app)
        loss = self.query_one("#own-loss", Painted)
        width, height = loss.content_size
        if self._attempt is None:
            loss.paint_canvas(
                words("space: run, and your loss is drawn here", width, height, style)
            )
            return
        loss.paint_canvas(draw_losses(self._attempt, width, height, style))
        picture = self.query_one("#own-picture", Painted)
        canvas = draw_picture(self._attempt, *picture.content_size, style)
        self.set_class(canvas is not None, "-pictured")
        if canvas is not None:
            picture.paint_canvas(canvas)

    def _checked(self) -> Text:
        """Return what is expected of a program that trains nothing, and what it does."""
        checks = self._attempt.checks if self._attempt else ()
        if not checks:
            return Text("space: run, and what is checked is shown here", "dim")
        lines = Text()
        for check in checks:
            sign, style = {True: ("✓ ", "green"), False: ("✗ ", "red"), None: ("○ ", "dim")}[
                check.met
            ]
            lines.append(sign, style)
            lines.append_text(with_code(check.label))
            if check.met is False and check.expected not in ("True", "False"):
                lines.append(f"\n  {check.found}\n  expected {check.expected}", "dim")
            lines.append("\n")
        return lines

    def action_edit_here(self) -> None:
        """Edit the program in this window."""
        if not self._reload():
            return
        self.remove_class("-asking", "-solution")
        self._stop()
        self._program.remove_class("-failing")
        self._program.set_editing(True)
        self._program.focus()
        self._say("esc: save, run and leave · ctrl+s: save and run · ctrl+_: undo")

    @on(Program.Saved)
    def _after_typing(self, event: Program.Saved) -> None:
        if self._save():
            if event.leaves:
                self._program.set_editing(False)
            self.action_run()

    def _save(self) -> bool:
        """Write what is typed to the file; return whether that worked."""
        text = self._program.text
        file = ExerciseFile.of(self.exercise)
        try:
            remark = file.save(text, self._base)
        except NoProgram as error:
            self._say(f"{error}. Your text is still here; free some space and save again", "error")
            return False
        self._base, self._stamp = text, file.stamp()
        if remark:
            self.notify(remark, severity="warning", timeout=10, markup=False)
        return True

    def action_edit(self) -> None:
        """Open the program in the learner's editor."""
        self._stop()
        line = self._program.cursor_location[0] + 1
        try:
            done = open_editor(self.app, ExerciseFile.of(self.exercise).path, line)
        except NoEditor as error:
            self._say(str(error), "error")
            return
        self._say(done or self._what_to_press())
        self._watch()

    def action_hint(self) -> None:
        """Show the next hint."""
        number = min(hints_read(self._done, self.exercise.name) + 1, HINTS)
        self._add("hint", f"{self.exercise.name}/{number}")
        more = "" if number < HINTS else " · o shows a solution"
        self._say(f"Hint {number} of {HINTS}: {self.exercise.hints[number - 1]}{more}")

    def action_solution(self) -> None:
        """Show a solution beside the program, or hide it again."""
        if self.has_class("-solution"):
            self.remove_class("-solution")
            self.call_after_refresh(self._draw)
            return
        if not has_earned(self._done, self.exercise.name):
            left = HINTS - hints_read(self._done, self.exercise.name)
            more = "one more hint" if left == 1 else f"{left} more hints"
            self._say(f"Solve it first, or read {more} with h: then o shows a solution.")
            return
        solved = self.exercise.name in self._done.exercises
        if not solved and self._confirming != "solution":
            self._confirming = "solution"
            self._say("Press o again to see the solution. Try it yourself first?")
            return
        self._confirming = ""
        area = self.query_one("#solution", TextArea)
        area.load_text(self.exercise.solution)
        self.remove_class("-asking")
        self.add_class("-solution")
        if self.exercise.kind == "hole":
            area.cursor_location = (self.exercise.gap[0] - 1, 0)
            area.call_after_refresh(area.scroll_cursor_visible, center=True)
        self._say("One of several ways to solve it. o hides it.")

    def action_draw(self) -> None:
        """Open the drawing sheet, and let the learner's program read it."""
        from engine.exercises.reader import ProgramReader
        from engine.handwriting import as_digits
        from tui.labs.pad import PadScreen

        self._stop()
        try:
            path = ExerciseFile.of(self.exercise).path
            reader = ProgramReader(self._runner, self._base, path)
        except OSError as error:
            self._say(f"No process can be started: {error.strerror or error}", "error")
            return
        pad = PadScreen(lambda: reader if reader.poll() else None, as_digits, nobody=TRAINS)

        def look() -> None:
            if reader.poll():
                timer.stop()
                pad.ask()

        def close(_: object) -> None:
            timer.stop()
            reader.close()

        timer = self.set_interval(POLL_SECONDS, look)

        self.app.push_screen(pad, close)

    def action_reset(self) -> None:
        """Start over after a confirmation."""
        if self._confirming != "reset":
            self._confirming = "reset"
            self._say("Press x again to start over. Your file is kept under another name.")
            return
        self._confirming = ""
        try:
            kept = ExerciseFile.of(self.exercise).reset()
        except NoProgram as error:
            self._say(str(error), "error")
            return
        self._open()
        self._say(f"Started over. Your file is kept: {kept}" if kept else "Started over.")

    def action_turn(self, by: int) -> None:
        """Show the next or the previous exercise."""
        self._confirming = ""
        self._index = (self._index + by) % len(self._exercises)
        self._open()

    def action_ask(self) -> None:
        """Ask which bug the program has, or hide the question."""
        if self.has_class("-asking"):
            self.remove_class("-asking")
            self._program.focus()
            return
        asked = self.query_one("#asked")
        asked.remove_children()
        exercise = self.exercise
        choices = tuple(
            Choice(each.text.replace("`", ""), each.why.replace("`", ""), each.right)
            for each in exercise.answers
        )
        box = QuestionBox(Question(exercise.name, WHICH, choices), "", self._named)
        asked.mount(box)
        self.remove_class("-solution")
        self.add_class("-asking")
        self.call_after_refresh(box.ask)

    @on(QuestionBox.Answered)
    def _answer(self, event: QuestionBox.Answered) -> None:
        event.stop()
        if event.right:
            self._add("answer", self.exercise.name)
            self._say("Named. Now repair it: enter edits here, e opens your editor.", "solved")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the keys of the reading mode, and those that this exercise has a use for."""
        if not self._opened or not self._program.read_only:
            return False
        if action == "draw":
            solved = self.verdict is not None and self.verdict.status == "solved"
            return self.exercise.reads_digits and solved
        if action == "ask":
            return bool(self.exercise.answers)
        return action != "turn" or len(self._exercises) > 1

    def _start_runner(self) -> None:
        try:
            self._runner.start()
        except OSError as error:
            self._say(f"No process can be started: {error.strerror or error}", "error")


def with_code(text: str) -> Text:
    """Return a text in which what is in backticks looks like code."""
    parts = text.split("`")
    styles = ("", "bold")
    return Text.assemble(*((part, styles[i % 2]) for i, part in enumerate(parts)))


def _sentence(text: str) -> str:
    """Return the text with a full stop at its end."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."
