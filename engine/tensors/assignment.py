"""A line that gives one cell another number, `a[0, 1] = 5`: read by its form, never executed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from engine.config import nearest
from engine.expression import MOST_CHARACTERS, Refused, check_letters, suggesting
from engine.numerals import NUMBER, ascii_form, meant

FORM = re.compile(r"\s*([A-Za-z_]\w*)\s*\[\s*([0-9]+)\s*,\s*([0-9]+)\s*\]\s*=(?!=)\s*(.*?)\s*")


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
            A line that the message suggests is an assignment.
    """
    with suggesting(lambda line: _assignment(line, names)):
        return _assignment(text, names)


def _assignment(text: str, names: Collection[str]) -> Assignment | None:
    if len(text) > MOST_CHARACTERS or not (match := FORM.fullmatch(text)):
        return None
    check_letters(text)
    name, row, column, value = match.groups()
    if name not in names:
        raise Refused(f"no variable {name}; {nearest(name, names)}", text, match.span(1))
    if not NUMBER.fullmatch(ascii_form(value)):
        likely, start = meant(value), match.start(4)
        instead = f"{text[:start]}{likely}".strip() if likely else ""
        message = "one plain number stands here, such as 5 or -0.5"
        raise Refused(message, text, match.span(4), instead)
    return Assignment(name, int(row), int(column), float(ascii_form(value)))
