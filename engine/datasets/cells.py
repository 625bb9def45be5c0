"""Reads a cell of a CSV file as a number, and makes texts of unknown origin safe to print."""

from __future__ import annotations

import math
import re
import unicodedata

SIGNS_OR_WORDS = frozenset({"-", "--", ".", "*", "none", "missing"})
ERRORS = frozenset({"#n/a", "#value!", "#div/0!", "#ref!", "#num!", "#name?"})
"""What a spreadsheet writes for a formula without a value."""
MISSING = SIGNS_OR_WORDS | ERRORS | {"", "?", "na", "n/a", "n.a.", "nan", "nat", "<na>", "null"}
"""What stands for no value, in small letters."""
UNLABELLED = MISSING - SIGNS_OR_WORDS
"""What stands for no label whatever the other labels are: those left out may name classes."""
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]+\d.*)?|\d{4}-\d{1,2}"
    r"|\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?"
)
"""A date, a time, or both: 10/03/2004, 2021-01-01 12:30, 18.00.00. A plain 18.00 is a number."""
SIGNS = re.compile(r"(?:[$€£¥₹%]|USD|EUR|GBP)", re.IGNORECASE)
"""Currency and percent signs before or after a number."""
GAP = "[ \u00a0\u202f'’]"
"""Between thousands, beside points and commas."""
SPACED = re.compile(rf"[+-]?\d{{1,3}}({GAP}\d{{3}})+([.,]\d*)?")  # 1 000.5
COMMA = re.compile(
    rf"[+-]?(\d{{1,3}}(\.\d{{3}})+|\d{{1,3}}({GAP}\d{{3}})+|\d*),\d*(e[+-]?\d+)?", re.IGNORECASE
)
"""A number with a decimal comma, and perhaps points between its thousands: 1.000,5."""
GROUPED = re.compile(rf"[+-]?\d{{1,3}}((\.\d{{3}})+|({GAP}\d{{3}})+)")  # 1.000.000
MILLIONS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}")  # the same where the points are no decimals
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
"""1,000 may be one thousand: to write 1.000 instead would be another number."""
POINTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*")  # 1.000,5
HIDDEN = re.compile(
    "[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""Variation selectors, skin tones and the joiners of emoji: terminals disagree on how many cells
a sign with one of these takes, and the cells that are left over are never cleared."""


def missing(cell: str) -> bool:
    """Whether the cell holds no value."""
    return cell.strip().lower() in MISSING


def unlabelled(cell: str) -> bool:
    """Whether the cell holds no label, be the other labels words or numbers."""
    return cell.strip().lower() in UNLABELLED


def number(cell: str) -> float | None:
    """The finite number that the cell spells; None where it spells none."""
    value = _parsed(cell)
    return value if math.isfinite(value) else None


def plain(text: str) -> bool:
    """Whether `float` reads this as everybody does: it also takes 1_000, and all digits of
    Unicode."""
    return "_" not in text and text.isascii()


def number_problem(cell: str) -> str:
    """What is wrong with a cell that should be a number, such as "is not a number"."""
    if DATE.fullmatch(cell.strip()):
        return "is a date or a time, not a number"
    too_large = math.isinf(_parsed(cell)) and "n" not in cell.lower()  # as in inf
    return "is too large a number" if too_large else "is not a number"


def number_advice(cell: str) -> str:
    """How to write the number that the cell seems to hold; empty where that is unknown."""
    text = shown(corrected(cell))
    if not text:
        return ""
    return f"without commas it is {text}" if THOUSANDS.fullmatch(cell.strip()) else f"write {text}"


def has_decimal_comma(cell: str) -> bool:
    """Whether the cell can only be a number with a decimal comma, or with points between its
    thousands. 1,000 may be one thousand."""
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


def corrected(cell: str) -> str:
    """The number that the cell seems to hold, written correctly: `1.5` for `1,5`; or ''."""
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


def shown(text: str, longest: int = 40) -> str:
    """The text, cut, with everything escaped that a terminal would obey or hide.

    Escape sequences, line ends and marks of the writing direction become `\\x1b`, `\\n`,
    `\\u202e`; so does half of a surrogate pair. Letters are composed with their accents, and emoji
    lose what changes their width.
    """
    composed = text if text.isascii() else HIDDEN.sub("", unicodedata.normalize("NFC", text))
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in composed[: longest + 1]
    )
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def _parsed(cell: str) -> float:
    """What `float` reads, infinity for a number that is too large; nan for no number."""
    text = cell.strip()
    try:
        return float(text) if plain(text) else math.nan
    except ValueError:
        return math.nan
