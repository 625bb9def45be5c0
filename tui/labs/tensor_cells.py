"""One cell of a tensor in words: its index, where it lies, what it comes from; no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from engine.tensors.looks import Mask, Shape, TensorLook

FEW = 4
"""So many cells are named; more are counted."""


def cell_text(name: str, cells: Sequence[Shape]) -> str:
    """How the chosen cell is indexed: `x[2, 1]`; the channels of one pixel as `:`."""
    if not cells:
        return ""
    index = [str(place) for place in cells[0]]
    if len(cells) > 1:
        index[-1] = ":"
    return f"{name}[{', '.join(index)}]" if index else name


def place(name: str, look: TensorLook, cells: Sequence[Shape]) -> Text:
    """Where in memory a chosen cell lies, and what its number is."""
    cell = cells[0]
    value = ", ".join(str(look.numbers[one]) for one in cells)
    steps = [f"{at}·{stride}" for at, stride in zip(cell, look.strides, strict=True)]
    where = look.storage_offset + sum(
        at * stride for at, stride in zip(cell, look.strides, strict=True)
    )
    text = Text.assemble((f"{cell_text(name, cells)} = {value}", "bold"))
    first = "" if len(cells) == 1 else "the first of them "
    sums = " + ".join([str(look.storage_offset), *steps])
    text.append(f"\nin memory {first}at place {sums} = {where}: offset + index · stride")
    return text


def origin(text: str, look: TensorLook, cells: Sequence[Shape], masks: Mapping[str, Mask]) -> Text:
    """Which cells of the sources a chosen cell of the result comes from."""
    value = ", ".join(str(look.numbers[one]) for one in cells)
    shown = Text.assemble((f"{cell_text(_bracketed(text), cells)} = {value}", "bold"))
    parts = [part for name, mask in masks.items() if (part := _cells_of(name, mask))]
    shown.append(f"\ncomes from {' and '.join(parts)}" if parts else "\ncomes from no cell")
    return shown


def _bracketed(text: str) -> str:
    """The line, ready to be indexed."""
    return text if text.isidentifier() else f"({text})"


def _cells_of(name: str, mask: Mask) -> str:
    """The cells of one source in words: by their index where they are few."""
    if not mask.ndim:
        return name if mask else ""
    found = [tuple(int(at) for at in cell) for cell in zip(*mask.nonzero(), strict=True)]
    if len(found) > FEW:
        return f"{len(found):,} cells of {name}"
    return ", ".join(cell_text(name, [cell]) for cell in found)
