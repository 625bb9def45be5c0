"""Reads a CSV file of the learner as a table, or says why it cannot be one."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.datasets.cells import (
    DATE,
    advice,
    has_decimal_comma,
    mended,
    missing,
    number,
    plain,
    shown,
    trouble,
    unlabelled,
    with_point,
)
from engine.datasets.csv_file import Refused, Row, Separator, Stamp, sheet, shell_word, stamp
from engine.datasets.csv_layout import Columns, Header, Layout, columns_of, layout, words
from engine.datasets.tables import Table, listed
from engine.numerals import counted
from engine.pictures import Array

Labels: TypeAlias = Sequence[tuple[int, str]]
"""Each label with its line in the file."""
Target: TypeAlias = Literal["auto", "classes", "number"]

MOST_CLASSES = 100
EXACT = 2**53
"""From here on not every whole number is a float."""
FEW = 10
"""Up to so many different whole numbers are taken for classes, where nothing else is said and one
of them at least stands in several rows."""


def numbers_with_gaps(labels: Labels, target: Target) -> Set[int]:
    """The places where `-`, `none` or `missing` stands for a number; among words it is a class."""
    texts = {text for _, text in labels}
    gaps = set(filter(missing, texts))
    others = texts - gaps
    auto = target == "auto" and gaps and others and all(map(_like_a_number, others))
    if auto or target == "number":
        return {place for place, (_, text) in enumerate(labels) if text in gaps}
    return frozenset()


def labelled(
    labels: Labels, where: str, target: Target, otherwise: str
) -> tuple[Array, tuple[str, ...]]:
    """The labels as numbers of classes and their names, or as numbers to predict.

    `otherwise` says how to go on where this column can be no label.

    Raises:
        Refused: they are neither, or all of them are the same.
    """
    spelled = {text: number(text) for text in {text for _, text in labels}}
    values = [spelled[text] for _, text in labels]
    odd = next((place for place, value in enumerate(values) if value is None), None)
    if odd is not None and (target == "number" or (target == "auto" and _meant(labels, values))):
        line, text = labels[odd]
        why = _why_not(text, target, [label for _, label in labels])
        raise Refused(f"{where}, line {line}: '{shown(text)}' {why}")
    if target == "number" or (target == "auto" and odd is None and not _few_and_whole(values)):
        y = np.array(values, dtype=np.float64)
        if y.min() == y.max():
            raise Refused(
                f"{where}: every label is {y[0]:g}: there is nothing to predict; {otherwise}"
            )
        return y, ()
    return _classes([text for _, text in labels], where, otherwise)


def _meant(labels: Labels, values: Sequence[float | None]) -> bool:
    """Whether numbers are meant, though not every label is one: others are, or all but are."""
    return len(set(values)) > 1 or all(_like_a_number(text) for _, text in labels)


def _like_a_number(text: str) -> bool:
    """Whether it is a number, or would be with a point for its comma; 1_000 is a word."""
    return "_" not in text and mended(text) != ""


def _why_not(text: str, target: Target, every: Collection[str]) -> str:
    """What is wrong with a label that is no number; `every` is the text of each label."""
    fix = advice(text)
    if any(map(has_decimal_comma, set(every))):
        fix += ", or read every comma as a decimal point: --set decimal=comma"
    if target == "number":
        return f"{trouble(text)} to predict; {fix or 'write one, or leave it empty'}"
    others = f"; {fix}" if fix else ", and other labels are numbers; write one, or leave it empty"
    if len(set(every)) > min(MOST_CLASSES, len(every) - 1):  # as classes they are refused, too
        return f"{trouble(text)}{others}"
    return f"{trouble(text)}{others}; to take all of them for classes: --set target=classes"


def _few_and_whole(values: Sequence[float | None]) -> bool:
    different = set(values)
    if len(different) == len(values):
        return False  # a value of its own for each row: as prices are, and classes never
    return len(different) <= FEW and all(v is not None and v.is_integer() for v in different)


def _classes(labels: Sequence[str], where: str, otherwise: str) -> tuple[Array, tuple[str, ...]]:
    """Numbers in the order of numbers, before words in the order of the alphabet."""
    names = {text: _name(text) for text in set(labels)}
    different = sorted(set(names.values()), key=_order)
    if len(different) == 1:
        raise Refused(
            f"{where}: every label is '{shown(different[0])}': nothing to tell apart; {otherwise}"
        )
    if len(different) > MOST_CLASSES:
        raise Refused(
            f"{where}: {len(different):,} different labels, and {MOST_CLASSES} classes are the "
            f"most; {otherwise}"
        )
    if len(different) == len(labels) and None in map(number, different):
        raise Refused(f"{where}: every row has another label: they name the rows; {otherwise}")
    places = {name: place for place, name in enumerate(different)}
    y = np.array([places[names[text]] for text in labels], dtype=np.float64)
    return y, tuple(map(shown, different))


def _name(text: str) -> str:
    """1 and 1.0 are one class; of longer numbers than a float can hold, each is its own."""
    value = number(text)
    if value is None or abs(value) >= EXACT:
        return text
    return str(int(value)) if value.is_integer() else repr(value)


def _order(name: str) -> tuple[bool, float, str]:
    value = number(name)
    return value is None, value or 0.0, name


@dataclass(slots=True)
class _Seen:
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
        if DATE.fullmatch(text) and number(text) is None:
            self.words += 1
            self.dates += 1
        elif mended(text):
            self.numbers += 1
            self.commas += has_decimal_comma(text)
        else:
            self.words += 1
        if len(self.texts) <= MOST_CLASSES:
            self.texts.add(text)

    @property
    def wordy(self) -> bool:
        """Whether it is a column of words or dates, with a number here and there at most."""
        return self.words > self.numbers

    @property
    def may_be_classes(self) -> bool:
        """Whether the words repeat, as the names of classes do."""
        return (
            self.wordy
            and not self.dates
            and 2 <= len(self.texts) <= min(MOST_CLASSES, self.words // 2)
        )


@dataclass(frozen=True, slots=True)
class Advisor:
    """Says where a file stops to be a table of numbers, and which setting or edit helps."""

    layout: Layout
    columns: Columns
    free_label: bool
    """Whether the label was not named: then another column may be meant."""

    def refuse(self, row: Row, place: int) -> Refused:
        """The refusal for a cell of a feature that is no number."""
        cell = row.cells[place]
        where = f"{self.layout.sheet.name}, line {row.line}, column {place + 1}"
        if self.columns.named(place):
            where += f" ({self.columns.name(place)})"
        what = f"'{shown(cell.strip())}' {trouble(cell)}"
        return Refused(f"{where}: {what}; {self._advice(row, place)}")

    def _advice(self, row: Row, place: int) -> str:
        cell, seen, first = row.cells[place].strip(), self._seen(), self.layout.first.line
        if cell[:1] == cell[-1:] == "'":
            file = shell_word(self.layout.sheet.path)
            return f'take the single quotes out: tr -d "\'" < {file} > table.csv'
        if seen[place].wordy:
            return self._leave_out(seen, place)
        if not self.layout.named and row.line == first and not mended(cell):
            return f"if line {first} holds the names of the columns: --set header=yes"
        if self._is_below_header(row, seen):
            features = self.columns.features
            if not all(map(self.columns.named, features)):
                return f"if line {first} is a title, take it out: {self._without(first)}"
            return f"if line {row.line} holds units, take it out: {self._without(row.line)}"
        fix = advice(cell) or "write a number, leave the cell empty, or delete the line"
        if seen[place].commas:
            fix += "; to read every comma as a decimal point: --set decimal=comma"
        elif mended(cell) and len(self.columns.features) > 1:
            fix += f"; or leave the column out: {self._ignoring(place)}"
        return fix

    def _without(self, line: int) -> str:
        return f"sed {line}d {shell_word(self.layout.sheet.path)} > table.csv"

    def _seen(self) -> dict[int, _Seen]:
        """What each feature and the label hold."""
        seen = {place: _Seen() for place in (*self.columns.features, self.columns.label)}
        for row in self.layout.rows():
            for place, column in seen.items():
                column.take(row.cells[place])
        return seen

    def _leave_out(self, seen: dict[int, _Seen], place: int) -> str:
        features, label = self.columns.features, self.columns.label
        wordy = [i for i in features if seen[i].wordy]
        if len(wordy) == len(features):
            able = [i for i in (place, *wordy) if seen[i].may_be_classes]
            if self.free_label and able and not seen[label].wordy:
                others = [i for i in wordy if i != able[0]]
                ignoring = f" {self._ignoring(*others)}" if others else ""
                what = f"column '{self.columns.name(able[0])}' is what to predict"
                return f"if {what}: {self.columns.setting('label', able[0])}{ignoring}"
            return "and no other column beside the label holds numbers: nothing can be learned"
        many = "columns without numbers" if len(wordy) > 1 else "column"
        if place == 0 and wordy == [0] and self.layout.named and not self.columns.named(0):
            many = "names of the rows"
        fix = f"leave the {many} out: {self._ignoring(*wordy)}"
        if not self.free_label or seen[label].wordy or not seen[place].may_be_classes:
            return fix
        others = [i for i in wordy if i != place]
        choose = self.columns.setting("label", place)
        if others:
            choose += f" {self._ignoring(*others)}"
        return f"if it is what to predict: {choose}; otherwise {fix}"

    def _ignoring(self, *places: int) -> str:
        """The option that ignores these columns besides those that are ignored already."""
        return self.columns.setting("ignore", *sorted((*self.columns.ignored, *places)))

    def _is_below_header(self, row: Row, seen: dict[int, _Seen]) -> bool:
        """Whether this is the row below the header, and none of its features is a number."""
        if not self.layout.named or row.line != self.layout.first.line + 1:
            return False
        cells = [row.cells[place] for place in self.columns.features if not seen[place].wordy]
        return not any(map(mended, cells))


IDENTIFIER = re.compile(
    r"(.*[ _.-])?(id|ID|Id|idx|index|Index)([ _.-].*)?|.*[a-z](Id|ID)|Unnamed: 0"
)
"""What a column is called that numbers the rows."""


def notes_on(table: Table, layout: Layout, columns: Columns, *, asked: bool) -> Iterator[str]:
    """What is unusual about the table; `asked` where a person said whether there is a header."""
    if same := table.constant():
        yield f"the same in every row, which teaches nothing: {listed(same, most=4)}"
    yield from _alone(table)
    if len({name.casefold() for name in table.classes}) < len(table.classes):
        yield "some classes differ only in capital letters"
    yield from _numbers_of_rows(table.x, layout, columns)
    if not asked:
        yield from _header_of_numbers(layout)
    if not all(name.isascii() for name in table.classes):
        # Some charts have room for letters of one width alone, and give a class by its place.
        places = [f"#{place} {text}" for place, text in enumerate(table.classes, start=1)]
        yield f"classes: {listed(places, most=10)}"


def gaps_of(absent: np.ndarray, names: tuple[str, ...], gaps: str) -> Iterator[str]:
    """How many values are missing, where, and what becomes of them.

    `absent` tells of each cell whether it has no value, shape (rows, features); `gaps` is `drop`
    or `fill`.
    """
    counts = absent.sum(axis=0)
    if not counts.any():
        return
    each = [f"{name} {count:,}" for name, count in zip(names, counts, strict=True) if count]
    where = listed(each, most=4)
    if gaps == "drop":
        rows = counted(int(absent.any(axis=1).sum()), "row")
        yield f"{rows} with a missing value left out: {where}"
    else:
        yield f"the median of the column stands for missing values: {where}"


def _alone(table: Table) -> Iterator[str]:
    """Whether most labels look like names of rows, of which nothing can be learnt."""
    classes = len(table.classes)
    alone = int((np.bincount(table.y.astype(int)) == 1).sum()) if classes else 0
    if alone > max(FEW, classes / 2):
        yield f"{alone} labels stand in one row each: is another column the label?"


def _numbers_of_rows(x: Array, layout: Layout, columns: Columns) -> Iterator[str]:
    """Which columns only number the rows: an id, or the index that pandas and R write."""
    found = [
        place
        for place, values in zip(columns.features, x.T, strict=True)
        if _all_different(values) and _called_so(place, values, layout)
    ]
    if 0 < len(found) < len(columns.features):
        fix = columns.setting("ignore", *sorted((*columns.ignored, *found)))
        names = ", ".join(map(columns.name, found))
        one = len(found) == 1
        what = "it only numbers the rows" if one else "they only number the rows"
        it = "it" if one else "them"
        yield f"{names}: if {what}, leave {it} out: {fix}"


def _all_different(values: Array) -> bool:
    """Whether these are whole numbers, another one in each row."""
    whole = bool(np.isfinite(values).all()) and not (values % 1).any()
    return whole and len(np.unique(values)) == len(values)


def _called_so(place: int, values: Array, layout: Layout) -> bool:
    name = layout.first.cells[place].strip() if layout.named else ""
    if name:
        return IDENTIFIER.fullmatch(name) is not None
    return place == 0 and layout.named and bool((np.diff(values) >= 1).all())


def _header_of_numbers(layout: Layout) -> Iterator[str]:
    """Whether the first line, which is read as a row, may be a header of numbers such as years."""
    if layout.named:
        return
    values = [number(cell) or 0.0 for cell in layout.first.cells]
    if len(values) > 2 and {after - before for before, after in pairwise(values)} == {1}:
        line = layout.first.line
        yield f"line {line} is read as a row; if it holds names of columns: --set header=yes"


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
