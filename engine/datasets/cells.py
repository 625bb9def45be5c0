"""What a cell of a file from strangers says: a number, nothing, or words; knows no file."""

from __future__ import annotations

import math
import re
import unicodedata

SIGNS_OR_WORDS = frozenset({"-", "--", ".", "*", "none", "missing"})
ERRORS = frozenset({"#n/a", "#value!", "#div/0!", "#ref!", "#num!", "#name?"})
"""What a spreadsheet writes for a formula that has no value."""
MISSING = SIGNS_OR_WORDS | ERRORS | {"", "?", "na", "n/a", "n.a.", "nan", "nat", "<na>", "null"}
"""What stands for no value, in small letters."""
UNLABELLED = MISSING - SIGNS_OR_WORDS
"""What stands for no label whatever the others are: those left out may be names of classes."""
LONGEST = 40
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]+\d.*)?|\d{4}-\d{1,2}"
    r"|\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?"
)
"""A date, a time, or both: 10/03/2004, 2021-01-01 12:30, 18.00.00. A plain 18.00 is a number."""
SIGNS = re.compile(r"(?:[$€£¥₹%]|USD|EUR|GBP)", re.IGNORECASE)
"""Currency and percent signs before or after a number."""
GAP = "[ \u00a0\u202f'’]"
"""What may be between thousands beside points and commas."""
SPACED = re.compile(rf"[+-]?\d{{1,3}}({GAP}\d{{3}})+([.,]\d*)?")
"""A number with spaces or apostrophes between its thousands: 1 000.5."""
COMMA = re.compile(
    rf"[+-]?(\d{{1,3}}(\.\d{{3}})+|\d{{1,3}}({GAP}\d{{3}})+|\d*),\d*(e[+-]?\d+)?", re.IGNORECASE
)
"""A number with a decimal comma, and perhaps points between its thousands: 1.000,5."""
GROUPED = re.compile(rf"[+-]?\d{{1,3}}((\.\d{{3}})+|({GAP}\d{{3}})+)")
"""A whole number with points or spaces between its thousands: 1.000.000."""
MILLIONS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}")
"""The same where it cannot be a number with decimals."""
HIDDEN = re.compile(
    "[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""Variation selectors, skin tones and the joiners of emoji: terminals disagree on how many cells
a sign with one of these takes, and the cells that are left over are never cleared."""
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
"""1,000 may be one thousand: to write 1.000 instead would be another number."""
POINTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*")
"""One thousand and a half, where the comma stands before the decimals: 1.000,5."""


def missing(cell: str) -> bool:
    """Whether the cell holds no value."""
    return cell.strip().lower() in MISSING


def unlabelled(cell: str) -> bool:
    """Whether the cell holds no label, be the others words or numbers."""
    return cell.strip().lower() in UNLABELLED


def number(cell: str) -> float | None:
    """The finite number that the cell spells; None where it spells none."""
    value = _spelled(cell)
    return value if math.isfinite(value) else None


def plain(text: str) -> bool:
    """Whether `float` takes of this only what everybody reads as a number.

    Python itself also takes 1_000, and the digits of every script.
    """
    return "_" not in text and text.isascii()


def trouble(cell: str) -> str:
    """What is wrong with a cell that should be a number, in words: `is not a number`."""
    if DATE.fullmatch(cell.strip()):
        return "is a date or a time, not a number"
    large = math.isinf(_spelled(cell)) and "n" not in cell.lower()  # as it is in inf
    return "is too large a number" if large else "is not a number"


def advice(cell: str) -> str:
    """How to write the number that the cell seems to hold; nothing where that cannot be told."""
    text = shown(mended(cell))
    if not text:
        return ""
    return f"without commas it is {text}" if THOUSANDS.fullmatch(cell.strip()) else f"write {text}"


def has_decimal_comma(cell: str) -> bool:
    """Whether the cell is a number where the comma stands before the decimals, and only there.

    1,000 may be one thousand; and 1.000.000 is a number only where points are between thousands.
    """
    text = cell.strip()
    if MILLIONS.fullmatch(text):
        return True
    decimal = COMMA.fullmatch(text) and not THOUSANDS.fullmatch(text)
    return bool(decimal) and number(with_point(text)) is not None


def with_point(cell: str) -> str:
    """The cell with a decimal point for its decimal comma: `1000.5` for `1.000,5`.

    Cells that hold no such number stay as they are.
    """
    text = cell.strip()
    if COMMA.fullmatch(text) or GROUPED.fullmatch(text):
        return re.sub(GAP, "", text).replace(".", "").replace(",", ".")
    return cell


def mended(cell: str) -> str:
    """The number that the cell seems to hold, as it has to be written: `1.5` for `1,5`; or ''."""
    text = SIGNS.sub("", cell).strip().replace("−", "-").replace("_", "")
    text = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif POINTED.fullmatch(text) or MILLIONS.fullmatch(text):
        text = text.replace(".", "")
    elif SPACED.fullmatch(text):
        text = re.sub(GAP, "", text)
    text = text.replace(",", ".", 1)
    return text if number(text) is not None else ""


def shown(text: str, longest: int = LONGEST) -> str:
    """The text with everything written out that a terminal would obey or hide, and cut.

    Escape sequences, line ends and the marks that turn the direction of writing come out as
    `\\x1b`, `\\n`, `\\u202e`; so does half of a surrogate pair, which no terminal can print.
    Letters are composed with their accents, and emoji lose what changes their width.
    """
    plain_text = text if text.isascii() else HIDDEN.sub("", unicodedata.normalize("NFC", text))
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in plain_text[: longest + 1]
    )
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def _spelled(cell: str) -> float:
    """What `float` makes of it, or nan: infinity, too, of a number that is too large."""
    text = cell.strip()
    try:
        return float(text) if plain(text) else math.nan
    except ValueError:
        return math.nan
