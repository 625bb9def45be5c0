"""The lines of a learner's CSV file as cells, or why there are none, in words; reads no numbers."""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from engine.datasets.cells import shown
from engine.datasets.csv_separator import (
    SEPARATORS,
    SPACE,
    WORD,
    Separator,
    declared,
    separator_of,
)
from engine.datasets.signatures import HEAD, foreign, not_utf8, shell_word

LARGEST = 5_000_000
"""Bytes: these take about a second to read."""
NONE = "none stands for the built-in data"
LINE = re.compile(r"\r\n|\r|\n")


class Refused(ValueError):
    """The file cannot be used as it is; the message says where, why and what to do."""


class Row(NamedTuple):
    """One line of the file that is not blank."""

    line: int
    """Counted from 1, as an editor counts; of a cell over several lines, the last one."""
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether there are separators only."""
        return not any(map(str.strip, self.cells))


class Stamp(NamedTuple):
    """What tells whether a file has changed since it was read."""

    changed: int
    size: int
    inode: int


def stamp(path: Path) -> Stamp:
    """Look at the file without opening it: a pipe would wait for whoever writes into it.

    Raises:
        Refused: there is no plain file of that name, or it is too large.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        raise Refused(f"{shown(str(path), 100)}: {_why_not(path, error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise Refused(f"{shown(str(path), 100)} is a folder: name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise Refused(f"{called(path)} is no plain file: name one that lies on a disk")
    if found.st_size > LARGEST:
        raise Refused(_too_large(path, found.st_size))
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a file, and how its lines are cut into cells."""

    path: Path
    text: str
    separator: str
    """One character; a space stands for a run of spaces and tabs."""
    above: int
    """Lines of the file above the text: that which declares the separator."""

    @property
    def name(self) -> str:
        """The name of the file, to be shown."""
        return called(self.path)

    def rows(self) -> Iterator[Row]:
        """Every line that is not blank, cut into cells; may be iterated again.

        Raises:
            Refused: a quote is never closed.
        """
        return self._words() if self.separator == SPACE else self._cells()

    def _cells(self) -> Iterator[Row]:
        lines = StringIO(self.text, newline="")
        mark = self.separator
        reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
        while True:
            first = reader.line_num + self.above + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Refused(self._unreadable(str(error), first)) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield Row(reader.line_num + self.above, cells)

    def _words(self) -> Iterator[Row]:
        for line, text in enumerate(LINE.split(self.text), start=self.above + 1):
            if '"' not in text:
                cells = text.split()
            else:
                cells = WORD.findall(text)
                if any(cell.startswith('"') and not cell.endswith('"') for cell in cells):
                    raise Refused(self._unreadable("unexpected end of data", line))
                cells = [_unquoted(cell) for cell in cells]
            if cells:
                yield Row(line, cells)

    def _unreadable(self, error: str, line: int) -> str:
        if error == "unexpected end of data":
            return (
                f"{self.name}, line {line}: a quote is opened in this line and never closed; "
                "close it, or delete it"
            )
        if error.endswith("expected after '\"'"):
            return f"{self.name}, line {line}: a quote inside a cell; write it twice, or delete it"
        return f"{self.name}, line {line}: {error}; look for a quote that is never closed"


def sheet(path: Path, separator: Separator) -> Sheet:
    """Read the file, and find its separator unless that is given.

    Raises:
        Refused: it cannot be read, or is no text in UTF-8.
    """
    whole = _text(path)
    said, text = declared(whole)
    given = SPACE if separator == "space" else SEPARATORS.get(separator)
    mark = given or said or separator_of(text)
    return Sheet(path, text, mark, above=int(text is not whole))


def called(path: Path) -> str:
    """The file's name, to be shown."""
    return shown(path.name or str(path), 60)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)[:LARGEST]
    except OSError as error:
        raise Refused(f"{called(path)}: {_why_not(path, error)}") from None
    if what := foreign(raw, path):
        raise Refused(f"{called(path)} {what}")
    if b"\0" in raw:
        raise Refused(
            f"{called(path)} is no text file: it holds a zero at byte {raw.index(0)}; if it is "
            f"text all the same, take the zeros out: tr -d '\\000' < {shell_word(path)} > table.csv"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{called(path)}, {not_utf8(raw, error, path)}") from None


def _too_large(path: Path, size: int) -> str:
    said = f"{called(path)} has {size:,} bytes, and a file may have {LARGEST:,} at most"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD * 16)
    except OSError:
        return f"{said}: take some of its rows"
    if what := foreign(head, path):
        return f"{called(path)} {what}"
    lines = int(0.9 * LARGEST * (head.count(b"\n") or 1) / len(head))
    return f"{said}: take some of its rows: head -n {lines} {shell_word(path)} > table.csv"


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _why_not(path: Path, error: Exception) -> str:
    """The reason, and the names near it that there are."""
    if not isinstance(error, FileNotFoundError):
        return (getattr(error, "strerror", None) or str(error)).lower()
    try:
        near = get_close_matches(path.name, os.listdir(path.parent), n=3)  # noqa: PTH208
    except OSError:
        return f"there is no such file, nor its folder; {NONE}"
    offer = f"did you mean {' or '.join(map(shown, near))}? " if near else ""
    return f"there is no such file; {offer}{NONE}"
