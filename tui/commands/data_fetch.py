"""`dltui data fetch`: a data set fetched before somebody's eyes, or into a log; opens no screen."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Protocol

from engine.datasets.catalog import DataSet
from engine.datasets.fetch import Failed, Progress, fetch
from engine.datasets.whole import standing
from tui.coming import Speed, megabytes, so_far
from tui.commands.refusal import notice
from tui.commands.terminal import can_draw, columns, is_terminal, speaks_utf8

REDRAW_SECONDS = 0.1


def fetch_data(data_set: DataSet, folder: Path) -> int:
    """Fetch it into the folder and say how that goes; gives the exit code."""
    place = standing(data_set, folder).place
    if place is not None:
        where = "inside scikit-learn" if data_set.embedded else f"in {place}"
        print(f"{data_set.title}: here already, {where}")
        return 0
    draws = is_terminal(sys.stdout) and can_draw()
    report: Report = Bar(data_set) if draws else PlainLines(data_set, folder)
    try:
        place = fetch(data_set.name, folder, report.tell, stop=lambda: False)
    except Failed as failure:
        report.end()
        notice(failure)
        return 1
    except KeyboardInterrupt:
        report.end()
        notice("cancelled: nothing was changed")
        return 130
    report.end()
    print(f"{data_set.title}: here now, in {place}")
    return 0


class Report(Protocol):
    """Hears of every block, and of the end."""

    def tell(self, progress: Progress) -> None:
        """More has come."""

    def end(self) -> None:
        """No more will come."""


class PlainLines:
    """For pipes and files: ten lines or so."""

    def __init__(self, data_set: DataSet, folder: Path) -> None:
        self._tenth = 0
        print(f"fetching {data_set.title}, {megabytes(data_set.size)}, into {folder}", flush=True)

    def tell(self, progress: Progress) -> None:
        tenth = 10 * progress.got // progress.size
        if tenth > self._tenth:
            self._tenth = tenth
            print(f"{so_far(progress)}  {progress.file}", flush=True)

    def end(self) -> None:
        """Nothing is left to be wiped away."""


class Bar:
    """For a terminal: one line, drawn again ten times a second, and gone at the end."""

    def __init__(self, data_set: DataSet) -> None:
        self._speed = Speed()
        self._due = 0.0
        self._full, self._empty = ("━", "─") if speaks_utf8() else ("#", "-")
        self._draw(f"fetching {data_set.title}, {megabytes(data_set.size)}; Ctrl-C cancels")

    def tell(self, progress: Progress) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + REDRAW_SECONDS
            self._draw(self._line(progress))

    def end(self) -> None:
        self._draw("")

    def _line(self, progress: Progress) -> str:
        rate = f"{megabytes(self._speed.after(progress))}/s"
        text = f" {so_far(progress)}  {rate}  {progress.file}"
        room = columns() - 1
        width = max(0, min(30, room - len(text)))
        full = width * progress.got // progress.size
        return (self._full * full + self._empty * (width - full) + text)[:room]

    def _draw(self, line: str) -> None:
        print(f"\r{line}\x1b[K", end="", flush=True)
