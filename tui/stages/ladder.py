"""The presets of a lab as rungs: on which one it stands, and on which it was; knows no lab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lessons.lesson import Preset

T = TypeVar("T")


def after(rungs: Sequence[T], here: T, by: int = 1) -> T:
    """What stands so many places after this one; after the last comes the first."""
    return rungs[(rungs.index(here) + by) % len(rungs)]


class Ladder:
    """Begins on the first preset."""

    def __init__(self, presets: Sequence[Preset]) -> None:
        self._presets = presets
        self.here = presets[0]
        self._seen = {self.here.name}

    def go(self, by: int = 1) -> None:
        """So many presets on; after the last comes the first."""
        self.here = after(self._presets, self.here, by)
        self._seen.add(self.here.name)

    @property
    def all_seen(self) -> bool:
        """Whether it was on every one."""
        return len(self._seen) == len(self._presets)
