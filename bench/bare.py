"""The trainer of a lesson in a bare loop, at full speed and without a screen.

python -m bench.bare LESSON DEVICE SECONDS prints the steps per second.
"""

from __future__ import annotations

import subprocess
import sys
import time

from lessons.catalog import find
from lessons.lesson import TrainingLesson

GOES_ON = {"decision-boundary": ("stop_above", 1.0)}
"""Settings that prevent a run from stopping before its last epoch."""
WARM_UP = 1.0
"""Seconds before the measurement."""


def steps_per_second(slug: str, device: str, seconds: float) -> float:
    """Return the steps per second in a new process with the same Python as the app."""
    command = [sys.executable, "-m", "bench.bare", slug, device, str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(slug: str, device: str, seconds: str) -> None:
    """Train for `seconds` and print the steps per second."""
    import torch

    from engine.run import THREADS

    lesson = find(slug).load()
    assert isinstance(lesson, TrainingLesson)
    trainer = lesson.load_trainer()
    torch.set_num_threads(THREADS)
    config = trainer.Config.of(dict(lesson.presets[0].settings)).but("epochs", 10_000_000)
    if slug in GOES_ON:
        config = config.but(*GOES_ON[slug])
    begin, steps = 0.0, 0
    now = time.perf_counter()
    warm = now + WARM_UP
    for step in trainer(config, torch.device(device)).steps():
        now = time.perf_counter()
        if not begin and now > warm:
            wait_for(device)
            begin, steps = time.perf_counter(), step.step
        if begin and now > begin + float(seconds):
            wait_for(device)
            print((step.step - steps) / (time.perf_counter() - begin))
            return


def wait_for(device: str) -> None:
    """Wait until a GPU has finished its work, before the clock is read."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


if __name__ == "__main__":
    main(*sys.argv[1:])
