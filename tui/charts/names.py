"""Names of strangers in the cells of a chart: each letter one cell wide; knows no chart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def short(names: Sequence[str], longest: int) -> tuple[str, ...]:
    """Each name in at most so many cells, at least one, cut with an ellipsis.

    A canvas puts one character in one cell. A name with characters that take two cells, or
    none, would push all that follows aside, and letters written from right to left may turn the
    line round; its place in the row, counted from 1, stands for such a name.
    """
    plain = (
        name if name and all(map(_one_cell, name)) else f"#{place}"
        for place, name in enumerate(names, start=1)
    )
    longest = max(longest, 1)
    return tuple(name if len(name) <= longest else f"{name[: longest - 1]}…" for name in plain)


def _one_cell(letter: str) -> bool:
    wide = unicodedata.east_asian_width(letter) in "WF"
    mark = unicodedata.category(letter).startswith("M")  # variation selectors among them
    leftwards = unicodedata.bidirectional(letter) in ("R", "AL", "AN")
    return letter.isprintable() and not (wide or mark or leftwards)
