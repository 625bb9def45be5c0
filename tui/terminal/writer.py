"""Writes to the terminal in a thread, so that a line that is slow or stands still stops nothing."""

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
"""How many pieces may wait: a slow line holds the app back rather than fall far behind."""
PATIENCE = 1.0
"""Seconds to wait for a line that takes nothing at all."""
BLOCK = 4096
"""Bytes up to which waiting pieces are joined into one."""
LOOK = 0.1
"""Seconds after which a full terminal is tried again: it does not tell when it was emptied."""


class Writer:
    """Writes pieces of bytes to a terminal, in order, each as a whole.

    Where the terminal takes nothing for `PATIENCE` seconds (flow control, a stalled connection),
    further pieces are dropped until it does again, and `caught_up` is then called in the thread:
    what is on the screen is no longer known. Where the terminal is gone, everything is dropped.
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
        """Whether even the piece being written is given up for the last one."""
        self._gives_up = False
        """Whether the last one is given up, too."""
        self._thread = threading.Thread(target=self._work, name="output", daemon=False)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Write the bytes soon; waits where too much is still to be written."""
        with self._changed:
            if not self._dropping:
                self._dropping = not self._changed.wait_for(self._takes_more, PATIENCE)
            if self._dropping or self._gone or self._ending:
                return
            self._waiting.append(data)
            self._changed.notify_all()

    def finish(self, last: bytes) -> None:
        """Write these bytes after the piece being written, instead of all others, and end.

        Takes at most two times `PATIENCE`. A terminal that takes nothing is told to go on, and
        what it has not read yet is discarded, so that there is room for the last bytes: it
        finds them whenever it reads again.
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
        """The next piece, or None at the end."""
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
        """Write the piece as a whole.

        Raises:
            OSError: the terminal is gone, or takes not even the last piece.
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
    """Open the terminal once more, so that a write does not block.

    The flag belongs to what was opened: set on `descriptor`, it would change for the shell too.
    Where a terminal cannot be opened (it belongs to another user, say), writes block.
    """
    try:
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return os.dup(descriptor)


def make_room(descriptor: int) -> None:
    """Let a stopped terminal go on, and discard what was written to it but not read yet."""
    with suppress(termios.error):
        termios.tcflow(descriptor, termios.TCOON)
        termios.tcflush(descriptor, termios.TCOFLUSH)
