"""A box that says how long something has been starting, and how many keys wait for it."""

from __future__ import annotations

import time

from textual.reactive import var
from textual.widgets import Static

from tui.labs.kept_keys import MOST_KEYS

LOOKS = 0.5
"""Seconds between two looks at the clock."""


class Starting(Static):
    """Lies over the place where the picture will be; while it is out of sight, it rests."""

    DEFAULT_CSS = """
    Starting {
        layer: starting;  /* takes no room from the panels: they stay in place when it goes */
        position: absolute; offset: 3 3; width: auto; height: auto; padding: 0 1;
        border: round $foreground 30%; background: $background;
    }
    """

    keys: var[int] = var(0)
    """How many keys wait."""
    what: var[str] = var("starting PyTorch")

    def __init__(self, since: float) -> None:
        """It has been starting since then, in seconds of `time.monotonic`."""
        super().__init__(id="starting", markup=False)
        self._since = since

    def on_mount(self) -> None:
        self.set_interval(LOOKS, self._look)
        self._write()

    def watch_keys(self) -> None:
        """Count the keys at once: whoever presses one sees that it was taken."""
        self._write()

    def watch_what(self) -> None:
        """Say what is starting now."""
        self._write()

    def _look(self) -> None:
        if self.screen.is_active and self.region:
            self._write()

    def _write(self) -> None:
        seconds = int(time.monotonic() - self._since)
        words = said(self.what, seconds, self.keys)
        if self.is_attached and words != self.content:
            self.update(words)


def said(what: str, seconds: int, keys: int) -> str:
    """What stands in the box."""
    first = f"{what}, {seconds} s" if seconds else f"{what}…"
    if not keys:
        return first
    waits = f"{keys} keys wait" if keys > 1 else "1 key waits"
    return f"{first}\n{waits} for it" + (", no more fit" if keys >= MOST_KEYS else "")
