"""A process that sends results line by line and can be ended at any time, and what measures in it.

There is no thread on this side: the caller polls from time to time, which never waits, and calls
`close` at the end, which ends the process and everything that it has started.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from engine.directory import leave_lost_directory

R = TypeVar("R")

DONE = "done"
"""The last line of a measurement that is complete."""
LIMIT = 180.0
"""Seconds after which a measurement is given up: a compiler has taken 15 on two cores."""


class ChildProcess:
    """A command in a process of its own. It ends with ours if it calls `end_with_parent`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """`environment` has the variables that differ from ours."""
        self._command = command
        self._environment = os.environ | (environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._rest = b""
        self.ended = False  # whether no more lines will come

    @property
    def pid(self) -> int | None:
        """Its number, while there is such a process."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; raises `OSError` where that fails."""
        leave_lost_directory()  # PyTorch cannot be imported there
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # it closes with the process
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=self._environment,
            start_new_session=True,  # what it starts ends with it
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    def lines(self) -> list[str]:
        """The lines since the last call; never waits."""
        lines: list[str] = []
        if self._process is None:
            return lines
        assert self._process.stdout is not None
        with suppress(BlockingIOError):
            while piece := os.read(self._process.stdout.fileno(), 65536):
                *whole, self._rest = (self._rest + piece).split(b"\n")
                lines += [line.decode("utf-8", "replace") for line in whole]
            self.ended = True
        return lines

    def last_error(self) -> str:
        """The last line that it wrote to its standard error."""
        if self._errors is None:
            return ""
        self._errors.seek(0)
        text = self._errors.read().decode("utf-8", "replace").strip()
        return text.splitlines()[-1] if text else "it said nothing"

    def close(self) -> None:
        """End it, whatever it is doing, with everything that it has started."""
        process, self._process = self._process, None
        self.ended = True
        if process is None:
            return
        # Nobody has waited for it yet, so its number, and that of its group, are still its own.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        # A process inside a broken driver may survive even this; do not wait for it any longer.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        for pipe in (process.stdin, process.stdout, self._errors):
            if pipe is not None:
                pipe.close()


class Measurement(Generic[R]):
    """Collects the results of a process that measures; `close` ends it at any time."""

    def __init__(self, limit: float = LIMIT) -> None:
        """`limit` is how many seconds all of it may take."""
        self.limit = limit
        self.results: tuple[R, ...] = ()  # what has come so far, in order
        self.failure = ""  # why there will be no more results, in words
        self.ended = False  # whether no more results will come
        self._child: ChildProcess | None = None
        self._began = self._ended_at = 0.0

    @abstractmethod
    def make_child(self) -> ChildProcess:
        """The process that measures, not started yet; may raise `OSError`."""

    @property
    def too_late(self) -> str:
        """What to say where the limit is passed."""
        return f"no end after {self.limit:g} s, so it was given up"

    @property
    def seconds(self) -> float:
        """How long it has been going on, or took."""
        return (self._ended_at or time.monotonic()) - self._began if self._began else 0.0

    def start(self) -> None:
        """Start the process; what prevents that is a failure like others."""
        self._began = time.monotonic()
        try:
            self._child = self.make_child()
            self._child.start()
        except OSError as error:
            self.fail(f"the process that measures cannot be started: {error}")

    def poll(self) -> bool:
        """Take the new results; whether there were any, or it has ended. Never waits."""
        before, child = len(self.results), self._child
        for line in child.lines() if child else ():
            if not self.ended:
                self._take(line)
        if child is not None and not self.ended:
            if child.ended:
                self.fail(f"it ended too early: {child.last_error()}")
            elif self.seconds > self.limit:
                self.fail(self.too_late)
        return len(self.results) > before or self.ended

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.ended = True
        self._ended_at = self._ended_at or time.monotonic()
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def fail(self, why: str) -> None:
        """End it, for this reason."""
        self.failure = why
        self.close()

    def _take(self, line: str) -> None:
        if line == DONE:
            self.close()
            return
        try:
            self.results += (from_line(line),)
        except Exception as error:  # pickle raises anything for a line that is no result
            self.fail(f"what came cannot be read: {error}")


def to_line(result: object) -> str:
    """A result as one line of text, without its end."""
    return b64encode(pickle.dumps(result)).decode()


def from_line(line: str) -> Any:
    """The result in a line of our own process."""
    return pickle.loads(b64decode(line, validate=True))


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    # -P, since the folder we stand in may have an `engine` of its own.
    return (sys.executable, "-P", "-m", module, *arguments)


def send(results: Iterable[object], folder: Path | None = None) -> None:
    """In the child: send each result as soon as it is there; end with the parent."""
    end_with_parent(folder)
    output = own_output()
    for result in results:
        os.write(output, f"{to_line(result)}\n".encode())
    os.write(output, f"{DONE}\n".encode())


def end_with_parent(folder: Path | None = None) -> None:
    """In the child: once the parent is gone, end at once, with everything that was started.

    The folder that it works in is removed first.
    """

    def wait() -> None:
        while os.read(0, 1):
            pass
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def own_output() -> int:
    """In the child: where its lines go. What else is printed goes to its standard error."""
    output = os.dup(1)
    os.dup2(2, 1)
    return output
