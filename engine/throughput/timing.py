"""The measurement of a loader in a process of its own; knows no torch and no screen."""

from __future__ import annotations

import json
import time

from engine.child import Child, python
from engine.throughput import Throughput, plan

COMMAND = python("engine.throughput.child")
LIMIT = 180.0
"""Seconds after which it is given up: on a machine with too much else to do."""


class Timing:
    """Asked from time to time, it has ever more `results`; `close` ends it at once."""

    def __init__(self, features: int) -> None:
        """Rows of so many features are loaded."""
        self._child = Child((*COMMAND, str(features)))
        self._began = time.monotonic()
        self.results: tuple[Throughput, ...] = ()
        self.failure = ""
        """Why there will be no more results, in words."""

    @property
    def ended(self) -> bool:
        """Whether no more results will come."""
        return self._child.ended

    def start(self) -> None:
        """Start the process; what keeps it from starting is a `failure`."""
        try:
            self._child.start()
        except OSError as error:
            self._fail(f"the process that measures cannot be started: {error}")

    def poll(self) -> bool:
        """Take what has come since the last look, and say whether anything has; never waits."""
        before = len(self.results)
        try:
            self.results += tuple(Throughput(**json.loads(line)) for line in self._child.lines())
        except (TypeError, ValueError) as error:
            self._fail(f"what came cannot be read: {error}")
        whole = len(self.results) == len(plan())
        if self._child.ended and not whole and not self.failure:
            self._fail(f"it ended too early: {self._child.last_words()}")
        elif whole:
            self.close()
        elif not self._child.ended and time.monotonic() - self._began > LIMIT:
            done = f"{len(self.results)} of {len(plan())} measurements"
            self._fail(f"it was given up after {LIMIT:g} s, with {done}")
        return len(self.results) > before or self.ended

    def close(self) -> None:
        """End it, wherever it stands."""
        self._child.close()

    def _fail(self, why: str) -> None:
        self.failure = why
        self.close()
