"""Says the same to the terminal in fewer bytes.

Rich, which writes the colours, turns everything off after each run of letters and then names both
colours in full, of which the background is nearly always what it was: half of all that is sent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Parts: TypeAlias = tuple[tuple[str, ...], str, str]
"""How letters look: attributes as bold, the colour, the background; an empty one is the default."""

PLAIN: Parts = ((), "", "")
_CODE = re.compile(r"\x1b\[([\d;]*)m")
_MOVES = re.compile(r"(?:\x1b\[\d+;\d+H)*")
_OTHER = re.compile(r"\x1b(?!\[\d+;\d+H)")
"""Orders that may change how letters look, as that to put the cursor back does."""
_LONG = ("38", "48", "58")
_LENGTHS = {"2": 5, "5": 3}
"""How many numbers a colour takes that begins with `38;2` or with `38;5`."""
_GROUNDS = {"3": 0, "9": 0, "4": 1, "10": 1}
"""What a number colours, by all of it but its last digit: 0 the letters, 1 the background."""


def terse(text: str) -> str:
    """The same text and colours, without the codes that change nothing.

    What stands before the first code is taken to be written as it is. Between two codes there
    may be anything; only where there is nothing but moves of the cursor is a code put off.
    """
    first, *rest = _CODE.split(text)
    said = [first]
    now: Parts | None = None  # unknown: as the last text left it
    wanted: Parts | None = None
    for code, letters in zip(rest[::2], rest[1::2], strict=True):
        reset = code in ("", "0")
        if not reset and wanted != PLAIN:
            # It adds to colours that are already there, and nothing here counts that up.
            said += [_change(now, wanted), f"\x1b[{code}m", letters]
            now = wanted = None
            continue
        wanted = PLAIN if reset else _parts(code)
        if not _MOVES.fullmatch(letters):
            said.append(_change(now, wanted))
            now = wanted = None if _OTHER.search(letters) else wanted
        said.append(letters)
    return "".join((*said, _change(now, wanted)))


def _change(now: Parts | None, wanted: Parts | None) -> str:
    """The shortest code that leads from one look to another."""
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
    """Take one code apart, as what it makes of the default."""
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
