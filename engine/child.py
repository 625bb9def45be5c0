"""A process of our own that says what it finds, line by line, and can be given up; no torch.

There is no thread here: whoever is interested asks for `lines` from time to time, which never
waits, and calls `close` at the end, which ends the process and all that it has started.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO


class Child:
    """A command in a process of its own. It ends by itself once it ran `end_with_parent`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """`environment` has the variables that differ from ours."""
        self._command = command
        self._environment = os.environ | (environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._rest = b""
        self.ended = False
        """Whether no more lines will come."""

    @property
    def pid(self) -> int | None:
        """Its number, while there is such a process."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; raises `OSError` where that cannot be."""
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
        """What it has said since the last look; never waits."""
        said: list[str] = []
        if self._process is None:
            return said
        assert self._process.stdout is not None
        with suppress(BlockingIOError):
            while piece := os.read(self._process.stdout.fileno(), 65536):
                *whole, self._rest = (self._rest + piece).split(b"\n")
                said += [line.decode("utf-8", "replace") for line in whole]
            self.ended = True
        return said

    def last_words(self) -> str:
        """The last line of its errors."""
        if self._errors is None:
            return ""
        self._errors.seek(0)
        text = self._errors.read().decode("utf-8", "replace").strip()
        return text.splitlines()[-1] if text else "it said nothing"

    def close(self) -> None:
        """End it, wherever it stands, with all that it has started."""
        process, self._process = self._process, None
        self.ended = True
        if process is None:
            return
        # Nobody has waited for it yet, so its number, and that of its group, are still its own.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        # A process inside a sick driver may outlive even this; nobody waits for it longer.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        for pipe in (process.stdin, process.stdout, self._errors):
            if pipe is not None:
                pipe.close()


def python(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    # -P, since the folder we stand in may have an `engine` of its own.
    return (sys.executable, "-P", "-m", module, *arguments)


def end_with_parent(folder: Path | None = None) -> None:
    """In the child: once whoever started it is gone, end at once, with all that it started.

    A folder that it was given to work in goes first.
    """

    def wait() -> None:
        while os.read(0, 1):
            pass
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def own_output() -> int:
    """In the child: where its lines go. What else is printed goes with the errors instead."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers
