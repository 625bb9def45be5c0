"""Reads a CSV file as rows of cells and finds its separator, or explains why that fails.

`csv.Sniffer` is not used: it fails on 10 of the 26 shapes in the tests, for example it takes the
comma for the separator of 0,5;1,25 and fails on titles, comments and single columns.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import stat
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from engine.datasets.cells import corrected, missing, shown
from engine.datasets.file_formats import HEAD, not_utf8, other_format, shell_word, shown_name

Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab", "pipe", "space"]
Stamp: TypeAlias = tuple[int, int, int]
"""The modification time, size and inode of a file, which differ after a change."""

LARGEST = 5_000_000
"""The largest file in bytes, which takes a few seconds to read."""
NONE = "--csv none takes the built-in data"
SEPARATORS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}
"""The comma may also be a decimal comma, so it is last and is used only if no other is as good."""
SPACE = " "
"""The separator that means a run of spaces and tabs."""
FEW_LINES, MANY_LINES = 10, 1000
"""How many lines determine the separator, and how many if it may be a run of spaces and tabs."""
QUOTED = re.compile(r'(?:^|(?<=[,;|\t])) *"[^"]*(?:""[^"]*)*(?:"|\Z)', re.MULTILINE)
"""A cell in quotes with any separator: it may contain the others, and line ends."""
PADDED = re.compile(r"(?<=[,;|])\t+")
"""Tabs after another separator, which only align the columns."""
WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
"""A cell between runs of spaces and tabs, perhaps in quotes."""
DECLARED = re.compile(r'\A"?sep *= *(\\t|.)"?[ \t;,]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""A first line that declares the separator for Excel."""
LINE = re.compile(r"\r\n|\r|\n")
LINE_END = re.compile("[\x85\u2028\u2029]")
"""Line ends that few programs write."""
CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://?(.*)", re.IGNORECASE)


class CsvError(ValueError):
    """The file cannot be used as it is; the message says where, why and what to do."""


class CsvRow(NamedTuple):
    """A line of the file that is not blank."""

    line: int
    """Counted from 1, as in an editor; for a cell over several lines, the last one."""
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether it contains only separators."""
        return not any(map(str.strip, self.cells))

    @property
    def hashed(self) -> bool:
        """Whether it begins with #, as comments and some headers do."""
        return self.cells[0].lstrip().startswith("#")


@dataclass(frozen=True, slots=True)
class CsvText:
    """The text of a file, and the separator of its cells."""

    path: Path
    text: str
    separator: str
    """One character; a space means a run of spaces and tabs."""
    above: int
    """The number of lines above the text: 1 if a line declares the separator."""
    line_end: str = ""
    """An unusual line end, which is replaced in the text; or ''."""

    @property
    def rewritten(self) -> str:
        """The end of a shell command that reads this file and writes another one."""
        return f"{shell_word(self.path)} > table.csv"

    @property
    def name(self) -> str:
        return shown_name(self.path)

    def rows(self) -> list[CsvRow]:
        """Return every line that is not blank, split into cells.

        Raises:
            CsvError: a quote is never closed, or a cell is too long.
        """
        rows, last, above = [], 0, self.above
        try:
            if self.separator == SPACE:
                for last, text in enumerate(LINE.split(self.text)):
                    if cells := _words(text):
                        rows.append(CsvRow(last + above + 1, cells))
                return rows
            lines = StringIO(self.text, newline="")
            mark = self.separator
            reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
            for cells in reader:
                last = reader.line_num
                if len(cells) > 1 or (cells and cells[0].strip()):
                    rows.append(CsvRow(last + above, cells))
        except csv.Error as error:
            what = self._problem(str(error), last)
            raise CsvError(f"{self.name}, line {last + above + 1}: {what}") from None
        return rows

    def _problem(self, error: str, line: int) -> str:
        """Return the problem of the row that begins in the line (from 0), in words."""
        if error == "unexpected end of data":
            return "a quote is opened in this line and never closed; close it, or delete it"
        if "expected after" in error:
            return "a quote inside a cell; write it twice, or delete it"
        if "field larger" in error and LINE.split(self.text, line + 1)[line].count('"') % 2 == 0:
            limit = f"{csv.field_size_limit():,}"
            return f"a cell of more than {limit} letters is too long for a table; shorten it"
        return f"{error}; look for a quote that is never closed"


def _words(text: str) -> list[str]:
    """Return the cells between runs of spaces and tabs.

    Raises:
        csv.Error: a quote is never closed.
    """
    if '"' not in text:
        return text.split()
    cells = WORD.findall(text)
    if any(cell.startswith('"') and not cell.endswith('"') for cell in cells):
        raise csv.Error("unexpected end of data")
    return [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in cells]


def stamp(path: Path) -> Stamp:
    """Return the stamp of the file without opening it: opening a pipe would block.

    Raises:
        CsvError: there is no regular file of that name, or it is too large.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        raise CsvError(f"{shown(str(path), 100)}: {_why_not(path, error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise CsvError(f"{shown(str(path), 100)} is a folder: name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise CsvError(f"{shown_name(path)} is no plain file: name one that lies on a disk")
    if found.st_size > LARGEST:
        raise CsvError(f"{shown_name(path)} {_too_large(path, found.st_size)}")
    return found.st_mtime_ns, found.st_size, found.st_ino


def refuse_address(typed: str) -> None:
    """Raise `CsvError` for a web address, with the command that downloads it."""
    found = ADDRESS.fullmatch(typed)
    if found is None or os.path.exists(typed):  # noqa: PTH110  # never raises
        return
    scheme, rest = found[1].lower(), found[2]
    if scheme == "file":
        raise CsvError(f"{shown(typed, 100)}: name the file by its path: {shown(rest, 200)}")
    what = f"{shown(typed, 100)} is an address, and only files on this machine are read"
    if scheme not in ("http", "https", "ftp"):
        raise CsvError(f"{what}: download the file, and name it")
    if rest.startswith("github.com/"):
        rest = rest.replace("/blob/", "/raw/", 1)  # the file instead of the page that shows it
    address = shlex.quote(f"{scheme}://{rest}")
    command = f"curl -LO {address}" if shown(address, 400) == address else "curl -LO ADDRESS"
    raise CsvError(f"{what}: download it, and name the file: {command}")


def read_text(path: Path, separator: Separator) -> CsvText:
    """Read the file, and find its separator unless that is given.

    Raises:
        CsvError: it cannot be read, or is not text in UTF-8.
    """
    name = shown_name(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)[:LARGEST]
    except OSError as error:
        raise CsvError(f"{name}: {_why_not(path, error)}") from None
    if what := other_format(raw, path):
        raise CsvError(f"{name} {what}")
    if b"\0" in raw:
        command = f"tr -d '\\000' < {shell_word(path)} > table.csv"
        zero = f"it holds a zero at byte {raw.index(0)}"
        fix = f"if it is text all the same, take the zeros out: {command}"
        raise CsvError(f"{name} is no text file: {zero}; {fix}")
    try:
        text = raw.decode().replace("\ufeff", "")  # one at the start of each joined file
    except UnicodeDecodeError as error:
        raise CsvError(f"{name}, {not_utf8(raw, error, path)}") from None
    if (conflict := CONFLICT.search(text)) and "\n>>>>>>> " in text:
        line = len(LINE.findall(text[: conflict.start()])) + 1
        command = f"sed -E '/^<{{7}}/d; /^[|=]{{7}}/,/^>{{7}}/d' {shell_word(path)} > table.csv"
        keep = f"keep one of the two versions; the first: {command}"
        raise CsvError(f"{name}, line {line}: Git marks a merge conflict here; {keep}")
    line_end = LINE_END.search(text) if not LINE.search(text.strip("\r\n")) else None
    if line_end:
        text = LINE_END.sub("\n", text)
    declared = DECLARED.match(text)
    mark = SPACE if separator == "space" else SEPARATORS.get(separator)
    if declared:
        text = text[declared.end() :]
        mark = mark or ("\t" if declared[1] == r"\t" else declared[1])
    mark, above = mark or separator_of(text), int(declared is not None)
    return CsvText(path, text, mark, above, line_end[0] if line_end else "")


def separator_of(text: str) -> str:
    """Return the separator that occurs equally often in the largest number of the first lines.

    The number of cells does not matter: in 0,5;1,25 the comma would make more. Comments are not
    counted, unless there is nothing else.
    """

    def first_lines(count: int) -> list[str]:
        """Return lines that are neither blank nor a comment."""
        lines = StringIO(text, newline=None)
        data = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
        return list(islice(data, count))

    head = "".join(first_lines(FEW_LINES)) or text
    lines = PADDED.sub("", QUOTED.sub("quoted", head)).split("\n")
    best = max(SEPARATORS.values(), key=partial(_equal_lines, lines))
    if best == "\t" or not _equal_lines(lines, best):  # a tab may be doubled in some lines
        lines = [line.rstrip("\n") for line in first_lines(MANY_LINES)]
    return SPACE if _is_spaced(lines, best) else best


def _equal_lines(lines: list[str], mark: str) -> int:
    """Return the largest number of lines that contain the separator equally often."""
    counts = Counter(line.count(mark) for line in lines)
    return max((lines for marks, lines in counts.items() if marks), default=0)


def _is_spaced(lines: list[str], other: str) -> bool:
    """Whether runs of spaces or tabs separate the cells, rather than the `other` separator.

    They do if they give equally many cells in as many lines, some of them numbers, and if the other
    separator would leave several numbers in one cell.
    """
    rows = [WORD.findall(line) for line in lines if line.strip()]
    (width, alike), *_ = Counter(map(len, rows)).most_common(1) or [(0, 0)]
    other_lines = _equal_lines(lines, other)
    if width < 2 or alike < max(other_lines, 1):
        return False
    if not other_lines or (other == "\t" and alike > other_lines):
        return 2 * sum(any(map(corrected, row)) for row in rows) >= len(rows)
    crowded = (any(map(_several_numbers, line.split(other))) for line in lines)
    return other in "\t," and 2 * sum(crowded) > len(rows)


def _several_numbers(cell: str) -> bool:
    words = cell.split()
    return len(words) > 1 and all(corrected(word) or missing(word) for word in words)


def _too_large(path: Path, size: int) -> str:
    problem = f"has {size:,} bytes, and a file may have {LARGEST:,} at most: take some of its rows"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD * 16)
    except OSError:
        return problem
    lines = int(0.9 * LARGEST * (head.count(b"\n") or 1) / len(head))
    command = f"head -n {lines} {shell_word(path)} > table.csv"
    return other_format(head, path) or f"{problem}: {command}"


def _why_not(path: Path, error: Exception) -> str:
    """Return the reason, with similar names that exist."""
    if not isinstance(error, FileNotFoundError):
        return (getattr(error, "strerror", None) or str(error)).lower()
    if path.is_symlink():
        target = os.readlink(path)  # noqa: PTH115  # as it was written
        if "annex/objects/" in target:
            fix = f"fetch it with: git annex get {shell_word(path)}"
            return f"a link of git-annex, whose data is not here; {fix}"
        return f"a link to {shown(target)}, which does not exist"
    try:
        near = get_close_matches(path.name, os.listdir(path.parent), n=3)  # noqa: PTH208
    except OSError:
        return f"there is no such file, nor its folder; {NONE}"
    offer = f"did you mean {' or '.join(map(shown, near))}? " if near else ""
    return f"there is no such file; {offer}{NONE}"
