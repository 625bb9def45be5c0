"""A widget that is given its lines and repaints the cells that changed; knows not what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.painter import repaint


class Painted(Widget):
    """Shows finished lines.

    An ordinary widget renders all of itself again when anything of it changes, and sends all
    of it to the terminal. Ten times a second beside a training that is dear, and over SSH it
    is slow: here only the cells that differ from those on screen are touched.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.strips: list[Strip] = []
        """The lines that it shows."""

    def paint(self, strips: Sequence[Strip], changed: Iterable[Region] | None) -> None:
        """Show these lines, of which those regions changed; None stands for all of it."""
        self.strips = list(strips)
        if changed is None:
            self.refresh()
        elif (regions := list(changed)) and self.size:
            repaint(self, regions)

    def render_line(self, y: int) -> Strip:
        width, style = self.content_size.width, self.visual_style.rich_style
        if y >= len(self.strips):
            return Strip.blank(width, style)
        return self.strips[y].adjust_cell_length(width).apply_style(style)
