"""What the learner has done, on disk, one JSON line a deed; knows no lesson and no screen."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Deed = Literal["opened", "finished", "challenge", "answer"]


@dataclass(slots=True)
class Done:
    """What has been done in one lesson."""

    opened: bool = False
    finished: bool = False
    """Whether a run went to its end."""
    challenges: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    """The questions that were answered right."""


class Progress:
    """An append-only file of deeds, and what they add up to.

    Each deed is one `write` to a file opened for appending, under a lock, so two sessions may
    write at once. A last line that was torn by a crash is skipped when reading and closed
    before the next is written. Where the file cannot be read or written, `problem` says why in
    words and the session goes on without memory.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lessons: dict[str, Done] = {}
        self.problem = ""
        """Why nothing can be kept; empty while all is well."""
        try:
            for deed in self._read():
                self._count(deed)
            os.close(self._open_to_append())
        except OSError as error:
            self._give_up(error)

    def of(self, lesson: str) -> Done:
        """What has been done in the lesson of that slug."""
        return self._lessons.setdefault(lesson, Done())

    def add(self, lesson: str, deed: Deed, name: str = "") -> bool:
        """Keep a deed; one that was kept before is not written again, and gives False."""
        entry = {"deed": deed, "lesson": lesson, "name": name}
        if not self._count(entry):
            return False
        if not self.problem:
            try:
                self._write({"time": datetime.now(UTC).isoformat(timespec="seconds"), **entry})
            except OSError as error:
                self._give_up(error)
        return True

    def _count(self, entry: dict[str, str]) -> bool:
        """Add a deed to what is known; False where it is no news."""
        done = self.of(entry["lesson"])
        match entry["deed"]:
            case "opened":
                new, done.opened = not done.opened, True
            case "finished":
                new, done.finished = not done.finished, True
            case "challenge":
                new = entry["name"] not in done.challenges
                done.challenges.add(entry["name"])
            case "answer":
                new = entry["name"] not in done.answers
                done.answers.add(entry["name"])
            case _:  # a deed of a later version of the program
                new = False
        return new

    def _read(self) -> Iterator[dict[str, str]]:
        if not self._file.exists():
            return
        for line in self._file.read_bytes().splitlines():
            try:
                entry = json.loads(line)
                yield {key: str(entry[key]) for key in ("deed", "lesson", "name")}
            except (ValueError, KeyError, TypeError):
                continue  # torn, or not ours

    def _write(self, entry: dict[str, str]) -> None:
        descriptor = self._open_to_append()
        try:
            # Without it, a line that another session is writing looks torn. The close unlocks.
            with suppress(OSError):  # a file system without locks: at worst an empty line
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
            os.write(descriptor, line if _ends_whole(descriptor) else b"\n" + line)
        finally:
            os.close(descriptor)

    def _open_to_append(self) -> int:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)

    def _give_up(self, error: OSError) -> None:
        self.problem = f"progress is not kept: {error.strerror or error} ({self._file})"


def _ends_whole(descriptor: int) -> bool:
    """Whether the file is empty or its last line was written to the end."""
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
