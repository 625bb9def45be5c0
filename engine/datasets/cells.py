"""Parsing of a CSV cell as a number, and escaping of untrusted texts for printing."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

SIGNS_OR_WORDS = frozenset({"-", "--", ".", "*", "none", "missing"})
ERRORS = frozenset({"#n/a", "#value!", "#div/0!", "#ref!", "#num!", "#name?"})
"""Texts that a spreadsheet writes for a formula without a value."""
MISSING = SIGNS_OR_WORDS | ERRORS | {"", "?", "na", "n/a", "n.a.", "nan", "nat", "<na>", "null"}
"""Texts for a missing value, in lower case."""
UNLABELLED = MISSING - SIGNS_OR_WORDS
"""Texts that always mean a missing label; the others may be class names."""
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]+\d.*)?|\d{4}-\d{1,2}"
    r"|\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?"
)
"""A date, a time, or both: 10/03/2004, 2021-01-01 12:30, 18.00.00. A plain 18.00 is a number."""
SIGNS = re.compile(r"(?:[$€£¥₹%]|USD|EUR|GBP)", re.IGNORECASE)
"""Currency and percent signs before or after a number."""
GAP = "[ \u00a0\u202f'’]"
"""Separators between thousands, other than points and commas."""
SPACED = re.compile(rf"[+-]?\d{{1,3}}({GAP}\d{{3}})+([.,]\d*)?")  # 1 000.5
COMMA = re.compile(
    rf"[+-]?(\d{{1,3}}(\.\d{{3}})+|\d{{1,3}}({GAP}\d{{3}})+|\d*),\d*(e[+-]?\d+)?", re.IGNORECASE
)
"""A number with a decimal comma, and perhaps points between thousands: 1.000,5."""
GROUPED = re.compile(rf"[+-]?\d{{1,3}}((\.\d{{3}})+|({GAP}\d{{3}})+)")  # 1.000.000
MILLIONS = re.compile(r"[+-]?\d{1,3}(\.\d{3}){2,}")  # the same if the points are no decimal points
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""1,000 may be one thousand, so writing 1.000 could change the number."""
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d*|[+-]?\d{1,3}(,\d{3}){2,}")
"""In 1,000,000 and 1,000.5 the commas can only separate thousands."""
POINTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*")  # 1.000,5
HIDDEN = re.compile(
    "[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""Variation selectors, skin tones and the joiners of emoji: terminals disagree on the width of a
character with one of these, and leave cells uncleared."""


def missing(cell: str) -> bool:
    """Whether the cell has no value."""
    return cell.strip().lower() in MISSING


def number(cell: str) -> float | None:
    """Return the finite number in the cell; None if there is none."""
    value = _parsed(cell)
    return value if math.isfinite(value) else None


def plain(text: str) -> bool:
    """Whether `float` reads the text in the usual way: it also takes 1_000 and Unicode digits."""
    return "_" not in text and text.isascii()


def number_problem(cell: str) -> str:
    """Return what is wrong with a cell that should be a number, such as "is not a number"."""
    if DATE.fullmatch(cell.strip()):
        return "is a date or a time, not a number"
    too_large = math.isinf(_parsed(cell)) and "n" not in cell.lower()  # not the text inf
    return "is too large a number" if too_large else "is not a number"


def number_advice(cell: str, column: Iterable[str], otherwise: str = "") -> str:
    """Return how to write the number that the cell seems to hold, and whether to use decimal=comma.

    The other cells of the column decide whether the comma of 1,234 is a decimal comma; if they do
    not, the advice names both readings. `otherwise` is the advice for an unknown number.
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
    """Return the cell without currency and percent signs."""
    return SIGNS.sub("", cell).strip().replace("−", "-")


def has_decimal_comma(cell: str) -> bool:
    """Whether the cell can only be a number with a decimal comma, or with points between thousands:
    0,134 and 1234,567, but not 1,234."""
    text = cell.strip()
    if MILLIONS.fullmatch(text):
        return True
    decimal = "," in text and COMMA.fullmatch(text) and not _has_thousands(text)
    return bool(decimal) and number(with_point(text)) is not None


def _has_thousands(text: str) -> bool:
    """Whether the commas may separate thousands."""
    return bool(AMBIGUOUS.fullmatch(text) or THOUSANDS.fullmatch(text))


def with_point(cell: str) -> str:
    """Return the cell with a decimal point instead of the decimal comma: `1000.5` for `1.000,5`.

    Cells without such a number are returned unchanged.
    """
    text = cell.strip()
    if text.isdigit():
        return text
    if COMMA.fullmatch(text) or GROUPED.fullmatch(text):
        return re.sub(GAP, "", text).replace(".", "").replace(",", ".")
    return cell


def corrected(cell: str) -> str:
    """Return the number that the cell seems to hold in correct form, `1.5` for `1,5`; or ''."""
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
    """Return the text, shortened, with everything escaped that a terminal would interpret or hide.

    Escape sequences, line ends and marks of the writing direction become `\\x1b`, `\\n`, `\\u202e`;
    lone surrogates are escaped too. Letters are composed with their accents, and emoji lose the
    characters that change their width.
    """
    composed = text if text.isascii() else HIDDEN.sub("", unicodedata.normalize("NFC", text))
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in composed[: longest + 1]
    )
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def _parsed(cell: str) -> float:
    """Return the number that `float` reads, infinity if it is too large; nan for no number."""
    text = cell.strip()
    try:
        return float(text) if plain(text) else math.nan
    except ValueError:
        return math.nan
