"""Which lines of a CSV file are its header, its rows and its comments, and which cells are none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

from engine.counts import counted
from engine.datasets.cells import mended, missing
from engine.datasets.csv_file import Refused, Row, Sheet
from engine.datasets.signatures import shell_word

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
