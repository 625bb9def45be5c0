"""Recognises files that are not plain text in UTF-8 by their first bytes, with advice for each."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from engine.datasets.cells import shown

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
