"""The page Write: exercises in which the learner's own program trains beside the solution's."""

from __future__ import annotations

from collections.abc import Sequence
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
from tui.exercise_file import NoProgram
from tui.progress import HINTS, Deed, Done, Progress, has_earned, hints_read
from tui.screens.concept import QuestionBox
from tui.terminal.editor import NoEditor, open_editor
from tui.themes import CODE_THEMES, ThemeAware
from tui.widgets.attempt import POLL_SECONDS, AttemptPanel, with_code
from tui.widgets.program import LOOK, Program

if TYPE_CHECKING:  # numpy takes 0.1 s to import
    from engine.exercises.judge import Verdict
    from engine.exercises.record import Record

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
CANCEL = "Close the question or the solution, or do not start over"
KINDS = {
    "": ("", ""),
    "solved": ("✓ ", "bold green"),
    "wrong": ("✗ ", "bold red"),
    "error": ("✗ ", "bold red"),
}
"""The sign of each kind of text below the program, and its style."""


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
        #beside, #asked { display: none; }
        #asked QuestionBox { margin: 0; border: none; }
        #asked QuestionBox .why { display: none; } /* it is said below, where there is room */
        #below { height: auto; max-height: 8; min-height: 3; padding: 0 1; }
        #verdict { height: auto; }
        &.-solution #beside, &.-asking #asked { display: block; }
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
        Binding("escape", "cancel", "close", id="write.cancel", tooltip=CANCEL),
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
        self._progress = progress
        self._program = Program(id="program")
        self._results = AttemptPanel(runner, fps, id="results")
        unsolved = (i for i, one in enumerate(exercises) if one.name not in self._done.exercises)
        self._index = next(unsolved, 0)
        self.verdict: Verdict | None = None
        """The verdict on screen; None before the end of a run."""
        self._confirming = ""
        """The action that the next press of the same key confirms."""
        self._watching: Timer | None = None
        self._said, self._waited = Text(), ""
        """The text below the program, and the last one that says that it runs."""
        self._entered = self._opened = False
        """Whether the page was shown, and whether its widgets are there since then."""

    def compose(self) -> ComposeResult:
        if not self._entered:  # text areas take time, and many lessons are opened without this page
            return
        yield Static(id="task", markup=False)
        with Horizontal(id="middle"):
            with Vertical(id="own"):
                yield self._program
            yield self._results
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
        self.query_one("#beside").border_title = "A solution"
        self._watching = self.set_interval(WATCH_SECONDS, self._watch, pause=True)
        self._opened = True
        self.apply_theme()
        self._open()
        if self.display:
            self.enter()

    def apply_theme(self) -> None:
        theme = CODE_THEMES[self.app.current_theme.dark]
        for area in self.query(TextArea):
            area.register_theme(theme)
            area.theme = theme.name

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
    def summary(self) -> str:
        """The exercise in the status bar: which of how many, and how many are solved."""
        solved = sum(one.name in self._done.exercises for one in self._exercises)
        if not self._exercises:
            return "no exercises"
        number = f"exercise {self._index + 1} of {len(self._exercises)}"
        if count := self._results.count:
            return f"▶ {count} · {number}"
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
        self._results.stop()
        if self._opened and not self._program.read_only:
            self._program.save_at_the_end()

    def _open(self) -> None:
        """Show the current exercise as the learner left it."""
        self.verdict = None
        self.remove_class("-solution", "-asking")
        exercise = self.exercise
        self._results.open(exercise)
        number = f"{self._index + 1}/{len(self._exercises)}"
        solved = "✓ " if exercise.name in self._done.exercises else ""
        title = (f"{number} {solved}{exercise.title}. ", "bold")
        self.query_one("#task", Static).update(Text.assemble(title, with_code(exercise.task)))
        try:
            self._say(self._program.open(exercise) or self._what_to_press())
        except NoProgram as error:
            self._say(str(error), "error")
        self.query_one("#own").border_title = f"{exercise.lesson}/{self._program.file.path.name}"
        if self.display:
            self._program.focus()  # the question of the exercise before may have had the focus
        self.screen.refresh_bindings()
        self.post_message(self.Changed())

    def _what_to_press(self) -> str:
        if self.exercise.kind == "fault":
            return "space runs the program as it is. Then press b and say which bug it has."
        return "enter: write here · e: your editor · space: run · h: a hint"

    def _reload(self) -> bool:
        """Read the file again; return whether that worked."""
        try:
            self._program.reload()
        except NoProgram as error:
            self._say(str(error), "error")
            return False
        return True

    def _watch(self) -> None:
        """Run the program when another editor has saved it."""
        if self._program.read_only and self._program.changed_outside:
            self.action_run()

    def action_run(self) -> None:
        """Run the program in the file and judge it."""
        self._waited = ""
        self._confirm("")
        self._stop()
        if not self._reload():
            return
        self.verdict = None
        self._program.remove_class("-failing")
        self.remove_class("-asking")
        try:
            self._results.run(self._program.saved, self._program.file.path)
        except OSError as error:
            self._say(f"No process can be started: {error.strerror or error}", "error")

    def _stop(self) -> None:
        self._results.stop()
        self.post_message(self.Changed())

    @on(AttemptPanel.Advanced)
    def _follow(self, event: AttemptPanel.Advanced) -> None:
        """Show that the program runs, or its verdict."""
        attempt = event.attempt
        if attempt is not self._results.attempt:
            return
        if attempt.verdict is not None:
            self.verdict = attempt.verdict
            self._show(attempt.verdict, attempt.record)
        elif self._results.running and self._waited != self._waiting():
            self._waited = self._waiting()
            self._say(self._waited)
        self.post_message(self.Changed())  # the count in the status bar

    def _waiting(self) -> str:
        """Return why there is no verdict yet; a text that stays while the program runs."""
        if not self._runner.warm:
            return "PyTorch is starting; the first time takes a few seconds"
        limits = f"{FIRST:.0f} s to its first loss, {TOTAL:.0f} s in total"
        return f"running; its limits: {limits}"

    def _show(self, verdict: Verdict, record: Record) -> None:
        """Show the verdict, and highlight the line to look at."""
        lines = record.output.strip().splitlines()
        printed = f"\nprinted: {lines[-1][:200]}" if lines else ""
        if verdict.status == "solved":
            self._add("exercise", self.exercise.name)
            self._say(f"{verdict.message}\n{self._what_next()}{printed}", "solved")
            return
        message = verdict.message
        hides = self.exercise.is_its_bug(verdict.fault) and not self._named
        if hides and record.failure is not None:
            stopped = _sentence(f"{record.failure.type}: {record.failure.message}")
            message = f"{stopped} Press b and say which bug it is."
        elif hides:
            message = "It still has its bug. What does its run show? Press b and say which it is."
        elif verdict.line:
            message = f"{_sentence(message)} Look at line {verdict.line}."
        self._say(f"{message}{printed}", "wrong")
        if verdict.line and not hides:
            self._program.add_class("-failing")
            self._program.go_to(verdict.line)

    def _what_next(self) -> str:
        """Return what to do after an exercise is solved."""
        then = ["o: compare with a solution"]
        if any(one.name not in self._done.exercises for one in self._exercises):
            then.insert(0, "n: the next exercise")
        else:
            then.append("esc: the course; you have solved every exercise here")
        if self.exercise.reads_digits:
            then.insert(0, "d: write a digit, and your program reads it")
        if self.exercise.kind == "empty":
            then.append(f"its last part runs with: python {self._program.file.path}")
        return " · ".join(then)

    @property
    def _named(self) -> bool:
        """Whether the learner has named the bug."""
        return self.exercise.name in self._done.answers

    def _say(self, text: str, kind: str = "") -> None:
        """Show a text below the program; what is in `backticks` looks like code."""
        line = Text.assemble(KINDS[kind], with_code(text))
        if line != self._said:
            fits = "\n" not in f"{self._said}{text}" and max(len(line), len(self._said)) < 72
            self._said = line
            self.query_one("#verdict", Static).update(line, layout=not fits)

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
        try:
            remark = self._program.save()
        except NoProgram as error:
            self._say(f"{error}. Your text is still here; free some space and save again", "error")
            return False
        if remark:
            self.notify(remark, severity="warning", timeout=10, markup=False)
        return True

    def action_edit(self) -> None:
        """Open the program in the learner's editor."""
        self._stop()
        line = self._program.cursor_location[0] + 1
        try:
            done = open_editor(self.app, self._program.file.path, line)
        except NoEditor as error:
            self._say(str(error), "error")
            return
        if done:
            self.notify(done, timeout=6, markup=False)
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
            return
        if not has_earned(self._done, self.exercise.name):
            left = HINTS - hints_read(self._done, self.exercise.name)
            more = "one more hint" if left == 1 else f"{left} more hints"
            self._say(f"Solve it first, or read {more} with h: then o shows a solution.")
            return
        solved = self.exercise.name in self._done.exercises
        if not solved and self._confirming != "solution":
            self._confirm("solution")
            self._say("Press o again to see the solution. Try it yourself first?")
            return
        self._confirm("")
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
            program = self._program
            reader = ProgramReader(self._runner, program.saved, program.file.path)
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
            self._confirm("reset")
            self._say("Press x again to start over. Your file is kept under another name.")
            return
        self._confirm("")
        try:
            kept = self._program.file.reset()
        except NoProgram as error:
            self._say(str(error), "error")
            return
        self._open()
        self._say(f"Started over. Your file is kept: {kept}" if kept else "Started over.")

    def action_turn(self, by: int) -> None:
        """Show the next or the previous exercise."""
        self._confirm("")
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
        if self._named:
            self._say(next(choice.why for choice in choices if choice.right), "solved")
        asked.mount(box)
        self.remove_class("-solution")
        self.add_class("-asking")
        self.screen.refresh_bindings()
        self.call_after_refresh(box.ask)

    @on(QuestionBox.Answered)
    def _answer(self, event: QuestionBox.Answered) -> None:
        event.stop()
        if not event.right:
            self._say(event.choice.why, "wrong")
            return
        self._add("answer", self.exercise.name)
        then = "Now repair it: enter edits here, e opens your editor."
        if self.exercise.name in self._done.exercises:
            then = f"It is repaired already. {self._what_next()}"
        self._say(f"{event.choice.why}\n{then}", "solved")
        self._program.focus()

    def action_cancel(self) -> None:
        """Close the question or the solution, or do not start over."""
        if self._confirming:
            self._confirm("")
            self._say(self._what_to_press())
        self.remove_class("-asking", "-solution")
        self._program.focus()
        self.screen.refresh_bindings()

    def _confirm(self, action: str) -> None:
        """Wait for a second press of the key of this action; empty for none."""
        self._confirming = action
        self.screen.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the keys of the reading mode, and those that this exercise has a use for."""
        if not self._opened or not self._program.read_only:
            return False
        if action == "cancel":
            return (
                bool(self._confirming) or self.has_class("-asking") or self.has_class("-solution")
            )
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


def _sentence(text: str) -> str:
    """Return the text with a full stop at its end."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."
