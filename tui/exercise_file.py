"""The learner's file of an exercise: created, read, written and replaced without losing a text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from engine.exercises.exercise import Exercise
from engine.plain_file import Unsuitable, read_plain, set_aside, where_to_write
from tui import paths

LARGEST = 32 * 2**10
"""The largest accepted program, in bytes; the exercises have about two thousand."""

Stamp: TypeAlias = tuple[int, int, int] | None
"""Modification time, size and inode of a file; None if there is none."""


class NoProgram(Exception):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ExerciseFile:
    """The file of an exercise in the state folder, and a copy of the program as it was given."""

    exercise: Exercise
    path: Path

    @classmethod
    def of(cls, exercise: Exercise) -> ExerciseFile:
        """Return the file in the learner's state folder; it need not exist."""
        folder = paths.state_dir() / "exercises" / exercise.lesson
        return cls(exercise, folder / f"{exercise.name}.py")

    def create(self) -> str:
        """Write the given program if there is no file yet; return a remark, or an empty text.

        An untouched file of an earlier version is replaced by the present version; a changed one
        stays, and the remark says so.

        Raises:
            NoProgram: the file cannot be written.
        """
        try:
            before = read_plain(self._given, LARGEST).decode("utf-8", "replace")
        except OSError:
            before = None
        given = self.exercise.given
        try:
            if not os.path.lexists(self.path):
                self._write(self.path, given)
            elif before is not None and before != given:
                if self.read() == before:
                    self._write(self.path, given)
                else:
                    return "the exercise has changed since you began: x starts with the new version"
            if before != given:
                self._write(self._given, given)
        except OSError as error:
            raise NoProgram(f"{self.path} cannot be written: {error.strerror or error}") from None
        return ""

    def read(self) -> str:
        """Return the learner's program.

        Raises:
            NoProgram: the file is missing, unreadable, too large, or no text.
        """
        try:
            return read_plain(self.path, LARGEST).decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            why = "is missing: x writes it again"
        except Unsuitable as error:
            why = f"is no program: {error}; x starts over and keeps it"
        except UnicodeDecodeError as error:
            why = f"is not UTF-8 text: byte {error.start} is wrong; save it as UTF-8"
        except OSError as error:
            why = f"cannot be read: {error.strerror or error}"
        raise NoProgram(f"{self.path} {why}")

    def stamp(self) -> Stamp:
        """Return what changes when the file is saved; never raises."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino

    def save(self, text: str, base: str) -> str:
        """Write the learner's program; return a remark, or an empty text.

        If the file no longer holds `base`, another editor has saved it meanwhile: that text is
        kept beside it.

        Raises:
            NoProgram: the file cannot be written.
        """
        remark = ""
        try:
            try:
                other = self.read()
            except NoProgram:
                other = None
            if self.path.exists() and other not in (base, text):
                remark = f"another editor had saved this file: its text is in {self.keep().name}"
            self._write(self.path, text)
        except OSError as error:
            raise NoProgram(f"{self.path} cannot be written: {error.strerror or error}") from None
        return remark

    def reset(self) -> Path | None:
        """Start over with the given program; return where the learner's text is kept, if any.

        Raises:
            NoProgram: the file cannot be renamed or written.
        """
        try:
            self._write(self._given, self.exercise.given)  # first: it fails on a full disk
            kept = self.keep() if os.path.lexists(self.path) else None
            self._write(self.path, self.exercise.given)
        except OSError as error:
            raise NoProgram(f"{self.path} cannot be replaced: {error.strerror or error}") from None
        return kept

    def keep(self) -> Path:
        """Rename the file to a free name beside it, and return that; raises `OSError`."""
        return set_aside(self.path)

    @property
    def _given(self) -> Path:
        return self.path.with_name(f".{self.path.stem}.given")

    def _write(self, path: Path, text: str) -> None:
        """Write a file so that it is always complete; a link to a regular file is kept."""
        real = where_to_write(path)
        real.parent.mkdir(parents=True, exist_ok=True)
        beside = real.with_name(f".{real.name}.{os.getpid()}")
        try:
            with open(beside, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                file.write(text)
            if real.exists():
                beside.chmod(real.stat().st_mode & 0o777)
            beside.replace(real)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
