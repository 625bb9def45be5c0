"""Recognises files that are not UTF-8 text, and explains how to convert them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from engine.datasets.cells import shown
from engine.datasets.encodings import ENCODINGS, likely_encodings

HEAD = 4096
"""The number of bytes at the start of a file in which text formats are recognised."""
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
    (
        rb"\0\0\x08[\x01\x03]\0",
        "a file in MNIST's format, not a table",
        "the lesson mnist reads it: dltui run mnist --data-dir FOLDER",
    ),
    (
        rb"[+-]?[\d.]+( \d+:[-+.\deE]+)+ *\r?\n",
        "a LIBSVM file",
        "load it with sklearn.datasets.load_svmlight_file, save it with numpy.savetxt",
    ),
    (rb"MATLAB 5\.0 MAT-file", "a file of MATLAB's", "save it in MATLAB with writematrix"),
    (rb"RD[AX][2-9]\n|X\n\0\0\0[\x02\x03]", "a file of R's", "save it in R with write.csv"),
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
        rb"[^\n]*/annex/objects/[^\n]*\s*$",
        "a git-annex pointer, not the data itself",
        "fetch the data with: git annex get {file}",
    ),
    (
        rb"(\s*#[^\n]*\n)*\s*(?=[^\n]*\|)[^\n]*\n[ \t]*\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*\r?\n",
        "a Markdown table",
        "take its lines and outer bars out: "
        "sed '/^[ |:-]*$/d; s/^ *| *//; s/ *| *$//' {file} > table.csv",
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
"""The beginning of each format (a regular expression at the first byte), its name, and what to do:
{file} becomes the file's name for a shell, {text} for Python."""
ZIPPED = {
    b"xl/": ("an Excel workbook (xlsx)", SAVE_AS),
    b"application/vnd.oasis.opendocument.spreadsheet": ("an OpenDocument sheet (ods)", SAVE_AS),
    b"content.xml": ("an OpenDocument file (such as ods)", SAVE_AS),
    b".iwa": ("a document of Apple's (such as numbers)", SAVE_AS),
    b"word/": ("a Word document", EXPORT),
    b".npy": ("a NumPy archive (npz)", "save an array with numpy.savetxt, delimiter=','"),
    b"/data.pkl": ("a file of torch.save", NAME_CSV),
    b"": ("a zip archive", "unpack it: python3 -m zipfile -e {file} unpacked"),
}
"""The kind of a zip archive that contains these bytes; the first match counts."""
BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "utf-32le",
    b"\0\0\xfe\xff": "utf-32be",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
WIDE = "utf-32le", "utf-32be", "utf-16le", "utf-16be"


def shown_name(path: Path) -> str:
    """Return the file's name, safe to print."""
    return shown(path.name or str(path), 60)


def shell_word(path: Path) -> str:
    """Return the path for a command line; `FILE` if it cannot be printed in one line."""
    word = str(path) if not str(path).startswith("-") else f"./{path}"
    return shlex.quote(word) if shown(word, longest=300) == word else "FILE"


def other_format(raw: bytes, path: Path) -> str:
    """Return the format of a file that is not UTF-8 text, with advice; empty if it may be CSV."""
    head = raw[:HEAD].removeprefix(b"\xef\xbb\xbf")
    formats = (entry[1:] for entry in FORMATS if re.match(entry[0], head))
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        formats = (entry for mark, entry in ZIPPED.items() if mark in raw)
    for kind, advice in formats:
        text = ascii(str(path))  # in one line, as Python reads it
        return f"is {kind}; {advice.format(file=shell_word(path), text=text)}"
    if encoding := _wide_encoding(raw):
        return f"is text in {encoding[:6].upper()}, not UTF-8; convert it: {_iconv(path, encoding)}"
    return ""


def not_utf8(raw: bytes, error: UnicodeDecodeError, path: Path) -> str:
    """Return where the text stops being UTF-8, and how to convert it from its likely encoding."""
    line = len(re.findall(rb"\r\n|\r|\n", raw[: error.start])) + 1
    byte = f"line {line}: byte 0x{raw[error.start]:02x} is not UTF-8"
    rest = raw.decode("utf-8", "ignore")
    letters = sum(not letter.isascii() for letter in rest)
    if letters > 3 * (len(raw) - len(rest.encode())):
        fix = f"iconv -c -f utf-8 -t utf-8 {shell_word(path)} > table.csv"
        return f"{byte}, and most letters of the file are; to leave such bytes out: {fix}"
    likely = likely_encodings(raw)
    first, cell = next(iter(likely.items()))
    if len(likely) == 1:
        what = f"read as {first} ({ENCODINGS[first]}) it says '{cell}'; convert it"
    else:
        readings = ", ".join(f"'{cell}' in {name}" for name, cell in likely.items())
        what = f"its encoding is not certain: {readings}; convert it from the right one"
    return f"{byte}; {what}: {_iconv(path, first)}"


def _wide_encoding(raw: bytes) -> str:
    """Return UTF-16 or UTF-32 if a byte order mark or many ASCII letters indicate it; or ''."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return name
    head = raw[:HEAD]
    # ASCII with zero bytes, whose pairs decode to East Asian letters, is not UTF-16.
    last = "\u2e80" if head.isascii() else "\ufffd"
    for name in WIDE if len(head) >= 8 and b"\0" in head else ():
        text = head.decode(name, errors="replace")
        plain = sum(letter in "\t\r\n" or " " <= letter <= "~" for letter in text)
        alphabetic = plain + sum("~" < letter < last and letter.isprintable() for letter in text)
        if plain > 0.3 * len(text) or (plain > 0 and alphabetic > 0.95 * len(text)):
            return name
    return ""


def _iconv(path: Path, encoding: str) -> str:
    return f"iconv -f {encoding} -t utf-8 {shell_word(path)} > table.csv"
