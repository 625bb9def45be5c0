"""When a watched training is looked at again; knows no training and no screen."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 1 / 20
"""How much of a core the screen may take from a training."""
FRAME, LINE = 2_900, 18_000
"""Bytes that a frame may send in the mean, and how many may be sent in a second at the most."""
LONGEST = 0.5
"""Seconds after which there is a frame, whatever the last one cost."""


class Pulse:
    """Sets the time between frames: as many a second as were asked for, and fewer if they are dear.

    What a frame costs is what this thread has worked since the frame before: not only drawing,
    also what the terminal, the keys and the other panels took; and what was sent to the terminal.
    A budget holds where a fixed rate does not, on a slow machine, a thin line and a large screen.
    """

    def __init__(
        self,
        fps: float,
        sent: Callable[[], int] = int,
        worked: Callable[[], float] = time.thread_time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sent` gives the bytes sent so far, `worked` the seconds that this thread has worked."""
        self.period = 1 / fps
        """Seconds between two frames that are cheap enough."""
        self._bytes_a_second = min(FRAME * fps, LINE)
        self._sent, self._worked, self._now = sent, worked, now
        self._last = now() - LONGEST, worked(), sent()

    def beat(self) -> None:
        """A frame is drawn now."""
        self._last = self._now(), self._worked(), self._sent()

    def answer(self) -> float:
        """Seconds until a frame that a key has asked for: it does not wait for the budget."""
        return max(0.0, self._last[0] + self.period - self._now())

    def wait(self, least: float = 0.0) -> float:
        """Seconds until the next frame; 0 is now. Two are at least `least` seconds apart."""
        at, worked, sent = self._last
        work, line = self._worked() - worked, self._sent() - sent
        cost = min(max(work / SHARE, line / self._bytes_a_second), LONGEST)
        return max(0.0, at + max(self.period, cost, least) - self._now())
