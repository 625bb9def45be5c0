"""How many samples a second a loader gives: what is measured, and the measurement."""

from __future__ import annotations

from dataclasses import dataclass

from engine.child import ChildProcess, Measurement, python

WORKERS = (0, 1, 2, 4)
"""Processes that make samples; 0 is the training's own."""
SIZES = (1, 32, 256)
"""Samples a batch, where the samples are in memory."""
SLOW_SIZE = 32
"""Samples a batch, where each takes `SLOW` to make."""
SLOW = 0.001
"""Seconds of work for a slow sample: about what it takes to decode a small image."""
COMMAND = python("engine.throughput.child")


@dataclass(frozen=True, slots=True)
class Throughput:
    """One measurement of a loader."""

    workers: int
    batch_size: int
    slow: bool  # whether each sample takes a millisecond to make, or is in memory
    samples: float  # a second, once the workers have started


def plan() -> tuple[tuple[int, int, bool], ...]:
    """Workers, batch size and slowness of every measurement, in order."""
    kinds = (*((size, False) for size in SIZES), (SLOW_SIZE, True))
    return tuple((workers, size, slow) for workers in WORKERS for size, slow in kinds)


class LoaderTiming(Measurement[Throughput]):
    """Measures a loader of rows with so many features."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self._features = features

    def make_child(self) -> ChildProcess:
        return ChildProcess((*COMMAND, str(self._features)))

    @property
    def too_late(self) -> str:
        done = f"{len(self.results)} of {len(plan())} measurements"
        return f"it was given up after {self.limit:g} s, with {done}"
