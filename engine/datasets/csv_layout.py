"""Finds the table in a CSV file: its header, its rows, and its columns by name."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from typing import Literal, TypeAlias

from engine.datasets.cells import corrected, missing, shown
from engine.datasets.csv_file import (
    SEPARATORS,
    CsvError,
    CsvRow,
    CsvText,
    separator_of,
    shell_word,
)
from engine.numerals import counted

Header: TypeAlias = Literal["auto", "yes", "no"]

MOST_COLUMNS = 1000
LISTED = 12
"""So many names are listed where none is near to what was typed."""
ROW_NAMES = frozenset({"", "rownames", "rowname", "index", "unnamed", "unnamed0"})
"""What a first column without a name may be called, without spaces, dots and signs."""


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """Where the table is in a file."""

    text: CsvText
    first: CsvRow
    """The header, or the first row if there is no header."""
    named: bool
    """Whether the first line is a header."""
    empty: frozenset[int]
    """The columns without a name and without a value in any row, from 0."""
    beyond: int
    """How many columns right of the last one are empty in every row."""
    comments: int
    """Lines that begin with # and are no row."""
    separators: int
    """Lines that consist of separators."""
    common: int
    """How many cells all rows below the first line have; 0 where they differ."""
    row_names: bool
    """Whether the header has no cell for the first column, as R writes it."""

    @property
    def width(self) -> int:
        """How many columns there are, empty ones included."""
        return len(self.first.cells)

    @property
    def where(self) -> str:
        """The file and its first line, to begin a message with."""
        return f"{self.text.name}, line {self.first.line}"

    def rows(self) -> Iterator[CsvRow]:
        """Every row of the table with as many cells as there are columns.

        Raises:
            CsvError: a row has more or fewer values than the first line.
        """
        if not self.named:
            yield self.first
        width = needed = self.width
        while needed - 1 in self.empty:
            needed -= 1
        for row in _below(self.text, self.first.line):
            line, cells = row
            if row.blank or _is_comment(row, width):
                continue
            if len(cells) < needed or any(map(str.strip, cells[width:])):
                raise CsvError(self._ragged(row))
            if len(cells) != width:
                row = CsvRow(line, (cells + [""] * (width - len(cells)))[:width])
            yield row

    def notes(self) -> Iterator[str]:
        """A sentence on the lines and columns of the file that are left out."""
        if count := len(self.empty) + self.beyond:
            yield f"{counted(count, 'empty column')} without a name left out"
        if self.separators:
            yield f"{counted(self.separators, 'line')} of separators only left out"
        if self.comments:
            yield f"{counted(self.comments, 'comment line')} left out"
        if self.row_names:
            yield "the header has no cell for column 1, which is taken for names of the rows"

    def without_line(self, what: str, line: int) -> str:
        """What to do if the line holds `what` (a title, units) and is no part of the table."""
        command = f"sed {line}d {shell_word(self.text.path)} > table.csv"
        return f"if line {line} {what}, take it out: {command}"

    def _ragged(self, row: CsvRow) -> str:
        values = f"{self.text.name}, line {row.line}: {counted(len(row.cells), 'value')}"
        problem = f"{values}, and line {self.first.line} has {self.width}"
        if self.common and not any(map(corrected, row.cells)):
            return f"{problem}; {self.without_line('is a title', self.first.line)}"
        if 0 < self.common < self.width:
            return (
                f"{self.where}: {counted(self.width, 'value')}, and each line below "
                f"has {self.common}; put a name that holds the separator into quotes"
            )
        if self.row_names or len(row.cells) < self.width:
            return f"{problem}; complete the line or delete it"
        quotes = 'put values that hold the separator into quotes, as in "1,5", or delete the line'
        return f"{problem}; {quotes}"


def layout_of(text: CsvText, header: Header, typed: Collection[str]) -> CsvLayout:
    """Find the table; `typed` are names of columns that a person typed.

    Raises:
        CsvError: the file is empty, or a quote in it is never closed.
    """
    first, comments, separators = _first(text)
    if first.cells[0].lstrip().startswith("#"):
        first = _uncommented(first)
    named = _holds_names(first.cells, typed) if header == "auto" else header == "yes"
    free = {i for i, cell in enumerate(first.cells) if not cell.strip()}
    width, beyond, widths, cells = len(first.cells), 0, set(), first.cells
    for row in chain([] if named else [first], _below(text, first.line)):
        if row.blank:
            separators += 1
        elif _is_comment(row, width):
            comments += 1
        else:
            cells = row.cells
            widths.add(len(cells))
            beyond = max(beyond, len(cells) - width)
            free = {i for i in free if i >= len(cells) or not cells[i].strip()}
    row_names = (
        named
        and widths == {width + 1}
        and bool(cells[-1].strip())
        and bool(first.cells[-1].strip())
    )
    if row_names:
        first, beyond = CsvRow(first.line, ["", *first.cells]), 0
    common = widths.pop() if len(widths) == 1 else 0
    return CsvLayout(
        text, first, named, frozenset(free), beyond, comments, separators, common, row_names
    )


def _first(text: CsvText) -> tuple[CsvRow, int, int]:
    """The header or first row; and how many lines of comments and of separators are above it."""
    comments = separators = 0
    above: CsvRow | None = None
    for row in text.rows():
        if row.blank:
            separators += 1
        elif row.cells[0].lstrip().startswith("#"):
            comments += above is not None
            above = row
        elif above is None:
            return row, comments, separators
        elif len(_uncommented(above).cells) == len(row.cells) > 1:
            return above, comments, separators
        else:
            return row, comments + 1, separators
    if above is None:
        raise CsvError(f"{text.name} is empty")
    return above, comments, separators


def _below(text: CsvText, line: int) -> Iterator[CsvRow]:
    return (row for row in text.rows() if row.line > line)


def _uncommented(row: CsvRow) -> CsvRow:
    """The row without the # that it begins with."""
    start = row.cells[0].strip().lstrip("#").strip()
    return CsvRow(row.line, [start, *row.cells[1:]] if start else row.cells[1:])


def _is_comment(row: CsvRow, width: int) -> bool:
    return len(row.cells) != width and row.cells[0].lstrip().startswith("#")


def _holds_names(cells: list[str], typed: Collection[str]) -> bool:
    """Whether the first line is a header: it has a name that was typed, or words and no number.

    A typed name that is a number says nothing: it may be a value in that line.
    """
    texts = [cell.strip() for cell in cells]
    if any(word in texts and not corrected(word) for word in typed):
        return True
    names = [cell for cell in texts if not missing(cell)]
    return bool(names) and not any(map(corrected, texts))  # 1,5 is a number too, if a wrong one


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """The columns of a file, by their places from 0."""

    layout: CsvLayout
    texts: tuple[str, ...]
    """Their names in the file, or `column N` without a name."""
    unnamed: frozenset[int]
    label: int = -1
    features: tuple[int, ...] = ()
    ignored: tuple[int, ...] = ()

    def name(self, place: int) -> str:
        """The name of the column, safe to print."""
        return shown(self.texts[place])

    def setting(self, name: str, *places: int) -> str:
        """The option that sets `name` to these columns: `--set ignore=id,date`."""
        value = ",".join(map(self._typable, places))
        return f"--set {shlex.quote(f'{name}={value}')}"

    def ignoring(self, *places: int) -> str:
        """The option that ignores these columns besides those that are ignored already."""
        return self.setting("ignore", *sorted((*self.ignored, *places)))

    def _typable(self, place: int) -> str:
        """A name of the column that is unique, can be typed, and survives a list of names."""
        text = self.texts[place]
        typed = text == shown(text) and not any(sign in text for sign in ",\"'")
        reserved = text.lower() in ("none", "random")
        unique = self.texts.count(text) == 1
        return text if typed and unique and not reserved else f"column {place + 1}"

    def find_ignored(self, typed: str | None) -> list[int]:
        """The columns of these names, all of them where several have one name."""
        whole = (typed or "").strip()
        words = [whole] if typed is not None and whole in self.texts else split_names(typed)
        found: set[int] = set()
        for word in words:
            places = self._places(word)
            if not places:
                raise CsvError(f"{self.layout.text.name}: {self._unknown(word)}")
            found.update(places)
        return sorted(found)

    def find_label(self, typed: str) -> int:
        """The one column of that name."""
        word = typed.strip()
        found = self._places(word)
        if len(found) == 1:
            return found[0]
        if found:
            fix = shlex.quote(f"label=column {found[0] + 1}")
            raise CsvError(
                f"{len(found)} columns are called '{shown(word)}': name one by its place, such as "
                f"--set {fix}"
            )
        raise CsvError(self._unknown(word) if self.layout.named else self._no_header(word))

    def _places(self, word: str) -> list[int]:
        """The columns of that name: exactly, or except for case, spaces and signs."""
        for spelled in (str, shown, _letters):
            typed = spelled(word)
            found = [i for i, text in enumerate(self.texts) if typed and spelled(text) == typed]
            if found:
                return found
        by_place = {f"column{place}": place - 1 for place in range(1, len(self.texts) + 1)}
        if (place := by_place.get(_letters(word))) is not None:
            return [place]
        first = 0 in self.unnamed and self.layout.named
        return [0] if first and _letters(word) in ROW_NAMES else []

    def _unknown(self, word: str) -> str:
        names = [self.name(i) for i in range(len(self.texts)) if i not in self.layout.empty]
        folded = {name.casefold(): name for name in names}
        near = get_close_matches(shown(word).casefold(), folded, n=1, cutoff=0.5)
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        offer = f"did you mean {folded[near[0]]}? " if near else ""
        there = f"{offer}there are: {', '.join(names[:LISTED])}{more}"
        return f"no column is called '{shown(word)}'{self._by_place(word)}; {there}"

    def _by_place(self, word: str) -> str:
        is_place = word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(self.texts)
        return f"; by its place it is called 'column {word}'" if is_place else ""

    def _no_header(self, word: str) -> str:
        """Why a name is unknown in a file without a header."""
        first = self.layout.first
        is_there = word in (cell.strip() for cell in first.cells)
        fix = f"; if line {first.line} holds their names: --set header=yes" if is_there else ""
        return (
            f"no column is called '{shown(word)}', and the file has no header: its columns are "
            f"called '{self.texts[0]}' to '{self.texts[-1]}'{self._by_place(word)}{fix}"
        )


def columns_of(layout: CsvLayout, label: str | None, ignore: str | None) -> CsvColumns:
    """The columns of a file; the last that is not ignored is the label where None is given.

    Raises:
        CsvError: they make no table, or none of them has a name that was typed.
    """
    places = [place for place in range(layout.width) if place not in layout.empty]
    if len(places) > MOST_COLUMNS:
        allowed = f"and {MOST_COLUMNS:,} are allowed; keep some of them"
        raise CsvError(f"{layout.where}: {len(places):,} columns, {allowed}")
    if len(places) < 2:
        what = "there is one column only, and a table needs features and a label"
        fix = _other_separator(layout.text)
        if layout.common > 1:
            what = f"there is one value, and {layout.common} in each line below"
            fix = layout.without_line("is a title", layout.first.line)
        raise CsvError(f"{layout.where}: {what}; {fix}")
    cells = [cell.strip() for cell in layout.first.cells] if layout.named else []
    cells += [""] * (layout.width - len(cells))
    texts = tuple(cell or f"column {place}" for place, cell in enumerate(cells, start=1))
    unnamed = frozenset(place for place, cell in enumerate(cells) if not cell)
    columns = CsvColumns(layout, texts, unnamed)
    ignored = columns.find_ignored(ignore)
    left = [place for place in places if place not in ignored]
    chosen = columns.find_label(label) if label is not None else left[-1] if left else -1
    file = layout.text.name
    if chosen in ignored:
        name = columns.name(chosen)
        raise CsvError(f"{file}: column '{name}' is the label, and is ignored as well")
    features = tuple(place for place in left if place != chosen)
    if not features:
        raise CsvError(f"{file}: no column is left to learn from; ignore fewer columns")
    return replace(columns, label=chosen, features=features, ignored=tuple(ignored))


def split_names(typed: str | None) -> list[str]:
    """The names in a list with commas between them; a name with a comma is in quotes."""
    names = [] if typed is None else next(csv.reader([typed], skipinitialspace=True), [])
    return [name.strip() for name in names]


def _other_separator(text: CsvText) -> str:
    """What to do where the separator makes one column only."""
    found = separator_of(text.text)
    if text.above and found != text.separator:
        name = {mark: name for name, mark in SEPARATORS.items()}.get(found, "space")
        return f"line 1 declares a separator that it does not have: --set separator={name}"
    return "are its values separated by comma, semicolon, tab, pipe or spaces?"


def _letters(name: str) -> str:
    """The name in small letters, without spaces and signs, to compare spellings."""
    return "".join(letter for letter in shown(name).casefold() if letter.isalnum())
