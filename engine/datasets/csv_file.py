"""The lines of a learner's CSV file as cells, or why there are none, in words; reads no numbers."""

from __future__ import annotations

import csv
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from engine.datasets.cells import shown

Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab"]

SEPARATORS = {"tab": "\t", "semicolon": ";", "comma": ","}
"""The last one also stands before decimals: it counts where no other does as well."""
LARGEST = 5_000_000
"""Bytes: these take about a second to read, and the screen waits for that."""
NONE = "none takes the data that is always here"
GLANCE = 10
"""So many lines are looked at to find out how cells are separated."""
QUOTED = re.compile(r'(?:^|(?<=[,;\t])) *"[^"]*(?:""[^"]*)*(?:"|\Z)', re.MULTILINE)
"""A cell in quotes, whichever separator there is: it may hold the others, and line ends."""
PADDED = re.compile(r"(?<=[,;])\t+")
"""Tabs after another separator: they are for the eye alone."""


class Refused(ValueError):
    """The file cannot be used as it is; the message says where, why and what to do."""


class Row(NamedTuple):
    """One line of the file that is not blank."""

    line: int
    """Counted from 1, as an editor counts; of a cell over several lines, the last one."""
    cells: list[str]


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
        raise Refused(f"{_called(path)} is no plain file: name one that lies on a disk")
    if found.st_size > LARGEST:
        raise Refused(
            f"{_called(path)} has {found.st_size:,} bytes, and a file may have {LARGEST:,} at "
            "most: take some of its rows"
        )
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def rows(path: Path, separator: Separator) -> Iterator[Row]:
    """Every line that is not blank, cut into cells; all have as many cells as the first.

    Raises:
        Refused: it cannot be read, is no text, or its lines have different lengths.
    """
    text = _text(path)
    mark = SEPARATORS.get(separator) or _mark(text)
    first, width = 0, 0
    for row in _cut(text, mark, _called(path)):
        if not first:
            first, width = row.line, len(row.cells)
        if len(row.cells) != width:
            raise Refused(
                f"{_called(path)}, line {row.line}: {_values(len(row.cells))}, "
                f"and line {first} has {width}"
            )
        yield row
    if not first:
        raise Refused(f"{_called(path)} is empty")


def _cut(text: str, mark: str, name: str) -> Iterator[Row]:
    lines = StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"{name}, line {reader.line_num}"
            raise Refused(f"{where}: {error}; look for a quote that is never closed") from None
        if any(cell.strip() for cell in cells):
            yield Row(reader.line_num, cells)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)[:LARGEST]
    except OSError as error:
        raise Refused(f"{_called(path)}: {_why_not(path, error)}") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{_called(path)} is text in UTF-16: save it as CSV in UTF-8")
    if b"\0" in raw:
        raise Refused(f"{_called(path)} is no text file: it holds a zero at byte {raw.index(0)}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"{_called(path)}, line {line}: byte 0x{raw[error.start]:02x} is no UTF-8; "
            "save the file as UTF-8"
        ) from None


def _mark(text: str) -> str:
    """The separator that stands equally often in the most of the first lines.

    How many cells it makes does not matter: in 0,5;1,25 the comma would make more.
    """
    head = "".join(islice(StringIO(text, newline=None), GLANCE))
    lines = PADDED.sub("", QUOTED.sub("quoted", head)).split("\n")

    def merit(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines)
        return max((alike for marks, alike in counts.items() if marks), default=0)

    return max(SEPARATORS.values(), key=merit)


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


def _called(path: Path) -> str:
    return shown(path.name or str(path), 60)


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
