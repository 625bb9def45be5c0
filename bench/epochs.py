"""A few epochs of the digits lesson with one pipeline, in a process of its own.

python -m bench.epochs PIPELINE DEVICE EPOCHS prints the seconds of each and the test accuracies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from tempfile import TemporaryDirectory


@dataclass(frozen=True, slots=True)
class Epochs:
    """What came of it."""

    data: str
    """Which images those were: others stand in where MNIST is not here."""
    threads: int
    seconds: list[float]
    """What each epoch took, with its test."""
    accuracies: list[float]
    """Before the first epoch, and after each."""


def epochs(pipeline: str, device: str, count: int) -> Epochs:
    """Train in a fresh process, where nobody has told PyTorch how many threads to use."""
    command = [sys.executable, "-m", "bench.epochs", pipeline, device, str(count)]
    with TemporaryDirectory() as folder:  # where the trained network is saved
        env = os.environ | {"DLTUI_STATE_DIR": folder}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return Epochs(**json.loads(done.stdout))


def main(pipeline: str, device: str, count: str) -> None:
    """Train, and look at the clock; a test waits for the device, and so each epoch does."""
    import torch

    from engine.run import warm_up
    from engine.trainer import Step
    from engine.trainers.mnist import Mnist, MnistConfig

    warm_up()
    config = MnistConfig.of({"pipeline": pipeline, "epochs": int(count)})
    trainer = Mnist(config, torch.device(device))
    seconds, epoch = [0.0] * (1 + config.epochs), 0
    began = time.perf_counter()
    for turn in trainer.turns():
        now = time.perf_counter()
        epoch = turn.epoch if isinstance(turn, Step) else epoch
        seconds[epoch] += now - began
        began = now
    threads = torch.get_num_threads()
    found = Epochs(trainer.images.name, threads, seconds[1:], [*trainer.accuracies])
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
