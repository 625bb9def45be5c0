"""The figures by their names for --only: each function measures a few lines of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.figure import Figure
from bench.figures import costs, delays, exercise, speed
from bench.lab import Options

FIGURES: dict[str, Callable[[Options], Iterator[Figure]]] = {
    "steps": speed.measure_steps,
    "rivals": speed.measure_rivals,
    "pipelines": speed.measure_pipelines,
    "keys": delays.measure_keys,
    "start": delays.measure_start,
    "frames": costs.measure_frames,
    "output": costs.measure_output,
    "slow-line": delays.measure_slow_line,
    "rest": costs.measure_rest,
    "exercise": exercise.measure_exercise,
}
