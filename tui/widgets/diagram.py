"""A scrollable diagram of boxes and edges that follows the highlighted box."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.charts.style import ChartStyle
from tui.diagram import DiagramBox, DiagramEdge
from tui.diagram.draw import DrawnLine, draw
from tui.diagram.layout import followed, lay_out, lit
from tui.themes import ThemeAware, full_colours

STEP = 6, 2
"""Columns and rows scrolled per key press."""


class Diagram(ScrollView, ThemeAware, can_focus=True):
    """Shows a graph; arrow keys scroll it, and highlighted nodes are scrolled into view."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Diagram {
        border: round $foreground 30%; border-title-color: $text;
        background: $background; scrollbar-visibility: hidden; scrollbar-size: 0 0;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS = [
        Binding("left,h", "pan(-1, 0)", "scroll left", False, id="diagram.left"),
        Binding("right,l", "pan(1, 0)", "scroll right", False, id="diagram.right"),
        Binding("up,k", "pan(0, -1)", "scroll up", False, id="diagram.up"),
        Binding("down,j", "pan(0, 1)", "scroll down", False, id="diagram.down"),
        Binding("home", "look(0, 0)", "to the inputs", False, id="diagram.start"),
        Binding("end", "look(1, 1)", "to the result", False, id="diagram.end"),
        Binding("pageup", "turn(-1)", "a page back", False, id="diagram.back"),
        Binding("pagedown", "turn(1)", "a page on", False, id="diagram.on"),
    ]

    caption: var[str] = var("")
    """The title on the border."""
    more: var[str] = var("")
    """The directions in which more can be scrolled into view, for example `← →`."""

    def __init__(self, caption: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(Diagram.caption, caption)
        self._boxes: tuple[DiagramBox, ...] = ()
        self._edges: tuple[DiagramEdge, ...] = ()
        self._layout_of: object = None  # the sizes that the layout was made for
        self._layout = lay_out((), ())
        self._chart_style = ChartStyle.dark()
        self._lines: list[DrawnLine] = []
        self._strips: list[Strip] = []

    @property
    def text(self) -> str:
        """The whole drawing as text, including hidden parts."""
        return "\n".join(strip.text for strip in self._strips)

    def show(self, boxes: Sequence[DiagramBox], edges: Sequence[DiagramEdge]) -> None:
        """Draw this graph. Raises ValueError if an edge leads to no box, or not to a later one."""
        before, now = (self._boxes, self._edges), (tuple(boxes), tuple(edges))
        if now == before:
            return
        sizes = (
            [(box.text_width, len(box.lines)) for box in boxes],
            [(edge.source, edge.target, edge.label_width) for edge in edges],
        )
        moved = sizes != self._layout_of
        if moved:
            self._layout, self._layout_of = lay_out(*now), sizes
        self._boxes, self._edges = now
        self._draw()
        if moved or lit(*now) != lit(*before):
            self._follow()
        self._announce()

    def on_mount(self) -> None:
        self.apply_theme()
        self._announce()

    def apply_theme(self) -> None:
        self._chart_style = full_colours(self.app)
        self._draw()

    def on_resize(self, event: Resize) -> None:
        self._follow()
        self._announce()

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.visual_style.rich_style
        left, row = self.scroll_offset.x, self.scroll_offset.y + y
        if row >= len(self._strips):
            return Strip.blank(width, style)
        strip = self._strips[row].crop(left, left + width)
        if margin := max(width - self._layout.width, 0) // 2:  # centre a narrow drawing
            strip = Strip.join([Strip.blank(margin), strip])
        return strip.adjust_cell_length(width).apply_style(style)

    def action_pan(self, right: int, down: int) -> None:
        """Scroll by one step."""
        self._go(self.scroll_offset.x + right * STEP[0], self.scroll_offset.y + down * STEP[1])

    def action_look(self, right: int, bottom: int) -> None:
        """Scroll to the inputs (0, 0) or to the result (1, 1)."""
        self._go(right * self.max_scroll_x, bottom * self.max_scroll_y)

    def action_turn(self, direction: int) -> None:
        """Scroll one page down or up, or to the right or left if all rows are visible."""
        x, y = self.scroll_offset
        if self.max_scroll_y:
            self._go(x, y + direction * max(self.size.height - STEP[1], 1))
        else:
            self._go(x + direction * max(self.size.width - STEP[0], 1), y)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_x(old_value, new_value)
        self._announce()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._announce()

    def watch_caption(self) -> None:
        self._announce()

    def _go(self, x: float, y: float) -> None:
        self.scroll_to(x, y, animate=False, force=True)

    def _draw(self) -> None:
        """Draw the graph and repaint only the rows that changed."""
        before = self._lines
        self._lines = draw(self._layout, self._boxes, self._edges, self._chart_style)
        if (len(before), self.virtual_size.width) != (len(self._lines), self._layout.width):
            self._strips = [_strip(line) for line in self._lines]
            self.refresh()
        else:
            for row, (old, new) in enumerate(zip(before, self._lines, strict=True)):
                if old != new:
                    self._strips[row] = _strip(new)
                    self.refresh_line(row)
        self.virtual_size = Size(self._layout.width, self._layout.height)

    def _follow(self) -> None:
        """Scroll to the highlighted boxes, and along highlighted edges if there is room."""
        at_work = lit(self._boxes, self._edges)
        if self.size and any(at_work):  # no size before the first layout
            self._go(*followed(self._layout, at_work, self.scroll_offset, self.size))

    def _announce(self) -> None:
        """Update the border with the directions in which more can be scrolled into view."""
        x, y = self.scroll_offset
        hidden = {
            "←": x > 0,
            "→": x < self._layout.width - self.size.width,
            "↑": y > 0,
            "↓": y < self._layout.height - self.size.height,
        }
        self.more = " ".join(arrow for arrow, there in hidden.items() if there) * bool(self.size)
        title, more = self.caption, f"{self.more} more" if self.more else ""
        if not self.styles.border_bottom[0]:  # on narrow screens there is only a top border
            title, more = " · ".join(part for part in (title, more) if part), ""
        if (title, more) != (self.border_title, self.border_subtitle):
            self.border_title, self.border_subtitle = title, more  # repaints the whole widget


def _strip(line: DrawnLine) -> Strip:
    return Strip([Segment(text, Style.parse(style)) for text, style in line])
