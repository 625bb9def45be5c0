"""Test cases written as a table, several short ones per line."""

from __future__ import annotations

import re


def cells(text: str) -> list[tuple[str, ...]]:
    """Return the cells, which are separated by three or more spaces; `a → b` are two parts of one.

    >>> cells("2x → 2*x   x^2 → x**2")
    [('2x', '2*x'), ('x^2', 'x**2')]
    """
    found = re.split(r"\s{3,}|\n\s*", text.strip())
    return [tuple(cell.split(" → ")) for cell in found]
