"""Tensors in words: the table of facts, the shapes that meet, what a cell is; no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from rich.text import Text

from engine.tensors.scenes import Scene
from engine.tensors.torch_map import MODULES
from tui.module_map import ModuleMap
from tui.tensor_stage import Stage
from tui.widgets.transcript import Statement

if TYPE_CHECKING:
    from engine.tensors.looks import Axis, Broadcast, Mask, SceneLook, Shape, TensorLook
    from engine.tensors.snapshots import Snapshot, Variable
    from engine.tensors.torch_map import Module, Ran

HEAD: tuple[str, ...] = ("", "shape", "strides", "dtype device", "offset", "memory")
RESULT = "result"
MADE = 3
"""So many statements of the NumPy session make its variables; then they are changed."""
GAP = "  "
LONGEST_OPERAND = 27
FEW = 4
"""So many cells are named; more are counted."""


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
        tuple_text(look.shape),
        tuple_text(look.strides),
        f"{look.dtype} {look.device}",
        str(look.storage_offset),
    )


def tuple_text(shape: Shape) -> str:
    """A shape as a person writes it: (3), not (3,)."""
    return f"({', '.join(map(str, shape))})"


def _with(names: Sequence[str]) -> str:
    return f"shares {', '.join(names)}" if names else ""


def _bytes(look: TensorLook) -> str:
    count = look.numbers.nbytes
    return f"{count:,} byte{'' if count == 1 else 's'}"


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


def stretched(look: SceneLook) -> Broadcast | None:
    """The shapes to show beside the line: those that disagree, or the last to be stretched."""
    if look.refused is not None:
        return look.refused.broadcast
    met = look.result.broadcasts if look.result else ()
    return next((one for one in reversed(met) if one.stretches), None)


def said(scene: Scene, look: SceneLook) -> Text:
    """What the scene is, or what the line shows and which shapes met in it."""
    if not look.text:
        return Text(scene.says)
    known = {line.text: line.shows for line in scene.tries}
    text = Text(known.get(look.text, _counted(look)))
    broadcast = stretched(look)
    if broadcast is not None and look.result is not None:
        text.append("\n")
        text.append_text(meeting(broadcast))
    return text


def _counted(look: SceneLook) -> str:
    """How many cells were read, where nobody has written what the line shows."""
    if look.result is None:
        return ""
    counts = [(name, int(mask.sum()), mask.size) for name, mask in look.result.picked.items()]
    return ", ".join(f"{count:,} of {size:,} cells of {name}" for name, count, size in counts)


def outcome(look: SceneLook) -> Text:
    """What came of a line that gave no tensor."""
    if look.refused is not None:
        text = Text.assemble((look.refused.error, "bold red"))
        if look.refused.broadcast is not None:
            text.append("\n\n")
            text.append_text(meeting(look.refused.broadcast))
        return text
    return Text(look.result.value, "bold") if look.result else Text()


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


def memory_of(name: str, variable: Variable, shared: Sequence[str]) -> str:
    """Whose memory a variable of the NumPy session lies in, and whose kind it is."""
    others = [other for other in shared if other != name] if name in shared else []
    memory = f"memory with {', '.join(others)}" if others else "its own memory"
    return f"{memory} · {variable.type.partition('.')[0]}"


def changed(snapshot: Snapshot, ran: int) -> Text:
    """What the last statement of the NumPy session did; at first, what can be done."""
    if ran <= MADE:
        return Text("Change one, see who follows. space: the next line · arrows, ⏎: change a cell")
    return Text.assemble((snapshot.statement, "bold"), f"\n{snapshot.note}")


def session(ran: Sequence[str], notes: Sequence[str], ahead: Sequence[str]) -> list[Statement]:
    """The statements of the NumPy session, with a sentence to each that ran."""
    done = [Statement(code, why=note) for code, note in zip(ran, notes, strict=True)]
    return done + [Statement(code) for code in ahead]


def module_lines(module: Module, ran: Ran | str | None) -> list[Statement]:
    """The lines of a module, and what the last one gave."""
    *before, last = module.code
    if ran is None:
        return [Statement(code) for code in module.code]
    if isinstance(ran, str):
        final = Statement(last, outcome=ran, failed=True)
    else:
        final = Statement(last, outcome=ran.output, why=module.shows)
    return [*(Statement(code) for code in before), final]


def tries(scene: Scene, tried: int | None, width: int) -> Text:
    """The lines to try, the one that was taken last marked."""
    text = Text()
    for number, line in enumerate(scene.tries):
        here = number == tried
        mark = "▶ " if here else "  "
        text.append(set_cell_size(f"{mark}{line.text}", width).rstrip(), "bold" if here else "")
        text.append("\n" * (number < len(scene.tries) - 1))
    return text


def module_said(modules: ModuleMap) -> Text:
    """What the module is for, and what to look at in what it gave."""
    module, ran = modules.module, modules.outcomes.get(modules.module.name)
    text = Text(module.says)
    if modules.running:
        text.append("\nrunning…", "bold")
    elif ran is None:
        text.append("\nspace: run its lines · s: the next module", "dim")
    elif not isinstance(ran, str):
        text.append(f"\n{module.shows} · {1000 * ran.seconds:,.1f} ms here", "dim")
    return text


def progress(stage: Stage) -> str:
    """How far a scene was gone through; of the NumPy session, its statements."""
    if stage.snapshot is not None and not stage.look.text:
        ran = len(stage.statements)
        return f"line {ran}/{ran + len(stage.ahead)}"
    if stage.tried is None:
        return stage.scene.title
    return f"line {stage.tried + 1}/{len(stage.scene.tries)}"


def map_progress(modules: ModuleMap) -> str:
    """Which module of how many."""
    return f"module {modules.place + 1}/{len(MODULES)}"
