"""How tensors lie in memory, in words: sizes and the table of facts; knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from engine.tensors.looks import SceneLook, TensorLook

HEAD: tuple[str, ...] = ("", "shape", "strides", "dtype device", "offset", "memory")
RESULT = "result"
GAP = "  "


def sizes(look: TensorLook, axes: Sequence[str] = ()) -> str:
    """The sizes, with what they are where that is known: `time 8 × feature 3`."""
    if not look.shape:
        return "a single number"
    told = [str(size) for size in look.shape]
    if len(axes) == len(told):
        told = [f"{axis} {size}" for axis, size in zip(axes, told, strict=True)]
    return " × ".join(told)


def facts(look: SceneLook, partners: Mapping[str, Sequence[str]]) -> Text:
    """How each tensor of the scene lies in memory, and below them the result."""
    rows = [HEAD]
    for name, source in look.sources.items():
        shared = partners.get(name, ())
        rows.append((name, *_layout(source), _with(shared) if shared else _bytes(source)))
    if look.result is not None and look.result.look is not None:
        shared = look.result.shares_storage_with
        rows.append((RESULT, *_layout(look.result.look), _with(shared) or "its own"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    text = Text.assemble((lines[0], "dim"), no_wrap=True, overflow="ellipsis")
    for row, line in zip(rows[1:], lines[1:], strict=True):
        text.append(f"\n{line}", "bold" if row[0] == RESULT else "")
    return text


def _layout(look: TensorLook) -> tuple[str, ...]:
    return (
        str(look.shape),
        str(look.strides),
        f"{look.dtype} {look.device}",
        str(look.storage_offset),
    )


def _with(names: Sequence[str]) -> str:
    return f"shares {', '.join(names)}" if names else ""


def _bytes(look: TensorLook) -> str:
    count = look.numbers.nbytes
    return f"{count:,} byte{'' if count == 1 else 's'}"
