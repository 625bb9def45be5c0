"""The process that measures a loader and says so in JSON lines; knows no screen.

`python -m engine.throughput.child FEATURES`, with a pipe for its input: see `engine.child`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from engine.child import end_with_parent, own_output
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
            # Work, and not sleep: two workers on one core shall not be twice as fast.
            end = time.thread_time() + SLOW
            while time.thread_time() < end:
                pass
        return self.x[index], self.y[index]


class Asked(Sampler[list[int]]):
    """So many batches of such samples; between two passes it may be told otherwise."""

    def __init__(self) -> None:
        self.batches, self.size, self.slow = 0, 1, False

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        for batch in range(self.batches):
            rows = [(batch * self.size + row) % ROWS for row in range(self.size)]
            yield [row - ROWS for row in rows] if self.slow else rows


def main(features: int) -> None:
    """Measure, and write each result as soon as it is there."""
    torch.set_num_threads(1)
    answers = own_output()
    for workers, group in groupby(plan(), key=lambda each: each[0]):
        asked = Asked()
        loader = _loader(features, workers, asked)
        for _, size, slow in group:
            asked.size, asked.slow = size, slow
            result = Throughput(workers, size, slow, _samples_a_second(loader, asked, workers))
            os.write(answers, f"{json.dumps(asdict(result))}\n".encode())


def _loader(features: int, workers: int, asked: Asked) -> DataLoader[Sample]:
    rows = MeasuredRows(features)
    if workers == 0:
        return DataLoader(rows, batch_sampler=asked)
    return DataLoader(
        rows,
        batch_sampler=asked,
        num_workers=workers,
        multiprocessing_context="spawn",
        persistent_workers=True,
    )


def _samples_a_second(loader: DataLoader[Sample], asked: Asked, workers: int) -> float:
    """Of a short pass to learn how fast it goes, and of a longer one that counts."""
    least = 4 + 4 * workers  # more than the workers make in advance
    asked.batches = least
    _pass(loader)
    asked.batches = max(least, int(SECONDS * _pass(loader) / asked.size))
    return _pass(loader)


def _pass(loader: DataLoader[Sample]) -> float:
    """Samples a second; the first batch is not counted: with it the workers begin."""
    batches = iter(loader)
    next(batches)
    began = time.perf_counter()
    samples = sum(len(x) for x, _ in batches)
    return samples / (time.perf_counter() - began)


if __name__ == "__main__":
    end_with_parent()
    main(int(sys.argv[1]))
