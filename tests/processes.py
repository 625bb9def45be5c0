"""Helpers to inspect processes in /proc, and to run in a deleted directory."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest


def lose_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a deleted directory below the folder until the test ends."""
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()


def alive(process: int) -> bool:
    """Return whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def all_end(processes: Iterable[int], patience: float = 60) -> bool:
    """Return whether all end soon; some end only after their parent has ended."""
    end = time.monotonic() + patience
    while left := [process for process in processes if alive(process)]:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
        processes = left
    return True


def descendants(process: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found
