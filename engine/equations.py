"""Formulas of a step with their numbers, as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

NONE_YET = "none yet"
"""The text for a number that the first step has not computed yet."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the arithmetic of a step: a formula, the same with numbers, and its result."""

    phase: str
    """The part of the step: forward, loss, backward, velocity or update."""
    formula: str
    numbers: str
    result: str


def number(value: float | None, digits: int = 4) -> str:
    """Return the number in mathematical notation: with a true minus sign, never `1e+06`.

    >>> number(-0.03121), number(1.5e9), number(float("nan")), number(None)
    ('−0.0312', '1.500×10⁹', 'not a number', 'none yet')
    """
    if value is None:
        return NONE_YET
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = _rounded(value)
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        return _power_of_ten(value, digits - 1)
    return _minus(f"{value + 0.0:.{digits}f}")  # + 0.0 turns −0.0 into 0.0


def _rounded(value: float) -> float:
    """Round to twelve digits, so that the text does not depend on the last bit of a float.

    The last bit differs between CPUs, and 0.12345 is half-way between two numbers of four decimals.
    """
    return float(f"{value:.12g}")


def factor(value: float | None, digits: int = 4) -> str:
    """Return the number as a factor in a product: a negative one in parentheses."""
    text = number(value, digits)
    return f"({text})" if text.startswith("−") else text


def plus(value: float | None, digits: int = 4) -> str:
    """Return the number as the next term of a sum: `+ 0.92`, or `− 0.92` for a negative one."""
    text = number(value, digits)
    return f"− {text[1:]}" if text.startswith("−") else f"+ {text}"


def plain(value: float) -> str:
    """Return a hyperparameter as a person would type it: `0.01`, `3`, `1e−06`."""
    return _minus(f"{_rounded(value) + 0.0:.10g}")


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _power_of_ten(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{_minus(mantissa)}×10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def _minus(text: str) -> str:
    return text.replace("-", "−")
