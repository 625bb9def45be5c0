"""The process that measures a loader: `python -m engine.throughput.child FEATURES`."""

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
"""The approximate duration of one measurement."""
ROWS = 1024

Sample = tuple[torch.Tensor, torch.Tensor]


class MeasuredRows(Dataset[Sample]):
    """Rows in memory; a row with a negative index takes `SLOW` seconds to make."""

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
    """`batches` batches of `size` samples, slow ones or not; all may change between two passes."""

    def __init__(self) -> None:
        self.batches, self.size, self.slow = 0, 1, False

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        for batch in range(self.batches):
            rows = [(batch * self.size + row) % ROWS for row in range(self.size)]
            yield [row - ROWS for row in rows] if self.slow else rows


def measure(features: int) -> Iterator[Throughput]:
    """Yield each result as soon as it is available."""
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
    """Return the samples per second of a longer pass, after a short one to estimate its length."""
    least = 4 + 4 * workers  # more than the workers make in advance
    batches.batches = least
    _pass(loader)
    batches.batches = max(least, int(SECONDS * _pass(loader) / batches.size))
    return _pass(loader)


def _pass(loader: DataLoader[Sample]) -> float:
    """Return the samples per second, without the first batch, during which the workers start."""
    batches = iter(loader)
    next(batches)
    began = time.perf_counter()
    samples = sum(len(x) for x, _ in batches)
    return samples / (time.perf_counter() - began)


if __name__ == "__main__":
    send(measure(int(sys.argv[1])))
