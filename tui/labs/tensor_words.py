"""The texts of the tensors lab: scenes, lines, cells, memory layout and broadcasting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from rich.text import Text

from engine.numerals import counted
from engine.tensors.scenes import TensorScene
from engine.tensors.torch_map import ModuleOutput, TorchModule
from lessons.tensors.lesson import near_miss
from tui.widgets.transcript import TranscriptLine

if TYPE_CHECKING:
    from engine.tensors.looks import Broadcast, Mask, SceneLook, Shape, TensorAxis, TensorLook
    from engine.tensors.numpy_session import NumpySession, Variable

FEW = 4  # up to this number, cells are named; more are counted
LONGEST_OPERAND = 27
AT_FIRST = "Change one, see who follows. space: the next line · arrows, ⏎: change a cell"
"""The text of the NumPy session before its variables are changed."""
HEAD: tuple[str, ...] = ("", "shape", "strides", "dtype device", "offset", "memory")
RESULT = "result"


# Texts on a scene, a line or a cell.


def description(scene: TensorScene, look: SceneLook) -> Text:
    """Return the description of the scene or, after a line, of that line and its broadcasting."""
    if not look.text:
        return Text(scene.says)
    known = {line.text: line.shows for line in scene.tries}
    picked, met = (look.result.picked, look.result.broadcasts) if look.result else ({}, ())
    read = (  # for a line typed by the learner
        f"{int(mask.sum()):,} of {counted(mask.size, 'cell')} of {name}"
        for name, mask in picked.items()
    )
    text = Text(known.get(look.text, ", ".join(read)))
    if reason := near_miss(look):
        text.append(f"\n{reason}" if text else reason)
    stretched = next((one for one in reversed(met) if one.stretches), None)
    if stretched is not None:
        text.append("\n")
        text.append_text(meeting(stretched))
    return text


def outcome(look: SceneLook) -> Text:
    """Return the result of a line that is no tensor, or PyTorch's error."""
    if look.refused is None:
        return Text(look.result.value, "bold") if look.result else Text()
    text = Text.assemble((look.refused.error, "bold red"))
    if look.refused.broadcast is not None:
        text.append("\n\n")
        text.append_text(meeting(look.refused.broadcast))
    return text


def tries(scene: TensorScene, tried: int | None, width: int) -> Text:
    """Return the lines to try, with the last tried one marked."""
    text = Text()
    for number, line in enumerate(scene.tries):
        here = number == tried
        mark = "▶ " if here else "  "
        text.append(set_cell_size(f"{mark}{line.text}", width).rstrip(), "bold" if here else "")
        text.append("\n" * (number < len(scene.tries) - 1))
    return text


def place(name: str, look: TensorLook, cells: Sequence[Shape]) -> Text:
    """Return the value of a selected cell, and its place in memory."""
    pairs = list(zip(cells[0], look.strides, strict=True))
    sums = " + ".join((str(look.storage_offset), *(f"{at}·{stride}" for at, stride in pairs)))
    where = look.storage_offset + sum(at * stride for at, stride in pairs)
    first = "" if len(cells) == 1 else "the first of them "
    text = _value(name, look, cells)
    text.append(f"\nin memory {first}at place {sums} = {where}: offset + index · stride")
    return text


def origin(text: str, look: TensorLook, cells: Sequence[Shape], masks: Mapping[str, Mask]) -> Text:
    """Return the value of a selected cell of the result, and the cells that it comes from."""
    shown = _value(text if text.isidentifier() else f"({text})", look, cells)
    parts = [part for name, mask in masks.items() if (part := _cells_of(name, mask))]
    shown.append(f"\ncomes from {' and '.join(parts)}" if parts else "\ncomes from no cell")
    return shown


def _value(name: str, look: TensorLook, cells: Sequence[Shape]) -> Text:
    value = ", ".join(str(look.numbers[one]) for one in cells)
    return Text.assemble((f"{_indexed(name, cells)} = {value}", "bold"))


def _indexed(name: str, cells: Sequence[Shape]) -> str:
    """Return the name with the index of the cell, `x[2, 1]`; the channels of one pixel as `:`."""
    index = [str(at) for at in cells[0]]
    if len(cells) > 1:
        index[-1] = ":"
    return f"{name}[{', '.join(index)}]" if index else name


def _cells_of(name: str, mask: Mask) -> str:
    """Return the cells of one source, by index if they are few."""
    if not mask.ndim:
        return name if mask else ""
    found = [tuple(int(at) for at in cell) for cell in zip(*mask.nonzero(), strict=True)]
    if len(found) > FEW:
        return f"{len(found):,} cells of {name}"
    return ", ".join(_indexed(name, [cell]) for cell in found)


# Memory layout of tensors.


def sizes(look: TensorLook, axes: Sequence[str] = ()) -> str:
    """Return the sizes, with the names of the dimensions if known: `time 8 × feature 3`."""
    if not look.shape:
        return "a single number"
    shown = [str(size) for size in look.shape]
    if len(axes) == len(shown):
        shown = [f"{axis} {size}" for axis, size in zip(axes, shown, strict=True)]
    return " × ".join(shown)


def facts(look: SceneLook, partners: Mapping[str, Sequence[str]]) -> Text:
    """Return a table of the memory layout of each tensor of the scene, and of the result."""
    rows = [HEAD]
    for name, source in look.sources.items():
        own = counted(source.numbers.nbytes, "byte")
        rows.append((name, *_layout(source), _shares(partners.get(name, ())) or own))
    if look.result is not None and look.result.look is not None:
        shared = _shares(look.result.shares_storage_with)
        rows.append((RESULT, *_layout(look.result.look), shared or "its own"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    text = Text(no_wrap=True, overflow="ellipsis")
    for row in rows:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        text.append("\n" * (row is not HEAD))
        text.append(cells.rstrip(), "dim" if row is HEAD else "bold" if row[0] == RESULT else "")
    return text


def _layout(look: TensorLook) -> tuple[str, ...]:
    layout = f"{look.dtype} {look.device}"
    return str(look.shape), str(look.strides), layout, str(look.storage_offset)


def _shares(names: Sequence[str]) -> str:
    return f"shares {', '.join(names)}" if names else ""


def memory_of(name: str, variable: Variable, shared: Sequence[str]) -> str:
    """Return which variables share the memory of this one, and its library."""
    others = [other for other in shared if other != name] if name in shared else []
    memory = f"memory with {', '.join(others)}" if others else "its own memory"
    return f"{memory} · {variable.library}"


# Broadcasting.


def meeting(broadcast: Broadcast) -> Text:
    """Return two shapes aligned as broadcasting does, and the shape of the result below them."""
    names = [
        name if len(name) <= LONGEST_OPERAND else f"{name[: LONGEST_OPERAND - 1]}…"
        for name in (broadcast.left_text, broadcast.right_text, RESULT)
    ]
    label = max(len(name) for name in names)
    columns = [_axis(axis) for axis in broadcast.axes]
    text = Text()
    for row, name in enumerate(names):
        text.append(f"{name:<{label}}  ", "dim" if row == 2 else "")
        for number, column in enumerate(columns):
            cell, width = column[row], max(len(each) for each in column)
            between = " × " if number and columns[number - 1][row].strip() else "   " * bool(number)
            style = "bold reverse" if "→" in cell else "bold red" if cell == "✗" else "bold"
            text.append(between, "dim")
            text.append(f"{cell:>{width}}", style)
        text.append("\n" * (row < 2))
    return text


def _axis(axis: TensorAxis) -> list[str]:
    """Return one dimension of the left shape, the right one and the result.

    A stretched size is written `1→4`; a missing dimension as a dot if it is stretched.
    """
    cells = []
    for size, stretched in zip((axis.left, axis.right), axis.stretched, strict=True):
        shown = "" if size is None else str(size)
        cells.append(f"{shown or '·'}→{axis.result}" if stretched else shown)
    return [*cells, "✗" if axis.result is None else str(axis.result)]


# Lines of code that have run.


def script(session: NumpySession) -> list[TranscriptLine]:
    """Return the statements of the NumPy session, with a sentence for each that ran."""
    done = [TranscriptLine(code, why=note) for code, note in session.ran]
    return done + [TranscriptLine(code) for code in session.ahead]


def session_step(session: NumpySession) -> Text:
    """Return the last statement of the NumPy session, and its effect."""
    if session.untouched:
        return Text(AT_FIRST)
    statement, note = session.ran[-1]
    return Text.assemble((statement, "bold"), f"\n{note}")


def module_lines(module: TorchModule, ran: ModuleOutput | str | None) -> list[TranscriptLine]:
    """Return the lines of a module, with the output of the last one."""
    lines = [TranscriptLine(code) for code in module.code]
    if isinstance(ran, str):
        lines[-1] = TranscriptLine(module.code[-1], outcome=ran, failed=True)
    elif ran is not None:
        lines[-1] = TranscriptLine(module.code[-1], outcome=ran.output, why=module.shows)
    return lines


def module_description(module: TorchModule, ran: ModuleOutput | str | None, running: bool) -> Text:
    """Return the purpose of a module, and what to notice in its output."""
    text = Text(module.says)
    if running:
        text.append("\nrunning…", "bold")
    elif ran is None:
        text.append("\nspace: run its lines · s: the next module", "dim")
    elif not isinstance(ran, str):
        text.append(f"\n{module.shows} · {1000 * ran.seconds:,.1f} ms here", "dim")
    return text
