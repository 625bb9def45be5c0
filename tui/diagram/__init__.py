"""Boxes and edges of a diagram, and texts that fit into a number of cells."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

BoxKind: TypeAlias = Literal["leaf", "constant", "operation", "result"]

MOST_TEXT, MOST_LABEL = 30, 14
"""The most cells: a longer line in a box ends in `…`, a longer label is left out."""


def clean(text: str) -> str:
    """Return the text with characters that would control the terminal replaced by `�`."""
    shown = (
        "�" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} else letter
        for letter in text
        if letter != "\ufe0f"  # makes the character before it wider than measured
    )
    return "".join(shown)


def fit(text: str, width: int) -> str:
    """Return the text at exactly this width in cells: cut with an ellipsis, or padded."""
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, max(width - 1, 0)) + "…", width)
    return set_cell_size(text, width)


@dataclass(frozen=True, slots=True)
class DiagramBox:
    """A node of the graph."""

    lines: tuple[str, ...]  # its text; the first line is its title
    kind: BoxKind  # each kind has its own border
    lit: bool = False  # whether it is active now
    width: int = 0  # minimum cells for its lines, so that it does not grow with its numbers

    @property
    def text_width(self) -> int:
        """The width of its lines in cells."""
        longest = max((cell_len(clean(line)) for line in self.lines), default=0)
        return min(max(longest, self.width, 1), MOST_TEXT)


@dataclass(frozen=True, slots=True)
class DiagramEdge:
    """A line from one box to another; two edges may join the same two boxes."""

    source: int  # the index of a box
    target: int  # the index of a later box
    label: str = ""  # on the line, before its arrow head
    lit: bool = False  # whether it is active now
    width: int = 0  # minimum cells for its label
    back: bool = False  # whether its arrow points back to the source, like a gradient

    @property
    def shown_label(self) -> str:
        """The label as drawn; empty if it is too long."""
        text = clean(self.label).strip()
        return text if 0 < cell_len(text) <= MOST_LABEL else ""

    @property
    def label_width(self) -> int:
        """The width of its label in cells."""
        return max(cell_len(self.shown_label), min(self.width, MOST_LABEL))
