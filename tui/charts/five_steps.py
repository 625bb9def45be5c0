"""Chart of the five steps of a training update, with the current one highlighted."""

from __future__ import annotations

from collections.abc import Sequence

from engine.pictures import FitsPicture, StageView
from tui.charts.canvas import Canvas, packed, shows
from tui.charts.style import RGB, ChartStyle

INDENT = 14
"""The column where input and output begin if there is room beside the names."""
WIDE = 40
"""The number of columns from which on there is room beside the names."""
LIT = "▶"


@shows(FitsPicture)
def draw(picture: FitsPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw a block of lines for each of the five steps: its name, input and output."""
    each = height // len(picture.stages)
    canvas = Canvas(width, height)
    names = [stage.name for stage in picture.stages]
    lit = names.index(picture.lit) if picture.lit in names else -1
    for index, stage in enumerate(picture.stages):
        lines = (_beside(stage, width) if width >= WIDE else _below(stage, width))[:each]
        # Steps that this update has not reached show the last update, dimmed.
        colour = style.text if index <= lit else style.dim
        _block(
            canvas, index * each, f"{index + 1} {stage.name}", lines, index == lit, colour, style
        )
    _loop_line(canvas, (len(names) - 1) * each, style)
    if each == 1 and lit >= 0:
        _details(canvas, picture.stages[lit], len(names) + 1, style)
    return canvas


def _block(
    canvas: Canvas,
    top: int,
    name: str,
    lines: Sequence[tuple[int, str]],
    now: bool,
    colour: RGB,
    style: ChartStyle,
) -> None:
    """Draw the lines of one step from row `top` on, highlighted if it is the current one."""
    for row, (column, text) in enumerate(lines, start=top):
        canvas.write(row, column, text, colour)
    canvas.write(top, 1, f"{LIT if now else ' '}{name}", style.sample if now else colour)
    if now:
        canvas.backgrounds[top : top + len(lines), 1:] = packed(style.tint(style.line, 0.25))


def _details(canvas: Canvas, stage: StageView, top: int, style: ChartStyle) -> None:
    """Write the code and the numbers of the current step below the five one-line steps."""
    height, width = canvas.glyphs.shape
    lines = (stage.code, style.sample), (_joined(stage.numbers, width - 3), style.text)
    for row, (text, colour) in zip(range(top, height), lines, strict=False):
        canvas.write(row, 3, _cut(text, width - 3), colour)


def _beside(stage: StageView, width: int) -> list[tuple[int, str]]:
    """Return the column and text of each line: input and output, numbers and code."""
    room = width - INDENT
    return [
        (INDENT, _cut(f"{stage.taken} → {stage.given}", room)),
        (INDENT, _joined(stage.numbers, room)),
        (INDENT, _cut(stage.code, room)),
    ]


def _below(stage: StageView, width: int) -> list[tuple[int, str]]:
    """Return four lines for a narrow chart, with input, output and numbers below the name."""
    room = width - 3
    return [
        (3, ""),
        (3, _cut(stage.taken, room)),
        (3, _cut(f"→ {stage.given}", room)),
        (3, _joined(stage.numbers, room)),
    ]


def _joined(numbers: Sequence[str], room: int) -> str:
    text = ""
    for number in numbers:
        longer = f"{text}, {number}" if text else number
        if len(longer) > room:
            break
        text = longer
    return text


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _loop_line(canvas: Canvas, last: int, style: ChartStyle) -> None:
    """Draw a line at the left edge from the last step back to the first."""
    for row in range(last + 1):
        canvas.write(row, 0, "╭" if row == 0 else "╰" if row == last else "│", style.dim)
