"""What a cell of a file from strangers says: a number, nothing, or words; knows no file."""

from __future__ import annotations

import math

MISSING = frozenset({"", "?", "-", "na", "n/a", "#n/a", "nan", "null", "none", "missing"})
"""What stands for no value, in small letters."""
LONGEST = 40


def missing(cell: str) -> bool:
    """Whether the cell holds no value."""
    return cell.strip().lower() in MISSING


def number(cell: str) -> float | None:
    """The finite number that the cell spells; None where it spells none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def shown(text: str, longest: int = LONGEST) -> str:
    """The text with everything written out that a terminal would obey or hide, and cut.

    Escape sequences, line ends and the marks that turn the direction of writing come out as
    `\\x1b`, `\\n`, `\\u202e`; so does half of a surrogate pair, which no terminal can print.
    """
    safe = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text[: longest + 1]
    )
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"
