"""The runs that have not been closed, for whoever ends the program; imports no torch."""

from __future__ import annotations

import weakref
from typing import Protocol


class Live(Protocol):
    """What has a thread that has to end before the program does."""

    def stop(self) -> None:
        """Ask it to end; does not wait."""

    def close(self) -> None:
        """Ask it to end, and wait until it has."""


_live: weakref.WeakSet[Live] = weakref.WeakSet()


def add(run: Live) -> None:
    """Have it closed by `close_all`, as long as somebody holds on to it."""
    _live.add(run)


def close_all() -> None:
    """Stop every run that still lives and wait for its thread: the last thing a program does."""
    runs = list(_live)
    for run in runs:
        run.stop()
    for run in runs:
        run.close()
