"""One attempt at an exercise: runs the program, compares it with the solution, finds its bug."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.exercises.exercise import Exercise, Mutant
from engine.exercises.judge import (
    Check,
    Verdict,
    checks,
    judge,
    matches,
    matches_exactly,
    named,
    remarked,
    same_start,
    unknown,
    untouched,
)
from engine.exercises.record import Numbers, Record
from engine.exercises.runner import Limits, ProgramRun, Runner
from engine.pictures import Array, BoundaryPicture, Layer, LinePicture, Picture

_RECORDS: dict[tuple[str, str], Record] = {}
"""The runs of solutions and mutants by program and probe; they are the same every time."""


class Attempt:
    """A run of the learner's program up to the verdict; `poll` goes on and never waits.

    The solution runs first, so that its losses can be drawn, then the learner's program, and, only
    if that is wrong, one mutant after another until one behaves the same.
    """

    def __init__(
        self,
        exercise: Exercise,
        program: str,
        file: Path,
        runner: Runner,
        limits: Limits | None = None,
    ) -> None:
        """Begin; raises `OSError` if no process can be started."""
        self.exercise, self.program = exercise, program
        self._file, self._runner, self._limits = file, runner, limits
        self.verdict: Verdict | None = None
        self._mutants = list(exercise.mutants)
        self._reference = self._known(exercise.solution)
        self._run = runner.run(program, file, exercise.probe, limits, bool(exercise.picture))
        self._mutant: ProgramRun | Record | None = None
        self._like: Mutant | None = None
        """The first mutant with the same losses, in case none agrees in everything."""

    @property
    def losses(self) -> Array:
        """The losses of the learner's program so far, one for each update."""
        return np.array(self._run.recorder.losses)

    @property
    def updates(self) -> int:
        """The number of losses so far."""
        return len(self._run.recorder.losses)

    @property
    def started(self) -> bool:
        """Whether the learner's program runs or has run."""
        return self._run.began is not None

    @property
    def picture(self) -> Picture | None:
        """The lesson's picture with the parameters of the learner; None if there is none yet."""
        recorder = self._run.recorder
        try:
            x, y = (np.array(each, dtype=np.float64) for each in recorder.data)
            now, start = recorder.parameters, recorder.first
            if self.exercise.picture == "line":
                return _line(x.reshape(-1), y.reshape(-1), now, start)
            return _boundary(x, y.reshape(-1), now) if self.exercise.picture else None
        except ValueError:  # other data or parameters than the exercise has
            return None

    @property
    def record(self) -> Record:
        """What the learner's program has reported so far."""
        return self._run.record

    @property
    def reference(self) -> Array:
        """The losses of the solution so far."""
        if isinstance(self._reference, Record):
            return np.array(self._reference.losses)
        return np.array(self._reference.recorder.losses)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What the probe expects and has found so far; empty until the solution has run."""
        if isinstance(self._reference, ProgramRun):
            if not self._reference.ended:
                return ()
            return checks(self.exercise, self.record, self._reference.record)
        return checks(self.exercise, self.record, self._reference)

    def poll(self) -> bool:
        """Read what has arrived and go on; return whether anything changed."""
        changed = self._runner.poll()
        if self.verdict is None and self._run.ended:
            self.verdict = self._judge()
            changed = True
        return changed

    def stop(self) -> None:
        """Kill the runs of this attempt; it gets no verdict."""
        for run in (self._reference, self._run, self._mutant):
            if isinstance(run, ProgramRun):
                self._runner.stop(run)

    def _judge(self) -> Verdict | None:
        """Return the verdict with its remarks, or None while a run that it needs has not ended."""
        verdict = self._compared()
        return verdict and remarked(self.exercise, verdict, self.program, self._run.record)

    def _compared(self) -> Verdict | None:
        """Return the verdict from comparing runs, or None while one of them has not ended."""
        solution = self._result(self.exercise.solution, self._reference)
        if solution is None:
            return None
        record = self._run.record
        verdict = judge(self.exercise, record, solution)
        verdict = verdict or untouched(self.exercise, self.program)
        if verdict is not None:
            return verdict
        while self._mutants:
            mutant = self._mutants[0]
            self._mutant = self._mutant or self._known(mutant.program)
            result = self._result(mutant.program, self._mutant)
            if result is None:
                return None
            # What a check of a bug finds, often yes or no, is the same for many bugs.
            close = self.exercise.kind != "fault" or same_start(record, result)
            if close and matches(record, result, self.exercise.by_values):
                if matches_exactly(record, result):
                    return named(mutant, self.program, record)
                if record.moved:  # if nothing moves, the losses say nothing about the bug
                    self._like = self._like or mutant
            self._mutant = None
            del self._mutants[0]
        if self._like is not None:
            return named(self._like, self.program, record)
        return unknown(self.exercise, record, solution)

    def _known(self, program: str) -> ProgramRun | Record:
        """Return the run of a solution or mutant, or its record from an earlier attempt."""
        known = _RECORDS.get((program, self.exercise.probe))
        if known is not None:
            return known
        return self._runner.run(program, self._file, self.exercise.probe, self._limits)

    def _result(self, program: str, run: ProgramRun | Record) -> Record | None:
        if isinstance(run, Record):
            return run
        if not run.ended:
            return None
        record = run.record
        if record.failure is None or record.failure.kind == "error":  # not on a slow machine
            _RECORDS[program, self.exercise.probe] = record
        return record


def _line(x: Array, y: Array, now: Numbers, start: Numbers) -> LinePicture | None:
    """Return the line with these parameters, the slope first; the intercept may be missing."""
    if not len(x) or len(x) != len(y) or not 1 <= len(now) <= 2:
        return None
    w, b = (*now, 0.0)[:2]
    first = (*start, 0.0)[:2]
    return LinePicture(x, y, w, b, (first[0], first[1]), np.array([now]))


def _boundary(x: Array, labels: Array, now: Numbers) -> BoundaryPicture | None:
    """Return the boundary of a linear classifier with the parameters w₁, w₂ and b."""
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(labels) or len(now) != 3:
        return None
    layer = Layer(np.array([now[:2]]), np.array(now[2:]), None)
    right = int((((x @ layer.weights[0] + now[2]) >= 0) == (labels == 1)).sum())
    return BoundaryPicture(x, labels, (layer,), "tanh", right)
