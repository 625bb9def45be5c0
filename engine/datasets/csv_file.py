"""The lines of a CSV file as cells: its format, its encoding and its separator, or why not."""

from __future__ import annotations

import csv
import os
import re
import shlex
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from engine.datasets.cells import mended, missing, shown

HEAD = 4096
"""Bytes from the start of a file in which text formats are recognised."""
OTHERS = "Japanese: cp932, Korean: cp949, Russian: cp1251"
"""Other encodings that a spreadsheet program may have written, after the one that is advised."""
SAVE_AS = "open it in a spreadsheet program and save the sheet as CSV in UTF-8"


def _pandas(reader: str, how: str = "") -> str:
    """The advice to convert a file with pandas."""
    line = f"import pandas; pandas.{reader}({{text}}{how}).to_csv('table.csv', index=False)"
    return f"convert it with pandas: {line}"


class Signature(NamedTuple):
    """How the files of a format begin, what the format is called, and what to do."""

    start: bytes
    """A regular expression that matches at the first byte."""
    format: str
    advice: str
    """Where it has {file}, the file's name for a shell; {text}, for Python."""


SIGNATURES = (
    Signature(rb"\x1f\x8b", "a gzip archive", "unpack it: gzip -dc < {file} > table.csv"),
    Signature(rb"BZh[1-9]", "a bzip2 archive", "unpack it: bzip2 -dc < {file} > table.csv"),
    Signature(rb"\xfd7zXZ\0", "an xz archive", "unpack it: xz -dc < {file} > table.csv"),
    Signature(rb"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it: zstd -dc < {file} > table.csv"),
    Signature(rb"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x {file}"),
    Signature(rb"Rar!\x1a\x07", "a RAR archive", "unpack it: unrar x {file}"),
    Signature(rb"(?s).{257}ustar", "a tar archive", "unpack it: tar -xf {file}"),
    Signature(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (xls)", SAVE_AS),
    Signature(rb"PAR1", "a Parquet file", _pandas("read_parquet")),
    Signature(rb"ARROW1|FEA1", "a Feather or Arrow file", _pandas("read_feather")),
    Signature(rb"\x89HDF\r\n", "an HDF5 file", _pandas("read_hdf")),
    Signature(rb"<stata_dta>", "a file of Stata's", _pandas("read_stata")),
    Signature(rb"\$FL2", "a file of SPSS's", _pandas("read_spss")),
    Signature(rb"SQLite format 3\0", "an SQLite database", "export a table of it as CSV"),
    Signature(
        rb"\x93NUMPY", "a NumPy array", "save it with numpy.savetxt('table.csv', x, delimiter=',')"
    ),
    Signature(rb"\x80[\x02-\x05]", "a Python pickle", _pandas("read_pickle")),
    Signature(rb"RD[AX][2-9]\n", "a file of R's", "save it in R with write.csv"),
    Signature(
        rb"404:? Not Found\s*$",
        "the answer of a web server that has no such file",
        "check its address, and download it again",
    ),
    Signature(rb"%PDF-", "a PDF document", "export its table as CSV"),
    Signature(rb"\{\\rtf", "an RTF document", "export its table as CSV"),
    Signature(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a", "an image", "name a table in CSV instead"),
    Signature(rb"\x7fELF|MZ\x90\0", "a program", "name a table in CSV instead"),
    Signature(
        rb"version https://git-lfs\.github\.com/spec/",
        "a Git LFS pointer, not the data itself",
        "fetch the data with: git lfs pull",
    ),
    Signature(
        rb"(?is)\s*(<!--.{0,2000}?-->\s*)?(<\?xml[^>]*>\s*)?"
        rb"<(!doctype html|html|head|body|script|meta|title|div|table)\b",
        "a web page (HTML), not the data itself",
        "download the file itself: on GitHub, that is the button Raw",
    ),
    Signature(rb"(?i)\s*<(\?xml|[a-z][\w:-]*[\s>/])", "an XML file", SAVE_AS),
    Signature(
        rb"\s*\{[^\n]*\}\s*\n\s*\{", "a file of JSON Lines", _pandas("read_json", ", lines=True")
    ),
    Signature(rb'\s*(\{\s*"|\[\s*[\[{"])|\{\s*\}', "a JSON file", _pandas("read_json")),
    Signature(
        rb"(?i)(\s*%[^\n]*\n|\s)*@relation\b",
        "an ARFF file (Weka)",
        "keep what follows the line @data: sed '1,/^@[Dd][Aa][Tt][Aa]/d' {file} > table.csv",
    ),
)
ZIPPED = {
    b"xl/": ("an Excel workbook (xlsx)", SAVE_AS),
    b"application/vnd.oasis.opendocument.spreadsheet": ("an OpenDocument sheet (ods)", SAVE_AS),
    b"word/": ("a Word document", "export its table as CSV"),
    b".npy": ("a NumPy archive (npz)", "save an array with numpy.savetxt, delimiter=','"),
    b"/data.pkl": ("a file of torch.save", "name a table in CSV instead"),
}
"""What a zip archive is if its bytes hold this; any other is plain zip."""
BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "utf-32le",
    b"\0\0\xfe\xff": "utf-32be",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def foreign(raw: bytes, path: Path) -> str:
    """What the file is if it is no text in UTF-8, and what to do; empty if it may be CSV."""
    if encoding := _wide_encoding(raw):
        return f"is text in {encoding[:6].upper()}, not UTF-8; {_converted(path, encoding)}"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        known = (ZIPPED[mark] for mark in ZIPPED if mark in raw)
        unpack = "unpack it: python3 -m zipfile -e {file} unpacked"
        return _message(*next(known, ("a zip archive", unpack)), path)
    head = raw[:HEAD].removeprefix(b"\xef\xbb\xbf")
    for signature in SIGNATURES:
        if re.match(signature.start, head):
            return _message(signature.format, signature.advice, path)
    return ""


def not_utf8(raw: bytes, error: UnicodeDecodeError, path: Path) -> str:
    """Where the text stops being UTF-8, and how to convert it from what Windows writes."""
    line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
    byte = f"line {line}: byte 0x{raw[error.start]:02x} is not UTF-8"
    if _east_asian(raw):
        return f"{byte}; if it is Chinese ({OTHERS}), {_converted(path, 'gb18030')}"
    return f"{byte}; if it comes from Windows, {_converted(path, 'cp1252')}"


def _east_asian(raw: bytes) -> bool:
    """Whether the text takes two bytes a letter, rather than being Western with some accents."""
    runs = re.findall(rb"[\x80-\xff]+", raw)
    paired = sum(len(run) > 1 for run in runs) > len(runs) / 2
    return (paired or not _decodes(raw, "cp1252")) and _decodes(raw, "gb18030")


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def shell_word(path: Path) -> str:
    """The path for a command line; `FILE` if it cannot be printed in one line."""
    word = str(path) if not str(path).startswith("-") else f"./{path}"
    return shlex.quote(word) if shown(word, longest=300) == word else "FILE"


def _python_text(path: Path) -> str:
    """The path as Python writes it; ASCII, and in one line."""
    return ascii(str(path))


def _wide_encoding(raw: bytes) -> str:
    """The encoding of text that is wider than a byte a letter, told by its mark or its zeros."""
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "")
    head = raw[:HEAD]
    if marked or len(head) < 8:
        return marked
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    # In a text most letters are ASCII: every second byte is zero, and hardly any other.
    if odd > 0.7 and even < 0.05:
        return "utf-16le"
    if even > 0.7 and odd < 0.05:
        return "utf-16be"
    return ""


def _converted(path: Path, encoding: str) -> str:
    return f"convert it: iconv -f {encoding} -t utf-8 {shell_word(path)} > table.csv"


def _message(kind: str, advice: str, path: Path) -> str:
    return f"is {kind}; {advice.format(file=shell_word(path), text=_python_text(path))}"


Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab", "pipe", "space"]

SEPARATORS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}
"""The last one also stands before decimals: it counts where no other does as well."""
SPACE = " "
"""Stands for a run of spaces and tabs."""
GLANCE = 10
"""So many lines are looked at to find out how cells are separated."""
MANY = 1000
"""So many where runs of spaces and tabs may separate them."""
QUOTED = re.compile(r'(?:^|(?<=[,;|\t])) *"[^"]*(?:""[^"]*)*(?:"|\Z)', re.MULTILINE)
"""A cell in quotes, whichever separator there is: it may hold the others, and line ends."""
PADDED = re.compile(r"(?<=[,;|])\t+")
"""Tabs after another separator: they are for the eye alone."""
WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
"""A cell between runs of spaces and tabs, perhaps in quotes."""
DECLARED = re.compile(r'\A"?sep *= *(\\t|.)"?[ \t;,]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""The first line with which Excel is told the separator."""


def declared(text: str) -> tuple[str, str]:
    """The separator that a first line such as `sep=;` declares, and the text after that line."""
    found = DECLARED.match(text)
    if found is None:
        return "", text
    mark = "\t" if found[1] == r"\t" else found[1]
    return mark, text[found.end() :]


def separator_of(text: str) -> str:
    """The separator that stands equally often in the most of the first lines.

    How many cells it makes does not matter: in 0,5;1,25 the comma would make more. Lines of
    comments do not count, unless there are no others.
    """
    head = "".join(islice(_telling(text), GLANCE)) or text
    lines = PADDED.sub("", QUOTED.sub("quoted", head)).split("\n")

    def merit(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines)
        return max((alike for marks, alike in counts.items() if marks), default=0)

    best = max(SEPARATORS.values(), key=merit)
    if best == "\t" or not merit(best):  # here and there a tab may be doubled
        lines = [line.rstrip("\n") for line in islice(_telling(text), MANY)]
    return SPACE if _spaced(lines, best, merit(best)) else best


def _telling(text: str) -> Iterator[str]:
    """The lines that are neither blank nor a comment."""
    lines = StringIO(text, newline=None)
    return (line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _spaced(lines: list[str], other: str, merit: int) -> bool:
    """Whether runs of spaces or tabs separate the cells, rather than the `other` separator.

    They do if they make equally many cells in as many lines, some of them numbers, and if the
    other separator would leave several numbers in one cell.
    """
    rows = [WORD.findall(line) for line in lines if line.strip()]
    widths = Counter(map(len, rows))
    width, alike = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    if width < 2 or alike < max(merit, 1):
        return False
    numbers = [row for row in rows if any(map(mended, row))]
    if not merit or (other == "\t" and alike > merit):
        return 2 * len(numbers) >= len(rows)
    if other not in "\t,":
        return False
    crowded = sum(any(map(_several_numbers, line.split(other))) for line in lines)
    return 2 * crowded > len(rows)


def _several_numbers(cell: str) -> bool:
    words = cell.split()
    return len(words) > 1 and all(mended(word) or missing(word) for word in words)


LARGEST = 5_000_000
"""Bytes: these take about a second to read."""
NONE = "none stands for the built-in data"
LINE = re.compile(r"\r\n|\r|\n")


class Refused(ValueError):
    """The file cannot be used as it is; the message says where, why and what to do."""


class Row(NamedTuple):
    """One line of the file that is not blank."""

    line: int
    """Counted from 1, as an editor counts; of a cell over several lines, the last one."""
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether there are separators only."""
        return not any(map(str.strip, self.cells))


class Stamp(NamedTuple):
    """What tells whether a file has changed since it was read."""

    changed: int
    size: int
    inode: int


def stamp(path: Path) -> Stamp:
    """Look at the file without opening it: a pipe would wait for whoever writes into it.

    Raises:
        Refused: there is no plain file of that name, or it is too large.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        raise Refused(f"{shown(str(path), 100)}: {_why_not(path, error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise Refused(f"{shown(str(path), 100)} is a folder: name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise Refused(f"{called(path)} is no plain file: name one that lies on a disk")
    if found.st_size > LARGEST:
        raise Refused(_too_large(path, found.st_size))
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a file, and how its lines are cut into cells."""

    path: Path
    text: str
    separator: str
    """One character; a space stands for a run of spaces and tabs."""
    above: int
    """Lines of the file above the text: that which declares the separator."""

    @property
    def name(self) -> str:
        """The name of the file, to be shown."""
        return called(self.path)

    def rows(self) -> Iterator[Row]:
        """Every line that is not blank, cut into cells; may be iterated again.

        Raises:
            Refused: a quote is never closed.
        """
        return self._words() if self.separator == SPACE else self._cells()

    def _cells(self) -> Iterator[Row]:
        lines = StringIO(self.text, newline="")
        mark = self.separator
        reader = csv.reader(lines, delimiter=mark, strict=True, skipinitialspace=True)
        while True:
            first = reader.line_num + self.above + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Refused(self._unreadable(str(error), first)) from None
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield Row(reader.line_num + self.above, cells)

    def _words(self) -> Iterator[Row]:
        for line, text in enumerate(LINE.split(self.text), start=self.above + 1):
            if '"' not in text:
                cells = text.split()
            else:
                cells = WORD.findall(text)
                if any(cell.startswith('"') and not cell.endswith('"') for cell in cells):
                    raise Refused(self._unreadable("unexpected end of data", line))
                cells = [_unquoted(cell) for cell in cells]
            if cells:
                yield Row(line, cells)

    def _unreadable(self, error: str, line: int) -> str:
        if error == "unexpected end of data":
            return (
                f"{self.name}, line {line}: a quote is opened in this line and never closed; "
                "close it, or delete it"
            )
        if error.endswith("expected after '\"'"):
            return f"{self.name}, line {line}: a quote inside a cell; write it twice, or delete it"
        return f"{self.name}, line {line}: {error}; look for a quote that is never closed"


def sheet(path: Path, separator: Separator) -> Sheet:
    """Read the file, and find its separator unless that is given.

    Raises:
        Refused: it cannot be read, or is no text in UTF-8.
    """
    whole = _text(path)
    said, text = declared(whole)
    given = SPACE if separator == "space" else SEPARATORS.get(separator)
    mark = given or said or separator_of(text)
    return Sheet(path, text, mark, above=int(text is not whole))


def called(path: Path) -> str:
    """The file's name, to be shown."""
    return shown(path.name or str(path), 60)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)[:LARGEST]
    except OSError as error:
        raise Refused(f"{called(path)}: {_why_not(path, error)}") from None
    if what := foreign(raw, path):
        raise Refused(f"{called(path)} {what}")
    if b"\0" in raw:
        raise Refused(
            f"{called(path)} is no text file: it holds a zero at byte {raw.index(0)}; if it is "
            f"text all the same, take the zeros out: tr -d '\\000' < {shell_word(path)} > table.csv"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{called(path)}, {not_utf8(raw, error, path)}") from None


def _too_large(path: Path, size: int) -> str:
    said = f"{called(path)} has {size:,} bytes, and a file may have {LARGEST:,} at most"
    try:
        with path.open("rb") as file:
            head = file.read(HEAD * 16)
    except OSError:
        return f"{said}: take some of its rows"
    if what := foreign(head, path):
        return f"{called(path)} {what}"
    lines = int(0.9 * LARGEST * (head.count(b"\n") or 1) / len(head))
    return f"{said}: take some of its rows: head -n {lines} {shell_word(path)} > table.csv"


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _why_not(path: Path, error: Exception) -> str:
    """The reason, and the names near it that there are."""
    if not isinstance(error, FileNotFoundError):
        return (getattr(error, "strerror", None) or str(error)).lower()
    try:
        near = get_close_matches(path.name, os.listdir(path.parent), n=3)  # noqa: PTH208
    except OSError:
        return f"there is no such file, nor its folder; {NONE}"
    offer = f"did you mean {' or '.join(map(shown, near))}? " if near else ""
    return f"there is no such file; {offer}{NONE}"
