"""`name = value` as a person types it, and a plain number in it; knows no name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from engine.expression import SIGNS, Refused
from engine.numerals import NUMBER, NotANumber, ascii_form, meant

Columns = tuple[int, int]
TYPED = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=(?!=)\s*)?(?P<value>.*?)\s*")
_OTHER = re.compile(r"\s*([^\W\d]\w*)\s*(?:==|:=|=|:|\s)\s*([^=\s].*?)\s*")
"""The same with another sign between the two: `P: 0.9`, `P == 0.9`, `P 0.9`."""


def assigned(text: str) -> tuple[str, Columns, str, Columns]:
    """The name, empty where there is none, and the value, each with its columns."""
    found = TYPED.fullmatch(text.translate(SIGNS))
    assert found is not None, "one line, without control characters"
    return found["name"] or "", found.span("name"), found["value"], found.span("value")


def number_in(text: str, example: str) -> float:
    """A decimal number; full-width digits and a typographer's minus sign will do.

    Raises:
        NotANumber: it is no number; the message gives the example.
    """
    digits = ascii_form(text)
    if not NUMBER.fullmatch(digits):
        raise NotANumber(f"a number stands here, as in {example}", meant(text))
    return float(digits)


def misnamed(
    text: str, name: str, at: Columns, allowed: Sequence[str], other_names: Mapping[str, str]
) -> Refused:
    """The refusal of a name that is not to be set here, with the one that is meant."""
    close = get_close_matches(name, allowed, n=1, cutoff=0.7)
    same = [known for known in allowed if known.lower() == name.lower()]
    known = (*same, other_names.get(name.lower(), ""), *close)
    right = next((word for word in known if word in allowed), "")
    message = f"{name} is not to be set here: there are {', '.join(allowed)}"
    instead = f"{text[: at[0]]}{right}{text[at[1] :]}".strip() if right else ""
    return Refused(message, text, at, instead)


def misplaced(text: str, at: Columns, error: ValueError) -> Refused:
    """The refusal of a value, with the number that is meant in its place."""
    likely = error.meant if isinstance(error, NotANumber) else ""
    instead = f"{text[: at[0]]}{likely}{text[at[1] :]}".strip() if likely else ""
    if "=" not in text[: at[0]]:  # no name was read: a number alone could be one of another
        found = _OTHER.fullmatch(text)
        instead = f"{found[1]} = {found[2]}" if found else instead if "=" not in text else ""
    return Refused(str(error), text, at, instead)
