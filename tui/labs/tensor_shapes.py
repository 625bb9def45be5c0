"""How broadcasting aligns two shapes, in words; knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from engine.tensors.looks import Axis, Broadcast, SceneLook

LONGEST_OPERAND = 27


def stretched(look: SceneLook) -> Broadcast | None:
    """The shapes to show beside the line: those that disagree, or the last to be stretched."""
    if look.refused is not None:
        return look.refused.broadcast
    met = look.result.broadcasts if look.result else ()
    return next((one for one in reversed(met) if one.stretches), None)


def meeting(broadcast: Broadcast) -> Text:
    """Two shapes below each other as broadcasting aligns them, and what comes out."""
    names = [broadcast.left_text, broadcast.right_text, "result"]
    names = [_cut(name) for name in names]
    label = max(len(name) for name in names)
    columns = [_column(axis) for axis in broadcast.axes]
    text = Text()
    for row, name in enumerate(names):
        text.append(f"{name:<{label}}  ", "dim" if row == 2 else "")
        for number, column in enumerate(columns):
            width = max(len(cell) for cell in column)
            between = " × " if number and columns[number - 1][row].strip() else "   " * bool(number)
            text.append(between, "dim")
            text.append(f"{column[row]:>{width}}", _style(column[row]))
        text.append("\n" * (row < 2))
    return text


def _column(axis: Axis) -> tuple[str, str, str]:
    """One dimension of the left, of the right and of the result."""
    result = "✗" if axis.result is None else str(axis.result)
    return (
        _size(axis.left, axis.result if axis.stretches_left else None),
        _size(axis.right, axis.result if axis.stretches_right else None),
        result,
    )


def _size(size: int | None, stretched: int | None) -> str:
    """A size, and to what it is stretched: `1→4`; a dimension that is missing is a dot."""
    shown = "" if size is None else str(size)
    return shown if stretched is None else f"{shown or '·'}→{stretched}"


def _style(cell: str) -> str:
    return "bold reverse" if "→" in cell else "bold red" if cell == "✗" else "bold"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_OPERAND else f"{text[: LONGEST_OPERAND - 1]}…"
