"""The last of some lines, as many as there is room for; knows not what they say."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from rich.text import Text
from textual.reactive import var
from textual.widget import Widget

HANGING = "  "
"""What stands before the rest of a line that is longer than the box."""


class Tail(Widget):
    """Shows lines as a log does: the newest stands last, in bold, and is always in sight."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Tail { border: round $foreground 30%; border-title-color: $text; padding: 0 1; }
    """

    lines: var[tuple[str, ...]] = var(())

    def __init__(self, nothing: str, *, id: str | None = None) -> None:
        """Say `nothing` while there are no lines."""
        super().__init__(id=id)
        self._nothing = nothing

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        self.lines = tuple(lines)

    def watch_lines(self) -> None:
        self.refresh()

    def render(self) -> Text:
        width, height = self.content_size
        if not self.lines:
            return Text(self._nothing, "dim")
        rows = [
            Text(row, "bold" if line is self.lines[-1] else "")
            for line in self.lines[-height or None :]
            for row in wrap(line, max(width, 1), subsequent_indent=HANGING)
        ]
        return Text("\n").join(rows[-height or None :])
