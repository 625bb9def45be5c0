"""Finds the header, the rows and the columns of a CSV file."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Literal, TypeAlias

from engine.datasets.cells import mended, missing, shown
from engine.datasets.csv_file import SEPARATORS, Refused, Row, Sheet, separator_of, shell_word
from engine.numerals import counted

Header: TypeAlias = Literal["auto", "yes", "no"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is in a sheet."""

    sheet: Sheet
    first: Row
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

    def rows(self) -> Iterator[Row]:
        """Every row of the table with as many cells as there are columns.

        Raises:
            Refused: a row has more or fewer values than the first line.
        """
        if not self.named:
            yield self.first
        core = self.width
        while core - 1 in self.empty:
            core -= 1
        for row in _below(self.sheet, self.first.line):
            if row.blank or _is_comment(row, self.width):
                continue
            cells, width = row.cells, self.width
            if len(cells) < width and len(cells) >= core:
                yield Row(row.line, cells + [""] * (width - len(cells)))
            elif len(cells) == width:
                yield row
            elif len(cells) > width and not any(map(str.strip, cells[width:])):
                yield Row(row.line, cells[:width])
            else:
                raise Refused(self._ragged(row))

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

    def untitled(self) -> str:
        """What to do where the first line is no part of the table."""
        line = self.first.line
        command = f"sed {line}d {shell_word(self.sheet.path)} > table.csv"
        return f"if line {line} is a title, take it out: {command}"

    def _ragged(self, row: Row) -> str:
        file, first = self.sheet.name, self.first
        said = f"{file}, line {row.line}: {counted(len(row.cells), 'value')}"
        if self.common and not any(map(mended, row.cells)):
            return f"{said}, and line {first.line} has {self.width}; {self.untitled()}"
        if 0 < self.common < self.width:
            return (
                f"{file}, line {first.line}: {counted(self.width, 'value')}, and each line below "
                f"has {self.common}; put a name that holds the separator into quotes"
            )
        if self.row_names or len(row.cells) < self.width:
            return f"{said}, and line {first.line} has {self.width}; complete the line or delete it"
        return (
            f"{said}, and line {first.line} has {self.width}; put values that hold the separator "
            'into quotes, as in "1,5", or delete the line'
        )


def layout(sheet: Sheet, header: Header, words: Collection[str]) -> Layout:
    """Find the table in a sheet; `words` are names of columns that were typed.

    Raises:
        Refused: the file is empty, or a quote in it is never closed.
    """
    first, comments, separators = _first(sheet)
    if first.cells[0].lstrip().startswith("#"):
        first = _uncommented(first)
    named = _holds_names(first.cells, words) if header == "auto" else header == "yes"
    free = {i for i, cell in enumerate(first.cells) if not cell.strip()}
    rest = [] if named else [first]
    width, beyond, widths = len(first.cells), 0, set()
    for row in chain(rest, _below(sheet, first.line)):
        if row.blank:
            separators += 1
        elif _is_comment(row, width):
            comments += 1
        else:
            cells = row.cells
            widths.add(len(cells))
            beyond = max(beyond, len(cells) - width)
            if free:
                free = {i for i in free if i >= len(cells) or not cells[i].strip()}
    row_names = (
        named
        and widths == {width + 1}
        and bool(cells[-1].strip())
        and bool(first.cells[-1].strip())
    )
    if row_names:
        first, beyond = Row(first.line, ["", *first.cells]), 0
    common = widths.pop() if len(widths) == 1 else 0
    return Layout(
        sheet, first, named, frozenset(free), beyond, comments, separators, common, row_names
    )


def _first(sheet: Sheet) -> tuple[Row, int, int]:
    """The header or first row; and how many lines of comments and of separators are above it."""
    comments = separators = 0
    above: Row | None = None
    for row in sheet.rows():
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
        raise Refused(f"{sheet.name} is empty")
    return above, comments, separators


def _below(sheet: Sheet, line: int) -> Iterator[Row]:
    return (row for row in sheet.rows() if row.line > line)


def _uncommented(row: Row) -> Row:
    """The row without the # that it begins with."""
    start = row.cells[0].strip().lstrip("#").strip()
    return Row(row.line, [start, *row.cells[1:]] if start else row.cells[1:])


def _is_comment(row: Row, width: int) -> bool:
    return len(row.cells) != width and row.cells[0].lstrip().startswith("#")


def _holds_names(cells: list[str], words: Collection[str]) -> bool:
    """Whether the first line is a header: it has a name that was typed, or words and no number.

    A typed name that is a number says nothing: it may be a value in that line.
    """
    texts = [cell.strip() for cell in cells]
    if any(word in texts and not mended(word) for word in words):
        return True
    names = [cell for cell in texts if not missing(cell)]
    return bool(names) and not any(map(mended, texts))  # 1,5 is a number too, if a wrong one


MOST_COLUMNS = 1000
LISTED = 12
"""So many names are listed where none is near to what was typed."""
ROW_NAMES = frozenset({"", "rownames", "rowname", "index", "unnamed", "unnamed0"})
"""What a first column without a name may be called, without spaces, dots and signs."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file, by their places from 0."""

    texts: tuple[str, ...]
    """What they are called in the file, or `column N` if they have no name there."""
    label: int
    features: tuple[int, ...]
    ignored: tuple[int, ...]
    unnamed: frozenset[int]

    def name(self, place: int) -> str:
        """What the column is called on screen."""
        return shown(self.texts[place])

    def named(self, place: int) -> bool:
        """Whether the file has a name for the column."""
        return place not in self.unnamed

    def handle(self, place: int) -> str:
        """A name of the column that is unique, can be typed, and survives a list of names."""
        text = self.texts[place]
        typed = text == shown(text) and not any(sign in text for sign in ",\"'")
        reserved = text.lower() in ("none", "random")
        unique = self.texts.count(text) == 1
        return text if typed and unique and not reserved else f"column {place + 1}"

    def setting(self, name: str, *places: int) -> str:
        """The option that sets `name` to these columns: `--set ignore=id,date`."""
        value = ",".join(self.handle(place) for place in places)
        return f"--set {shlex.quote(f'{name}={value}')}"


def words(typed: str | None) -> list[str]:
    """The names in a list with commas between them; a name with a comma is in quotes."""
    if typed is None:
        return []
    names = next(csv.reader([typed], skipinitialspace=True), [])
    return [name.strip() for name in names]


def columns_of(layout: Layout, label: str | None, ignore: str | None) -> Columns:
    """The columns of a file; the last that is not ignored is the label where None is given.

    Raises:
        Refused: they make no table, or none of them has a name that was typed.
    """
    file, first = layout.sheet.name, layout.first
    where = f"{file}, line {first.line}"
    if layout.width - len(layout.empty) > MOST_COLUMNS:
        raise Refused(
            f"{where}: {layout.width:,} columns, and {MOST_COLUMNS:,} are allowed; keep some of "
            "them"
        )
    places = [place for place in range(layout.width) if place not in layout.empty]
    if len(places) < 2:
        if layout.common > 1:
            raise Refused(
                f"{where}: there is one value, and {layout.common} in each line below; "
                f"{layout.untitled()}"
            )
        raise Refused(
            f"{where}: there is one column only, and a table needs features and a label; "
            f"{_other_separator(layout.sheet)}"
        )
    names = _Names(layout)
    ignored = sorted({place for word in _typed(ignore, names) for place in names.ignored(word)})
    left = [place for place in places if place not in ignored]
    chosen = names.label(label) if label is not None else left[-1] if left else -1
    if chosen in ignored:
        raise Refused(
            f"{file}: column '{names.shown(chosen)}' is the label, and is ignored as well"
        )
    features = tuple(place for place in left if place != chosen)
    if not features:
        raise Refused(f"{file}: no column is left to learn from; ignore fewer columns")
    return Columns(names.texts, chosen, features, tuple(ignored), names.unnamed)


def _other_separator(sheet: Sheet) -> str:
    """How to go on where the separator makes one column only."""
    found = separator_of(sheet.text)
    if sheet.above and found != sheet.separator:
        name = {mark: name for name, mark in SEPARATORS.items()}.get(found, "space")
        return f"line 1 declares a separator that it does not have: --set separator={name}"
    return "are its values separated by comma, semicolon, tab, pipe or spaces?"


def _typed(ignore: str | None, names: _Names) -> list[str]:
    """The typed names; all of the text is one name where a column is called so."""
    whole = [] if ignore is None else [ignore.strip()]
    return whole if whole and whole[0] in names.texts else words(ignore)


class _Names:
    """Finds columns by what a person types for them."""

    def __init__(self, layout: Layout) -> None:
        cells = [cell.strip() for cell in layout.first.cells] if layout.named else []
        cells += [""] * (layout.width - len(cells))
        self.layout = layout
        self.unnamed = frozenset(place for place, cell in enumerate(cells) if not cell)
        self.texts = tuple(cell or f"column {place}" for place, cell in enumerate(cells, start=1))

    def shown(self, place: int) -> str:
        return shown(self.texts[place])

    def ignored(self, word: str) -> list[int]:
        """The columns of that name; all of them where several have it."""
        if found := self._places(word):
            return found
        raise Refused(f"{self.layout.sheet.name}: {self._unknown(word)}")

    def label(self, word: str) -> int:
        """The one column of that name."""
        word = word.strip()
        found = self._places(word)
        if len(found) == 1:
            return found[0]
        if found:
            fix = shlex.quote(f"label=column {found[0] + 1}")
            raise Refused(
                f"{len(found)} columns are called '{shown(word)}': name one by its place, such as "
                f"--set {fix}"
            )
        raise Refused(self._unknown(word) if self.layout.named else self._no_names(word))

    def _places(self, word: str) -> list[int]:
        """The columns that are called so: exactly, or but for case, spaces and signs."""
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
        names = [self.shown(i) for i in range(len(self.texts)) if i not in self.layout.empty]
        folded = {name.casefold(): name for name in names}
        near = get_close_matches(shown(word).casefold(), folded, n=1, cutoff=0.5)
        listed = ", ".join(names[:LISTED])
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        offer = f"did you mean {folded[near[0]]}? " if near else ""
        by_place = f"; by its place it is called 'column {word}'" if self._is_place(word) else ""
        return f"no column is called '{shown(word)}'{by_place}; {offer}there are: {listed}{more}"

    def _is_place(self, word: str) -> bool:
        return word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(self.texts)

    def _no_names(self, word: str) -> str:
        """Why a name is not known in a file without a header."""
        by_place = f"; by its place it is called 'column {word}'" if self._is_place(word) else ""
        said = (
            f"no column is called '{shown(word)}', and the file has no header: its columns are "
            f"called '{self.texts[0]}' to '{self.texts[-1]}'{by_place}"
        )
        first = self.layout.first
        if word not in (cell.strip() for cell in first.cells):
            return said
        return f"{said}; if line {first.line} holds their names: --set header=yes"


def _letters(name: str) -> str:
    """The name in small letters, without spaces and signs, to compare spellings."""
    return "".join(letter for letter in shown(name).casefold() if letter.isalnum())
