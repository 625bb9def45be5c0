"""The few lines of a program, and which of them ran; knows not who ran them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widgets import Static

from engine.programs.sights import Line
from tui.widgets.python_code import coloured
from tui.widgets.theme import ThemeAware


class ProgramSource(Static, ThemeAware):
    """Before each line, how often it ran; what did not run is dim."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    ProgramSource {
        height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
        border: round $foreground 30%;
        border-title-color: $text; border-subtitle-color: $text-muted;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._lines: tuple[Line, ...] = ()
        self._visits: Mapping[int, int] | None = None
        self._ended_at: int | None = None

    def show(
        self,
        lines: Sequence[Line],
        visits: Mapping[int, int] | None,
        ended_at: int | None = None,
    ) -> None:
        """Show the program; `visits` is None where nobody ran it line by line."""
        self._lines, self._visits, self._ended_at = tuple(lines), visits, ended_at
        self._write()

    def apply_theme(self) -> None:
        self._write()

    def _write(self) -> None:
        if not self._lines:  # another theme may come before the program does
            return
        code = "\n".join(line.text for line in self._lines)
        texts = coloured(code, self.app.current_theme.dark).split("\n")
        rows = [self._row(line, text) for line, text in zip(self._lines, texts, strict=True)]
        self.update(Text("\n").join(rows))

    def _row(self, line: Line, code: Text) -> Text:
        if self._visits is None:
            return Text.assemble("   ", code)
        count = self._visits.get(line.number, 0)
        if not count and not line.text.lstrip().startswith(("def ", "class ")):
            code.stylize("dim")
        sign = "✗" if line.number == self._ended_at else _sign(count)
        return Text.assemble((f"{sign:>2} ", "bold"), code)


def _sign(count: int) -> str:
    """How often a line ran."""
    return f"{count}×" if count > 1 else "▸" * count
