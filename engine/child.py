"""A child process that sends results line by line and can be ended at any time.

The parent needs no thread: it calls `poll` from time to time, which never waits, and `close` at the
end, which kills the process and everything that it has started.
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
"""The last line of a complete measurement."""
MOST_READS = 64
"""The most pieces of output that one call reads: a process may write faster than it is read."""
LIMIT = 180.0
"""The time limit of a measurement in seconds: compiling has taken 15 s on two cores."""


class ChildProcess:
    """A command in a separate process, which ends with this one if it calls `end_with_parent`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Prepare the process; `environment` adds to or overrides the variables of this process."""
        self._command = command
        self._environment = os.environ | (environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._rest = b""
        self.ended = False  # whether no more lines will come

    @property
    def pid(self) -> int | None:
        """The process id while the process exists."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; raises `OSError` if that fails."""
        leave_lost_directory()  # PyTorch cannot be imported there
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # it closes with the process
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=self._environment,
            start_new_session=True,  # `close` also kills what it starts
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    def lines(self) -> list[str]:
        """Return the lines since the last call; never waits."""
        lines: list[str] = []
        if self._process is None:
            return lines
        assert self._process.stdout is not None
        with suppress(BlockingIOError):
            for _ in range(MOST_READS):
                piece = os.read(self._process.stdout.fileno(), 65536)
                if not piece:
                    self.ended = True
                    break
                *whole, self._rest = (self._rest + piece).split(b"\n")
                lines += [line.decode("utf-8", "replace") for line in whole]
        return lines

    def send(self, line: str) -> None:
        """Write a line to the standard input of the process; does nothing if it has ended."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{line}\n".encode("utf-8", "surrogatepass"))
                self._process.stdin.flush()

    def last_error(self) -> str:
        """Return the last line that the process wrote to its standard error."""
        if self._errors is None:
            return ""
        self._errors.seek(0)
        text = self._errors.read().decode("utf-8", "replace").strip()
        return text.splitlines()[-1] if text else "it printed no message"

    def close(self) -> None:
        """Kill the process and everything that it has started."""
        process, self._process = self._process, None
        self.ended = True
        if process is None:
            return
        # The process has not been waited for yet, so its id and group id cannot belong to others.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        # A process inside a broken driver may survive SIGKILL; do not wait longer for it.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        for pipe in (process.stdin, process.stdout, self._errors):
            if pipe is not None:
                with suppress(BrokenPipeError):  # of a line that the process did not read
                    pipe.close()


class Measurement(Generic[R]):
    """The results of a measuring process so far; `close` ends it at any time."""

    def __init__(self, limit: float = LIMIT) -> None:
        """Prepare a measurement that may take `limit` seconds in total."""
        self.limit = limit
        self.results: tuple[R, ...] = ()  # what has come so far, in order
        self.failure = ""  # why there will be no more results, in words
        self.ended = False  # whether no more results will come
        self._child: ChildProcess | None = None
        self._began = self._ended_at = 0.0

    @abstractmethod
    def make_child(self) -> ChildProcess:
        """Return the measuring process, not started yet; may raise `OSError`."""

    @property
    def too_late(self) -> str:
        """The failure message when the time limit is exceeded."""
        return f"no end after {self.limit:g} s, so it was given up"

    @property
    def seconds(self) -> float:
        """The seconds since the start, or until the end."""
        return (self._ended_at or time.monotonic()) - self._began if self._began else 0.0

    def start(self) -> None:
        """Start the process; if that fails, the measurement fails."""
        self._began = time.monotonic()
        try:
            self._child = self.make_child()
            self._child.start()
        except OSError as error:
            self.fail(f"the process that measures cannot be started: {error}")

    def poll(self) -> bool:
        """Read the new results; True if there were any or the process has ended. Never waits."""
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
        """End the process at any time."""
        self.ended = True
        self._ended_at = self._ended_at or time.monotonic()
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def fail(self, why: str) -> None:
        """End the process and record the reason."""
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
    """Return the result as one line of text, without a line end."""
    return b64encode(pickle.dumps(result)).decode()


def from_line(line: str) -> Any:
    """Return the result in a line that `to_line` has written."""
    return pickle.loads(b64decode(line, validate=True))


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module of this program."""
    # -P: the current directory may contain another `engine`.
    return (sys.executable, "-P", "-m", module, *arguments)


def send(results: Iterable[object], folder: Path | None = None) -> None:
    """In the child: send each result as soon as it is available, and end with the parent."""
    end_with_parent(folder)
    output = own_output()
    for result in results:
        os.write(output, f"{to_line(result)}\n".encode())
    os.write(output, f"{DONE}\n".encode())


def end_with_parent(folder: Path | None = None) -> None:
    """In the child: when the parent ends, remove `folder` and kill the whole process group."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def own_output() -> int:
    """In the child: return the descriptor for results; other output goes to standard error."""
    output = os.dup(1)
    os.dup2(2, 1)
    return output
