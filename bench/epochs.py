"""Epochs of the digits lesson with one pipeline, in a separate process, on request.

python -m bench.epochs PIPELINE DEVICE prints "ready", and then an epoch for every line it reads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from tempfile import TemporaryDirectory
from typing import IO

MOST = 1_000
"""Epochs that can be asked for."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch and its test."""

    data: str
    """Which images those were: others stand in where MNIST is not here."""
    threads: int
    seconds: float
    """Duration, including the test."""
    accuracy: float
    """Of the test after it."""


@contextmanager
def training(pipeline: str, device: str) -> Iterator[Iterator[Epoch]]:
    """Epochs, each trained when it is requested; PyTorch has its default number of threads."""
    command = [sys.executable, "-m", "bench.epochs", pipeline, device]
    with TemporaryDirectory() as folder:  # where the trained network is saved
        env = os.environ | {"DLTUI_STATE_DIR": folder}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, env=env) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()  # it is ready
            yield _asked(process.stdin, process.stdout)
            process.communicate()  # no more lines: it ends


def _asked(asks: IO[str], answers: IO[str]) -> Iterator[Epoch]:
    while True:
        print(file=asks, flush=True)
        yield Epoch(**json.loads(answers.readline()))


def main(pipeline: str, device: str) -> None:
    """Train and measure; a test waits for the device, and so does each epoch."""
    import torch

    from engine.run import warm_up
    from engine.trainers.mnist import Mnist, MnistConfig

    warm_up()
    trainer = Mnist(MnistConfig.of({"pipeline": pipeline, "epochs": MOST}), torch.device(device))
    turns = trainer.turns()
    while not trainer.accuracies:  # the test before the first epoch
        next(turns)
    print("ready", flush=True)
    for _ in sys.stdin:
        began, tests = time.perf_counter(), len(trainer.accuracies)
        while len(trainer.accuracies) == tests:
            next(turns)
        seconds, threads = time.perf_counter() - began, torch.get_num_threads()
        epoch = Epoch(trainer.images.name, threads, seconds, trainer.accuracies[-1])
        print(json.dumps(asdict(epoch)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
