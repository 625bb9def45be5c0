"""The terminal as Textual drives it: left sooner, and asked whether it keeps up; no screen."""

from __future__ import annotations

import select

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.terse import terse


class Driver(LinuxDriver):
    """Textual's own driver for Linux and macOS, for slow lines."""

    def write(self, data: str) -> None:
        super().write(terse(data))

    def has_room(self) -> bool:
        """Whether the terminal takes more at once: not where a slow line still sends the last."""
        return bool(select.select([], [self.fileno], [], 0)[1])

    def leave_soon(self) -> None:
        """Let the thread that reads the keys end while the screens are still being closed.

        It looks up every 0.1 s, twice, and would else be waited for at the very end.
        """
        self.exit_event.set()
