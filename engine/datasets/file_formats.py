"""Recognises files that are not UTF-8 text, and explains how to convert them."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
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


WEB_PAGE = (
    "!doctype html|html|head|body|script|style|meta|link|title|base|div|table|p|h[1-6]|a|b|br"
    "|center|span|pre|noscript|iframe|section|header|main|form|img|ul"
)
"""Tags at the beginning of an HTML page."""
NO_ANSWER = (
    r"((http/[\d.]+|error:?) +)?([45]\d\d:? *)?([\w ]+ )?(not found|forbidden|access denied"
    r"|unauthorized|bad request|too many requests|rate limit exceeded|internal server error"
    r"|bad gateway|service unavailable|gateway time-?out|invalid username or password)[.!]?"
)
"""The text that a web server sends instead of a file."""
SERVER = (
    "an error message of a web server, not the data itself",
    "check its address and your access to it, and download it again",
)
UNDRAW = (
    "take its lines and outer bars out: sed '/^[[:space:]|:+=-]*$/d; "
    "/^(*[0-9][0-9]* rows*[ )]/d; s/^ *| *//; s/ *|[[:space:]]*$//' {file} > table.csv"
)
"""The second expression deletes the line with the number of rows at the end."""

FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (rb"\x1f\x8b", "a gzip archive", _unpack("gzip")),
    (rb"\x1f[\x9d\xa0]", "an archive of compress (Z)", _unpack("gzip")),
    (rb"BZh[1-9]", "a bzip2 archive", _unpack("bzip2")),
    (rb"\xfd7zXZ\0", "an xz archive", _unpack("xz")),
    (rb"\x5d\0\0", "an lzma archive", _unpack("xz")),
    (rb"LZIP[\0\x01]", "an lzip archive", _unpack("lzip")),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive", _unpack("zstd")),
    (rb"[\x02\x04]\x22\x4d\x18", "an lz4 archive", _unpack("lz4")),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x {file}"),
    (rb"Rar!\x1a\x07", "a RAR archive", "unpack it: unrar x {file}"),
    (rb"(?s).{257}ustar", "a tar archive", "unpack it: tar -xf {file}"),
    (rb"PAR1", "a Parquet file", _pandas("read_parquet")),
    (rb"ARROW1|FEA1", "a Feather or Arrow file", _pandas("read_feather")),
    (rb"ORC[\0-\x07\x0e-\x1f]", "an ORC file", _pandas("read_orc")),
    (rb"Obj\x01", "an Avro file", EXPORT),
    (rb"\x89HDF\r\n", "an HDF5 file", _pandas("read_hdf")),
    (rb"<stata_dta>|[\x69-\x73][\x01\x02]\x01\0", "a file of Stata's", _pandas("read_stata")),
    (rb"\$FL[23]", "a file of SPSS's", _pandas("read_spss")),
    (rb"\0{12}\xc2\xea\x81\x60", "a file of SAS's", _pandas("read_sas", ", format='sas7bdat'")),
    (rb"HEADER RECORD\*{7}", "a file of SAS's", _pandas("read_sas", ", format='xport'")),
    (rb"SQLite format 3\0", "an SQLite database", "export a table of it as CSV"),
    (rb"(?s).{8}DUCK.\0{7}", "a DuckDB database", "export a table of it as CSV"),
    (rb"\0\x01\0\0Standard (Jet|ACE) DB", "an Access database", "export a table of it as CSV"),
    (rb"\x93NUMPY", "a NumPy array", "save it with numpy.savetxt('table.csv', x, delimiter=',')"),
    (
        rb"\x80[\x02-\x05]|\([ld]p\d+\n|c(copy_reg|pandas\.[\w.]+|numpy\.[\w.]+)\n",
        "a Python pickle",
        _pandas("read_pickle"),
    ),
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
    (rb"MATLAB [57]\.\d MAT-file", "a file of MATLAB's", "save it in MATLAB with writematrix"),
    (rb"RD[AX][2-9]\n|X\n\0\0\0[\x02\x03]", "a file of R's", "save it in R with write.csv"),
    (
        rf"(?im){NO_ANSWER}\s*$".encode(),
        *SERVER,
    ),
    (
        rf'(?is)(<\?xml[^>]*>\s*)?<error\b|\{{\s*"(message|error|detail)":\s*"{NO_ANSWER}"'.encode(),
        *SERVER,
    ),
    (rb"%PDF-", "a PDF document", EXPORT),
    (rb"\{\\rtf", "an RTF document", EXPORT),
    (
        rb"(?s)\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM.{4}\0{4}|RIFF.{4}WEBP",
        "an image",
        NAME_CSV,
    ),
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
        rb"(?ms)(?=[a-z_0-9]+:).*?^outs:\s*\n *- *(md5|etag|hash|checksum|size|path):",
        "a DVC pointer, not the data itself",
        "fetch the data with dvc pull, and name the file that it writes",
    ),
    (
        rb"\[(InternetShortcut|\{000214A0-|Desktop Entry)|(?s:<\?xml.{,400}<plist.{,99}<key>URL<)",
        "a link to a web page, not the data itself",
        "open it, download the file from there, and name that",
    ),
    (
        rb"((?i:https?|ftp)://|[^\s,;|<>{}]*[/\\])[^\s,;|<>{}]+\s*\Z",
        "an address or a path, not the data itself",
        "name the file that it leads to",
    ),
    (
        rb"(#[^\n]*\n|\s)*(\+[-=+]+\+\s*\n(?=\|)"
        rb"|(?=[^\n]*\|)[^\n]*\n[ \t]*\|?-+\+[-+]*\|?[ \t]*\r?\n)",
        "a table drawn with signs, as by MySQL or psql",
        UNDRAW,
    ),
    (
        rb"(#[^\n]*\n|\s)*(?=[^\n]*\|)[^\n]*\n"
        rb"[ \t]*\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*\r?\n",
        "a Markdown table",
        UNDRAW,
    ),
    (
        "(shape: [^\n]*\\s*)?(┌|╭|╔|┏)".encode(),
        "a table drawn with lines",
        "let the program that drew it write CSV",
    ),
    (
        rf"(?is)(<\?xml[^>]*>\s*)?((?><!--.*?-->)\s*)*<({WEB_PAGE})\b|<!--(?!.*?-->)".encode(),
        "a web page (HTML), not the data itself",
        "download the file itself: on GitHub, that is the button Raw",
    ),
    (rb"(?i)<(\?xml|!--|[a-z][\w:-]*[\s>/])", "an XML file", SAVE_AS),
    (
        rb"\[[^\n\[\]{]*\]\s*\n\s*\[",
        "a file of JSON Lines",
        "take the brackets out: sed 's/[][]//g' {file} > table.csv",
    ),
    (rb"\{[^\n]*\}\s*\n\s*\{", "a file of JSON Lines", _pandas("read_json", ", lines=True")),
    (rb'\{\s*"cells"\s*:', "a Jupyter notebook", NAME_CSV),
    (
        rb"\[\[\s*-?[\d.][\d.eE+-]*\s+-?[\d.]",
        "a printed NumPy array",
        "save the array itself: numpy.savetxt('table.csv', array, delimiter=',')",
    ),
    (
        rb'\{\s*"|\[\s*[\[{"]|\{\s*\}|(\[[-+\d.eE,\s]*\]?|null)\s*\Z',
        "a JSON file",
        _pandas("read_json"),
    ),
    (
        rb"(?i)((--|#|/\*)[^\n]*\n|\s)*(create table|insert into|drop table|pragma) ",
        "a dump of a database (SQL)",
        "load it into a database, and export the table as CSV",
    ),
    (
        rb"(?i)(%[^\n]*\n|\s)*@relation\b",
        "an ARFF file (Weka)",
        "keep what follows the line @data: sed '1,/^@[Dd][Aa][Tt][Aa]/d' {file} > table.csv",
    ),
)
"""The beginning of each format (a regular expression at the first byte that is no space), its name,
and what to do: {file} becomes the file's name for a shell, {text} for Python."""
CONTAINERS: dict[bytes, tuple[tuple[bytes, str, str], ...]] = {
    rb"PK\x03\x04|PK\x05\x06": (
        (b"xl/", "an Excel workbook (xlsx)", SAVE_AS),
        (
            b"application/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument sheet (ods)",
            SAVE_AS,
        ),
        (b"content.xml", "an OpenDocument file (such as ods)", SAVE_AS),
        (b".iwa", "a document of Apple's (such as numbers)", SAVE_AS),
        (b"word/", "a Word document", EXPORT),
        (b".npy", "a NumPy archive (npz)", "save an array with numpy.savetxt, delimiter=','"),
        (b"/data.pkl", "a file of torch.save", NAME_CSV),
        (b"", "a zip archive", "unpack it: python3 -m zipfile -e {file} unpacked"),
    ),
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": (
        ("WordDocument".encode("utf-16-le"), "an old Word document (doc)", EXPORT),
        (b"", "an old Excel workbook (xls)", SAVE_AS),
    ),
}
"""By the first bytes of a container, the kind that contains these bytes; the first match counts."""
BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "utf-32le",
    b"\0\0\xfe\xff": "utf-32be",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
ESCAPED = {"utf-7": rb"\+A[M-X][A-Za-z0-9+/]+-", "iso-2022-jp": rb"\x1b\$[@B]"}
"""Encodings that write all letters in ASCII, and a sequence that stands for others."""
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
    head = raw[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    formats = [entry for entry in FORMATS if re.match(entry[0], head)]
    for start, entries in CONTAINERS.items():
        if re.match(start, raw):
            formats = [entry for entry in entries if entry[0] in raw]
    for _, kind, advice in formats:
        text = ascii(str(path))  # in one line, as Python reads it
        return f"is {kind}; {advice.format(file=shell_word(path), text=text)}"
    if encoding := _wide_encoding(raw) or _escaped_encoding(raw):
        name = encoding.removesuffix("le").removesuffix("be").upper()
        return f"is text in {name}, not UTF-8; convert it: {_iconv(path, encoding)}"
    if not head.isascii() and _plain(head.decode("cp500")) > 0.9 * len(head):
        convert = f"tr '\\025' '\\045' < {shell_word(path)} | iconv -f cp500 -t utf-8 > table.csv"
        return f"is text in EBCDIC, not UTF-8; convert it: {convert}"
    if _is_binary(raw):
        return "is binary data, not text; export its table as CSV in the program that wrote it"
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
    if not likely:
        fix = "save it as UTF-8 in the program that wrote it"
        return f"{byte}, and its encoding is unknown: {fix}"
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
        plain = _plain(text)
        alphabetic = plain + sum("~" < letter < last and letter.isprintable() for letter in text)
        if plain > 0.3 * len(text) or (plain > 0 and alphabetic > 0.95 * len(text)):
            return name
    return ""


def _plain(text: str) -> int:
    """Return the number of printable ASCII characters."""
    return sum(letter in "\t\r\n\x85" or " " <= letter <= "~" for letter in text)


def _escaped_encoding(raw: bytes) -> str:
    """Return the encoding, if any, that writes other letters in ASCII: UTF-7 or ISO-2022-JP."""
    for name, mark in ESCAPED.items():
        if re.search(mark, raw):
            with suppress(UnicodeDecodeError):
                letters = [letter for letter in raw.decode(name) if not letter.isascii()]
                if sum(map(str.isalpha, letters)) > len(letters) / 2:
                    return name
    return ""


def _is_binary(raw: bytes) -> bool:
    """Return whether there are control characters beside zeros or bytes that are not UTF-8."""
    if 10 * raw.count(b"\0") > len(raw):
        return True
    if not re.search(rb"[\x01-\x06\x0e-\x19]", raw):
        return False
    try:
        return "\0" in raw.decode()
    except UnicodeDecodeError:
        return True


def _iconv(path: Path, encoding: str) -> str:
    return f"iconv -f {encoding} -t utf-8 {shell_word(path)} > table.csv"
