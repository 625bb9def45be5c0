"""The terminal as Textual drives it, for slow lines and lines that break; knows no screen."""

from __future__ import annotations

import asyncio
import os
import select
import signal

from textual.drivers.linux_driver import LinuxDriver

from tui.terminal.terse import terse


class Driver(LinuxDriver):
    """Textual's own driver for Linux and macOS, for slow lines and lines that break."""

    sent = 0
    """Bytes that were written so far."""
    _hang_up: select.epoll | None = None

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._go_with_the_terminal()

    def write(self, data: str) -> None:
        data = terse(data)
        self.sent += len(data.encode())
        super().write(data)

    def has_room(self) -> bool:
        """Whether the terminal takes more at once: not where a slow line still sends the last."""
        return bool(select.select([], [self.fileno], [], 0)[1])

    def leave_soon(self) -> None:
        """Let the thread that reads the keys end while the screens are still being closed.

        It looks up every 0.1 s, twice, and would else be waited for at the very end.
        """
        self.exit_event.set()

    def _go_with_the_terminal(self) -> None:
        """End as every program does whose terminal is closed, where nobody else says so.

        The kernel tells those that have it as their controlling terminal. In a container there
        may be none, and the thread that reads the keys would read nothing for ever, at the cost
        of a whole core. What is to be kept has been kept by then: progress is written at once.
        """
        if self._hang_up is not None or not hasattr(select, "epoll"):  # macOS has none
            return
        self._hang_up = select.epoll()
        self._hang_up.register(self.fileno, 0)  # a hang-up is told without being asked for
        loop = asyncio.get_running_loop()
        loop.add_reader(self._hang_up.fileno(), os.kill, os.getpid(), signal.SIGHUP)
