"""A learner's own CSV file as a table, or why it cannot be one, in words; imports no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from engine.config import nearest
from engine.datasets.cells import missing, number, shown
from engine.datasets.csv_file import Refused, Row, Separator, Stamp, rows, stamp
from engine.datasets.labels import Target, labelled
from engine.datasets.tables import Table

Header: TypeAlias = Literal["auto", "yes", "no"]
Missing: TypeAlias = Literal["drop", "fill"]

MOST_COLUMNS = 1000
LEAST_ROWS = 4
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
"""1,000 may be one thousand: to write 1.000 instead would be another number."""


def read_table(
    path: str,
    *,
    header: Header = "auto",
    separator: Separator = "auto",
    label: str | None = None,
    missing: Missing = "drop",
    target: Target = "auto",
) -> Table:
    """The file as a table; read again only once it has changed.

    `label` names a column, None stands for the last. Rows with a missing value are dropped, or
    keep a nan for whoever fills it: that has to be learnt from the rows that are trained on.
    A row without its label is always dropped.

    Raises:
        Refused: it is no such table; a `ValueError` that says where, why and what to do.
    """
    place = Path(path.strip())
    with suppress(RuntimeError):  # nobody of that name has a home
        place = place.expanduser()
    return _read(place, stamp(place), header, separator, label, missing, target)


@lru_cache(maxsize=2)
def _read(
    path: Path,
    _: Stamp,
    header: Header,
    separator: Separator,
    label: str | None,
    gaps: Missing,
    target: Target,
) -> Table:
    lines = rows(path, separator)
    first = next(lines)
    file = shown(path.name)
    columns = _columns(file, first, header, label)
    if not columns.named:
        lines = chain([first], lines)
    read = _Read(file, columns)
    for row in lines:
        read.take(row)
    return read.table(gaps, target)


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns are called, and which of them is the label."""

    names: tuple[str, ...]
    label: int
    named: bool
    """Whether the first line holds these names."""

    def features(self) -> tuple[str, ...]:
        return self.names[: self.label] + self.names[self.label + 1 :]


def _columns(file: str, first: Row, header: Header, label: str | None) -> _Columns:
    where = f"{file}, line {first.line}"
    if len(first.cells) < 2:
        raise Refused(
            f"{where}: there is one column only, and a table needs features and a label; "
            "are its values separated by comma, semicolon or tab?"
        )
    if len(first.cells) > MOST_COLUMNS:
        raise Refused(f"{where}: {len(first.cells):,} columns, and {MOST_COLUMNS:,} are allowed")
    cells = [cell.strip() for cell in first.cells]
    named = _holds_names(cells, label) if header == "auto" else header == "yes"
    blank = [f"column {place}" for place in range(1, len(cells) + 1)]
    texts = [cell or name for cell, name in zip(cells, blank, strict=True)] if named else blank
    return _Columns(tuple(map(shown, texts)), _label(texts, label, named), named)


def _holds_names(cells: list[str], label: str | None) -> bool:
    """Whether the first line is a header: words, and no number among them."""
    words = [cell for cell in cells if number(cell) is None and not missing(cell)]
    return label in cells or (bool(words) and all(number(cell) is None for cell in cells))


def _label(texts: list[str], label: str | None, named: bool) -> int:
    if label is None:
        return len(texts) - 1
    if (count := texts.count(label.strip())) == 1:
        return texts.index(label.strip())
    if count:
        raise Refused(f"{count} columns are called '{shown(label)}': which of them is the label?")
    known = nearest(shown(label), map(shown, texts[:30]))
    none = "" if named else ", and the file has no header"
    raise Refused(f"no column is called '{shown(label)}'{none}; {known}")


@dataclass(slots=True)
class _Read:
    """What has been read so far: as numbers, since text takes ten times the room."""

    file: str
    columns: _Columns
    x: list[list[float]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    """The line and the text of each label."""
    unlabelled: int = 0

    def take(self, row: Row) -> None:
        cells = row.cells
        label = cells.pop(self.columns.label).strip()
        if missing(label):
            self.unlabelled += 1
            return
        try:
            values = list(map(float, cells))
        except ValueError:
            values = [math.inf]
        if not math.isfinite(sum(values)):
            values = [self._value(row.line, place, cell) for place, cell in enumerate(cells)]
        self.x.append(values)
        self.labels.append((row.line, label))

    def _value(self, line: int, place: int, cell: str) -> float:
        """The number in a cell, or nan where there is none."""
        if missing(cell):
            return math.nan
        value = number(cell)
        if value is not None:
            return value
        column = place + (place >= self.columns.label) + 1
        name = self.columns.names[column - 1]
        raise Refused(
            f"{self.file}, line {line}, column {column} ({name}): '{shown(cell.strip())}' "
            f"is not a number{self._mend(line, cell)}"
        )

    def _mend(self, line: int, cell: str) -> str:
        if THOUSANDS.fullmatch(cell.strip()):
            return f"; without commas it is {cell.strip().replace(',', '')}"
        if number(cell.replace(",", ".", 1)) is not None:
            return f"; write {cell.strip().replace(',', '.')}"
        if line == 1 and not self.columns.named:
            return "; if line 1 holds the names of the columns, set header to yes"
        return "; write a number or, where there is none, leave it empty"

    def table(self, gaps: Missing, target: Target) -> Table:
        features = self.columns.features()
        x = np.array(self.x, dtype=np.float64).reshape(-1, len(features))
        absent = np.isnan(x)
        report = list(self._unlabelled())
        kept = np.array(~absent.any(axis=1) if gaps == "drop" else np.ones(len(x), dtype=bool))
        report += _gaps(absent, features, gaps)
        if kept.sum() < LEAST_ROWS:
            raise Refused(f"{self.file}: {self._too_few(int(kept.sum()), report)}")
        if empty := [name for name, column in zip(features, absent.T, strict=True) if column.all()]:
            raise Refused(f"{self.file}: column '{empty[0]}' has no value at all: take it out")
        labels = [self.labels[place] for place in np.flatnonzero(kept).tolist()]
        name = self.columns.names[self.columns.label]
        y, classes = labelled(labels, f"{self.file}, column '{name}'", target)
        table = Table(self.file, x[kept], y, features, name, classes)
        same = _listed(table.constant())
        report += [f"the same in every row, so they teach nothing: {same}"] if same else []
        if not all(name.isascii() for name in classes):
            # Some charts have room for letters of one width alone, and give a class by its place.
            places = (f"#{place} {text}" for place, text in enumerate(classes, start=1))
            report.append(f"classes: {_listed(tuple(places), most=10)}")
        return Table(self.file, table.x, y, features, name, classes, tuple(report))

    def _unlabelled(self) -> Iterator[str]:
        if self.unlabelled:
            label = self.columns.names[self.columns.label]
            yield f"{_rows(self.unlabelled)} without a label ({label}) left out"

    def _too_few(self, kept: int, report: list[str]) -> str:
        why = f" ({'; '.join(report)})" if report else ""
        return f"{kept or 'no'} rows to learn from, and {LEAST_ROWS} are the least{why}"


def _gaps(absent: np.ndarray, names: tuple[str, ...], gaps: Missing) -> Iterator[str]:
    """How many values are missing, where, and what becomes of them."""
    counts = absent.sum(axis=0)
    if not counts.any():
        return
    where = _listed(tuple(f"{name} {counts[i]:,}" for i, name in enumerate(names) if counts[i]))
    if gaps == "drop":
        yield f"{_rows(int(absent.any(axis=1).sum()))} with a missing value left out: {where}"
    else:
        yield f"the median of the column stands for missing values: {where}"


def _listed(names: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
