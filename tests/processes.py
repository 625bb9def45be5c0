"""Other processes as a test sees them, by what the kernel says in /proc, and where ours may be."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest


def lose_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in a directory below the folder that was deleted, until the test ends."""
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()


def alive(process: int) -> bool:
    """Whether it runs: one that has ended does not, though nobody has asked yet how."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def all_end(processes: Iterable[int], patience: float = 60) -> bool:
    """Whether all of them end soon: some only begin to when what started them has ended."""
    end = time.monotonic() + patience
    while left := [process for process in processes if alive(process)]:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
        processes = left
    return True


def descendants(process: int) -> set[int]:
    """The processes that this one has started, and those that they have."""
    found = set()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found
