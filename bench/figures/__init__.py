"""The figures by name: each module measures a few lines of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from bench.figure import Figure
from bench.figures import frames, keys, output, pipelines, rest, rivals, slow_line, start, steps
from bench.lab import Options

Measure: TypeAlias = Callable[[Options], Iterator[Figure]]

FIGURES: Mapping[str, Measure] = MappingProxyType(
    {
        "steps": steps.measure,
        "rivals": rivals.measure,
        "pipelines": pipelines.measure,
        "keys": keys.measure,
        "start": start.measure,
        "frames": frames.measure,
        "output": output.measure,
        "slow-line": slow_line.measure,
        "rest": rest.measure,
    }
)
