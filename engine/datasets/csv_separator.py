"""Finds what separates the cells of a CSV file, from its first lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Literal, TypeAlias

from engine.datasets.cells import mended, missing

Separator: TypeAlias = Literal["auto", "comma", "semicolon", "tab", "pipe", "space"]

SEPARATORS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}
"""The last one also stands before decimals: it counts where no other does as well."""
SPACE = " "
"""Stands for a run of spaces and tabs."""
GLANCE = 10
"""So many lines are looked at to find out how cells are separated."""
MANY = 1000
"""So many where runs of spaces and tabs may separate them."""
QUOTED = re.compile(r'(?:^|(?<=[,;|\t])) *"[^"]*(?:""[^"]*)*(?:"|\Z)', re.MULTILINE)
"""A cell in quotes, whichever separator there is: it may hold the others, and line ends."""
PADDED = re.compile(r"(?<=[,;|])\t+")
"""Tabs after another separator: they are for the eye alone."""
WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
"""A cell between runs of spaces and tabs, perhaps in quotes."""
DECLARED = re.compile(r'\A"?sep *= *(\\t|.)"?[ \t;,]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""The first line with which Excel is told the separator."""


def declared(text: str) -> tuple[str, str]:
    """The separator that a first line such as `sep=;` declares, and the text after that line."""
    found = DECLARED.match(text)
    if found is None:
        return "", text
    mark = "\t" if found[1] == r"\t" else found[1]
    return mark, text[found.end() :]


def separator_of(text: str) -> str:
    """The separator that stands equally often in the most of the first lines.

    How many cells it makes does not matter: in 0,5;1,25 the comma would make more. Lines of
    comments do not count, unless there are no others.
    """
    head = "".join(islice(_telling(text), GLANCE)) or text
    lines = PADDED.sub("", QUOTED.sub("quoted", head)).split("\n")

    def merit(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines)
        return max((alike for marks, alike in counts.items() if marks), default=0)

    best = max(SEPARATORS.values(), key=merit)
    if best == "\t" or not merit(best):  # here and there a tab may be doubled
        lines = [line.rstrip("\n") for line in islice(_telling(text), MANY)]
    return SPACE if _spaced(lines, best, merit(best)) else best


def _telling(text: str) -> Iterator[str]:
    """The lines that are neither blank nor a comment."""
    lines = StringIO(text, newline=None)
    return (line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _spaced(lines: list[str], other: str, merit: int) -> bool:
    """Whether runs of spaces or tabs separate the cells, rather than the `other` separator.

    They do if they make equally many cells in as many lines, some of them numbers, and if the
    other separator would leave several numbers in one cell.
    """
    rows = [WORD.findall(line) for line in lines if line.strip()]
    widths = Counter(map(len, rows))
    width, alike = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    if width < 2 or alike < max(merit, 1):
        return False
    numbers = [row for row in rows if any(map(mended, row))]
    if not merit or (other == "\t" and alike > merit):
        return 2 * len(numbers) >= len(rows)
    if other not in "\t,":
        return False
    crowded = sum(any(map(_several_numbers, line.split(other))) for line in lines)
    return 2 * crowded > len(rows)


def _several_numbers(cell: str) -> bool:
    words = cell.split()
    return len(words) > 1 and all(mended(word) or missing(word) for word in words)
