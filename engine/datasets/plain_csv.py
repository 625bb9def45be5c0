"""Finds how a short script reads a learner's CSV file: what it skips, and which columns it takes.

A script detects nothing: what was found in the file is written into it. `PlainCsv.read` does what
the script does, and a file for which that gives another table is refused.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from engine.datasets.cells import missing, with_point
from engine.datasets.csv_file import SPACE, CsvError, CsvText, read_text
from engine.datasets.csv_layout import CsvLayout
from engine.datasets.csv_table import DIGITS, CsvOptions, read_table
from engine.datasets.tables import Table, listed
from engine.pictures import Array

Column: TypeAlias = str | int
"""The name of a column in the header of the file, or its index."""
Row: TypeAlias = dict[Column, str]
Labels: TypeAlias = Literal["whole", "number", "names", "numbers"]
"""How labels become numbers: they are whole numbers or numbers, or the places of names or numbers
in the sorted list of all."""

MARK = "\ufeff".encode()
ERRORS = ValueError, TypeError, LookupError, AttributeError, StopIteration, csv.Error, OSError
"""What a script may raise that reads a file in the wrong way."""
MODERATE = 1e-130, 1e130
"""The sizes of numbers whose squares are neither 0 nor infinite."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What decides which lines a script needs."""

    rows: int
    classes: int
    gaps: bool
    """Whether a feature has missing values."""
    most_gaps: int
    """The largest number of missing values in a feature."""
    most_alike: int
    """The largest number of rows that may have the same value in a feature."""
    labels_alike: int
    """The largest number of rows with the same label."""

    @classmethod
    def of(cls, table: Table) -> TableFacts:
        absent = np.isnan(table.x).sum(axis=0)
        return cls(
            rows=len(table),
            classes=len(table.classes),
            gaps=bool(absent.any()),
            most_gaps=int(absent.max()),
            most_alike=max(map(int.__add__, map(_alike, table.x.T), absent.tolist())),
            labels_alike=_alike(table.y),
        )


@dataclass(frozen=True)
class PlainCsv:
    """What a short script has to know about a file."""

    path: Path
    facts: TableFacts
    encoding: Literal["utf-8", "utf-8-sig"]
    separator: str
    """One character; a space means a run of spaces and tabs."""
    spaced: bool = False
    """Whether a space after the separator is no part of the next cell."""
    named: bool = False
    """Whether the columns are found by their names in the header."""
    skip: int = 0
    """The number of lines above the header if `named`; otherwise that of rows above the table."""
    blank: bool = False
    """Whether there are blank lines that have to be left out; a reader by names leaves them out."""
    label: Column = 0
    ignore: tuple[Column, ...] = ()
    """The other columns that are no features."""
    drop: tuple[Literal["label", "features"], ...] = ()
    """The columns in which a missing value excludes the row."""
    missing: tuple[str, ...] = ()
    """The cells for which a row is left out."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The numbers that other cells stand for: `nan` for a gap, 1 for TRUE."""
    decimal: Literal["", ",", ".,"] = ""
    """The decimal comma if there is one, after the point between thousands if there is one."""
    strip: bool = False
    """Whether spaces around a label are left out."""
    labels: Labels = "whole"

    @cached_property
    def table(self) -> list[Row]:
        """The rows of the file below those that are skipped, with the values by name or place."""
        newline = None if self.separator == SPACE else ""
        with self.path.open(encoding=self.encoding, newline=newline) as file:
            if self.separator == SPACE:
                cells = [line.split() for line in file]
            elif self.named:
                for _ in range(self.skip):
                    next(file)
                mark, spaced = self.separator, self.spaced
                return list(csv.DictReader(file, delimiter=mark, skipinitialspace=spaced))
            else:
                mark, spaced = self.separator, self.spaced
                cells = list(csv.reader(file, delimiter=mark, skipinitialspace=spaced))
        rows = [row for row in cells if row or not self.blank][self.skip :]
        return [dict(enumerate(row)) for row in rows]

    def features(self) -> list[Column]:
        rest = [self.label, *self.ignore]
        return [column for column in self.table[0] if column not in rest]

    def rows(self) -> list[Row]:
        """Return the rows of the table without those that are dropped."""
        checked = [self.label] * ("label" in self.drop)
        checked += self.features() * ("features" in self.drop)
        gaps = set(self.missing)
        return [row for row in self.table if gaps.isdisjoint(row[i] for i in checked)]

    def number(self, cell: str) -> float:
        if self.decimal == ".,":
            cell = cell.replace(".", "")
        return float(cell.replace(",", ".") if self.decimal else cell)

    def read(self) -> tuple[Array, Array]:
        """Return features and labels as the script reads them; raises the errors of the script."""
        rows, features = self.rows(), self.features()
        cells = [[row[i] for i in features] for row in rows]
        x = [[self.number(self.words.get(cell, cell)) for cell in row] for row in cells]
        y = self.targets([row[self.label] for row in rows])
        return np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)

    def targets(self, cells: Sequence[str]) -> list[float]:
        cells = [cell.strip() for cell in cells] if self.strip else cells
        if self.labels == "whole":
            return [int(cell) for cell in cells]
        if self.labels == "number":
            return [self.number(cell) for cell in cells]
        key: Callable[[str], str | float] = str if self.labels == "names" else self.number
        order = sorted({key(cell) for cell in cells})
        return [order.index(key(cell)) for cell in cells]


def plain_csv(path: str, options: CsvOptions, standardise: bool) -> PlainCsv:
    """Return how a short script reads this file.

    Raises:
        CsvError: it is no table, or a short script cannot read it or compute with it.
    """
    table = read_table(path, **options._asdict())
    place = Path(path.strip())
    with suppress(RuntimeError):  # there is no user of that name
        place = place.expanduser()
    text = read_text(place.absolute(), options.separator)
    layout = CsvLayout(text, options.header, options.label, options.ignore)
    if standardise and not _moderate(table.x):
        fix = "set standardise to no, or write them in another unit"
        raise CsvError(f"{text.name} has numbers that are too large or too small to square; {fix}")
    if not (table.classes or _moderate(table.y)):
        fix = "write them in another unit"
        raise CsvError(f"{text.name} has labels that are too large or too small to square; {fix}")
    for columns in (_by_name, _by_place):
        with suppress(*ERRORS):
            for way in _ways(columns(_file(text, table), layout), options, table):
                x, y = way.read()
                if np.array_equal(x, table.x, equal_nan=True) and np.array_equal(y, table.y):
                    return way
    notes = listed(tuple(layout.notes()), most=3)
    what = f"{text.name} cannot be read by a short script{f' ({notes})' if notes else ''}"
    fix = "one header, then one row in each line, and the same separator everywhere"
    raise CsvError(f"{what}; save it as a plain table: {fix}")


def _file(text: CsvText, table: Table) -> PlainCsv:
    """Return what to know about the file as a whole."""
    with text.path.open("rb") as file:
        encoding: Literal["utf-8", "utf-8-sig"] = "utf-8-sig" if file.read(3) == MARK else "utf-8"
    plain = PlainCsv(text.path, TableFacts.of(table), encoding, text.separator)
    if text.separator == SPACE or f"{text.separator} " not in text.text:
        return plain
    spaced = replace(plain, spaced=True)
    return plain if plain.table == spaced.table else spaced


def _by_name(plain: PlainCsv, layout: CsvLayout) -> PlainCsv:
    """Return this way with columns that are found by their names in the header.

    Raises:
        LookupError: there is no header, or two columns share a name.
    """
    if not layout.named or layout.row_names or plain.separator == SPACE:
        raise LookupError("no header")
    plain = replace(plain, named=True, skip=layout.first.line - 1)
    names = [str(name) for name in plain.table[0]]
    if [name.strip() for name in names] != [name.strip() for name in layout.first.cells]:
        raise LookupError("other names")
    label, features = layout.label, layout.features
    others = (name for i, name in enumerate(names) if i != label and i not in features)
    return replace(plain, label=names[label], ignore=tuple(others))


def _by_place(plain: PlainCsv, layout: CsvLayout) -> PlainCsv:
    """Return this way with columns that are found by their indices.

    Raises:
        LookupError: the first row is not found.
    """
    blank = not all(plain.table)
    rows = [list(row.values()) for row in plain.table if row]
    first = [cell.strip() for cell in layout.first.cells[layout.row_names :]]
    skip = layout.named + [_same(row, first) for row in rows].index(True)
    label, features = layout.label, layout.features
    others = (i for i in range(len(rows[skip])) if i != label and i not in features)
    return replace(plain, blank=blank, skip=skip, label=label, ignore=tuple(others))


def _ways(plain: PlainCsv, options: CsvOptions, table: Table) -> Iterator[PlainCsv]:
    """Yield the ways to read the cells in which the labels are right, the simplest first."""
    plain = _with_cells(plain, options, table)
    labels = [row[plain.label] for row in plain.rows()]
    kinds: tuple[Labels, ...] = ("whole", "names", "number", "numbers")
    for strip, kind in product((False, True), kinds if table.classes else ("number",)):
        way = replace(plain, strip=strip, labels=kind)
        with suppress(ValueError):  # not all labels are such numbers
            if way.targets(labels) == table.y.tolist():
                yield way


def _same(row: Sequence[str], first: Sequence[str]) -> bool:
    """Whether the row is the first one of the table; that may lack the sign of a comment."""
    cells = [cell.strip() for cell in row]
    if cells[0].startswith("#"):
        cells = [cell for cell in (cells[0].lstrip("#").strip(), *cells[1:]) if cell]
        first = [cell for cell in first if cell]
    return cells == first


def _with_cells(plain: PlainCsv, options: CsvOptions, table: Table) -> PlainCsv:
    """Return this way with what stands for missing values, for truth and for the decimal point."""
    features = plain.features()
    cells = {row[i] for row in plain.table for i in features}
    labels = {row[plain.label] for row in plain.table}
    unlabelled = {cell for cell in labels if missing(cell) and cell.strip() not in table.classes}
    gaps = {cell for cell in cells if missing(cell)}
    words = {cell: DIGITS[cell.strip().lower()] for cell in cells if cell.strip().lower() in DIGITS}
    drop: list[Literal["label", "features"]] = ["label"] if unlabelled else []
    if gaps and options.missing == "drop":
        drop.append("features")
        unlabelled |= gaps
    else:
        words |= dict.fromkeys(gaps, "nan")
    numbers = cells | labels if options.decimal == "comma" else set()
    changed = {cell for cell in numbers if with_point(cell) != cell.strip()}
    grouped = any(with_point(cell) != cell.strip().replace(",", ".") for cell in changed)
    return replace(
        plain,
        drop=tuple(drop),
        missing=tuple(sorted(unlabelled)),
        words=dict(sorted(words.items())),
        decimal=".," if grouped else "," if changed else "",
    )


def _alike(values: Array) -> int:
    """Return how often the most common of the numbers occurs; 0 without any."""
    counts = Counter(values[~np.isnan(values)].tolist())
    return max(counts.values(), default=0)


def _moderate(values: Array) -> bool:
    low, high = MODERATE
    sizes = np.abs(values[~np.isnan(values) & (values != 0)])
    return bool(np.all((sizes >= low) & (sizes <= high)))
