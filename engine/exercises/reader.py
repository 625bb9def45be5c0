"""A learner's program that reads handwritten digits, for the drawing sheet."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.exercises.runner import Runner
from engine.handwriting import CELLS, resized
from engine.pictures import Array

PATIENCE = 0.3
"""The longest wait for an answer, in seconds; one takes some milliseconds."""


class ProgramReader:
    """A program that has trained and stays alive to read digits; `close` kills it."""

    about = "your program"
    classes = tuple("0123456789")

    def __init__(self, runner: Runner, program: str, file: Path) -> None:
        """Train; raises `OSError` if no process can be started."""
        self._runner = runner
        self._run = runner.run(program, file, reads=True)

    def poll(self) -> bool:
        """Return whether the program has trained and answers; never waits."""
        self._runner.poll()
        return self._run.recorder.reads

    @property
    def ended(self) -> bool:
        """Whether the program has ended, for example with an error."""
        return self._run.ended

    def probabilities(self, image: NDArray[np.uint8]) -> Array:
        """Return 1 for the digit that the program reads, shape (10,); nan without an answer.

        Args:
            image: uint8 of shape (28, 28); the program gets 8 by 8 pixels from 0 to 16.
        """
        answers = len(self._run.recorder.digits)
        pixels = resized(image, CELLS, CELLS) * (16 / 255)
        self._runner.ask(self._run, np.round(pixels, 3).reshape(-1).tolist())
        end = time.monotonic() + PATIENCE
        while len(self._run.recorder.digits) == answers and time.monotonic() < end:
            if not self._runner.poll():
                time.sleep(0.002)
        read = self._run.recorder.digits[answers:]
        shares = np.full(len(self.classes), np.nan)
        if read and 0 <= read[-1] < len(shares):
            shares[:] = 0
            shares[read[-1]] = 1
        return shares

    def close(self) -> None:
        """Kill the program."""
        self._runner.stop(self._run)
