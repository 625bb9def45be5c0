"""Writes to the terminal in a thread, so that a stalled connection does not block the app."""

from __future__ import annotations

import os
import select
import termios
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

MOST_WAITING = 30
"""Most pieces that may wait; a slow terminal then blocks the app instead of lagging far behind."""
PATIENCE = 1.0
"""Seconds to wait for a terminal that accepts no output."""
BLOCK = 4096
"""Size in bytes up to which waiting pieces are joined."""
LOOK = 0.1
"""Seconds between attempts to write to a full terminal, which does not report being emptied."""


class Writer:
    """Writes pieces of bytes to a terminal, in order, each as a whole.

    If the terminal accepts nothing for `PATIENCE` seconds (flow control, a stalled connection),
    further pieces are dropped until it does again. The thread then calls `caught_up`, because the
    screen content is no longer known. If the terminal is gone, everything is dropped.
    """

    def __init__(self, descriptor: int, caught_up: Callable[[], object]) -> None:
        self._terminal = descriptor
        self._descriptor = _not_blocking(descriptor)
        self._caught_up = caught_up
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._dropping = False
        self._ending = False
        self._gone = False
        self._cuts_short = False
        """Whether the current piece is dropped in favour of the last one."""
        self._gives_up = False
        """Whether the last piece is dropped too."""
        self._thread = threading.Thread(target=self._work, name="output", daemon=False)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue the bytes; block while `MOST_WAITING` pieces wait."""
        with self._changed:
            if not self._dropping:
                self._dropping = not self._changed.wait_for(self._takes_more, PATIENCE)
            if self._dropping or self._gone or self._ending:
                return
            self._waiting.append(data)
            self._changed.notify_all()

    def finish(self, last: bytes) -> None:
        """Write these bytes after the current piece, drop all other pieces, and end the thread.

        Takes at most two times `PATIENCE`. If the terminal accepts nothing, output is resumed, and
        output that it has not read yet is discarded to make room for the last bytes.
        """
        with self._changed:
            self._waiting.clear()
            self._waiting.append(last)
            self._ending = True
            self._changed.notify_all()
        self._thread.join(PATIENCE)
        self._cuts_short = True
        end = time.monotonic() + PATIENCE
        while self._thread.is_alive() and time.monotonic() < end:
            make_room(self._terminal)
            self._thread.join(2 * LOOK)
        self._gives_up = True

    def _takes_more(self) -> bool:
        return len(self._waiting) < MOST_WAITING or self._gone

    def _work(self) -> None:
        try:
            while (data := self._next()) is not None:
                self._send(data)
        except OSError:
            self._drop_everything()
        finally:
            os.close(self._descriptor)

    def _next(self) -> bytes | None:
        """Return the next piece, or None at the end."""
        with self._changed:
            caught_up = self._dropping and not self._waiting and not self._ending
            if caught_up:
                self._dropping = False
        if caught_up:
            self._caught_up()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            if not self._waiting:
                return None
            data = self._waiting.popleft()
            while self._waiting and len(data) < BLOCK and not self._ending:
                data += self._waiting.popleft()
            self._changed.notify_all()
            return data

    def _send(self, data: bytes) -> None:
        """Write the whole piece.

        Raises:
            OSError: the terminal is gone, or does not accept even the last piece.
        """
        rest = memoryview(data)
        while rest and not (self._cuts_short and self._waiting):
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                if self._gives_up:
                    raise
                select.select([], [self._descriptor], [], LOOK)

    def _drop_everything(self) -> None:
        with self._changed:
            self._gone = True
            self._waiting.clear()
            self._changed.notify_all()


def _not_blocking(descriptor: int) -> int:
    """Open the terminal again in non-blocking mode.

    Setting the flag on `descriptor` itself would also change it for the shell. If the terminal
    cannot be opened (for example because another user owns it), writes block.
    """
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return os.dup(descriptor)


def make_room(descriptor: int) -> None:
    """Resume a stopped terminal, and discard output that it has not read yet."""
    with suppress(termios.error):
        termios.tcflow(descriptor, termios.TCOON)
        termios.tcflush(descriptor, termios.TCOFLUSH)
