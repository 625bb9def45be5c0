"""Runs programs in the exercise server, one after another, from a thread that must never wait."""

from __future__ import annotations

import json
import secrets
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.child import ChildProcess, python
from engine.exercises.record import CLOSED, Failure, Record, RecordBuilder

FIRST, TOTAL = 20.0, 60.0
"""The seconds that a program may take to its first loss, and in total."""
GRACE = 3.0
"""The seconds after which a program is killed that does not end by itself at its time limit."""
IDLE = 300.0
"""The seconds without a run after which the server ends: it holds 300 MB."""
START = 120.0
"""The seconds within which the server imports PyTorch."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The time that a program may take, in seconds."""

    first: float = FIRST
    total: float = TOTAL


class ProgramRun:
    """A run of one program; `Runner.poll` updates it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.recorder = RecordBuilder()
        self.began: float | None = None
        """When the server received it, by `time.monotonic`."""
        self.ended = False

    @property
    def record(self) -> Record:
        """Everything that it has reported so far."""
        return self.recorder.record()


class Runner:
    """The server with its queue of runs; `close` kills everything.

    The server starts with the first run and starts again if it dies.
    """

    def __init__(self) -> None:
        self._child: ChildProcess | None = None
        self._ready = False
        self._started = self._used = 0.0
        """When the server was started, and when a run last began or ended."""
        self._runs: dict[int, ProgramRun] = {}

    @property
    def warm(self) -> bool:
        """Whether PyTorch is imported, so that a program starts at once."""
        return self._ready

    @property
    def busy(self) -> bool:
        """Whether any run has not ended."""
        return bool(self._runs)

    def start(self) -> None:
        """Start the server ahead of the first run; raises `OSError` if that fails."""
        if self._child is not None and not self._child.ended:
            return
        self.close()
        # No GPU is initialised before a fork, and a program has the processor of one core.
        self._child = ChildProcess(python("engine.exercises.server"), {"OMP_NUM_THREADS": "1"})
        self._child.start()
        self._started = self._used = time.monotonic()

    def run(
        self,
        source: str,
        file: Path,
        probe: str = "",
        limits: Limits | None = None,
        picture: bool = False,
        reads: bool = False,
    ) -> ProgramRun:
        """Run a program after those that wait; raises `OSError` if no process can be started."""
        self.poll()  # the server may have died since
        self.start()
        self._used = time.monotonic()
        run = ProgramRun(limits or Limits())
        number = secrets.randbits(48)  # in no line that a program writes by accident
        self._runs[number] = run
        assert self._child is not None
        request = {
            "run": number, "source": source, "file": str(file), "folder": str(file.parent),
            "probe": probe, "first": run.limits.first, "total": run.limits.total,
            "picture": picture, "reads": reads,
        }  # fmt: skip
        self._child.send(json.dumps(request, ensure_ascii=False))
        return run

    def ask(self, run: ProgramRun, pixels: list[float]) -> None:
        """Ask the current run, which reads digits, for the digit in an image."""
        for number, each in self._runs.items():
            if each is run and self._child is not None:
                self._child.send(json.dumps({"ask": number, "pixels": pixels}))

    def stop(self, run: ProgramRun) -> None:
        """Kill a run; it ends without a failure."""
        for number, each in list(self._runs.items()):
            if each is run:
                del self._runs[number]
                run.ended = True
                if self._child is not None:
                    self._child.send(json.dumps({"stop": number}))

    def poll(self) -> bool:
        """Read what the programs have reported; return whether there was anything. Never waits."""
        if self._child is None:
            return False
        lines = self._child.lines()
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):  # empty, or a program has found the descriptor
                continue
            if isinstance(event, dict):
                with suppress(TypeError, ValueError, LookupError, AttributeError, OverflowError):
                    self._take(event)  # whatever a program has written to the descriptor
        if self._child.ended and self._runs:
            self._fail_all(f"the process that runs programs has ended: {self._child.last_error()}")
        elif not self._ready and self._runs and time.monotonic() - self._started > START:
            self._fail_all(f"PyTorch was not imported within {START:.0f} s")
        else:
            self._kill_late()
        return bool(lines)

    def rest(self) -> None:
        """End the server if no program has run for `IDLE` seconds; the next run starts it again."""
        if not self._runs and time.monotonic() - self._used > IDLE:
            self.close()

    def close(self) -> None:
        """Kill the server and every program."""
        child, self._child = self._child, None
        self._ready = False
        for run in self._runs.values():
            run.ended = True
        self._runs.clear()
        if child is not None:
            child.close()

    def wait(self, run: ProgramRun, pause: Callable[[float], object] = time.sleep) -> Record:
        """Poll until the run has ended; for commands, which may wait."""
        while not run.ended:
            if not self.poll():
                pause(0.01)
        return run.record

    def _take(self, event: dict[str, object]) -> None:
        if "ready" in event:
            self._ready = True
            for run in self._runs.values():
                run.began = None
        number = event.get("id")
        if not isinstance(number, int) or number not in self._runs:
            return
        run = self._runs[number]
        run.began = run.began or time.monotonic()
        if "ended" not in event:
            run.recorder.take(event)
            return
        del self._runs[number]
        run.ended = True
        self._used = time.monotonic()
        recorder = run.recorder
        if recorder.failure is None and (event["ended"] != 0 or not recorder.done):
            recorder.failure = _killed(event["ended"])

    def _kill_late(self) -> None:
        """Kill the current program if it did not end by itself at its time limit."""
        if not self._ready or not self._runs:
            return
        run = next(iter(self._runs.values()))
        if run.recorder.reads:
            return
        run.began = run.began or time.monotonic()
        limit = run.limits.total if run.recorder.losses else run.limits.first
        if time.monotonic() - run.began > limit + GRACE:
            run.recorder.failure = Failure("timeout", "", f"no end after {limit:.0f} s")
            self._fail_all("it waited for a program that did not end")  # ends a stopped server too

    def _fail_all(self, why: str) -> None:
        for run in self._runs.values():
            run.recorder.failure = run.recorder.failure or Failure("killed", "", why)
        self.close()


def _killed(code: object) -> Failure:
    """Return the failure of a program that a signal or a call such as `os._exit` has ended."""
    if code == CLOSED:
        return Failure("closed", "", "it closed the descriptor through which its losses come here")
    if isinstance(code, int) and code < 0:
        with suppress(ValueError):
            return Failure("killed", "", f"the signal {signal.Signals(-code).name} ended it")
    return Failure("killed", "", f"the process ended with exit code {code}")
