"""How far a fetch is and how fast, in words; knows no terminal and no screen."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.datasets.fetch import Progress

KILO, MEGA = 1e3, 1e6
SECONDS = 5.0
"""How far back a speed looks."""


class Speed:
    """Bytes a second over the last few seconds."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, int]] = deque()

    def after(self, progress: Progress) -> float:
        """The speed now that this much is here; 0 as long as nobody can say."""
        now = time.monotonic()
        if self._past and progress.got < self._past[-1][1]:  # a server began at the start again
            self._past.clear()
        self._past.append((now, progress.got))
        while now - self._past[0][0] > SECONDS and len(self._past) > 2:
            self._past.popleft()
        (began, before), (_, got) = self._past[0], self._past[-1]
        return (got - before) / (now - began) if now > began else 0.0


def megabytes(size: float) -> str:
    """A size as people say it: 11.6 MB, 530 kB."""
    return f"{size / MEGA:.1f} MB" if size >= MEGA else f"{size / KILO:.0f} kB"


def so_far(progress: Progress) -> str:
    """How much of the data set is here."""
    got = f"{progress.got / MEGA:.1f}" if progress.size >= MEGA else f"{progress.got / KILO:.0f}"
    return f"{got} of {megabytes(progress.size)}"
