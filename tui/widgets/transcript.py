"""A short program that is run line by line, and what each line gave; runs nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.widgets.python_code import coloured
from tui.widgets.theme import ThemeAware


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of code, and what became of it."""

    code: str
    outcome: str = ""
    """What it gave, or the error that it raised."""
    failed: bool = False
    """Whether it raised an error."""
    why: str = ""
    """A sentence to it, for whoever wonders."""


class Transcript(VerticalScroll, ThemeAware):
    """The lines of the program; those that ran with their outcome, and the next one marked."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Transcript {
        border: round $foreground 30%; border-title-color: $text; padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: round $accent; }
        Static { height: auto; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._statements: tuple[Statement, ...] = ()
        self._ran = 0

    def compose(self) -> ComposeResult:
        yield from ()

    def show(self, statements: Sequence[Statement], ran: int) -> None:
        """Show the program, of which so many lines ran."""
        if len(statements) != len(self._statements):
            self.remove_children()
            self.mount_all(Static(markup=False) for _ in statements)
        self._statements, self._ran = tuple(statements), ran
        self.call_after_refresh(self._write)

    def apply_theme(self) -> None:
        self._write()

    def _write(self) -> None:
        lines = list(self.query(Static))
        for number, (line, statement) in enumerate(zip(lines, self._statements, strict=False)):
            line.update(self._text(number, statement))
        self._follow()

    def watch_virtual_size(self) -> None:
        """What came of a line makes it higher, so that there is more to scroll."""
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Bring the next line into sight, or the last one with all that came of it."""
        lines = list(self.query(Static))
        if lines:
            lines[min(self._ran, len(lines) - 1)].scroll_visible(animate=False)

    def _text(self, number: int, statement: Statement) -> Group:
        """The line as it is shown: its sign, the code, and below it what came of it."""
        sign = "▶" if number == self._ran else " "
        if number < self._ran:
            sign = "✗" if statement.failed else "✓"
        text = coloured(statement.code, self.app.current_theme.dark)
        if number > self._ran:
            text.stylize("dim")
        code = Table.grid(padding=(0, 1, 0, 0))  # a long line goes on below its own beginning
        code.add_row(Text(sign, "bold"), text)
        if number >= self._ran:
            return Group(code)
        outcome = Text(statement.outcome, "bold red" if statement.failed else "bold")
        said = [text for text in (outcome, Text(statement.why, "dim")) if text]
        return Group(code, *(Padding(text, (0, 0, 0, 2)) for text in said))
