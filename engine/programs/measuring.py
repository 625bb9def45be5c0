"""A measurement in a process of its own, which can be given up; knows no torch and no screen."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from engine.child import Child, python
from engine.programs.lines import DONE, from_line
from engine.programs.sights import Failure, Problem, Result, Way

COMMAND = python("engine.programs.measure")

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
        self._child: Child | None = None
        self._folder: Path | None = None
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
            command = (*COMMAND, self.program, self.device, str(self._folder))
            self._child = Child(command, _settings(self._folder))
            self._child.start()
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
            child.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self, child: Child) -> None:
        for line in child.lines():
            if not self.ended:
                self._take(line)
        if child.ended and not self.ended:
            self._fail(f"it ended too early: {child.last_words()}")

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
