"""The task of every rival, and the measurement of its speed."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True, kw_only=True)
class Task:
    """A number of steps on a device, with a file for the result."""

    steps: int
    device: torch.device
    out: Path

    @classmethod
    def parser(cls) -> argparse.ArgumentParser:
        """Return a parser for the options of each rival."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--steps", type=int, default=10_000)
        parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
        parser.add_argument("--out", type=Path, required=True, help="a JSON object comes here")
        return parser

    @classmethod
    def of(cls, options: argparse.Namespace) -> Task:
        """Return the task on a command line, and limit PyTorch to one thread for every rival."""
        torch.set_num_threads(1)
        torch.manual_seed(0)
        return cls(steps=options.steps, device=options.device, out=options.out)

    def finish(self, clock: Clock, loss: float) -> None:
        """Write the result; the loss shows that it was the same training."""
        self.out.write_text(
            json.dumps({"steps_per_second": clock.steps_per_second, "loss": loss}) + "\n"
        )


class Clock:
    """The speed from the end of the warm-up to the end of the last step."""

    def __init__(self, task: Task) -> None:
        self.last = task.steps
        self.first = max(1, task.steps // 10)
        self._cuda = task.device if task.device.type == "cuda" else None
        self._at: dict[int, float] = {}

    def after(self, step: int) -> None:
        """Call this after each step, counted from 1."""
        if step == self.first or step == self.last:
            if self._cuda is not None:
                torch.cuda.synchronize(self._cuda)  # wait for the queued work
            self._at[step] = time.perf_counter()

    @property
    def steps_per_second(self) -> float:
        """The steps per second after the last step; `KeyError` before it."""
        seconds = self._at[self.last] - self._at[self.first]
        return (self.last - self.first) / seconds
