"""The learner's progress, kept in a file with one JSON line per event."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from engine.plain_file import Unsuitable, open_plain, read_plain, set_aside, where_to_write
from lessons.exercises import exercises
from lessons.lesson import Lesson

Deed = Literal["opened", "finished", "challenge", "answer", "exercise", "hint"]

LARGEST = 16 * 2**20
"""Largest accepted file, in bytes: far more than a hundred sessions write."""
LONGEST = 10_000
"""Longest accepted line, in bytes; typical lines have about a hundred."""
LOCK_SECONDS = 0.3
"""Longest wait for another session's lock; the app handles no keys meanwhile."""
LOCK_PAUSE = 0.005
HINTS = 3
"""The number of hints of an exercise."""


@dataclass(slots=True)
class Done:
    """The progress in one lesson."""

    opened: bool = False
    finished: bool = False
    """Whether a run was finished."""
    challenges: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    """The questions that were answered correctly."""
    exercises: set[str] = field(default_factory=set)
    """The exercises that were solved."""
    hints: set[str] = field(default_factory=set)
    """The hints that were read, as `EXERCISE/NUMBER`."""


class Locked(OSError):
    """Another process holds the lock of the file."""


class Progress:
    """An append-only file of events, and the progress per lesson that results from them.

    Each event is one line, appended under a lock, so several sessions may write at once. An
    incomplete last line (after a crash) is skipped when reading, and gets its newline before the
    next write. Other unreadable lines are skipped too. Anything but a regular file of a sane size
    is renamed. `remark` reports either.

    A line that cannot be written, for example on a full disk, waits in memory and is retried with
    every later event, in `retry` and in `close`. `problem` says why lines wait; `tell` is called
    once when that begins and once when it ends.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lessons: dict[str, Done] = {}
        self._waiting: list[bytes] = []
        """The lines that are not written yet."""
        self.tell: Callable[[str], object] = lambda _: None
        self.problem = ""
        """Why progress cannot be written now; empty if it can."""
        self.remark = ""
        """What was renamed or could not be read; empty if nothing."""
        try:
            for deed in self._read():
                self._count(deed)
            os.close(self._open())
        except OSError as error:
            self.problem = self._words(error)

    def of(self, lesson: str) -> Done:
        """Return the progress in the lesson with this slug."""
        return self._lessons.setdefault(lesson, Done())

    def add(self, lesson: str, deed: Deed, name: str = "") -> bool:
        """Record an event and return True, or False if it was recorded before."""
        entry = {"deed": deed, "lesson": lesson, "name": name}
        if not self._count(entry):
            return False
        timed = {"time": datetime.now(UTC).isoformat(timespec="seconds"), **entry}
        self._waiting.append(json.dumps(timed, ensure_ascii=False).encode() + b"\n")
        self._write_waiting()
        return True

    def retry(self) -> None:
        """Try again to write the waiting lines."""
        if self.problem:
            self._write_waiting()

    def close(self) -> str:
        """Try once more to write the waiting lines; return why they are lost, or an empty text."""
        if self._waiting:
            self.tell = lambda _: None  # no screen is left to show it
            self._write_waiting(at_the_end=True)
        return self.problem if self._waiting else ""

    def _count(self, entry: dict[str, str]) -> bool:
        """Apply an event to the progress; return whether it is new."""
        done = self.of(entry["lesson"])
        match entry["deed"]:
            case "opened":
                new, done.opened = not done.opened, True
            case "finished":
                new, done.finished = not done.finished, True
            case "challenge":
                new = _added(done.challenges, entry["name"])
            case "answer":
                new = _added(done.answers, entry["name"])
            case "exercise":
                new = _added(done.exercises, entry["name"])
            case "hint":
                new = _added(done.hints, entry["name"])
            case _:  # an event of a later version
                new = False
        return new

    def _read(self) -> Iterator[dict[str, str]]:
        try:
            content = read_plain(self._file, LARGEST)
        except FileNotFoundError:
            return
        except Unsuitable as error:
            self._set_aside(error)
            return
        unreadable = []
        lines = content.split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                yield _parse(line)
            except ValueError:
                torn = number == len(lines) and len(line) <= LONGEST
                if line.strip() and not torn:
                    unreadable.append(number)
        if unreadable:
            self.remark = _unreadable(self._file, unreadable)

    def _write_waiting(self, at_the_end: bool = False) -> None:
        """Write the waiting lines; call `tell` when that begins to fail or works again."""
        before, remark = self.problem, self.remark
        try:
            self._append(at_the_end)
        except OSError as error:
            self.problem = self._words(error)
            if not before:
                self.tell(
                    f"{self.problem}. It is kept in memory, and written as soon as that works"
                )
        else:
            self.problem = ""
            if before:
                self.tell(f"progress is kept again ({self._file})")
        if self.remark != remark:
            self.tell(self.remark)

    def _append(self, at_the_end: bool) -> None:
        """Write the waiting lines. A partly written line keeps waiting."""
        done = 0
        descriptor = self._open()
        try:
            locked = _lock(descriptor, 0 if self.problem and not at_the_end else LOCK_SECONDS)
            if locked is False and not at_the_end:
                raise Locked("another program holds its lock")
            for line in self._waiting:
                _write_line(descriptor, line, may_cut=locked is True)
                done += 1
        finally:
            os.close(descriptor)  # unlocks; a full network disk may raise only here
            del self._waiting[:done]

    def _open(self) -> int:
        """Open the file for appending; anything but a regular file is renamed first."""
        where_to_write(self._file).parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        try:
            return open_plain(self._file, flags, LARGEST)
        except Unsuitable as error:
            self._set_aside(error)
            return open_plain(self._file, flags, LARGEST)

    def _set_aside(self, why: Unsuitable) -> None:
        try:
            aside = set_aside(self._file)
        except OSError as error:
            reason = error.strerror or error
            raise OSError(f"{why}, and it cannot be renamed: {reason}") from None
        self.remark = f"{self._file} held no progress: {why}. It was renamed to {aside.name}"

    def _words(self, error: OSError) -> str:
        return f"progress is not kept: {error.strerror or error} ({self._file})"


def _added(names: set[str], name: str) -> bool:
    """Add a name; return whether it is new."""
    new = name not in names
    names.add(name)
    return new


def _parse(line: bytes) -> dict[str, str]:
    """Parse a line of the file.

    Raises:
        ValueError: the line contains no event.
    """
    if len(line) > LONGEST:
        raise ValueError("too long")
    try:
        entry = json.loads(line)
        return {key: str(entry[key]) for key in ("deed", "lesson", "name")}
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not a deed") from error


def _unreadable(file: Path, numbers: list[int]) -> str:
    """Return the message about skipped lines."""
    if len(numbers) == 1:
        return f"line {numbers[0]} of {file} cannot be read and is skipped"
    shown = ", ".join(map(str, numbers[:3])) + (" …" if len(numbers) > 3 else "")
    return f"{len(numbers)} lines of {file} cannot be read and are skipped: {shown}"


def _lock(descriptor: int, seconds: float) -> bool | None:
    """Lock the file within this time; return whether it is locked, None if locks are unsupported.

    Without the lock a line that another session is writing looks incomplete. Closing unlocks.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOCK_PAUSE)
        except OSError:
            return None
        else:
            return True


def _write_line(descriptor: int, line: bytes, may_cut: bool) -> None:
    """Append a line, after ending an incomplete last line with a newline.

    A full disk may accept only the first part of a line. `may_cut` allows removing that part,
    which is safe only while no other session can append.
    """
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    rest = memoryview(b"\n" + line if torn else line)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError:
        if may_cut:
            os.ftruncate(descriptor, size)
        raise


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the tasks of one kind are done; written as `1/4`."""

    kind: str
    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


def counts(slug: str, lesson: Lesson | None, done: Done) -> tuple[Count, ...]:
    """Return how many challenges, questions and exercises are done; without a lesson, exercises."""
    tasks = {"exercises": ({one.name for one in exercises(slug)}, done.exercises)}
    if lesson is not None:
        challenges = {challenge.slug for challenge in lesson.challenges}
        questions = {question.slug for question in lesson.questions}
        met, answered = (challenges, done.challenges), (questions, done.answers)
        tasks = {"challenges": met, "questions": answered, **tasks}
    return tuple(Count(kind, len(of & did), len(of)) for kind, (of, did) in tasks.items())


def total(counts: Iterable[Count]) -> Count:
    """Return the sum of these counts."""
    counts = tuple(counts)
    return Count("tasks", sum(each.done for each in counts), sum(each.total for each in counts))


def hints_read(done: Done, exercise: str) -> int:
    """Return how many hints of the exercise were read."""
    return sum(hint.startswith(f"{exercise}/") for hint in done.hints)


def has_earned(done: Done, exercise: str) -> bool:
    """Return whether the solution may be shown: it was found, or all three hints were read."""
    return exercise in done.exercises or hints_read(done, exercise) >= HINTS


def is_begun(done: Done) -> bool:
    """Return whether the lesson was opened or anything in it was done."""
    return (
        done.opened
        or done.finished
        or bool(done.challenges or done.answers or done.exercises or done.hints)
    )
