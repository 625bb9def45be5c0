"""Reads a learner's own CSV file as a table, or says in words why it cannot be one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.datasets.cells import (
    DATE,
    corrected,
    has_decimal_comma,
    missing,
    number,
    number_advice,
    number_problem,
    plain,
    shown,
    unlabelled,
    with_point,
)
from engine.datasets.csv_file import (
    CsvError,
    CsvRow,
    Separator,
    Stamp,
    read_text,
    shell_word,
    stamp,
)
from engine.datasets.csv_layout import (
    CsvColumns,
    CsvLayout,
    Header,
    columns_of,
    layout_of,
    split_names,
)
from engine.datasets.tables import Table, listed
from engine.numerals import counted
from engine.pictures import Array

Missing: TypeAlias = Literal["drop", "fill"]
Decimal: TypeAlias = Literal["point", "comma"]
Target: TypeAlias = Literal["auto", "classes", "number"]

LEAST_ROWS = 4
MOST_CLASSES = 100
FEW = 10
"""Up to so many different whole numbers are taken for classes, where nothing else is said and one
of them at least is in several rows."""
EXACT = 2**53
"""From here on not every whole number is a float."""
DECIMAL_COMMA = "to read every comma as a decimal point: --set decimal=comma"
IDENTIFIER = re.compile(
    r"(.*[ _.-])?(id|ID|Id|idx|index|Index)([ _.-].*)?|.*[a-z](Id|ID)|Unnamed: 0"
)
"""The name of a column that numbers the rows."""


class CsvOptions(NamedTuple):
    """How to read a file: the arguments of `read_table`."""

    header: Header
    separator: Separator
    decimal: Decimal
    label: str | None
    ignore: str | None
    missing: Missing
    target: Target


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
    """The file as a table; read again only when it has changed.

    `label` names a column, None is the last; `ignore` names columns to leave out, with commas
    between them. Rows with a missing value are dropped, or keep a nan to be filled in later: from
    the rows that are trained on. A row without its label is always dropped.

    Raises:
        CsvError: it is no such table; a `ValueError` that says where, why and what to do.
    """
    place = Path(path.strip())
    with suppress(RuntimeError):  # there is no user of that name
        place = place.expanduser()
    options = CsvOptions(header, separator, decimal, label, ignore, missing, target)
    return _read(place, stamp(place), options)


@lru_cache(maxsize=2)
def _read(path: Path, _: Stamp, options: CsvOptions) -> Table:
    typed = split_names(options.ignore) + ([options.label.strip()] if options.label else [])
    layout = layout_of(read_text(path, options.separator), options.header, typed)
    reader = _TableReader(layout, columns_of(layout, options.label, options.ignore), options)
    for row in layout.rows():
        reader.take(row)
    return reader.table()


@dataclass(slots=True)
class _TableReader:
    """Collects the rows as numbers, since text takes ten times the memory."""

    layout: CsvLayout
    columns: CsvColumns
    options: CsvOptions
    x: list[list[float]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    """The line and the text of each label."""
    unlabelled: int = 0
    """How many rows were left out since they have no label."""

    def take(self, row: CsvRow) -> None:
        """Keep the numbers and the label of a row; leave it out if it has no label."""
        if self.options.decimal == "comma":
            row = CsvRow(row.line, list(map(with_point, row.cells)))
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

    def _value(self, row: CsvRow, place: int) -> float:
        """The number in a cell, or nan where there is none."""
        cell = row.cells[place]
        if missing(cell):
            return math.nan
        value = number(cell)
        if value is None:
            raise _Advisor(self.layout, self.columns, self.options.label is None).error(row, place)
        return value

    def table(self) -> Table:
        """The rows that were kept, as a table.

        Raises:
            CsvError: too few rows are left, a column is empty, or the labels are all the same.
        """
        options, columns, file = self.options, self.columns, self.layout.text.name
        self._drop_label_gaps()
        features = columns.features
        names = tuple(map(columns.name, features))
        x = np.array(self.x, dtype=np.float64).reshape(-1, len(features))
        absent = np.isnan(x)
        label = columns.name(columns.label)
        report = list(self.layout.notes())
        if self.unlabelled:
            report.append(f"{counted(self.unlabelled, 'row')} without a label ({label}) left out")
        self._check_empty(absent)
        drop = options.missing == "drop"
        kept = ~absent.any(axis=1) if drop else np.ones(len(x), dtype=bool)
        report += _gaps(absent, names, drop)
        if kept.sum() < LEAST_ROWS:
            why = f" ({'; '.join(report)})" if report else ""
            fill = drop and len(x) >= LEAST_ROWS
            fix = "; to fill the gaps instead: --set missing=fill" if fill else ""
            rows = counted(int(kept.sum()), "row") if kept.any() else "no rows"
            least = f"and {LEAST_ROWS} are the least"
            raise CsvError(f"{file}: {rows} to learn from, {least}{why}{fix}")
        labels = [self.labels[place] for place in np.flatnonzero(kept).tolist()]
        where, target = f"{file}, column '{label}'", options.target
        y, classes = _targets(labels, where, target, self._other_label())
        table = Table(file, x[kept], y, names, label, classes)
        report += _notes(table, self.layout, columns, header_given=options.header != "auto")
        hint = ""
        if target == "auto" and not classes and not (y % 1).any():
            different = len(np.unique(y))
            if FEW < different <= min(MOST_CLASSES, len(y) // 2):
                hint = f"its {different} whole numbers could be classes: --set target=classes"
        ignored = tuple(map(columns.name, columns.ignored))
        return replace(table, report=tuple(report), ignored=ignored, hint=hint)

    def _drop_label_gaps(self) -> None:
        """Drop the rows whose label is `-`, `none` or `missing` among numbers; among words these
        are classes."""
        texts = {text for _, text in self.labels}
        gaps = set(filter(missing, texts))
        others = texts - gaps
        all_numbers = gaps and others and all(map(_like_a_number, others))
        if self.options.target == "number" or (self.options.target == "auto" and all_numbers):
            kept = [place for place, (_, text) in enumerate(self.labels) if text not in gaps]
            self.unlabelled += len(self.labels) - len(kept)
            self.x = [self.x[place] for place in kept]
            self.labels = [self.labels[place] for place in kept]

    def _other_label(self) -> str:
        """What to do where the label is of no use."""
        columns = self.columns
        if self.options.label is not None or len(columns.features) < 2:
            return "name another column as the label: --set label=NAME"
        fix = columns.ignoring(columns.label)
        return f"leave the column out: {fix}, or name another as the label: --set label=NAME"

    def _check_empty(self, absent: np.ndarray) -> None:
        """Raise `CsvError` for a feature or a label without any value."""
        columns, file = self.columns, self.layout.text.name
        if not len(absent):
            if self.unlabelled:
                label = f"column '{columns.name(columns.label)}', the label,"
                raise CsvError(f"{file}: {label} has no value at all; {self._other_label()}")
            return
        empty = [i for i, gone in zip(columns.features, absent.T, strict=True) if gone.all()]
        if not empty:
            return
        if len(empty) == len(columns.features):
            raise CsvError(f"{file}: no column beside the label has any value")
        names = ", ".join(f"'{columns.name(place)}'" for place in empty[:4])
        more = f" and {len(empty) - 4} more" if len(empty) > 4 else ""
        one = len(empty) == 1
        what, has, it = ("column", "has", "it") if one else ("columns", "have", "them")
        fix = columns.ignoring(*empty)
        raise CsvError(f"{file}: {what} {names}{more} {has} no value at all: leave {it} out: {fix}")


# The labels as classes, or as numbers to predict.


def _targets(
    labels: Sequence[tuple[int, str]], where: str, target: Target, otherwise: str
) -> tuple[Array, tuple[str, ...]]:
    """The numbers of the classes and their names, or the numbers to predict.

    `otherwise` says what to do where this column can be no label.

    Raises:
        CsvError: they are neither, or all of them are the same.
    """
    texts = [text for _, text in labels]
    parsed = {text: number(text) for text in set(texts)}
    values = [parsed[text] for text in texts]
    # Numbers are meant, though not every label is one, if others are, or all but are.
    meant = len(set(values)) > 1 or all(map(_like_a_number, texts))
    odd = next((place for place, value in enumerate(values) if value is None), None)
    if odd is not None and (target == "number" or (target == "auto" and meant)):
        line, text = labels[odd]
        raise CsvError(f"{where}, line {line}: '{shown(text)}' {_no_number(text, target, texts)}")
    numbers = [value for value in values if value is not None]
    if target == "number" or (target == "auto" and odd is None and not _few_and_whole(numbers)):
        y = np.array(values, dtype=np.float64)
        if y.min() == y.max():
            what = f"every label is {y[0]:g}: there is nothing to predict"
            raise CsvError(f"{where}: {what}; {otherwise}")
        return y, ()
    names = {text: _class_name(text) for text in parsed}
    different = sorted(set(names.values()), key=_class_order)
    if problem := _class_problem(different, len(labels)):
        raise CsvError(f"{where}: {problem}; {otherwise}")
    places = {name: place for place, name in enumerate(different)}
    y = np.array([places[names[text]] for text in texts], dtype=np.float64)
    return y, tuple(map(shown, different))


def _like_a_number(text: str) -> bool:
    """Whether it is a number, or would be with a point for its comma; 1_000 is a word."""
    return "_" not in text and corrected(text) != ""


def _no_number(text: str, target: Target, texts: list[str]) -> str:
    """What is wrong with a label that is no number, among all these."""
    problem, fix, different = number_problem(text), number_advice(text), set(texts)
    if any(map(has_decimal_comma, different)):
        fix += ", or read every comma as a decimal point: --set decimal=comma"
    if target == "number":
        return f"{problem} to predict; {fix or 'write one, or leave it empty'}"
    others = f"; {fix}" if fix else ", and other labels are numbers; write one, or leave it empty"
    if len(different) > min(MOST_CLASSES, len(texts) - 1):  # too many to be classes
        return f"{problem}{others}"
    return f"{problem}{others}; to take all of them for classes: --set target=classes"


def _few_and_whole(values: list[float]) -> bool:
    different = set(values)
    if len(different) == len(values):
        return False  # another value in each row: as prices are, and classes never
    return len(different) <= FEW and all(value.is_integer() for value in different)


def _class_problem(different: list[str], rows: int) -> str:
    if len(different) == 1:
        return f"every label is '{shown(different[0])}': nothing to tell apart"
    if len(different) > MOST_CLASSES:
        most = f"and {MOST_CLASSES} classes are the most"
        return f"{len(different):,} different labels, {most}"
    if len(different) == rows and None in map(number, different):
        return "every row has another label: they name the rows"
    return ""


def _class_name(text: str) -> str:
    """1 and 1.0 are one class; of longer numbers than a float can hold, each is its own."""
    value = number(text)
    if value is None or abs(value) >= EXACT:
        return text
    return str(int(value)) if value.is_integer() else repr(value)


def _class_order(name: str) -> tuple[bool, float, str]:
    """Numbers in their order, then words in the order of the alphabet."""
    value = number(name)
    return value is None, value or 0.0, name


# What a person has to know of the table, a sentence each.


def _gaps(absent: np.ndarray, names: tuple[str, ...], drop: bool) -> Iterator[str]:
    """How many values are missing, where, and what happens with them.

    `absent` says of each cell whether it has no value, shape (rows, features).
    """
    counts = absent.sum(axis=0)
    if not counts.any():
        return
    each = [f"{name} {count:,}" for name, count in zip(names, counts, strict=True) if count]
    what = "the median of the column stands for missing values"
    if drop:
        rows = counted(int(absent.any(axis=1).sum()), "row")
        what = f"{rows} with a missing value left out"
    yield f"{what}: {listed(each, most=4)}"


def _notes(
    table: Table, layout: CsvLayout, columns: CsvColumns, *, header_given: bool
) -> Iterator[str]:
    """What is unusual about the table."""
    if same := table.constant():
        yield f"the same in every row, which teaches nothing: {listed(same, most=4)}"
    alone = int((np.bincount(table.y.astype(int)) == 1).sum()) if table.classes else 0
    if alone > max(FEW, len(table.classes) / 2):
        yield f"{alone} labels stand in one row each: is another column the label?"
    if len({name.casefold() for name in table.classes}) < len(table.classes):
        yield "some classes differ only in capital letters"
    numbering = [
        place
        for place, values in zip(columns.features, table.x.T, strict=True)
        if _numbers_rows(place, values, layout)
    ]
    if 0 < len(numbering) < len(columns.features):
        names = ", ".join(map(columns.name, numbering))
        one = len(numbering) == 1
        what, it = ("it only numbers", "it") if one else ("they only number", "them")
        yield f"{names}: if {what} the rows, leave {it} out: {columns.ignoring(*numbering)}"
    if not header_given and not layout.named:
        # A header of numbers such as years looks like a row.
        values = [number(cell) or 0.0 for cell in layout.first.cells]
        if len(values) > 2 and {after - before for before, after in pairwise(values)} == {1}:
            line = layout.first.line
            yield f"line {line} is read as a row; if it holds names of columns: --set header=yes"
    if not all(name.isascii() for name in table.classes):
        # Some charts have room for letters of one width only, and show a class by its place.
        places = [f"#{place} {text}" for place, text in enumerate(table.classes, start=1)]
        yield f"classes: {listed(places, most=10)}"


def _numbers_rows(place: int, values: Array, layout: CsvLayout) -> bool:
    """Whether a column only numbers the rows: an id, or the index that pandas and R write."""
    whole = bool(np.isfinite(values).all()) and not (values % 1).any()
    if not whole or len(np.unique(values)) < len(values):
        return False
    name = layout.first.cells[place].strip() if layout.named else ""
    if name:
        return IDENTIFIER.fullmatch(name) is not None
    return place == 0 and layout.named and bool((np.diff(values) >= 1).all())


# Advice for a cell that should be a number and is not.


@dataclass(slots=True)
class _ColumnContent:
    """What the cells of a column hold."""

    numbers: int = 0
    """Cells that are numbers, or would be if they were written otherwise."""
    words: int = 0
    dates: int = 0
    """How many of the words are dates or times."""
    commas: int = 0
    """How many of the numbers have a decimal comma."""
    texts: set[str] = field(default_factory=set)

    def take(self, cell: str) -> None:
        text = cell.strip()
        if missing(text):
            return
        is_date = DATE.fullmatch(text) is not None and number(text) is None
        if not is_date and corrected(text):
            self.numbers += 1
            self.commas += has_decimal_comma(text)
        else:
            self.words += 1
            self.dates += is_date
        if len(self.texts) <= MOST_CLASSES:
            self.texts.add(text)

    @property
    def wordy(self) -> bool:
        """Whether there are mostly words or dates."""
        return self.words > self.numbers

    @property
    def may_be_classes(self) -> bool:
        """Whether the words repeat, as the names of classes do."""
        most = min(MOST_CLASSES, self.words // 2)
        return self.wordy and not self.dates and 2 <= len(self.texts) <= most


@dataclass(frozen=True, slots=True)
class _Advisor:
    """Says where a file stops being a table of numbers, and which setting or edit helps."""

    layout: CsvLayout
    columns: CsvColumns
    free_label: bool
    """Whether the label was not named: then another column may be meant."""

    def error(self, row: CsvRow, place: int) -> CsvError:
        """The error for a cell of a feature that is no number."""
        cell, columns = row.cells[place], self.columns
        where = f"{self.layout.text.name}, line {row.line}, column {place + 1}"
        if place not in columns.unnamed:
            where += f" ({columns.name(place)})"
        what = f"'{shown(cell.strip())}' {number_problem(cell)}"
        return CsvError(f"{where}: {what}; {self._advice(row, place)}")

    def _advice(self, row: CsvRow, place: int) -> str:
        layout, columns = self.layout, self.columns
        cell, first = row.cells[place].strip(), layout.first.line
        seen = {place: _ColumnContent() for place in (*columns.features, columns.label)}
        for each in layout.rows():
            for column, content in seen.items():
                content.take(each.cells[column])
        if cell[:1] == cell[-1:] == "'":
            file = shell_word(layout.text.path)
            return f'take the single quotes out: tr -d "\'" < {file} > table.csv'
        if seen[place].wordy:
            return self._leave_out(seen, place)
        if not layout.named and row.line == first and not corrected(cell):
            return f"if line {first} holds the names of the columns: --set header=yes"
        if layout.named and row.line == first + 1:
            cells = [row.cells[each] for each in columns.features if not seen[each].wordy]
            if not any(map(corrected, cells)):  # the row below the header holds no number at all
                if columns.unnamed.intersection(columns.features):
                    return layout.without_line("is a title", first)
                return layout.without_line("holds units", row.line)
        fix = number_advice(cell) or "write a number, leave the cell empty, or delete the line"
        if seen[place].commas:
            fix += f"; {DECIMAL_COMMA}"
        elif corrected(cell) and len(columns.features) > 1:
            fix += f"; or leave the column out: {columns.ignoring(place)}"
        return fix

    def _leave_out(self, seen: dict[int, _ColumnContent], place: int) -> str:
        columns, free_label = self.columns, self.free_label
        wordy = [i for i in columns.features if seen[i].wordy]
        label_is_wordy = seen[columns.label].wordy
        if len(wordy) == len(columns.features):
            able = [i for i in (place, *wordy) if seen[i].may_be_classes]
            if free_label and able and not label_is_wordy:
                what = f"column '{columns.name(able[0])}' is what to predict"
                return f"if {what}: {self._as_label(able[0], wordy)}"
            return "and no other column beside the label holds numbers: nothing can be learned"
        many = "columns without numbers" if len(wordy) > 1 else "column"
        if place == 0 and wordy == [0] and self.layout.named and 0 in columns.unnamed:
            many = "names of the rows"
        fix = f"leave the {many} out: {columns.ignoring(*wordy)}"
        if not free_label or label_is_wordy or not seen[place].may_be_classes:
            return fix
        return f"if it is what to predict: {self._as_label(place, wordy)}; otherwise {fix}"

    def _as_label(self, place: int, wordy: list[int]) -> str:
        """The options that make the column the label, and ignore the other columns of words."""
        others = [i for i in wordy if i != place]
        ignoring = f" {self.columns.ignoring(*others)}" if others else ""
        return f"{self.columns.setting('label', place)}{ignoring}"
