"""The code page of a lesson: the script of the lab's run, and the file that runs in the lab."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from lessons.lesson import Lesson, TrainingLesson
from lessons.script import has_script
from tui.themes import THEMES, ThemeAware

ROWS_BEFORE = 12
"""Most lines shown above the call of `backward` at first, so that it is visible at 22 rows."""
OTHER = "The script of this run, or the file that runs in the lab"
STEP = "Make one step in the lab; the line that it has reached is highlighted"
STARTING = "# PyTorch is starting; then the script of this run is shown here.\n"


class CodeView(VerticalScroll, ThemeAware):
    """Shows one of the two programs with line numbers, in the colours of the theme."""

    BINDINGS = [
        Binding("tab", "other", "other file", id="code.other", tooltip=OTHER),
        Binding("s", "step", "step", id="code.step", tooltip=STEP),
        Binding("down,j", "scroll_down", "scroll down", False, id="code.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="code.up"),
        Binding("space", "page_down", "read on", id="code.on", tooltip="One screen further"),
    ]

    class Turned(Message):
        """The other program is shown."""

    class Stepped(Message):
        """The learner asks for one step of the lab."""

    def __init__(self, lesson: Lesson, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._file, self._main = source_file(lesson), lesson.main
        self._slug = lesson.slug
        self._has_script = isinstance(lesson, TrainingLesson) and has_script(lesson)
        self._script = STARTING
        self._line: int | None = None
        """The line of the script to highlight, counted from 1."""
        self.shows_script = self._has_script
        self._opened = False
        """Whether the file has been scrolled to its main line."""

    @property
    def file(self) -> str:
        """What is shown: the script, or the path of the file from the folder of its package on."""
        if self.shows_script:
            return f"{self._slug}.py"
        return f"{self._file.parent.parent.name}/{'/'.join(self._file.parts[-2:])}"

    def compose(self) -> ComposeResult:
        yield Static(id="source")

    def on_mount(self) -> None:
        self._write_title()
        self.apply_theme()

    def show_script(self, script: str, line: int | None) -> None:
        """Show the script of a run, with its current line if there is one."""
        if (script, line) != (self._script, self._line):
            new = line is not None and line != self._line
            self._script, self._line = script, line
            if self.shows_script:
                self.apply_theme()
                if new:
                    self.call_after_refresh(self._scroll_to_line)

    def action_other(self) -> None:
        """Show the other program."""
        self.shows_script = not self.shows_script
        self._write_title()
        self.apply_theme()
        if self.shows_script:
            self.scroll_home(animate=False)
        else:
            self._opened = False
            self.call_after_refresh(self._begin)
        self.post_message(self.Turned())

    def action_step(self) -> None:
        """Make one step in the lab."""
        self.post_message(self.Stepped())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the keys of the script only if the lesson has one."""
        return self._has_script if action in ("other", "step") else True

    def _write_title(self) -> None:
        self.border_title = self.file
        text = "this run as a plain script: x in the lab writes it into a file"
        self.border_subtitle = text if self.shows_script else "this file is what runs in the lab"

    def on_show(self) -> None:
        self.call_after_refresh(self._begin)

    def watch_virtual_size(self) -> None:
        self.call_after_refresh(self._begin)  # it may be shown before it is laid out

    def _begin(self) -> None:
        """Scroll to the main line when the file is shown for the first time."""
        ready = self.display and self.size.area and self.virtual_size.area
        if not self._opened and ready and not self.shows_script:
            self._opened = True
            code = self._file.read_text(encoding="utf-8")
            self._scroll_below(main_line(code, self._main) - 1)

    def _scroll_to_line(self) -> None:
        """Scroll until the current line of the script is in view."""
        if self._line is not None and self.size.height:
            row = self._rows(self._line)
            if not self.scroll_y < row <= self.scroll_y + self.size.height:
                self._scroll_below(max(0, self._line - self.size.height // 2))

    def apply_theme(self) -> None:
        self.query_one("#source", Static).update(self._syntax())

    def _syntax(self, last_line: int | None = None) -> Syntax:
        """Return the highlighted program, or its lines up to this one."""
        script = self.shows_script
        return Syntax(
            self._script if script else self._file.read_text(encoding="utf-8"),
            "python",
            theme=THEMES[self.app.current_theme.dark],
            line_numbers=True,
            line_range=None if last_line is None else (1, last_line),
            highlight_lines={self._line} if script and self._line is not None else set(),
            word_wrap=True,
            background_color="default",
        )

    def _rows(self, lines: int) -> int:
        """Return the number of rows of the first lines."""
        width = self.query_one("#source").size.width
        return len(Console(width=width).render_lines(self._syntax(lines))) if lines and width else 0

    def _scroll_below(self, lines: int) -> None:
        """Scroll so that the line after these is the first one."""
        self.scroll_to(y=self._rows(lines), animate=False, immediate=True)


def source_file(lesson: Lesson) -> Path:
    """Return the source file of the lesson's lab without importing torch."""
    spec = find_spec(lesson.source)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


def main_line(source: str, main: str = "") -> int:
    """Return the number of the line to show first: the start of the function `main`.

    Without that name it is the function that calls `backward`, or, if that is long, `ROWS_BEFORE`
    lines above the call. Without such a function it is the first function or class.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    if main:
        return next((function.lineno for function in functions if function.name == main), 1)
    for function in sorted(functions, key=lambda node: node.lineno):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "backward":
                return max(function.lineno, node.lineno - ROWS_BEFORE)
    kinds = (ast.FunctionDef, ast.ClassDef)
    return next((node.lineno for node in tree.body if isinstance(node, kinds)), 1)
