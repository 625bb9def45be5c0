"""`dltui` in a pseudo-terminal whose output is stored with its time of arrival.

A terminal emulator interprets the output only on request: while the app runs, it would use the
processor that is measured.
"""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import pyte

COMMAND = Path(sys.executable).with_name("dltui")
PATIENCE = 120.0
"""The longest wait for an expected output, in seconds."""
FRAME = b"\x1b[?2026l"
"""The end of a synchronized update, that is, of a frame."""
SYNC = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
"""The answer to the app's initial query whether the terminal supports synchronized updates."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection between terminal and app that is slower than local memory."""

    bytes_per_second: float
    delay: float
    """The latency of each byte in seconds, in either direction."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of output and its arrival time."""

    at: float
    data: bytes


class Later:
    """A queue of calls with due times, made in the order in which they were added.

    One thread makes them all: with a timer for each, a later call could overtake on a busy machine.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[float, Callable[[], object]] | None]
        self._calls = queue.SimpleQueue()
        self._put = self._made = 0
        """The numbers of calls added and made; each is changed by one thread only."""
        self._thread = threading.Thread(target=self._work, name="line")
        self._thread.start()

    def put(self, at: float, call: Callable[[], object]) -> None:
        """Make this call at that time of `time.perf_counter`, or right after the previous call."""
        self._put += 1
        self._calls.put((at, call))

    @property
    def busy(self) -> bool:
        """Whether calls are pending."""
        return self._made < self._put

    def close(self) -> None:
        """Make the remaining calls, and end the thread."""
        self._calls.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (due := self._calls.get()) is not None:
            at, call = due
            time.sleep(max(0.0, at - time.perf_counter()))
            with suppress(OSError):  # the terminal has been closed
                call()
            self._made += 1


class Terminal:
    """A terminal in which `dltui` was started.

    A thread reads the output (`pieces`); `screen` shows the pieces that were processed so far.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        command: str | Path = COMMAND,
        columns: int = 120,
        rows: int = 40,
        line: Line | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Start a command, `dltui` by default; `folder` holds its settings, progress and data."""
        self.pieces: list[Piece] = []
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._looked = 0
        self._line = line
        self._keys: Later | None = Later() if line else None
        self._output: Later | None = Later() if line else None
        self._came = threading.Condition()
        self._closing = False
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [command, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=_environment(folder) | (environment or {}),
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._reader.join()
        for later in (self._keys, self._output):
            if later is not None:
                later.close()
        os.close(self._master)

    @property
    def text(self) -> str:
        """The text on the screen after the processed pieces."""
        return "\n".join(self.screen.display)

    def send(self, keys: str) -> float:
        """Press keys; return the time at which they were written."""
        at = time.perf_counter()
        if self._line is None or self._keys is None:
            os.write(self._master, keys.encode())
        else:
            self._keys.put(at + self._line.delay, partial(os.write, self._master, keys.encode()))
        return at

    def looks(self) -> Iterator[float]:
        """Process the new pieces one by one, and yield the arrival time of each."""
        while self._looked < len(self.pieces):
            piece = self.pieces[self._looked]
            self._looked += 1
            self._stream.feed(piece.data)
            yield piece.at

    def until(self, holds: Callable[[str], object] | str, patience: float = PATIENCE) -> float:
        """Wait for a text on the screen or a condition; return when it appeared.

        If it already holds, this is the current time.

        Raises:
            TimeoutError: it did not appear in time, or the command has ended.
        """
        wanted = (lambda text: holds in text) if isinstance(holds, str) else holds
        end = time.perf_counter() + patience
        if wanted(self.text):
            return time.perf_counter()
        while True:
            for at in self.looks():
                if wanted(self.text):
                    return at
            if time.perf_counter() > end or not self._more(0.5):
                raise TimeoutError(f"never came: {holds}\n{self.text}")

    def skip(self) -> None:
        """Process all output so far."""
        for _ in self.looks():
            pass

    def wait(self) -> float:
        """Wait for the command to end; return the time."""
        self.process.wait(PATIENCE)
        return time.perf_counter()

    def bytes_between(self, first: float, last: float) -> int:
        """Return the number of bytes written to the terminal in that time."""
        return sum(len(piece.data) for piece in self.pieces if first <= piece.at < last)

    def _more(self, seconds: float) -> bool:
        """Wait for new output; False if there cannot be any."""
        with self._came:
            if self._looked == len(self.pieces):
                self._came.wait(seconds)
        return self._looked < len(self.pieces) or self._reader.is_alive() or self._under_way

    @property
    def _under_way(self) -> bool:
        """Whether a slow line still carries output, perhaps of a command that has ended."""
        return self._output is not None and self._output.busy

    def _read(self) -> None:
        due = 0.0
        while not self._closing:
            if not select.select([self._master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._master, 512 if self._line else 65536)
            except OSError:  # the other end is closed
                return
            if self._line is None or self._output is None:
                self._take(Piece(time.perf_counter(), data))
                continue
            due = max(due, time.perf_counter()) + len(data) / self._line.bytes_per_second
            # The arrival time follows from the line, even if this machine is busy then.
            piece = Piece(due + self._line.delay, data)
            self._output.put(piece.at, partial(self._take, piece))
            time.sleep(max(0.0, due - time.perf_counter()))

    def _take(self, piece: Piece) -> None:
        with self._came:
            self.pieces.append(piece)
            self._came.notify()
        for question, answer in SYNC.items():
            if question in piece.data:
                with suppress(OSError):
                    os.write(self._master, answer)


def _environment(folder: Path) -> dict[str, str]:
    """Return this process's environment with separate folders and without SSH variables."""
    kept = {name: value for name, value in os.environ.items() if not re.match("SSH_|DLTUI_", name)}
    folders = {f"DLTUI_{name}_DIR": str(folder) for name in ("CONFIG", "STATE", "DATA")}
    return {
        **kept,
        **folders,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
