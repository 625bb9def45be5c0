"""The code page of a lesson: the source file that runs in the lab."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from lessons.lesson import Lesson
from tui.themes import THEMES, ThemeAware

ROWS_BEFORE = 12
"""Most lines shown above the call of `backward` at first, so that it is visible at 22 rows."""


class CodeView(VerticalScroll, ThemeAware):
    """Shows the source file with line numbers, in the colours of the theme."""

    BINDINGS = [
        Binding("down,j", "scroll_down", "scroll down", False, id="code.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="code.up"),
        Binding("space", "page_down", "read on", id="code.on", tooltip="One screen further"),
    ]

    def __init__(self, lesson: Lesson, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._file, self._main = source_file(lesson), lesson.main
        self._opened = False

    @property
    def file(self) -> str:
        """The path of the file, from the folder of the package on."""
        return f"{self._file.parent.parent.name}/{'/'.join(self._file.parts[-2:])}"

    def compose(self) -> ComposeResult:
        yield Static(id="source")

    def on_mount(self) -> None:
        self.border_title = self.file
        self.border_subtitle = "this file is what runs in the lab"
        self.apply_theme()

    def on_show(self) -> None:
        self.call_after_refresh(self._begin)

    def watch_virtual_size(self) -> None:
        self.call_after_refresh(self._begin)  # it may be shown before it is laid out

    def _begin(self) -> None:
        """Scroll to the main line when the page is shown for the first time."""
        if not self._opened and self.display and self.size.area and self.virtual_size.area:
            self._opened = True
            self._scroll_to_main_line()

    def apply_theme(self) -> None:
        self.query_one("#source", Static).update(self._syntax())

    def _syntax(self, last_line: int | None = None) -> Syntax:
        """Return the highlighted file, or its lines up to this one."""
        return Syntax(
            self._file.read_text(encoding="utf-8"),
            "python",
            theme=THEMES[self.app.current_theme.dark],
            line_numbers=True,
            line_range=None if last_line is None else (1, last_line),
            word_wrap=True,
            background_color="default",
        )

    def _scroll_to_main_line(self) -> None:
        above = main_line(self._file.read_text(encoding="utf-8"), self._main) - 1
        width = self.query_one("#source").size.width
        if above and width:
            rows = Console(width=width).render_lines(self._syntax(above))
            self.scroll_to(y=len(rows), animate=False, immediate=True)


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
