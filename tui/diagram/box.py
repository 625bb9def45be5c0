"""What a diagram is made of: boxes and the edges between them; knows not what they stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

Kind: TypeAlias = Literal["leaf", "constant", "operation", "result"]

MOST_TEXT, MOST_LABEL = 30, 14
"""Cells: a longer line in a box ends in `…`, a longer label is left out."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the graph."""

    lines: tuple[str, ...]
    """What stands in it; the first line is its title."""
    kind: Kind
    """Each kind has a border of its own."""
    lit: bool = False
    """Whether this is the node now at work."""
    width: int = 0
    """Cells to keep free for its lines, so that it does not grow when numbers come in."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one box to another; two edges may join the same two boxes."""

    source: int
    target: int
    """Places in the list of boxes; the target comes after the source."""
    label: str = ""
    """What is written on the line, before its arrow head."""
    lit: bool = False
    """Whether something travels along it now."""
    width: int = 0
    """Cells to keep free for its label."""
    back: bool = False
    """Whether its arrow points back to the source, as a gradient goes."""


def check(boxes: Sequence[Box], edges: Sequence[Edge]) -> None:
    """Raise ValueError if an edge leads nowhere, or not onward."""
    for edge in edges:
        if not 0 <= edge.source < edge.target < len(boxes):
            raise ValueError(
                f"an edge from box {edge.source} to box {edge.target}: there are {len(boxes)} "
                "boxes, counted from 0, and an edge leads to a later one"
            )


def clean(text: str) -> str:
    """The text without anything that a terminal would obey instead of show."""
    shown = (
        "�" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} else letter
        for letter in text
        if letter != "\ufe0f"  # would make the letter before it wider than it is measured
    )
    return "".join(shown)


def fit(text: str, width: int) -> str:
    """The text at exactly that many cells: cut with an ellipsis, or filled up with spaces."""
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, max(width - 1, 0)) + "…", width)
    return set_cell_size(text, width)


def text_width(box: Box) -> int:
    """The cells that its lines get."""
    longest = max((cell_len(clean(line)) for line in box.lines), default=0)
    return min(max(longest, box.width, 1), MOST_TEXT)


def label_text(edge: Edge) -> str:
    """What is written on it: nothing where the label is too long."""
    text = clean(edge.label).strip()
    return text if 0 < cell_len(text) <= MOST_LABEL else ""


def label_width(edge: Edge) -> int:
    """The cells that its label gets."""
    return max(cell_len(label_text(edge)), min(edge.width, MOST_LABEL))
