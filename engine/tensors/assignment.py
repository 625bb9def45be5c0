"""A line that gives one cell another number, `a[0, 1] = 5`: read by its form, never executed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine.config import nearest
from engine.expression import MOST_CHARACTERS, Refused, check_letters

FORM = re.compile(r"\s*([A-Za-z_]\w*)\s*\[\s*([0-9]+)\s*,\s*([0-9]+)\s*\]\s*=(?!=)\s*(.*?)\s*")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One cell of a variable, and its new number."""

    name: str
    row: int
    column: int
    value: float


def assignment(text: str, names: Collection[str]) -> Assignment | None:
    """The assignment that the line is; None where it has another form.

    Raises:
        Refused: it has the form, but names no variable of these, or what it gives is no number.
    """
    if len(text) > MOST_CHARACTERS or not (match := FORM.fullmatch(text)):
        return None
    check_letters(text)
    name, row, column, value = match.groups()
    if name not in names:
        raise Refused(f"no variable {name}; {nearest(name, names)}", text, match.span(1))
    if not NUMBER.fullmatch(value):
        raise Refused("one plain number stands here, such as 5 or -0.5", text, match.span(4))
    return Assignment(name, int(row), int(column), float(value))
