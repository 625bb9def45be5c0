"""How many samples a second a loader gives, as frozen values; knows no torch and no process."""

from __future__ import annotations

from dataclasses import dataclass

WORKERS = (0, 1, 2, 4)
"""Processes that make samples; 0 is the training's own."""
SIZES = (1, 32, 256)
"""Samples a batch, where a sample lies in memory."""
SLOW_SIZE = 32
"""Samples a batch, where each takes `SLOW` to make."""
SLOW = 0.001
"""Seconds of work for a slow sample: about what it takes to decode a small image."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """One measurement of a loader."""

    workers: int
    batch_size: int
    slow: bool
    """Whether each sample takes a millisecond to make, or lies in memory."""
    samples: float
    """A second, once the workers have started."""


def plan() -> tuple[tuple[int, int, bool], ...]:
    """Workers, batch size and slowness of every measurement, in order."""
    kinds = (*((size, False) for size in SIZES), (SLOW_SIZE, True))
    return tuple((workers, size, slow) for workers in WORKERS for size, slow in kinds)
