"""Advice for a cell of a CSV file that should be a number and is not."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.datasets.cells import (
    DATE,
    advice,
    has_decimal_comma,
    mended,
    missing,
    number,
    shown,
    trouble,
)
from engine.datasets.csv_columns import Columns
from engine.datasets.csv_file import Refused, Row
from engine.datasets.csv_layout import Layout
from engine.datasets.labels import MOST_CLASSES
from engine.datasets.signatures import shell_word


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
