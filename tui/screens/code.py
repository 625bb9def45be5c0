"""The code of the lesson: the very file that runs, read from where it is imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from rich.syntax import Syntax
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from lessons.lesson import Lesson
from tui.widgets.theme import THEMES, ThemeAware


class CodeView(VerticalScroll, ThemeAware):
    """The source that runs, with line numbers, in the colours of the theme."""

    BINDINGS = [
        Binding("down,j", "scroll_down", "scroll down", False, id="code.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="code.up"),
        Binding("space", "page_down", "read on", id="code.on", tooltip="One screen further"),
    ]

    def __init__(self, lesson: Lesson, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._file = source_file(lesson)

    @property
    def file(self) -> str:
        """The file, from the folder of the package."""
        return f"{self._file.parent.parent.name}/{'/'.join(self._file.parts[-2:])}"

    def compose(self) -> ComposeResult:
        yield Static(id="source")

    def on_mount(self) -> None:
        self.border_title = self.file
        self.border_subtitle = "this file is what runs in the lab"
        self.apply_theme()

    def apply_theme(self) -> None:
        self.query_one("#source", Static).update(
            Syntax(
                self._file.read_text(encoding="utf-8"),
                "python",
                theme=THEMES[self.app.current_theme.dark],
                line_numbers=True,
                word_wrap=True,
                background_color="default",
            )
        )


def source_file(lesson: Lesson) -> Path:
    """The file that does the work of the lesson's lab, found without importing torch."""
    spec = find_spec(lesson.source)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)
