"""The learner's file of an exercise: created, read, written and replaced without losing a text."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from engine.exercises.exercise import Exercise
from engine.plain_file import Unsuitable, read_plain, set_aside, write_whole
from tui import paths

LARGEST = 32 * 2**10
"""The largest accepted program, in bytes; the exercises have about two thousand."""

Stamp: TypeAlias = tuple[int, int, int] | None
"""Modification time, size and inode of a file; None if there is none."""

RESCUED: list[str] = []
"""What to print after the app has ended: where programs are that could not be saved."""


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
                write_whole(self.path, given.encode())
            elif before is not None and before != given:
                if self.read() == before:
                    write_whole(self.path, given.encode())
                else:
                    return "the exercise has changed since you began: x starts with the new version"
            if before != given:
                write_whole(self._given, given.encode())
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
                remark = f"another program had changed it: what it held is in {self.keep().name}"
            write_whole(self.path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise NoProgram(f"{self.path} cannot be written: {error.strerror or error}") from None
        return remark

    def rescue(self, text: str) -> str:
        """Write a program that cannot be saved to the folder for temporary files.

        Returns:
            Where it is; or, if it cannot be written there either, the program itself.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix="dltui-"))
            try:
                write_whole(folder / self.path.name, text.encode("utf-8", "replace"))
            except OSError:
                folder.rmdir()
                raise
        except OSError:
            return f"This is what you typed:\n\n{text}"
        return f"What you typed is in {folder / self.path.name}"

    def reset(self) -> Path | None:
        """Start over with the given program; return where the learner's text is kept, if any.

        Raises:
            NoProgram: the file cannot be renamed or written.
        """
        try:
            write_whole(self._given, self.exercise.given.encode())  # first: it fails on a full disk
            kept = self.keep() if os.path.lexists(self.path) else None
            write_whole(self.path, self.exercise.given.encode())
        except OSError as error:
            raise NoProgram(f"{self.path} cannot be replaced: {error.strerror or error}") from None
        return kept

    def keep(self) -> Path:
        """Rename the file to a free name beside it, and return that; raises `OSError`."""
        return set_aside(self.path)

    @property
    def _given(self) -> Path:
        return self.path.with_name(f".{self.path.stem}.given")
