"""The throughput of a data loader in samples per second: the plan and the measurement."""

from __future__ import annotations

from dataclasses import dataclass

from engine.child import ChildProcess, Measurement, python

WORKERS = (0, 1, 2, 4)
"""The numbers of worker processes; 0 means the training process itself."""
SIZES = (1, 32, 256)
"""The batch sizes for samples that are in memory."""
SLOW_SIZE = 32
"""The batch size for samples that take `SLOW` seconds to make."""
SLOW = 0.001
"""The seconds of work for a slow sample: about the time to decode a small image."""
COMMAND = python("engine.throughput.child")


@dataclass(frozen=True, slots=True)
class Throughput:
    """One measurement of a loader."""

    workers: int
    batch_size: int
    slow: bool  # whether each sample takes a millisecond to make, or is in memory
    samples: float  # per second, once the workers have started


def plan() -> tuple[tuple[int, int, bool], ...]:
    """Return the workers, batch size and slowness of every measurement, in order."""
    kinds = (*((size, False) for size in SIZES), (SLOW_SIZE, True))
    return tuple((workers, size, slow) for workers in WORKERS for size, slow in kinds)


class LoaderTiming(Measurement[Throughput]):
    """A measurement of a loader of rows with `features` features."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self._features = features

    def make_child(self) -> ChildProcess:
        return ChildProcess((*COMMAND, str(self._features)))

    @property
    def too_late(self) -> str:
        done = f"{len(self.results)} of {len(plan())} measurements"
        return f"it was given up after {self.limit:g} s, with {done}"
