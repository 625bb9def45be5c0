"""Reads a CSV file as rows of cells: its format, encoding and separator, or why that fails.

`csv.Sniffer` is not used: it gets 10 of the 26 shapes in the tests wrong, taking the comma for the
separator of 0,5;1,25 and giving up on titles, comments and single columns.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from engine.datasets.cells import corrected, missing, shown

Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab", "pipe", "space"]

LARGEST = 5_000_000
"""Bytes: these take about a second to read."""
NONE = "none stands for the built-in data"
SEPARATORS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}
"""The comma also stands before decimals: it is last, and counts where no other does as well."""
SPACE = " "
"""Stands for a run of spaces and tabs."""
FEW_LINES, MANY_LINES = 10, 1000
"""How many lines tell the separator, and how many where it may be a run of spaces and tabs."""
QUOTED = re.compile(r'(?:^|(?<=[,;|\t])) *"[^"]*(?:""[^"]*)*(?:"|\Z)', re.MULTILINE)
"""A cell in quotes, whichever separator there is: it may hold the others, and line ends."""
PADDED = re.compile(r"(?<=[,;|])\t+")
"""Tabs after another separator, which only align the columns."""
WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
"""A cell between runs of spaces and tabs, perhaps in quotes."""
DECLARED = re.compile(r'\A"?sep *= *(\\t|.)"?[ \t;,]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""The first line that tells Excel the separator."""
LINE = re.compile(r"\r\n|\r|\n")

HEAD = 4096
"""Bytes from the start of a file in which text formats are recognised."""
OTHERS = "Japanese: cp932, Korean: cp949, Russian: cp1251"
"""Encodings that a spreadsheet program may have written, after the one that is advised."""
SAVE_AS = "open it in a spreadsheet program and save the sheet as CSV in UTF-8"
EXPORT = "export its table as CSV"
NAME_CSV = "name a table in CSV instead"


def _pandas(reader: str, how: str = "") -> str:
    line = f"import pandas; pandas.{reader}({{text}}{how}).to_csv('table.csv', index=False)"
    return f"convert it with pandas: {line}"


def _unpack(program: str) -> str:
    return f"unpack it: {program} -dc < {{file}} > table.csv"


FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (rb"\x1f\x8b", "a gzip archive", _unpack("gzip")),
    (rb"BZh[1-9]", "a bzip2 archive", _unpack("bzip2")),
    (rb"\xfd7zXZ\0", "an xz archive", _unpack("xz")),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive", _unpack("zstd")),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x {file}"),
    (rb"Rar!\x1a\x07", "a RAR archive", "unpack it: unrar x {file}"),
    (rb"(?s).{257}ustar", "a tar archive", "unpack it: tar -xf {file}"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (xls)", SAVE_AS),
    (rb"PAR1", "a Parquet file", _pandas("read_parquet")),
    (rb"ARROW1|FEA1", "a Feather or Arrow file", _pandas("read_feather")),
    (rb"\x89HDF\r\n", "an HDF5 file", _pandas("read_hdf")),
    (rb"<stata_dta>", "a file of Stata's", _pandas("read_stata")),
    (rb"\$FL2", "a file of SPSS's", _pandas("read_spss")),
    (rb"SQLite format 3\0", "an SQLite database", "export a table of it as CSV"),
    (rb"\x93NUMPY", "a NumPy array", "save it with numpy.savetxt('table.csv', x, delimiter=',')"),
    (rb"\x80[\x02-\x05]", "a Python pickle", _pandas("read_pickle")),
    (rb"RD[AX][2-9]\n", "a file of R's", "save it in R with write.csv"),
    (
        rb"404:? Not Found\s*$",
        "the answer of a web server that has no such file",
        "check its address, and download it again",
    ),
    (rb"%PDF-", "a PDF document", EXPORT),
    (rb"\{\\rtf", "an RTF document", EXPORT),
    (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a", "an image", NAME_CSV),
    (rb"\x7fELF|MZ\x90\0", "a program", NAME_CSV),
    (
        rb"version https://git-lfs\.github\.com/spec/",
        "a Git LFS pointer, not the data itself",
        "fetch the data with: git lfs pull",
    ),
    (
        rb"(?is)\s*(<!--.{0,2000}?-->\s*)?(<\?xml[^>]*>\s*)?"
        rb"<(!doctype html|html|head|body|script|meta|title|div|table)\b",
        "a web page (HTML), not the data itself",
        "download the file itself: on GitHub, that is the button Raw",
    ),
    (rb"(?i)\s*<(\?xml|[a-z][\w:-]*[\s>/])", "an XML file", SAVE_AS),
    (rb"\s*\{[^\n]*\}\s*\n\s*\{", "a file of JSON Lines", _pandas("read_json", ", lines=True")),
    (rb'\s*(\{\s*"|\[\s*[\[{"])|\{\s*\}', "a JSON file", _pandas("read_json")),
    (
        rb"(?i)(\s*%[^\n]*\n|\s)*@relation\b",
        "an ARFF file (Weka)",
        "keep what follows the line @data: sed '1,/^@[Dd][Aa][Tt][Aa]/d' {file} > table.csv",
    ),
)
"""How a format begins (a regular expression at the first byte), what it is called, and what to do:
{file} becomes the file's name for a shell, {text} for Python."""
ZIPPED = {
    b"xl/": ("an Excel workbook (xlsx)", SAVE_AS),
    b"application/vnd.oasis.opendocument.spreadsheet": ("an OpenDocument sheet (ods)", SAVE_AS),
    b"word/": ("a Word document", EXPORT),
    b".npy": ("a NumPy archive (npz)", "save an array with numpy.savetxt, delimiter=','"),
    b"/data.pkl": ("a file of torch.save", NAME_CSV),
    b"": ("a zip archive", "unpack it: python3 -m zipfile -e {file} unpacked"),
}
"""What a zip archive is that holds these bytes; the first that matches."""
BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "utf-32le",
    b"\0\0\xfe\xff": "utf-32be",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


class CsvError(ValueError):
    """The file cannot be used as it is; the message says where, why and what to do."""


class CsvRow(NamedTuple):
    """One line of the file that is not blank."""

    line: int
    """Counted from 1, as an editor counts; of a cell over several lines, the last one."""
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether there are separators only."""
        return not any(map(str.strip, self.cells))

    @property
    def hashed(self) -> bool:
        """Whether it begins with #, as comments and some headers do."""
        return self.cells[0].lstrip().startswith("#")


Stamp: TypeAlias = tuple[int, int, int]
"""When a file was changed, its size and its inode: another one whenever the file changes."""


def stamp(path: Path) -> Stamp:
    """Look at the file without opening it: a pipe would wait for whoever writes into it.

    Raises:
        CsvError: there is no regular file of that name, or it is too large.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        raise CsvError(f"{shown(str(path), 100)}: {_why_not(path, error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise CsvError(f"{shown(str(path), 100)} is a folder: name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise CsvError(f"{shown_name(path)} is no plain file: name one that lies on a disk")
    if found.st_size > LARGEST:
        raise CsvError(f"{shown_name(path)} {_too_large(path, found.st_size)}")
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True, slots=True)
class CsvText:
    """The text of a file, and what separates its cells."""

    path: Path
    text: str
    separator: str
    """One character; a space stands for a run of spaces and tabs."""
    above: int
    """Lines of the file above the text: that which declares the separator."""

    @property
    def name(self) -> str:
        return shown_name(self.path)

    def rows(self) -> Iterator[CsvRow]:
        """Every line that is not blank, cut into cells.

        Raises:
            CsvError: a quote is never closed.
        """
        line = self.above
        try:
            if self.separator == SPACE:
                for line, text in enumerate(LINE.split(self.text), start=self.above + 1):
                    if cells := _words(text):
                        yield CsvRow(line, cells)
                return
            lines = StringIO(self.text, newline="")
            mark = self.separator
            reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
            line += 1
            for cells in reader:
                if len(cells) > 1 or (cells and cells[0].strip()):
                    yield CsvRow(reader.line_num + self.above, cells)
                line = reader.line_num + self.above + 1
        except csv.Error as error:
            what = f"{error}; look for a quote that is never closed"
            if str(error) == "unexpected end of data":
                what = "a quote is opened in this line and never closed; close it, or delete it"
            elif "expected after" in str(error):
                what = "a quote inside a cell; write it twice, or delete it"
            raise CsvError(f"{self.name}, line {line}: {what}") from None


def _words(text: str) -> list[str]:
    """The cells between runs of spaces and tabs.

    Raises:
        csv.Error: a quote is never closed.
    """
    if '"' not in text:
        return text.split()
    cells = WORD.findall(text)
    if any(cell.startswith('"') and not cell.endswith('"') for cell in cells):
        raise csv.Error("unexpected end of data")
    return [cell[1:-1].replace('""', '"') if cell.startswith('"') else cell for cell in cells]


def read_text(path: Path, separator: Separator) -> CsvText:
    """Read the file, and find its separator unless that is given.

    Raises:
        CsvError: it cannot be read, or is no text in UTF-8.
    """
    name = shown_name(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)[:LARGEST]
    except OSError as error:
        raise CsvError(f"{name}: {_why_not(path, error)}") from None
    if what := _other_format(raw, path):
        raise CsvError(f"{name} {what}")
    if b"\0" in raw:
        command = f"tr -d '\\000' < {shell_word(path)} > table.csv"
        zero = f"it holds a zero at byte {raw.index(0)}"
        fix = f"if it is text all the same, take the zeros out: {command}"
        raise CsvError(f"{name} is no text file: {zero}; {fix}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsvError(f"{name}, {_not_utf8(raw, error, path)}") from None
    declared = DECLARED.match(text)
    mark = SPACE if separator == "space" else SEPARATORS.get(separator)
    if declared:
        text = text[declared.end() :]
        mark = mark or ("\t" if declared[1] == r"\t" else declared[1])
    return CsvText(path, text, mark or separator_of(text), above=int(declared is not None))


def separator_of(text: str) -> str:
    """The separator that occurs equally often in the most of the first lines.

    How many cells it makes does not matter: in 0,5;1,25 the comma would make more. Comments do not
    count, unless there is nothing else.
    """

    def first_lines(count: int) -> list[str]:
        """Lines that are neither blank nor a comment."""
        lines = StringIO(text, newline=None)
        data = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
        return list(islice(data, count))

    head = "".join(first_lines(FEW_LINES)) or text
    lines = PADDED.sub("", QUOTED.sub("quoted", head)).split("\n")
    best = max(SEPARATORS.values(), key=partial(_equal_lines, lines))
    if best == "\t" or not _equal_lines(lines, best):  # here and there a tab may be doubled
        lines = [line.rstrip("\n") for line in first_lines(MANY_LINES)]
    return SPACE if _is_spaced(lines, best) else best


def _equal_lines(lines: list[str], mark: str) -> int:
    """How many lines have the mark equally often, at most."""
    counts = Counter(line.count(mark) for line in lines)
    return max((lines for marks, lines in counts.items() if marks), default=0)


def _is_spaced(lines: list[str], other: str) -> bool:
    """Whether runs of spaces or tabs separate the cells, rather than the `other` separator.

    They do if they make equally many cells in as many lines, some of them numbers, and if the
    other separator would leave several numbers in one cell.
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


def shown_name(path: Path) -> str:
    """The file's name, safe to print."""
    return shown(path.name or str(path), 60)


def shell_word(path: Path) -> str:
    """The path for a command line; `FILE` if it cannot be printed in one line."""
    word = str(path) if not str(path).startswith("-") else f"./{path}"
    return shlex.quote(word) if shown(word, longest=300) == word else "FILE"


def _too_large(path: Path, size: int) -> str:
    problem = f"has {size:,} bytes, and a file may have {LARGEST:,} at most: take some of its rows"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD * 16)
    except OSError:
        return problem
    lines = int(0.9 * LARGEST * (head.count(b"\n") or 1) / len(head))
    command = f"head -n {lines} {shell_word(path)} > table.csv"
    return _other_format(head, path) or f"{problem}: {command}"


def _why_not(path: Path, error: Exception) -> str:
    """The reason, and similar names that there are."""
    if not isinstance(error, FileNotFoundError):
        return (getattr(error, "strerror", None) or str(error)).lower()
    try:
        near = get_close_matches(path.name, os.listdir(path.parent), n=3)  # noqa: PTH208
    except OSError:
        return f"there is no such file, nor its folder; {NONE}"
    offer = f"did you mean {' or '.join(map(shown, near))}? " if near else ""
    return f"there is no such file; {offer}{NONE}"


def _other_format(raw: bytes, path: Path) -> str:
    """What the file is if it is no text in UTF-8, and what to do; empty if it may be CSV."""
    if encoding := _wide_encoding(raw):
        return f"is text in {encoding[:6].upper()}, not UTF-8; {_iconv(path, encoding)}"
    head = raw[:HEAD].removeprefix(b"\xef\xbb\xbf")
    formats = (entry[1:] for entry in FORMATS if re.match(entry[0], head))
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        formats = (entry for mark, entry in ZIPPED.items() if mark in raw)
    for kind, advice in formats:
        text = ascii(str(path))  # in one line, as Python reads it
        return f"is {kind}; {advice.format(file=shell_word(path), text=text)}"
    return ""


def _not_utf8(raw: bytes, error: UnicodeDecodeError, path: Path) -> str:
    """Where the text stops being UTF-8, and how to convert it from what Windows writes."""
    line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
    byte = f"line {line}: byte 0x{raw[error.start]:02x} is not UTF-8"
    # East Asian text takes two bytes a letter; Western text has single letters with accents.
    runs = re.findall(rb"[\x80-\xff]+", raw)
    paired = sum(len(run) > 1 for run in runs) > len(runs) / 2
    if (paired or not _decodes(raw, "cp1252")) and _decodes(raw, "gb18030"):
        return f"{byte}; if it is Chinese ({OTHERS}), {_iconv(path, 'gb18030')}"
    return f"{byte}; if it comes from Windows, {_iconv(path, 'cp1252')}"


def _decodes(raw: bytes, encoding: str) -> bool:
    with suppress(UnicodeDecodeError):
        raw.decode(encoding)
        return True
    return False


def _wide_encoding(raw: bytes) -> str:
    """UTF-16 or UTF-32, recognised by the byte order mark or by the zeros of ASCII letters."""
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "")
    head = raw[:HEAD]
    if marked or len(head) < 8:
        return marked
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    # Most letters are ASCII: every second byte is zero, and hardly any other.
    if odd > 0.7 and even < 0.05:
        return "utf-16le"
    return "utf-16be" if even > 0.7 and odd < 0.05 else ""


def _iconv(path: Path, encoding: str) -> str:
    return f"convert it: iconv -f {encoding} -t utf-8 {shell_word(path)} > table.csv"
