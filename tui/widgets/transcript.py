"""A widget that shows a short program and the output of its executed lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.themes import ThemeAware, coloured


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A line of code and its output."""

    code: str
    outcome: str = ""
    """Its output, or the error that it raised."""
    failed: bool = False
    """Whether it raised an error."""
    why: str = ""
    """A sentence that explains the line."""


class Transcript(VerticalScroll, ThemeAware):
    """Shows the program; executed lines have their output below, and the next line is marked."""

    BORDER_TITLE = "Program"
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
        self._lines: tuple[TranscriptLine, ...] = ()
        self._ran = 0

    def show(self, lines: Sequence[TranscriptLine], ran: int) -> None:
        """Show the program, of which the first `ran` lines were executed."""
        if len(lines) != len(self._lines):
            self.remove_children()
            self.mount_all(Static(markup=False) for _ in lines)
        self._lines, self._ran = tuple(lines), ran
        self.call_after_refresh(self.apply_theme)

    def apply_theme(self) -> None:
        for number, (static, line) in enumerate(zip(self.query(Static), self._lines, strict=False)):
            static.update(self._text(number, line))
        self._scroll()

    def watch_virtual_size(self) -> None:
        """Scroll again when the output of a line changes the height."""
        self.call_after_refresh(self._scroll)

    def _scroll(self) -> None:
        """Scroll to the next line, or to the last one with its output."""
        lines = list(self.query(Static))
        if lines:
            lines[min(self._ran, len(lines) - 1)].scroll_visible(animate=False)

    def _text(self, number: int, line: TranscriptLine) -> Group:
        """Return the line with its sign, the code, and the output below."""
        sign = "▶" if number == self._ran else " "
        if number < self._ran:
            sign = "✗" if line.failed else "✓"
        text = coloured(line.code, self.app.current_theme.dark)
        if number > self._ran:
            text.stylize("dim")
        code = Table.grid(padding=(0, 1, 0, 0))  # wrapped code is aligned with its start
        code.add_row(Text(sign, "bold"), text)
        if number >= self._ran:
            return Group(code)
        outcome = Text(line.outcome, "bold red" if line.failed else "bold")
        notes = [text for text in (outcome, Text(line.why, "dim")) if text]
        return Group(code, *(Padding(text, (0, 0, 0, 2)) for text in notes))
