"""Finds the table in a CSV file: its header, its rows, and its columns by name."""

from __future__ import annotations

import csv
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import takewhile
from typing import Literal, TypeAlias

from engine.datasets.cells import corrected, missing, shown
from engine.datasets.csv_file import (
    FEW_LINES,
    MANY_LINES,
    SEPARATORS,
    CsvError,
    CsvRow,
    CsvText,
    separator_of,
)
from engine.datasets.encodings import encoded_twice
from engine.numerals import counted

Header: TypeAlias = Literal["auto", "yes", "no"]

MOST_COLUMNS = 1000
LISTED = 12
"""The most names that are listed if none is similar to the typed one."""
ROW_NAMES = frozenset({"", "rownames", "rowname", "index", "unnamed", "unnamed0"})
"""Names of a first column without a name, without spaces, dots and signs."""
TRUTH = frozenset({"true", "false"})
"""Words that are values and not names if they are in the first two lines of a column."""


class CsvLayout:
    """The position of the table in a file: its rows, and its columns by index from 0."""

    first: CsvRow
    """The header, or the first row if there is no header."""
    named: bool
    """Whether the first line is a header."""
    empty: set[int]
    """The columns without a name and without a value in any row."""
    common: int
    """The number of cells in each row below the first line; 0 if they differ."""
    row_names: bool
    """Whether the header has no cell for the first column, as written by R."""
    texts: list[str]
    """The names of the columns in the file; `column N` for one without a name."""
    unnamed: set[int]
    label: int
    features: list[int]
    ignored: list[int]

    def __init__(
        self, text: CsvText, header: Header, label: str | None, ignore: str | None
    ) -> None:
        """Find the table; `label` names a column (None: the last not ignored), `ignore` several.

        Raises:
            CsvError: there is no table, a quote is never closed, or a column is not found.
        """
        self.text, self.file = text, text.name
        rows = text.rows()
        count = _titles(rows)
        self._above, rows = rows[:count], rows[count:]
        head = sum(1 for _ in takewhile(lambda row: row.blank or row.hashed, rows)) + 1
        start = self._first_row(rows[:head])
        self.first = rows[start]
        self._separators = sum(row.blank for row in rows[:start])
        self._comments = start - self._separators
        if self.first.hashed:
            self.first = _uncommented(self.first)
        typed = split_names(ignore) + ([label.strip()] if label else [])
        below = rows[start + 1 :]
        self.named = header == "yes"
        if header == "auto":
            pairs = zip(self.first.cells, below[0].cells if below else (), strict=False)
            truths = any(TRUTH.issuperset(map(_letters, pair)) for pair in pairs)
            titled = bool(self._above) and not corrected(self.first.cells[0])
            self.named = not truths and (titled or _holds_names(self.first.cells, typed))
        self._measure(below if self.named else [self.first, *below])
        self._name_columns()
        self._choose_columns(label, ignore)

    def _first_row(self, head: list[CsvRow]) -> int:
        """Return the index of the header or first row; a comment with as many cells is a header."""
        hashed = [i for i, row in enumerate(head) if row.hashed and not row.blank]
        comments = [i for i in hashed if any(map(str.strip, _uncommented(head[i]).cells))]
        last = len(head) - 1
        if not head or (not comments and (head[last].blank or head[last].hashed)):
            raise CsvError(f"{self.file} is empty")
        if head[last].blank or head[last].hashed:
            return comments[-1]
        cells = _uncommented(head[comments[-1]]).cells if comments else []
        return comments[-1] if len(cells) == len(head[last].cells) > 1 else last

    def _measure(self, rows: list[CsvRow]) -> None:
        """Keep the rows of the table; find empty columns, and a header with one cell less."""
        cells = first = self.first.cells
        width, widths = len(first), set()
        empty = {i for i, cell in enumerate(first) if not cell.strip()}
        is_header = self.named and not all(map(corrected, first)) and len(set(first)) == width
        self._rows: list[CsvRow] = []
        self._repeated = 0
        for row in rows:
            cells = row.cells
            if not cells[0].strip() and row.blank:
                self._separators += 1
            elif len(cells) != width and row.hashed:
                self._comments += 1
            elif is_header and cells == first:
                self._repeated += 1
            else:
                self._rows.append(row)
                widths.add(len(cells))
                if empty:
                    empty = {i for i in empty if i >= len(cells) or not cells[i].strip()}
        last = self._rows[-1].cells if self._rows else first
        beyond = max(0, max(widths, default=0) - width)
        ends_in_text = bool(last[-1].strip()) and bool(first[-1].strip())
        self.row_names = self.named and widths == {width + 1} and ends_in_text
        if self.row_names:
            self.first, beyond = CsvRow(self.first.line, ["", *first]), 0
        self.empty = empty
        self._left_out = len(empty) + beyond
        self.common = widths.pop() if len(widths) == 1 else 0

    def _name_columns(self) -> None:
        cells = [cell.strip() if self.named else "" for cell in self.first.cells]
        self.texts = [cell or f"column {place}" for place, cell in enumerate(cells, start=1)]
        self.unnamed = {place for place, cell in enumerate(cells) if not cell}
        count = len(self.texts) - len(self.empty)
        where = f"{self.file}, line {self.first.line}"
        if count > MOST_COLUMNS:
            allowed = f"and {MOST_COLUMNS:,} are allowed; keep some of them"
            raise CsvError(f"{where}: {count:,} columns, {allowed}")
        if count < 2 and self.common > 1:
            fix = self.other_separator() or self._empty_ends()
            fix = fix or self.without_line("is a title", self.first.line)
            raise CsvError(
                f"{where}: there is one value, and {self.common} in each line below; {fix}"
            )
        if count < 2:
            fix = self.other_separator() or self._empty_ends() or self._unusual_separator()
            fix = fix or "separate the values by comma, semicolon, tab, pipe or spaces"
            raise CsvError(f"{where}: there is one column only; {fix}")

    def _empty_ends(self) -> str:
        """Return advice for lines with another separator that end in this one; or ''."""
        mark, rows = self.text.separator, (self.first, *self._rows[:FEW_LINES])
        others = [other for other in SEPARATORS.values() if other != mark]
        if (
            len(rows) < 2
            or not mark.strip()
            or not all(
                any(other in row.cells[0] for other in others)
                and len(row.cells) > 1
                and not any(map(str.strip, row.cells[1:]))
                for row in rows
            )
        ):
            return ""
        command = f"sed 's/[{mark}]*$//' {self.text.rewritten}"
        return f"each line ends in '{mark}'; take that out: {command}"

    def _unusual_separator(self) -> str:
        """Return advice for lines in quotes, or for another sign as separator; or ''."""
        lines = [row.cells[0] for row in (self.first, *self._rows[:FEW_LINES])]
        separated = all(any(mark in line for mark in SEPARATORS.values()) for line in lines)
        if separated and '"' in self.text.text:
            return f"each line is in quotes; take them out: tr -d '\"' < {self.text.rewritten}"
        counts = [
            Counter(c for c in line if not (c.isalnum() or c in " .-+_'\"")) for line in lines
        ]
        equal = [
            mark for mark, count in counts[0].items() if {one[mark] for one in counts} == {count}
        ]
        mark = max(equal, key=lambda mark: (not mark.isprintable(), counts[0][mark]), default="")
        plain = mark.isprintable() and mark not in "\\[]/&*^$"
        if not mark or not (plain or mark.isascii()):
            return ""
        typed = mark if plain else f"\\{ord(mark):03o}"
        change = f"tr '{typed}' '\\t' <" if mark.isascii() else f"sed 's/{mark}/|/g'"
        command = f"{change} {self.text.rewritten}"
        return f"if '{shown(mark)}' separates the values: {command}"

    def _choose_columns(self, label: str | None, ignore: str | None) -> None:
        self.ignored = self._find_ignored(ignore)
        omitted = self.empty.union(self.ignored)
        left = [place for place in range(len(self.texts)) if place not in omitted]
        last = left[-1] if left else -1
        self.label = self._find_label(label.strip()) if label is not None else last
        if self.label in self.ignored:
            name = self.name(self.label)
            raise CsvError(f"{self.file}: column '{name}' is the label, and is ignored as well")
        self.features = [place for place in left if place != self.label]
        if not self.features:
            raise CsvError(f"{self.file}: no column is left to learn from; ignore fewer columns")

    def rows(self) -> list[CsvRow]:
        """Return every row of the table, with as many cells as there are columns.

        Raises:
            CsvError: a row has more or fewer values than the first line.
        """
        width = needed = len(self.texts)
        if self.common == width:
            return self._rows
        while needed - 1 in self.empty:
            needed -= 1
        rows = []
        for row in self._rows:
            cells, count = row.cells, len(row.cells)
            if count < needed or any(map(str.strip, cells[width:])):
                raise CsvError(self._ragged(row))
            rows.append(CsvRow(row.line, (cells + [""] * (width - count))[:width]))
        self._rows, self.common = rows, width
        return rows

    def notes(self) -> Iterator[str]:
        """Yield sentences on the lines and columns of the file that are left out."""
        if self.text.line_end:
            yield f"its lines end in U+{ord(self.text.line_end):04X}, which few programs understand"
        if self._above:
            first, last = self._above[0].line, self._above[-1].line
            several = f"lines {first} to {last} left out: they seem to be titles"
            yield f"line {first} left out: it seems to be a title" if first == last else several
        if self._repeated:
            yield f"{counted(self._repeated, 'repetition')} of the header left out"
        if self._left_out:
            yield f"{counted(self._left_out, 'empty column')} without a name left out"
        if self._separators:
            yield f"{counted(self._separators, 'line')} of separators only left out"
        if self._comments:
            yield f"{counted(self._comments, 'comment line')} left out"
        if self.row_names:
            yield "the header has no cell for column 1, which is taken for names of the rows"
        if twice := encoded_twice(self.text.text):
            encoding, word, meant = twice
            command = f"iconv -c -f utf-8 -t {encoding} {self.text.rewritten}"
            words = f"'{shown(word)}' is '{shown(meant)}'"
            yield f"the text was encoded as UTF-8 twice ({words}); to undo it: {command}"

    def without_line(self, what: str, line: int) -> str:
        """Return advice if the line holds `what` (a title, units) and is not part of the table."""
        command = f"sed {line}d {self.text.rewritten}"
        return f"if line {line} {what}, take it out: {command}"

    def other_separator(self, cell: str | None = None) -> str:
        """Return the option for another separator that file and cell seem to have; or ''."""
        found = separator_of(self.text.text)
        text = self.text.text if cell is None else cell
        if found == self.text.separator or found not in text:
            return ""
        name = {mark: name for name, mark in SEPARATORS.items()}.get(found, "space")
        what = "its values seem to be separated by " + (name if name != "space" else "spaces")
        if self.text.above:
            what = "line 1 declares a separator that it does not have"
        return f"{what}: --separator {name}"

    def _ragged(self, row: CsvRow) -> str:
        width, line = len(self.texts), self.first.line
        values = f"{self.file}, line {row.line}: {counted(len(row.cells), 'value')}"
        problem = f"{values}, and line {line} has {width}"
        if other := self.other_separator():
            return f"{problem}; {other}"
        if self.named and row.cells[width:] == self.first.cells[1:]:
            return f"{problem}; the header begins again inside the line: begin a new line there"
        if self.common and not any(map(corrected, row.cells)):
            return f"{problem}; {self.without_line('is a title', line)}"
        if 0 < self.common < width:
            below = f"and each line below has {self.common}"
            fix = "put a name that holds the separator into quotes"
            return f"{self.file}, line {line}: {counted(width, 'value')}, {below}; {fix}"
        if self.row_names or len(row.cells) < width:
            return f"{problem}; complete the line or delete it"
        quotes = 'put values that hold the separator into quotes, as in "1,5", or delete the line'
        return f"{problem}; {quotes}"

    def name(self, place: int) -> str:
        """Return the name of the column, safe to print."""
        return shown(self.texts[place])

    def setting(self, name: str, *places: int) -> str:
        """Return the option that sets `name` to these columns: `--ignore id,date`."""
        value = ",".join(map(self._typable, places))
        return f"--{name}{'=' if value.startswith('-') else ' '}{shlex.quote(value)}"

    def ignoring(self, *places: int) -> str:
        """Return the option that ignores these columns in addition to those already ignored."""
        return self.setting("ignore", *sorted((*self.ignored, *places)))

    def _typable(self, place: int) -> str:
        """Return a name of the column that is unique, can be typed, and fits into a list."""
        text = self.texts[place]
        typed = text == shown(text) and not any(sign in text for sign in ",\"'")
        unique = self.texts.count(text) == 1
        return text if typed and unique and text.lower() != "none" else f"column {place + 1}"

    def _find_ignored(self, typed: str | None) -> list[int]:
        """Return the columns with these names, including all that share a name."""
        whole = (typed or "").strip()
        words = [whole] if typed is not None and whole in self.texts else split_names(typed)
        found: set[int] = set()
        for word in words:
            places = self._places(word)
            if not places:
                raise CsvError(f"{self.file}: {self._unknown(word)}")
            found.update(places)
        return sorted(found)

    def _find_label(self, word: str) -> int:
        found = self._places(word)
        if len(found) == 1:
            return found[0]
        if not found:
            raise CsvError(self._unknown(word) if self.named else self._no_header(word))
        several = f"{len(found)} columns are called '{shown(word)}'"
        fix = f"--label 'column {found[0] + 1}'"
        raise CsvError(f"{several}: name one by its place, such as {fix}")

    def _places(self, word: str) -> list[int]:
        """Return the columns of that name: exactly, or ignoring case, spaces and signs."""
        for spelled in (str, shown, _letters):
            typed = spelled(word)
            found = [i for i, text in enumerate(self.texts) if typed and spelled(text) == typed]
            if found:
                return found
        by_place = {f"column{place + 1}": place for place in range(len(self.texts))}
        if (place := by_place.get(_letters(word))) is not None:
            return [place]
        first = 0 in self.unnamed and self.named
        return [0] if first and _letters(word) in ROW_NAMES else []

    def _unknown(self, word: str) -> str:
        names = [self.name(i) for i in range(len(self.texts)) if i not in self.empty]
        folded = {name.casefold(): name for name in names}
        near = get_close_matches(shown(word).casefold(), folded, n=1, cutoff=0.5)
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        offer = f"did you mean {folded[near[0]]}? " if near else ""
        there = f"{offer}there are: {', '.join(names[:LISTED])}{more}"
        if not word:
            return f"the name of a column is empty; {there}"
        return f"no column is called '{shown(word)}'{self._by_place(word)}; {there}"

    def _by_place(self, word: str) -> str:
        is_place = word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(self.texts)
        return f"; by its place it is called 'column {word}'" if is_place else ""

    def _no_header(self, word: str) -> str:
        """Return why a name is unknown in a file without a header."""
        line, cells = self.first
        is_there = word in map(str.strip, cells)
        fix = f"; if line {line} holds their names: --header yes" if is_there else ""
        called = f"its columns are called '{self.texts[0]}' to '{self.texts[-1]}'"
        problem = f"no column is called '{shown(word)}', and the file has no header"
        return f"{problem}: {called}{self._by_place(word)}{fix}"


def split_names(typed: str | None) -> list[str]:
    """Return the names in a list separated by commas; a name with a comma is in quotes."""
    line = (typed or "").replace("\r", " ").replace("\n", " ")
    names = [] if typed is None else next(csv.reader([line], skipinitialspace=True), [])
    return [name.strip() for name in names]


def _titles(rows: list[CsvRow]) -> int:
    """Return the number of rows above the table that are titles: shorter, and not its header.

    A single one counts only if names and then numbers follow.
    """
    lengths = [
        max((i for i, cell in enumerate(row.cells, start=1) if cell.strip()), default=0)
        for row in rows[:MANY_LINES]
    ]
    counts = Counter(lengths)
    width = max(counts, key=lambda length: (counts[length], length), default=0)
    start = next((place for place, length in enumerate(lengths) if length >= width), 0)
    above = [row.cells for row in rows[:start] if not (row.blank or row.hashed)]
    if not above or any(
        any(map(corrected, cells[:1] + cells[2:]))  # the second may be a year
        or (len(cells) >= width and 2 * sum(map(bool, cells)) > width)
        for cells in above
    ):
        return 0
    names = [cell for cell in rows[start].cells if cell.strip()]
    numbers = (any(map(corrected, row.cells)) for row in rows[start + 1 : start + 3])
    below_names = _holds_names(names, ()) and not any(map(missing, names)) and any(numbers)
    return start if len(above) > 1 or below_names else 0


def _uncommented(row: CsvRow) -> CsvRow:
    start = row.cells[0].strip().lstrip("#").strip()
    return CsvRow(row.line, [start, *row.cells[1:]] if start else row.cells[1:])


def _holds_names(cells: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether the first line is a header: it contains a typed name, or words and no number.

    A typed name that is a number does not count, because it may be a value in that line.
    """
    texts = [cell.strip() for cell in cells]
    if any(word in texts and not corrected(word) for word in typed):
        return True
    # 1,5 also counts as a number, although it is written wrongly.
    return not all(map(missing, texts)) and not any(map(corrected, texts))


def _letters(name: str) -> str:
    """Return the name in lower case, without spaces and signs, to compare spellings."""
    return "".join(letter for letter in shown(name).casefold() if letter.isalnum())
