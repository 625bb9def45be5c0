"""Cases of a test written as a table: many short ones on a line."""

from __future__ import annotations

import re


def cells(text: str) -> list[tuple[str, ...]]:
    """The cells, with three or more spaces between them; `a → b` are two parts of one.

    >>> cells("2x → 2*x   x^2 → x**2")
    [('2x', '2*x'), ('x^2', 'x**2')]
    """
    found = re.split(r"\s{3,}|\n\s*", text.strip())
    return [tuple(cell.split(" → ")) for cell in found]
