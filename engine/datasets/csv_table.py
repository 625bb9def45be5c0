"""Reads a learner's own CSV file as a table, or explains why it cannot be one."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.datasets.cells import (
    DATE,
    UNLABELLED,
    corrected,
    missing,
    number,
    number_advice,
    number_problem,
    plain,
    shown,
    with_point,
)
from engine.datasets.csv_file import (
    CsvError,
    CsvRow,
    Separator,
    Stamp,
    read_text,
    refuse_address,
    stamp,
)
from engine.datasets.csv_layout import TRUTH, CsvLayout, Header
from engine.datasets.tables import Table, listed
from engine.numerals import counted
from engine.pictures import Array

Missing: TypeAlias = Literal["drop", "fill"]
Decimal: TypeAlias = Literal["point", "comma"]
Target: TypeAlias = Literal["auto", "classes", "number"]

LEAST_ROWS = 4
MOST_CLASSES = 100
FEW = 10
"""The most different whole numbers that are taken for classes by default, if at least one of them
is in several rows."""
DIGITS = {"f": "0", "false": "0", "t": "1", "true": "1"}
"""The numbers that words of truth stand for."""
TYPOGRAPHIC = "“”„«»"
SAMPLE = 20_000
"""The number of rows that are examined for the advice on a cell that is no number."""
EXACT = 2**53
"""The first whole number above which not every one is a float."""
IDENTIFIER = re.compile(
    r"(.*[ _.-])?(id|ID|Id|idx|index|Index)([ _.-].*)?|.*[a-z](Id|ID)|Unnamed: 0"
)
"""The name of a column that numbers the rows."""


class CsvOptions(NamedTuple):
    """The options for reading a file: the arguments of `read_table`."""

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
    """Return the file as a table; it is read again only after a change.

    `label` names a column, None is the last; `ignore` names columns to leave out, separated by
    commas. Rows with a missing value are dropped, or keep a nan, which is later filled in from the
    training rows. A row without a label is always dropped.

    Raises:
        CsvError: it is no such table; a `ValueError` that says where, why and what to do.
    """
    refuse_address(path.strip())
    place = Path(path.strip())
    with suppress(RuntimeError):  # there is no user of that name
        place = place.expanduser()
    options = CsvOptions(header, separator, decimal, label, ignore, missing, target)
    return _read(place, stamp(place), options)


@lru_cache(maxsize=2)
def _read(path: Path, _: Stamp, options: CsvOptions) -> Table:
    text = read_text(path, options.separator)
    layout = CsvLayout(text, options.header, options.label, options.ignore)
    numbers = array("d")  # a list for each row would take most of the time
    labels: list[_Label] = []
    without = 0
    notes = _read_truth(layout)
    for row in layout.rows():
        if options.decimal == "comma":
            row = CsvRow(row.line, list(map(with_point, row.cells)))
        label = row.cells[layout.label].strip()
        if label.lower() in UNLABELLED:
            without += 1
            continue
        labels.append(_Label(row.line, label))
        cells = [row.cells[place] for place in layout.features]
        try:  # fast path for nearly every row
            values = list(map(float, cells))
            if not (math.isfinite(sum(values)) and plain("".join(cells))):
                raise ValueError
        except ValueError:
            values = _values(row, layout, free_label=options.label is None)
        numbers.extend(values)
    kept = _with_label(labels, options.target)
    without += len(labels) - len(kept)
    features = np.array(numbers, dtype=np.float64).reshape(-1, len(layout.features))
    if len(kept) < len(labels):
        features, labels = features[kept], [labels[i] for i in kept]
    table = _table(layout, options, features, labels, without)
    return replace(table, report=(*notes, *table.report))


def _read_truth(layout: CsvLayout) -> list[str]:
    """Replace TRUE and FALSE by 1 and 0 in the features that hold nothing else; return notes.

    T and F count only if a column holds both: they may be other letters.
    """
    rows = layout.rows()
    names: dict[str, list[str]] = {}
    for place in layout.features:
        cells = (row.cells[place].strip() for row in rows)
        if not all(cell.lower() in DIGITS or missing(cell) for cell in cells):
            continue
        words = sorted({row.cells[place].strip() for row in rows if not missing(row.cells[place])})
        lower = {word.lower() for word in words}
        if lower and (lower <= TRUTH or lower == {"t", "f"}):
            meaning = ", ".join(f"{word} is {DIGITS[word.lower()]}" for word in words)
            names.setdefault(meaning, []).append(layout.name(place))
            for row in rows:
                cell = row.cells[place]
                row.cells[place] = DIGITS.get(cell.strip().lower(), cell)
    return [f"{listed(columns, most=4)}: {meaning}" for meaning, columns in names.items()]


class _Label(NamedTuple):
    line: int
    text: str


def _values(row: CsvRow, layout: CsvLayout, *, free_label: bool) -> list[float]:
    """Return the numbers of a row, nan for a missing one."""
    values = []
    for place in layout.features:
        cell = row.cells[place]
        value = math.nan if missing(cell) else number(cell)
        if value is None:
            raise _cell_error(row, place, layout, free_label)
        values.append(value)
    return values


def _with_label(labels: list[_Label], target: Target) -> list[int]:
    """Return the indexes of the labels, without `-`, `none` or `missing` among numbers; among words
    these are classes."""
    texts = {text for _, text in labels}
    gaps = set(filter(missing, texts))
    others = texts - gaps
    all_numbers = gaps and others and all(map(_like_a_number, others))
    drop = target == "number" or (target == "auto" and all_numbers)
    return [place for place, (_, text) in enumerate(labels) if not (drop and text in gaps)]


def _table(
    layout: CsvLayout, options: CsvOptions, x: Array, labels: list[_Label], without: int
) -> Table:
    """Return the rows as a table; `without` rows were left out because they have no label.

    Raises:
        CsvError: too few rows are left, a column is empty, or the labels are all the same.
    """
    file, label = layout.file, layout.name(layout.label)
    names = tuple(map(layout.name, layout.features))
    otherwise = "name another label: --label NAME"
    if options.label is None and len(names) > 1:
        otherwise = f"leave it out: {layout.ignoring(layout.label)}, or {otherwise}"
    absent = np.isnan(x)
    if without and not len(x):
        empty = f"column '{label}', the label, has no value at all"
        raise CsvError(f"{file}: {empty}; {otherwise}")
    if len(x) and absent.all(axis=0).any():
        raise CsvError(f"{file}: {_empty_columns(layout, absent)}")
    report = list(layout.notes())
    if without:
        report.append(f"{counted(without, 'row')} without a label ({label}) left out")
    drop = options.missing == "drop"
    kept = ~absent.any(axis=1) if drop else np.ones(len(x), dtype=bool)
    if gaps := [f"{name} {n:,}" for name, n in zip(names, absent.sum(axis=0), strict=True) if n]:
        what = "the median of the column stands for missing values"
        if drop:
            what = f"{counted(int((~kept).sum()), 'row')} with a missing value left out"
        report.append(f"{what}: {listed(gaps, most=4)}")
    if kept.sum() < LEAST_ROWS:
        why = f" ({'; '.join(report)})" if report else ""
        fill = drop and len(x) >= LEAST_ROWS
        fix = "; to fill the gaps instead: --missing fill" if fill else ""
        rows = counted(int(kept.sum()), "row") if kept.any() else "no rows"
        raise CsvError(f"{file}: {rows} to learn from, and {LEAST_ROWS} are the least{why}{fix}")
    labels = [labels[place] for place in np.flatnonzero(kept).tolist()]
    y, classes = _targets(labels, f"{file}, column '{label}'", options.target, otherwise)
    table = Table(file, x[kept], y, names, label, classes)
    report += _notes(table, layout, header_given=options.header != "auto")
    hint = ""
    if options.target == "auto" and not classes and not (y % 1).any():
        different = len(np.unique(y))
        if FEW < different <= min(MOST_CLASSES, len(y) // 2):
            hint = f"its {different} whole numbers could be classes: --target classes"
    values = [value for value in map(number, classes) if value is not None]
    counted_up = bool(values) and max(values) - min(values) < len(values)
    if options.target == "auto" and len(values) == len(classes) > 2 and not counted_up:
        hint = "to predict it as a number: --target number"
    ignored = tuple(map(layout.name, layout.ignored))
    return replace(table, report=tuple(report), ignored=ignored, hint=hint)


def _empty_columns(layout: CsvLayout, absent: np.ndarray) -> str:
    """Return which features have no value at all, and how to leave them out."""
    if absent.all():
        return "no column beside the label has any value"
    empty = [i for i, gone in zip(layout.features, absent.T, strict=True) if gone.all()]
    names = ", ".join(f"'{layout.name(place)}'" for place in empty[:4])
    more = f" and {len(empty) - 4} more" if len(empty) > 4 else ""
    what, has, it = ("column", "has", "it") if len(empty) == 1 else ("columns", "have", "them")
    fix = f"leave {it} out: {layout.ignoring(*empty)}"
    return f"{what} {names}{more} {has} no value at all: {fix}"


# The labels as classes, or as numbers to predict.


def _targets(
    labels: list[_Label], where: str, target: Target, otherwise: str
) -> tuple[Array, tuple[str, ...]]:
    """Return the class numbers and class names, or the numbers to predict.

    `otherwise` is the advice if this column cannot be the label.

    Raises:
        CsvError: they are neither, or all of them are the same.
    """
    texts = [text for _, text in labels]
    parsed = {text: number(text) for text in set(texts)}
    values = [parsed[text] for text in texts]
    numbers = {value for value in values if value is not None}
    # Labels are meant as numbers if some are numbers, or all can be corrected to numbers.
    meant = len(set(values)) > 1 or all(map(_like_a_number, texts))
    if None in values and (target == "number" or (target == "auto" and meant)):
        line, text = labels[values.index(None)]
        raise CsvError(f"{where}, line {line}: '{shown(text)}' {_no_number(text, target, texts)}")
    # A different value in each row, as with prices, makes no classes.
    few = len(numbers) <= min(FEW, len(values) - 1) and all(map(float.is_integer, numbers))
    if target == "number" or (target == "auto" and None not in values and not few):
        y = np.array(values, dtype=np.float64)
        if y.min() == y.max():
            raise CsvError(f"{where}: every label is {y[0]:g}; {otherwise}")
        return y, ()
    names = {text: _class_name(text) for text in parsed}
    different = sorted(set(names.values()), key=_class_order)
    problem = ""
    if len(different) == 1:
        problem = f"every label is '{shown(different[0])}'"
    elif len(different) > MOST_CLASSES:
        problem = f"{len(different):,} different labels, and {MOST_CLASSES} classes are the most"
    elif len(different) == len(labels) and None in map(number, different):
        problem = "every row has another label: they name the rows"
    if problem:
        raise CsvError(f"{where}: {problem}; {otherwise}")
    places = {name: place for place, name in enumerate(different)}
    y = np.array([places[names[text]] for text in texts], dtype=np.float64)
    short = [shown(name) for name in different]
    return y, tuple(
        name if short.count(name) == 1 else f"{shown(name, 34)} #{place}"
        for place, name in enumerate(short, start=1)
    )


def _like_a_number(text: str) -> bool:
    """Whether it is a number, or would be with a point for its comma; 1_000 is a word."""
    return "_" not in text and corrected(text) != ""


def _no_number(text: str, target: Target, texts: list[str]) -> str:
    """Return what is wrong with a label that is no number, given all labels."""
    problem, fix, different = number_problem(text), number_advice(text, texts), len(set(texts))
    if target == "number":
        return f"{problem} to predict; {fix or 'write one, or leave it empty'}"
    others = f"; {fix}" if fix else ", and other labels are numbers; write one, or leave it empty"
    if different > min(MOST_CLASSES, len(texts) - 1):  # too many to be classes
        return f"{problem}{others}"
    return f"{problem}{others}; to take all of them for classes: --target classes"


def _class_name(text: str) -> str:
    """Return the class name; 1 and 1.0 are one class, except for numbers too long for a float."""
    value = number(text)
    if value is None or abs(value) >= EXACT:
        return text
    return str(int(value)) if value.is_integer() else repr(value)


def _class_order(name: str) -> tuple[bool, float, str]:
    """Return a sort key: numbers in order, then words alphabetically."""
    value = number(name)
    return value is None, value or 0.0, name


def _notes(table: Table, layout: CsvLayout, *, header_given: bool) -> Iterator[str]:
    """Yield a sentence for each unusual property of the table."""
    if same := table.constant():
        yield f"the same in every row, which teaches nothing: {listed(same, most=4)}"
    alone = int((np.bincount(table.y.astype(int)) == 1).sum()) if table.classes else 0
    if alone > max(FEW, len(table.classes) / 2):
        yield f"{alone} labels stand in one row each: is another column the label?"
    if len({name.casefold() for name in table.classes}) < len(set(table.classes)):
        yield "some classes differ only in capital letters"
    columns = zip(layout.features, table.x.T, strict=True)
    numbering = [place for place, values in columns if _numbers_rows(place, values, layout)]
    if 0 < len(numbering) < len(layout.features):
        names = ", ".join(map(layout.name, numbering))
        one = len(numbering) == 1
        what, it = ("it only numbers", "it") if one else ("they only number", "them")
        yield f"{names}: if {what} the rows, leave {it} out: {layout.ignoring(*numbering)}"
    if not header_given and not layout.named:
        # A header of numbers such as years looks like a row.
        values = [number(cell) or 0.0 for cell in layout.first.cells]
        if len(values) > 2 and {after - before for before, after in pairwise(values)} == {1}:
            line = layout.first.line
            yield f"line {line} is read as a row; if it holds names of columns: --header yes"
    short = {name[:13] for name in table.classes}
    if len(short) < len(table.classes) or not all(name.isascii() for name in table.classes):
        # Some charts show only few and narrow letters, and otherwise the number of a class.
        places = [f"#{place} {text}" for place, text in enumerate(table.classes, start=1)]
        yield f"classes: {listed(places, most=10)}"


def _numbers_rows(place: int, values: Array, layout: CsvLayout) -> bool:
    """Whether a column only numbers the rows: an id, or the index that pandas and R write."""
    whole = bool(np.isfinite(values).all()) and not (values % 1).any()
    if not whole or len(np.unique(values)) < len(values):
        return False
    if layout.named and place not in layout.unnamed:
        return IDENTIFIER.fullmatch(layout.texts[place]) is not None
    return place == 0 and layout.named and bool((np.diff(values) >= 1).all())


# Advice for a cell that should be a number and is not.


class _Content:
    """The contents of a column: numbers, including correctable ones, or words."""

    def __init__(self, cells: Iterable[str]) -> None:
        counts = Counter(cell.strip() for cell in cells if not missing(cell))
        dates = {text for text in counts if DATE.fullmatch(text) and number(text) is None}
        self.numbers = set(filter(corrected, counts.keys() - dates))
        among = sum(counts[text] for text in self.numbers)
        words = counts.total() - among
        self.wordy = words > among
        self.two = sorted(counts) if len(counts) == 2 and not self.numbers and not dates else []
        repeat = 2 <= len(counts) <= min(MOST_CLASSES, words // 2)
        self.may_be_classes = self.wordy and not dates and repeat


def _cell_error(row: CsvRow, place: int, layout: CsvLayout, free_label: bool) -> CsvError:
    """Return the error for a cell that is no number: where it is, and which setting or edit helps.

    `free_label` means that the label was not named, so another column may be the label.
    """
    cell = row.cells[place].strip()
    where = f"{layout.file}, line {row.line}, column {place + 1}"
    if place not in layout.unnamed:
        where += f" ({layout.name(place)})"
    rows = layout.rows()
    sample = [row, *rows[:: len(rows) // SAMPLE + 1]]
    columns = (*layout.features, layout.label)
    seen = {i: _Content(each.cells[i] for each in sample) for i in columns}
    if other := layout.other_separator(cell):
        advice = other
    elif cell[:1] in TYPOGRAPHIC and cell[-1:] in TYPOGRAPHIC and cell:
        command = f"sed 's/[{TYPOGRAPHIC}]/\"/g' {layout.text.rewritten}"
        advice = f"write plain quotes for the typographic ones: {command}"
    elif cell[:1] == cell[-1:] == "'":
        command = f'tr -d "\'" < {layout.text.rewritten}'
        advice = f"take the single quotes out: {command}"
    elif seen[place].wordy:
        advice = _leave_out(seen, place, layout, free_label)
    else:
        advice = _other_first_line(row, seen, place, layout)
    if not advice:
        otherwise = "write a number, leave the cell empty, or delete the line"
        advice = number_advice(cell, seen[place].numbers, otherwise)
        if corrected(cell) and len(layout.features) > 1 and "--decimal comma" not in advice:
            advice += f"; or leave the column out: {layout.ignoring(place)}"
    return CsvError(f"{where}: '{shown(cell)}' {number_problem(cell)}; {advice}")


def _other_first_line(row: CsvRow, seen: dict[int, _Content], place: int, layout: CsvLayout) -> str:
    """Return advice if the row may be a header, or units below a header or title; or ''."""
    first = layout.first.line
    if not layout.named and row.line == first and not corrected(row.cells[place]):
        return f"if line {first} holds the names of the columns: --header yes"
    numeric = [i for i in layout.features if not seen[i].wordy]
    if not layout.named or row.line != first + 1 or any(corrected(row.cells[i]) for i in numeric):
        return ""
    if layout.unnamed.intersection((*layout.features, layout.label)):
        return layout.without_line("is a title", first)
    return layout.without_line("holds units", row.line)


def _leave_out(seen: dict[int, _Content], place: int, layout: CsvLayout, free_label: bool) -> str:
    """Return which columns of words to ignore, or that this one may be the label."""
    wordy = [i for i in layout.features if seen[i].wordy]
    free_label = free_label and not seen[layout.label].wordy
    able = [i for i in (place, *wordy) if free_label and seen[i].may_be_classes]
    as_label = ""
    if able:
        others = [i for i in wordy if i != able[0]]
        ignoring = f" {layout.ignoring(*others)}" if others else ""
        as_label = f"{layout.setting('label', able[0])}{ignoring}"
    if len(wordy) == len(layout.features):
        if as_label:
            return f"if column '{layout.name(able[0])}' is what to predict: {as_label}"
        return "and no other column beside the label holds numbers: nothing can be learned"
    many = "columns without numbers" if len(wordy) > 1 else "column"
    if place == 0 and wordy == [0] and layout.named and 0 in layout.unnamed:
        many = "names of the rows"
    fix = f"leave the {many} out: {layout.ignoring(*wordy)}"
    if place in able:
        return f"if it is what to predict: {as_label}; otherwise {fix}"
    if seen[place].two:
        low, high = map(shown, seen[place].two)
        fix += f"; or write 0 for '{low}' and 1 for '{high}'"
    return fix
