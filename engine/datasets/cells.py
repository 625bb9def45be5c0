"""Reads a cell of a CSV file as a number, and makes texts of unknown origin safe to print."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

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
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""1,000 may be one thousand: to write 1.000 instead would be another number."""
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*|[+-]?\d{1,3}(,\d{3}){2,}")
"""1,000,000 and 1,000.5 can only have commas between thousands."""
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


def number_advice(cell: str, column: Iterable[str], otherwise: str = "") -> str:
    """How to write the number that the cell seems to hold, and whether to read commas as points.

    Whether the comma of 1,234 stands before decimals is decided by the texts of its column; where
    they decide nothing, both readings are named. `otherwise` stands for an unknown number.
    """
    text, bare = corrected(cell), _bare(cell)
    column = set(column)
    decimal = any(map(has_decimal_comma, column))
    advice = f"write {shown(text)}" if text else otherwise
    if AMBIGUOUS.fullmatch(bare):
        point, is_bare = bare.replace(",", "."), bare == cell.strip()
        grouped = any(THOUSANDS.fullmatch(_bare(other)) or _has_point(other) for other in column)
        if decimal and not grouped:
            advice = f"write {point}"
        elif not grouped and is_bare:
            both = f"without commas it is {text}; if the comma stands before decimals, it is"
            return f"{both} {point}: --decimal comma"
        elif not grouped:
            advice += f", or {point} if the comma stands before decimals"
    if _has_thousands(cell.strip()) and advice == f"write {text}":
        advice = f"without commas it is {text}"
    if decimal:
        advice += f"{'; ' if advice else ''}to read every comma as a decimal point: "
        advice += "--decimal comma"
    return advice


def _has_point(cell: str) -> bool:
    """Whether the cell is a number with a decimal point."""
    return "." in cell and number(cell) is not None and not GROUPED.fullmatch(cell.strip())


def _bare(cell: str) -> str:
    """The cell without signs of currency and percent."""
    return SIGNS.sub("", cell).strip().replace("−", "-")


def has_decimal_comma(cell: str) -> bool:
    """Whether the cell can only be a number with a decimal comma, or with points between its
    thousands: 0,134 and 1234,567, but not 1,234."""
    text = cell.strip()
    if MILLIONS.fullmatch(text):
        return True
    decimal = "," in text and COMMA.fullmatch(text) and not _has_thousands(text)
    return bool(decimal) and number(with_point(text)) is not None


def _has_thousands(text: str) -> bool:
    """Whether the commas may stand between thousands."""
    return bool(AMBIGUOUS.fullmatch(text) or THOUSANDS.fullmatch(text))


def with_point(cell: str) -> str:
    """The cell with a decimal point for its decimal comma: `1000.5` for `1.000,5`.

    Cells that hold no such number stay as they are.
    """
    text = cell.strip()
    if text.isdigit():
        return text
    if COMMA.fullmatch(text) or GROUPED.fullmatch(text):
        return re.sub(GAP, "", text).replace(".", "").replace(",", ".")
    return cell


def corrected(cell: str) -> str:
    """The number that the cell seems to hold, written correctly: `1.5` for `1,5`; or ''."""
    if number(cell) is not None:
        return cell.strip()
    text = _bare(cell).replace("_", "")
    text = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
    if _has_thousands(text):
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
