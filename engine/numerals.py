"""Numbers as text: counts with a noun, and corrections of mistyped numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.expression import SIGNS

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A decimal number as Python writes it."""
LONGEST = 40
"""The most characters of a text for which a correction is searched."""

_PLAIN = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_POWERS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_THOUSANDS = {"k": 1e3, "K": 1e3, "M": 1e6}


class NotANumber(ValueError):
    """The text is not a number; `meant` is the number that is probably meant, or empty."""

    def __init__(self, message: str, meant: str) -> None:
        super().__init__(message)
        self.meant = meant


def counted(count: int, one: str, many: str = "") -> str:
    """Return the count with its noun: `1 row`, `2 rows`; `many` defaults to `one` with an s."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def ascii_form(text: str) -> str:
    """Return the text with ASCII digits and signs instead of full-width and typographic ones.

    >>> ascii_form(" −０．５ ")
    '-0.5'
    """
    return text.translate(SIGNS).strip()


def meant(text: str, *, whole: bool = False) -> str:
    """Return the decimal number that an invalid text probably means; empty if unknown.

    >>> [meant(text) for text in ("0,01", "1/2", "50%", "1_000", "1.5×10⁻³", "ten")]
    ['0.01', '0.5', '0.5', '1000', '0.0015', '']
    >>> meant("1e3", whole=True), meant("1,000", whole=True)
    ('1000', '1000')
    """
    if len(text) > LONGEST:
        return ""
    line = ascii_form(text).strip("'\"`")
    line = line.rpartition("=")[2].strip()  # the name was typed again: rate = 0.1
    for form, value_of in _FORMS:
        found = re.fullmatch(form, line)
        if found:
            try:
                value = value_of(found)
                if abs(value) >= 1e16 or (whole and not value.is_integer()):
                    return ""
                return str(int(value)) if value.is_integer() else f"{value:.12g}"
            except (ArithmeticError, ValueError):
                return ""
    return ""


def _power(base: str, exponent: str) -> float:
    if abs(int(exponent)) > 30:
        raise ValueError("too large a power")
    return float(float(base) ** int(exponent))


_FORMS: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
    (_PLAIN, lambda found: float(found[1])),
    (rf"{_PLAIN}\s*/\s*{_PLAIN}", lambda found: float(found[1]) / float(found[2])),
    (rf"{_PLAIN}\s*%", lambda found: float(f"{float(found[1]) / 100:.12g}")),
    (
        r"([+-]?[1-9]\d{0,2}(?:[, '_]\d{3})+(?:\.\d*)?)",
        lambda found: float(re.sub(r"[, '_]", "", found[1])),
    ),
    (r"([+-]?\d[\d_]*(?:\.\d*)?)", lambda found: float(found[1].replace("_", ""))),
    (r"([+-]?\d*,\d+)", lambda found: float(found[1].replace(",", "."))),
    (rf"{_PLAIN}([kKM])", lambda found: float(found[1]) * _THOUSANDS[found[2]]),
    (rf"{_PLAIN}[fFdD]", lambda found: float(found[1])),
    (r"(\d+)(?:\^|\*\*)([+-]?\d+)", lambda found: _power(found[1], found[2])),
    (
        rf"{_PLAIN}\s*[*x]\s*10(?:\^|\*\*)?([+-]?\d+|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda found: float(f"{found[1]}e{found[2].translate(_POWERS)}"),
    ),
    (r"(\d+)([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: _power(found[1], found[2].translate(_POWERS))),
    (r"(0[xX][\da-fA-F]+)", lambda found: float(int(found[1], 16))),
)
