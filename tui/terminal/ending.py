"""Ends the app on a signal, with the terminal restored and the exit code of that signal."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.terminal.driver import TerminalApp

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 10.0
"""How long the end may take: whatever still hangs then is given up."""


class Ending:
    """What a signal ends: nothing but the process until there is an app."""

    app: TerminalApp | None = None
    _code: int | None = None
    """The exit code of the first signal; later ones change nothing."""

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """While entered, each of `SIGNALS` ends the app."""
        numbers = (*SIGNALS, signal.SIGALRM)
        before = {number: signal.getsignal(number) for number in numbers}
        for number in SIGNALS:
            signal.signal(number, self._end)
        signal.signal(signal.SIGALRM, self._give_up)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def limit(self) -> None:
        """Leave at the latest after `GRACE_SECONDS`, counted from the first call."""
        if signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def _end(self, number: int, _: FrameType | None) -> None:
        code = 128 + number
        if self.app is None or self.app.terminal is None:  # nothing was drawn, nothing begun
            os._exit(code)
        if self._code is None:
            self._code = code
            self.limit()
            with suppress(RuntimeError):  # the loop is closed: the app has ended by itself
                self.app.end(code)

    def _give_up(self, number: int, _: FrameType | None) -> None:
        code = self._code
        if self.app is not None:
            self.app.abandon_terminal()
            code = self.app.return_code if code is None else code
        os._exit(code or 1)
