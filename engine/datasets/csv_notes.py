"""What a person has to know of a table that was read from a CSV file, a sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from engine.counts import counted
from engine.datasets.cells import number
from engine.datasets.csv_columns import Columns
from engine.datasets.csv_layout import Layout
from engine.datasets.labels import FEW
from engine.datasets.tables import Table, listed
from engine.pictures import Array

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
