"""Epochs of the digits lesson with one pipeline, in a separate process, on request.

python -m bench.epochs PIPELINE DEVICE prints "ready", then trains one epoch per line it reads.
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
"""The most epochs that can be requested."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch and its test."""

    data: str
    """The name of the data set in use: another one if MNIST is not installed."""
    threads: int
    seconds: float
    """Duration, including the test."""
    accuracy: float
    """The accuracy of the test after the epoch."""


@contextmanager
def training(pipeline: str, device: str) -> Iterator[Iterator[Epoch]]:
    """Yield epochs, each trained when it is requested, with PyTorch's default number of threads."""
    command = [sys.executable, "-m", "bench.epochs", pipeline, device]
    with TemporaryDirectory() as folder:  # where the trained network is saved
        env = os.environ | {"DLTUI_STATE_DIR": folder}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, env=env) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()  # until the process is ready
            yield _asked(process.stdin, process.stdout)
            process.communicate()  # closing its input ends it


def _asked(asks: IO[str], answers: IO[str]) -> Iterator[Epoch]:
    while True:
        print(file=asks, flush=True)
        yield Epoch(**json.loads(answers.readline()))


def main(pipeline: str, device: str) -> None:
    """Train and measure epochs; the test waits for the device, so each epoch does too."""
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
