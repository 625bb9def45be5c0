"""A data set from its makers' servers, checked, into its place; knows no screen and no terminal."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from engine.datasets import idx
from engine.datasets.catalog import DataSet, File, candidates, find
from engine.datasets.download import Cancelled, LineBroke, NoAnswer, Stop, download
from engine.datasets.stage import remove_strange, stage
from engine.datasets.unusable import Broken
from engine.datasets.whole import standing
from engine.packages import install
from engine.plain_file import set_aside

__all__ = ("Cancelled", "Failed", "Progress", "fetch", "mirrors_of")

TRIES = 3
"""How often a server is asked where the line breaks in the middle of a file."""


class Failed(Exception):
    """A data set that did not come, and why, in words; what was there before is still there."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is."""

    file: str
    """The file that is coming."""
    got: int
    """Bytes of the data set that are here."""
    size: int
    """Bytes that it has."""


Tell: TypeAlias = Callable[[Progress], object]


def fetch(name: str, folder: Path, tell: Tell, stop: Stop) -> Path:
    """Bring the data set into the folder; gives the place where it then lies, whole.

    What is whole already is not brought again. The files come into a folder of their own, and
    are moved into place once all have come and have their checksums. Where a line breaks, what
    has come waits there for the next time; after everything else nothing is left of it.

    `tell` hears of every block and, ten times a second, that none has come. `stop` is asked
    as often.

    Raises:
        Cancelled: `stop` said so.
        Failed: it did not come.
        ValueError: there is no data set of that name.
    """
    data_set = find(name)
    found = standing(data_set, folder)
    if found.place is not None:
        return found.place
    if data_set.embedded:
        command = install("scikit-learn")
        raise Failed(f"{data_set.title} comes inside scikit-learn; install it with: {command}")
    place = folder / data_set.layouts[0]
    try:
        with stage(folder, name, keep=Failed) as waiting:
            _Fetch(data_set, place, waiting, tell, stop).bring()
            place.mkdir(parents=True, exist_ok=True)
            for file in sorted(waiting.glob("*.gz")):
                if os.path.isdir(place / file.name):  # noqa: PTH112  # Kaggle's archives have such
                    set_aside(place / file.name)
                file.replace(place / file.name)
    except BrokenPipeError:
        raise  # nobody listens to `tell` any more: that is not about the disk
    except OSError as error:
        raise Failed(_words(error, data_set, folder)) from None
    return place


def mirrors_of(data_set: DataSet) -> list[str]:
    """The servers that torchvision knows for it: addresses that end in a slash."""
    torchvision = import_module("torchvision.datasets")  # no types; and it imports torch
    name = data_set.layouts[0].partition("/")[0]
    return list(getattr(torchvision, name).mirrors)


class _Fetch:
    """Brings what is not whole in `place` to where it waits until all is there."""

    def __init__(
        self, data_set: DataSet, place: Path, waiting: Path, tell: Tell, stop: Stop
    ) -> None:
        self._data_set = data_set
        self._place, self._waiting = place, waiting
        self._tell, self._stop = tell, stop
        self._before = 0
        """Bytes of the files that are done."""
        self._progress: Progress | None = None

    def bring(self) -> None:
        """Bring all that is missing, or raise `Cancelled`, `Failed` or an `OSError` of the disk."""
        mirrors = mirrors_of(self._data_set)
        for file in self._data_set.files:
            if not any(self._is_whole(place, file) for place in (self._place, self._waiting)):
                self._bring_file(file, mirrors)
            self._hear(file, file.size)
            self._before += file.size

    def _is_whole(self, place: Path, file: File) -> bool:
        """Whether the file is there and whole, under one of its names."""
        return any(self._passes(path, file) for path in candidates(place, file))

    def _passes(self, path: Path, file: File) -> bool:
        try:
            idx.check(path, file, self._data_set)
        except Broken:
            return False
        return True

    def _hear(self, file: File, got: int) -> None:
        self._progress = Progress(file.packed, self._before + got, self._data_set.size)
        self._tell(self._progress)

    def _is_unwanted(self) -> bool:
        """Asked at every block, and while none comes: then, too, somebody may look on."""
        if self._progress is not None:
            self._tell(self._progress)
        return self._stop()

    def _bring_file(self, file: File, mirrors: list[str]) -> None:
        """Bring one file from the first server that has it."""
        why = {}
        for mirror in mirrors:
            for _ in range(TRIES):
                try:
                    return self._try(f"{mirror}{file.packed}", file)
                except (NoAnswer, Broken) as error:
                    why[urlsplit(mirror).hostname] = _reason(error)
                    if not isinstance(error, LineBroke):
                        break
        reasons = "; ".join(f"{host}: {reason}" for host, reason in why.items())
        raise Failed(f"{self._data_set.title} did not come. {reasons}")

    def _try(self, url: str, file: File) -> None:
        """Bring one file from one address; nothing stays of one with a wrong checksum."""
        if self._is_unwanted():
            raise Cancelled
        path, part = (self._waiting / f"{file.packed}{ending}" for ending in ("", ".part"))
        for strange in (path, part):
            remove_strange(strange)
        resumed = part.exists()
        download(url, part, file.size, lambda got: self._hear(file, got), self._is_unwanted)
        part.replace(path)
        try:
            idx.check(path, file, self._data_set)
        except Broken:
            path.unlink()
            if not resumed:
                raise
            self._try(url, file)  # the half that was there before may have been the wrong one


def _reason(error: NoAnswer | Broken) -> str:
    if isinstance(error, Broken):
        return f"it sends another file: expected {error.expected}, found {error.found}"
    return str(error)


def _words(error: OSError, data_set: DataSet, folder: Path) -> str:
    match error.errno:
        case errno.EAGAIN:
            return f"{data_set.title} is being fetched by another dltui"
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk is full: {data_set.title} needs {data_set.size:,} bytes in {folder}"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{folder} cannot be written: name another folder with --data-dir"
        case _:
            return f"{error.filename or folder}: {error.strerror or error}"
