"""A learner's own CSV file as a table, or why it cannot be one, in words; imports no torch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.counts import counted
from engine.datasets.cells import missing, number, plain, unlabelled, with_point
from engine.datasets.csv_advice import Advisor
from engine.datasets.csv_columns import Columns, columns_of, words
from engine.datasets.csv_file import Refused, Row, Stamp, sheet, stamp
from engine.datasets.csv_layout import Header, Layout, layout
from engine.datasets.csv_notes import gaps_of, notes_on
from engine.datasets.csv_separator import Separator
from engine.datasets.labels import FEW, MOST_CLASSES, Target, labelled, numbers_with_gaps
from engine.datasets.tables import Table
from engine.pictures import Array

Missing: TypeAlias = Literal["drop", "fill"]
Decimal: TypeAlias = Literal["point", "comma"]

LEAST_ROWS = 4


def read_table(
    path: str,
    *,
    header: Header = "auto",
    separator: Separator = "auto",
    decimal: Decimal = "point",
    label: str | None = None,
    ignore: str | None = None,
    missing: Missing = "drop",
    target: Target = "auto",
) -> Table:
    """The file as a table; read again only once it has changed.

    `label` names a column, None stands for the last; `ignore` names columns to leave out, with
    commas between them. Rows with a missing value are dropped, or keep a nan for whoever fills
    it: that has to be learnt from the rows that are trained on. A row without its label is always
    dropped.

    Raises:
        Refused: it is no such table; a `ValueError` that says where, why and what to do.
    """
    place = Path(path.strip())
    with suppress(RuntimeError):  # nobody of that name has a home
        place = place.expanduser()
    how = _How(header, separator, decimal, label, ignore, missing, target)
    return _read(place, stamp(place), how)


class _How(NamedTuple):
    """How to read a file: the arguments of `read_table`."""

    header: Header
    separator: Separator
    decimal: Decimal
    label: str | None
    ignore: str | None
    missing: Missing
    target: Target


@lru_cache(maxsize=2)
def _read(path: Path, _: Stamp, how: _How) -> Table:
    typed = [*words(how.ignore), *([how.label.strip()] if how.label else [])]
    found = layout(sheet(path, how.separator), how.header, typed)
    columns = columns_of(found, how.label, how.ignore)
    reading = _Reading(found, columns, how)
    for row in found.rows():
        reading.take(row)
    return reading.table()


@dataclass(slots=True)
class _Reading:
    """What has been read so far: as numbers, since text takes ten times the room."""

    layout: Layout
    columns: Columns
    how: _How
    x: list[list[float]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    """The line and the text of each label."""
    unlabelled: int = 0
    """How many rows were left out since they have no label."""

    @property
    def file(self) -> str:
        return self.layout.sheet.name

    def take(self, row: Row) -> None:
        """Keep the numbers and the label of a row; leave it out if it has no label."""
        if self.how.decimal == "comma":
            row = Row(row.line, list(map(with_point, row.cells)))
        label = row.cells[self.columns.label].strip()
        if unlabelled(label):
            self.unlabelled += 1
            return
        cells = [row.cells[place] for place in self.columns.features]
        try:
            values = list(map(float, cells)) if plain("".join(cells)) else [math.inf]
        except ValueError:
            values = [math.inf]
        if not math.isfinite(sum(values)):
            values = [self._value(row, place) for place in self.columns.features]
        self.x.append(values)
        self.labels.append((row.line, label))

    def _value(self, row: Row, place: int) -> float:
        """The number in a cell, or nan where there is none."""
        cell = row.cells[place]
        if missing(cell):
            return math.nan
        value = number(cell)
        if value is None:
            raise Advisor(self.layout, self.columns, self.how.label is None).refuse(row, place)
        return value

    def table(self) -> Table:
        """The rows that were kept, as a table.

        Raises:
            Refused: too few rows are left, a column is empty, or the labels are all the same.
        """
        self._leave_out(numbers_with_gaps(self.labels, self.how.target))
        features, gaps = self.columns.features, self.how.missing
        names = tuple(map(self.columns.name, features))
        x = np.array(self.x, dtype=np.float64).reshape(-1, len(features))
        absent = np.isnan(x)
        report = [*self.layout.notes(), *self._unlabelled()]
        self._refuse_empty(absent)
        kept = np.array(~absent.any(axis=1) if gaps == "drop" else np.ones(len(x), dtype=bool))
        report += gaps_of(absent, names, gaps)
        if kept.sum() < LEAST_ROWS:
            raise Refused(f"{self.file}: {self._too_few(int(kept.sum()), len(x), report)}")
        labels = [self.labels[place] for place in np.flatnonzero(kept).tolist()]
        label = self.columns.name(self.columns.label)
        where = f"{self.file}, column '{label}'"
        y, classes = labelled(labels, where, self.how.target, self._other_label())
        table = Table(self.file, x[kept], y, names, label, classes)
        report += notes_on(table, self.layout, self.columns, asked=self.how.header != "auto")
        return replace(
            table,
            report=tuple(report),
            ignored=tuple(map(self.columns.name, self.columns.ignored)),
            hint=_other_target(y, classes) if self.how.target == "auto" else "",
        )

    def _other_label(self) -> str:
        """How to go on where the label is of no use."""
        columns = self.columns
        if self.how.label is not None or len(columns.features) < 2:
            return "name another column as the label: --set label=NAME"
        fix = columns.setting("ignore", *sorted((*columns.ignored, columns.label)))
        return f"leave the column out: {fix}, or name another as the label: --set label=NAME"

    def _refuse_empty(self, absent: np.ndarray) -> None:
        """Refuse a feature or a label without any value, whatever is done about gaps."""
        columns = self.columns
        if not len(absent):
            if self.unlabelled:
                raise Refused(self._no_labels())
            return
        empty = [i for i, gone in zip(columns.features, absent.T, strict=True) if gone.all()]
        if not empty:
            return
        fix = columns.setting("ignore", *sorted((*columns.ignored, *empty)))
        if len(empty) == len(columns.features):
            raise Refused(f"{self.file}: no column beside the label has any value")
        what = "column" if len(empty) == 1 else "columns"
        names = ", ".join(f"'{columns.name(place)}'" for place in empty[:4])
        more = f" and {len(empty) - 4} more" if len(empty) > 4 else ""
        has = "has" if len(empty) == 1 else "have"
        it = "it" if len(empty) == 1 else "them"
        raise Refused(
            f"{self.file}: {what} {names}{more} {has} no value at all: leave {it} out: {fix}"
        )

    def _no_labels(self) -> str:
        name = self.columns.name(self.columns.label)
        said = f"{self.file}: column '{name}', the label, has no value at all"
        return f"{said}; {self._other_label()}"

    def _leave_out(self, gaps: Set[int]) -> None:
        """Leave out the rows in these places: what stands for their label is none."""
        if gaps:
            kept = [place for place in range(len(self.labels)) if place not in gaps]
            self.x = [self.x[place] for place in kept]
            self.labels = [self.labels[place] for place in kept]
            self.unlabelled += len(gaps)

    def _unlabelled(self) -> Iterator[str]:
        if self.unlabelled:
            label = self.columns.name(self.columns.label)
            yield f"{counted(self.unlabelled, 'row')} without a label ({label}) left out"

    def _too_few(self, kept: int, every: int, report: list[str]) -> str:
        why = f" ({'; '.join(report)})" if report else ""
        fill = every >= LEAST_ROWS and self.how.missing == "drop"
        fix = "; to fill the gaps instead: --set missing=fill" if fill else ""
        rows = counted(kept, "row") if kept else "no rows"
        return f"{rows} to learn from, and {LEAST_ROWS} are the least{why}{fix}"


def _other_target(y: Array, classes: tuple[str, ...]) -> str:
    """Whether many whole numbers, which are predicted as numbers, could be classes."""
    if classes or (y % 1).any():
        return ""
    different = len(np.unique(y))
    if not FEW < different <= min(MOST_CLASSES, len(y) // 2):
        return ""
    return f"its {different} whole numbers could be classes: --set target=classes"
