"""`name = value` as a person types it, and a plain number in it; knows no name."""

from __future__ import annotations

import re

Columns = tuple[int, int]
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
TYPED = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=\s*)?(?P<value>.*?)\s*")


def assigned(text: str) -> tuple[str, Columns, str, Columns]:
    """The name, empty where there is none, and the value, each with its columns."""
    found = TYPED.fullmatch(text)
    assert found is not None, "one line, without control characters"
    return found["name"] or "", found.span("name"), found["value"], found.span("value")


def number_in(text: str, example: str) -> float:
    """A decimal number; a typographer's minus sign will do.

    Raises:
        ValueError: it is no number; the message gives the example.
    """
    digits = text.strip().replace("−", "-")
    if not NUMBER.fullmatch(digits):
        raise ValueError(f"a number stands here, as in {example}")
    return float(digits)
