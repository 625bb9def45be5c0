"""A measurement in a process of its own, which can be given up; knows no torch and no screen."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from engine.programs.lines import DONE, from_line
from engine.programs.sights import Failure, Problem, Result, Way

COMMAND = (sys.executable, "-P", "-m", "engine.programs.measure")
"""The process; -P, since the folder we stand in may have an `engine` of its own."""

LIMIT = 180.0
"""Seconds after which it is given up: a compiler has taken 15 on two cores."""


class Measuring:
    """Measures one program on one device: eager and traced first, then compiled.

    A compiler takes seconds and cannot be asked to stop, so it works in another process. There
    is no thread here: whoever is interested calls `poll` from time to time, which never waits,
    and `close` at the end, which ends the process, its compilers and their folder at once.
    """

    def __init__(self, program: str, device: str = "cpu", seconds: float = LIMIT) -> None:
        """`program` is a name of the catalog; `seconds` is how long all of it may take."""
        self.program, self.device, self.limit = program, device, seconds
        self.results: tuple[Result, ...] = ()
        """What has come so far, in order."""
        self.ended = False
        """Whether no more will come."""
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._rest = b""
        self._began = self._ended_at = 0.0

    @property
    def seconds(self) -> float:
        """How long it has gone on, or went on."""
        if not self._began:
            return 0.0
        return (self._ended_at or time.monotonic()) - self._began

    def start(self) -> None:
        """Start the process; what keeps it from starting is a result like others."""
        self._began = time.monotonic()
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="dltui-compile-"))
            self._child = self._spawn(self._folder)
        except OSError as error:
            self._fail(f"the process that measures cannot be started: {error}")

    def poll(self) -> tuple[Result, ...]:
        """What has come since the last look; never waits."""
        before = len(self.results)
        if self._child is not None:
            self._read(self._child)
            if not self.ended and self.seconds > self.limit:
                self._fail(f"no end after {self.limit:g} s, so it was given up")
        return self.results[before:]

    def close(self) -> None:
        """End it, wherever it stands; nothing is left of it, in memory or on disk."""
        self.ended = True
        self._ended_at = self._ended_at or time.monotonic()
        child, self._child = self._child, None
        if child is not None:
            _end(child)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _spawn(self, folder: Path) -> subprocess.Popen[bytes]:
        with (folder / "errors").open("wb") as errors:
            child = subprocess.Popen(
                (*COMMAND, self.program, self.device, str(folder)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | _settings(folder),
                start_new_session=True,  # its compilers end with it
            )
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        return child

    def _read(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        with suppress(BlockingIOError):
            while not self.ended:
                piece = os.read(child.stdout.fileno(), 65536)
                *lines, self._rest = (self._rest + piece).split(b"\n")
                for line in lines:
                    self._take(line.decode("utf-8", "replace"))
                if not piece and not self.ended:
                    self._fail(f"it ended too early: {self._last_words()}")

    def _take(self, line: str) -> None:
        if line == DONE:
            self.close()
            return
        try:
            self.results = (*self.results, from_line(line))
        except (LookupError, TypeError, ValueError) as error:
            self._fail(f"what came cannot be read: {error}")

    def _fail(self, message: str) -> None:
        words = "A process of its own compiles and measures. Measure again, or choose the CPU."
        problem = Problem("The measurement failed", message, words)
        self.results = (*self.results, Failure(Way.COMPILED, problem))
        self.close()

    def _last_words(self) -> str:
        """The last line of its errors."""
        try:
            assert self._folder is not None
            text = (self._folder / "errors").read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        return next(iter(text.strip().splitlines()[-1:]), "it said nothing")


def _settings(folder: Path) -> dict[str, str]:
    """Everything that compilers write goes into the folder, and nothing is found ready-made."""
    return {
        "TMPDIR": str(folder),
        "TORCHINDUCTOR_CACHE_DIR": str(folder),
        "TRITON_CACHE_DIR": str(folder / "triton"),
        "CUDA_CACHE_PATH": str(folder / "cuda"),
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
        # Precompiling PyTorch's headers would save time from the third compilation on, and
        # take 150 MB and several seconds before the first.
        "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    # Nobody has waited for the child yet, so its number, and that of its group, are still its own.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    # A process inside a sick driver may outlive even this; nobody waits for it longer.
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=1)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
