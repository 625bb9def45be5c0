"""A learner's own CSV file as a table, or why it cannot be one, in words; imports no torch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from engine.datasets.cells import advice, missing, number, plain, shown, trouble, unlabelled
from engine.datasets.csv_columns import Columns, Header, columns_of
from engine.datasets.csv_file import Refused, Row, Separator, Stamp, rows, stamp
from engine.datasets.labels import FEW, Target, labelled, numbers_with_gaps
from engine.datasets.tables import Table
from engine.pictures import Array

Missing: TypeAlias = Literal["drop", "fill"]

LEAST_ROWS = 4


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
    columns = columns_of(file, first, header, label)
    if not columns.named:
        lines = chain([first], lines)
    read = _Read(file, columns)
    for row in lines:
        read.take(row)
    return read.table(gaps, target)


@dataclass(slots=True)
class _Read:
    """What has been read so far: as numbers, since text takes ten times the room."""

    file: str
    columns: Columns
    x: list[list[float]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    """The line and the text of each label."""
    unlabelled: int = 0
    """How many rows were left out since they have no label."""

    def take(self, row: Row) -> None:
        cells = row.cells
        label = cells.pop(self.columns.label).strip()
        if unlabelled(label):
            self.unlabelled += 1
            return
        try:
            values = list(map(float, cells)) if plain("".join(cells)) else [math.inf]
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
            f"{self.file}, line {line}, column {column} ({name}): "
            f"'{shown(cell.strip())}' {trouble(cell)}; {advice(cell) or self._advice(line, name)}"
        )

    def _advice(self, line: int, column: str) -> str:
        if line == 1 and not self.columns.named:
            return "if line 1 holds the names of the columns, set header to yes"
        return (
            "write a number, leave it empty, or take a column of words out; "
            f"if it is what to predict, set label to {column}"
        )

    def table(self, gaps: Missing, target: Target) -> Table:
        self._leave_out(numbers_with_gaps(self.labels, target))
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
        report += _alone(y, classes)
        if not all(name.isascii() for name in classes):
            # Some charts have room for letters of one width alone, and give a class by its place.
            places = (f"#{place} {text}" for place, text in enumerate(classes, start=1))
            report.append(f"classes: {_listed(tuple(places), most=10)}")
        return Table(self.file, table.x, y, features, name, classes, tuple(report))

    def _leave_out(self, gaps: Set[int]) -> None:
        """Leave out the rows in these places: what stands for their label is none."""
        if gaps:
            kept = [place for place in range(len(self.labels)) if place not in gaps]
            self.x = [self.x[place] for place in kept]
            self.labels = [self.labels[place] for place in kept]
            self.unlabelled += len(gaps)

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


def _alone(y: Array, classes: tuple[str, ...]) -> Iterator[str]:
    """Whether most labels look like names of rows, of which nothing can be learnt."""
    alone = int((np.bincount(y.astype(int)) == 1).sum()) if classes else 0
    if alone > max(FEW, len(classes) / 2):
        yield f"{alone} labels stand in one row each: is another column the label?"


def _listed(names: tuple[str, ...], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
