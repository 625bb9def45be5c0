"""Removes redundant style codes (SGR) from terminal output.

Rich resets the style after each segment and then sets both colours again, although the background
rarely changes. That is half of all output.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Parts: TypeAlias = tuple[tuple[str, ...], str, str]
"""A style: attributes such as bold, foreground and background; empty means the default."""

PLAIN: Parts = ((), "", "")
_CODE = re.compile(r"\x1b\[([\d;]*)m")
_MOVES = re.compile(r"(?:\x1b\[\d+;\d+H)*")
_OTHER = re.compile(r"\x1b(?!\[\d+;\d+H)")
"""Escape sequences that may change the style, such as restoring the cursor."""
_LONG = ("38", "48", "58")
_LENGTHS = {"2": 5, "5": 3}
"""Count of the numbers of a colour that begins with `38;2` or `38;5`."""
_GROUNDS = {"3": 0, "9": 0, "4": 1, "10": 1}
"""Foreground (0) or background (1) for a code, by its digits without the last one."""


def terse(text: str) -> str:
    """Return the same text without style codes that change nothing.

    Text before the first code is copied. Between two codes there may be anything; if there are
    only cursor moves, the first code is deferred.
    """
    first, *rest = _CODE.split(text)
    output = [first]
    now: Parts | None = None  # unknown: the style at the end of the previous text
    wanted: Parts | None = None
    for code, letters in zip(rest[::2], rest[1::2], strict=True):
        reset = code in ("", "0")
        if not reset and wanted != PLAIN:
            # The code modifies a style that is not the default; such sums are not tracked here.
            output += [_change(now, wanted), f"\x1b[{code}m", letters]
            now = wanted = None
            continue
        wanted = PLAIN if reset else _parts(code)
        if not _MOVES.fullmatch(letters):
            output.append(_change(now, wanted))
            now = wanted = None if _OTHER.search(letters) else wanted
        output.append(letters)
    return "".join((*output, _change(now, wanted)))


def _change(now: Parts | None, wanted: Parts | None) -> str:
    """Return the shortest code that changes the style from `now` to `wanted`."""
    if wanted is None or now == wanted:
        return ""
    attributes, *colours = wanted
    before, *others = now or PLAIN
    if (
        now is None
        or before != attributes[: len(before)]
        or any(old and not new for old, new in zip(others, colours, strict=True))
    ):
        return f"\x1b[{';'.join(('0', *attributes, *filter(None, colours)))}m"
    changed = (new for old, new in zip(others, colours, strict=True) if new != old)
    return f"\x1b[{';'.join((*attributes[len(before) :], *changed))}m"


@lru_cache(maxsize=4096)
def _parts(code: str) -> Parts:
    """Return the style that the code makes from the default style."""
    numbers = code.split(";")
    attributes: list[str] = []
    colours = ["", ""]
    while numbers:
        first, kind = numbers[0], "".join(numbers[1:2])
        length = _LENGTHS.get(kind, 1) if first in _LONG else 1
        taken, numbers = ";".join(numbers[:length]), numbers[length:]
        if first in ("", "0"):
            attributes, colours = [], ["", ""]
        elif (ground := _GROUNDS.get(first[:-1])) is not None:
            colours[ground] = taken
        else:
            attributes.append(taken)
    return tuple(attributes), colours[0], colours[1]
