"""Widgets that show lines of text or a canvas and repaint only changed cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.style import RGB
from tui.terminal.painter import repaint

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the home screen does not need it
    from tui.charts.canvas import Canvas


class Painted(Widget):
    """Shows strips or a canvas, and updates only the cells that differ from those on screen.

    An ordinary widget renders and sends all its cells when anything changes, which is too
    expensive ten times a second during training, and slow over SSH.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.strips: list[Strip] = []
        """The lines on screen."""
        self._canvas: Canvas | None = None

    def paint(self, strips: Sequence[Strip], changed: Iterable[Region] | None) -> None:
        """Show these lines, of which the regions `changed` differ; None means all."""
        self.strips = list(strips)
        if changed is None:
            self.refresh()
        elif (regions := list(changed)) and self.size:
            repaint(self, regions)

    def paint_canvas(self, canvas: Canvas) -> None:
        """Show a canvas, and repaint only the cells that differ from the previous one."""
        before, self._canvas = self._canvas, canvas
        if before is None or before.glyphs.shape != canvas.glyphs.shape:
            self.paint([_strip(canvas, row) for row in range(len(canvas.glyphs))], None)
            return
        strips, changed = list(self.strips), []
        for row, start, end in canvas.changes(before):
            strips[row] = _strip(canvas, row)
            changed.append(Region(start, row, end - start, 1))
        self.paint(strips, changed)

    def render_line(self, y: int) -> Strip:
        width, style = self.content_size.width, self.visual_style.rich_style
        if y >= len(self.strips):
            return Strip.blank(width, style)
        return self.strips[y].adjust_cell_length(width).apply_style(style)


class Plotted(Painted):
    """A canvas whose owner draws it again after a change of its size."""

    class Resized(Message):
        """The size has changed."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


def _strip(canvas: Canvas, row: int) -> Strip:
    return Strip(
        [Segment(span.text, _style(span.foreground, span.background)) for span in canvas.spans(row)]
    )


@lru_cache(maxsize=4096)
def _style(foreground: RGB | None, background: RGB | None) -> Style:
    return Style(
        color=None if foreground is None else Color.from_rgb(*foreground),
        bgcolor=None if background is None else Color.from_rgb(*background),
    )


StyledLine: TypeAlias = tuple[tuple[str, str], ...]
"""Pieces of text, each with a Rich style such as `bold`, or an empty one."""


class Lines(Painted):
    """A few lines of text that often change in a few places."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[StyledLine] = []

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._write()

    def _write(self) -> None:
        """Write the lines again; for subclasses whose lines depend on the width."""

    @property
    def text(self) -> str:
        """The text on screen."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def write(self, lines: Sequence[StyledLine]) -> None:
        """Show these lines."""
        before, self._lines = self._lines, list(lines)
        if len(before) != len(lines):
            self.paint([_styled_strip(line) for line in lines], None)
            return
        strips, changed = list(self.strips), []
        for row, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new and _letters(old) != _letters(new):
                strips[row] = _styled_strip(new)
                start, end = _difference(old, new)
                changed.append(Region(start, row, end - start, 1))
        self.paint(strips, changed)


def spread(left: StyledLine, right: StyledLine, width: int) -> StyledLine:
    """Return a line with `left`, cut if necessary, and `right` at its right end."""
    room = max(width - _cells(right) - 1, 0)
    if _cells(left) > room:
        left = _cut(left, room)
    gap = max(room - _cells(left), 0) + 1
    return (*left, (" " * gap, ""), *right)


def _cut(line: StyledLine, width: int) -> StyledLine:
    """Cut the line to this width, with an ellipsis at its end."""
    pieces: list[tuple[str, str]] = []
    room = width - 1
    for text, style in line:
        if cell_len(text) > room:
            kept = set_cell_size(text, room) if room > 0 else ""
            return (*pieces, (kept + "…" * (width > 0), style))
        pieces.append((text, style))
        room -= cell_len(text)
    return tuple(pieces)


def _styled_strip(line: StyledLine) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in line])


def _difference(old: StyledLine, new: StyledLine) -> tuple[int, int]:
    """Return the first column where the lines differ, and the column after the last one."""
    one, other = _letters(old), _letters(new)
    length = max(_cells(old), _cells(new))
    if len(one) != _cells(old) or len(other) != _cells(new):
        return 0, length  # wide characters: repaint the whole line
    differ = [a != b for a, b in zip_longest(one, other)]
    return differ.index(True), length - differ[::-1].index(True)


def _letters(line: StyledLine) -> list[tuple[str, str]]:
    return [(letter, style) for text, style in line for letter in text]


def _cells(line: StyledLine) -> int:
    return sum(cell_len(text) for text, _ in line)
