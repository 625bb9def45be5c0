"""What measures a loader: `python -m engine.throughput.child FEATURES`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import groupby

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from engine.child import send
from engine.throughput import SLOW, Throughput, plan

SECONDS = 0.4
"""About how long one measurement takes."""
ROWS = 1024

Sample = tuple[torch.Tensor, torch.Tensor]


class MeasuredRows(Dataset[Sample]):
    """Rows in memory; one that is asked for by a negative index takes `SLOW` to make."""

    def __init__(self, features: int) -> None:
        self.x, self.y = torch.zeros(ROWS, features), torch.zeros(ROWS, 1)

    def __getitem__(self, index: int) -> Sample:
        if index < 0:
            # Work, not sleep: two workers on one core must not be twice as fast.
            end = time.thread_time() + SLOW
            while time.thread_time() < end:
                pass
        return self.x[index], self.y[index]


class MeasuredBatches(Sampler[list[int]]):
    """So many batches of such samples; all three may change between two passes."""

    def __init__(self) -> None:
        self.batches, self.size, self.slow = 0, 1, False

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        for batch in range(self.batches):
            rows = [(batch * self.size + row) % ROWS for row in range(self.size)]
            yield [row - ROWS for row in rows] if self.slow else rows


def measure(features: int) -> Iterator[Throughput]:
    """Each result as soon as it is there."""
    torch.set_num_threads(1)
    for workers, group in groupby(plan(), key=lambda each: each[0]):
        batches = MeasuredBatches()
        loader = DataLoader(
            MeasuredRows(features),
            batch_sampler=batches,
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
            persistent_workers=workers > 0,
        )
        for _, batches.size, batches.slow in group:
            samples = _samples_a_second(loader, batches, workers)
            yield Throughput(workers, batches.size, batches.slow, samples)


def _samples_a_second(loader: DataLoader[Sample], batches: MeasuredBatches, workers: int) -> float:
    """Of a short pass to learn how fast it is, and of a longer one that counts."""
    least = 4 + 4 * workers  # more than the workers make in advance
    batches.batches = least
    _pass(loader)
    batches.batches = max(least, int(SECONDS * _pass(loader) / batches.size))
    return _pass(loader)


def _pass(loader: DataLoader[Sample]) -> float:
    """Samples a second; the first batch is not counted: with it the workers begin."""
    batches = iter(loader)
    next(batches)
    began = time.perf_counter()
    samples = sum(len(x) for x, _ in batches)
    return samples / (time.perf_counter() - began)


if __name__ == "__main__":
    send(measure(int(sys.argv[1])))
