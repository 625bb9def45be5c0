"""A progress bar on one line of a terminal, drawn with `rich.progress`."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task
from rich.text import Text

from tui.terminal.capabilities import columns, speaks_utf8

REDRAW_SECONDS = 0.1


class ProgressBar:
    """One line with a bar and a text, redrawn at most ten times a second.

    In a narrow terminal the bar becomes shorter, and then the text is cut. The width is that of the
    terminal, not of the variable COLUMNS.
    """

    def __init__(self, text: str, longest: int) -> None:
        """Show the text without a bar; the bar will have at most `longest` columns."""
        self._due = 0.0
        self._console = _Console(
            file=sys.stdout, force_terminal=True, force_interactive=True, color_system=None
        )
        self._progress = Progress(
            _BarAndText(longest),
            console=self._console,
            auto_refresh=False,  # refreshing would need a daemon thread
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task(text, total=None)
        self._refresh()

    @property
    def due(self) -> bool:
        """Whether the line has to be redrawn, so that a new text is needed."""
        return time.monotonic() >= self._due

    def draw(self, done: int, total: int, text: str) -> None:
        """Draw the bar for `done` of `total`, and the text after it."""
        self._due = time.monotonic() + REDRAW_SECONDS
        self._progress.update(self._task, completed=done, total=total, description=text)
        self._refresh()

    def clear(self) -> None:
        """Remove the line so that other text can be printed; `draw` shows it again."""
        self._progress.stop()

    def _refresh(self) -> None:
        self._console.width = columns()
        self._progress.start()  # does nothing if it has started
        self._progress.refresh()


class _Console(Console):
    """A console that keeps the cursor visible, because a killed process cannot show it again."""

    def show_cursor(self, show: bool = True) -> bool:
        return False


class _BarAndText(ProgressColumn):
    def __init__(self, longest: int) -> None:
        super().__init__()
        self._longest = longest
        self._full, self._empty = ("━", "─") if speaks_utf8() else ("#", "-")

    def render(self, task: Task) -> Text:
        room = columns() - 1  # some terminals wrap a full line
        width = full = 0
        if task.total:
            width = max(0, min(self._longest, room - len(task.description)))
            full = int(width * task.completed / task.total)
        line = self._full * full + self._empty * (width - full) + task.description
        return Text(line[:room], no_wrap=True)
