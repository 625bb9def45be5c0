"""Where the time of a training step goes, part by part; knows no data and no network."""

from __future__ import annotations

from collections.abc import Hashable
from time import perf_counter
from typing import ClassVar, TypeAlias

Parts: TypeAlias = tuple[tuple[str, float], ...]
"""Each part of a step with the seconds that it takes."""

PIPELINES = ("indexed", "dataloader")
PARTS = ("load", "normalise", "forward", "backward", "update")


class Clock:
    """Adds up the seconds of each part of the steps of one training.

    It measures the thread that trains: on a GPU, how long it takes to hand over the work. For a
    small network that is what a step takes, since the GPU waits for more.
    """

    _known: ClassVar[dict[tuple[Hashable, str], Parts]] = {}
    """What a step took in the trainings that went before this one, as long as the program runs."""

    def __init__(self, like: Hashable, pipeline: str) -> None:
        """A clock for a training `like` others but for the way in which its batches are made."""
        self._like, self.pipeline = like, pipeline
        self._seconds, self._step = dict.fromkeys(PARTS, 0.0), dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()
        self._steps = 0

    def start(self) -> None:
        """A batch is to be made; the time since the last one belongs to nobody."""
        self._step = dict.fromkeys(PARTS, 0.0)
        self._since = perf_counter()

    def lap(self, part: str) -> None:
        """The time since the last lap, or the start, went into this part.

        With the update the step is over, and counts; a batch that is only asked for does not.
        """
        now = perf_counter()
        self._step[part] += now - self._since
        self._since = now
        if part == "update":
            self._steps += 1
            for each, seconds in self._step.items():
                self._seconds[each] += seconds

    def mean(self) -> Parts:
        """What a step takes, in the mean; empty before the first is over."""
        if not self._steps:
            return ()
        parts = tuple((part, seconds / self._steps) for part, seconds in self._seconds.items())
        self._known[self._like, self.pipeline] = parts
        return parts

    def other(self) -> Parts:
        """What a step took when its batches were last made the other way; empty if never."""
        way = next(way for way in PIPELINES if way != self.pipeline)
        return self._known.get((self._like, way), ())
