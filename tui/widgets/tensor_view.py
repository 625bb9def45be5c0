"""A widget that shows a tensor slice by slice, as numbers or pixels, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.charts.style import ChartStyle
from tui.charts.tensor_cells import NumberGrid, TensorLayout, TensorViewport, draw_picture, pixels
from tui.themes import ThemeAware, full_colours
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from engine.tensors.looks import Mask, Numbers


class TensorView(Painted, ThemeAware, can_focus=True):
    """Shows one slice as numbers or pixels; arrow keys move a cursor over its cells."""

    BORDER_TITLE = "Tensor"
    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    TensorView {
        border: round $foreground 30%; border-title-color: $text; background: $background;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS = [
        Binding("left,h", "move(0, -1)", "a cell left", False, id="tensor.left"),
        Binding("right,l", "move(0, 1)", "a cell right", False, id="tensor.right"),
        Binding("up,k", "move(-1, 0)", "a cell up", False, id="tensor.up"),
        Binding("down,j", "move(1, 0)", "a cell down", False, id="tensor.down"),
        Binding("pageup", "turn(-1)", "slice before", False, id="tensor.back"),
        Binding("pagedown", "turn(1)", "next slice", False, id="tensor.on"),
    ]

    @dataclass
    class Pointed(Message):
        """The cursor was moved, or placed on its first cell."""

        view: TensorView

        @property
        def control(self) -> TensorView:
            return self.view

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.viewport = TensorViewport()
        """The visible part of the tensor, and the selected cell."""
        self._tensor_name = self._scale = ""
        self._captions: Sequence[str] = ("",)
        self._numbers: Numbers | None = None
        self._pixels: Numbers | None = None
        self._grid: NumberGrid | None = None
        self._chosen: Mask | None = None
        self._changed: Mask | None = None
        self._look = ChartStyle.dark()

    @property
    def text(self) -> str:
        """The drawn text."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    def show(
        self, numbers: Numbers, name: str, captions: Sequence[str], pictures: bool = False
    ) -> None:
        """Show a tensor from its first cell, or new numbers for the same name and layout.

        The title contains the first of the captions that fits.
        """
        layout = TensorLayout.of(numbers.shape, pictures)
        if (layout, name) != (self.viewport.layout, self._tensor_name):
            self.viewport.rewind()
        self.viewport.layout = layout
        self._captions, self._tensor_name, self._scale = captions, name, ""
        self._numbers = layout.stacked(numbers)
        self._chosen = self._changed = None
        if layout.picture and not layout.empty:
            self._pixels, self._scale = pixels(self._numbers)
        else:
            self._grid = NumberGrid(numbers)
        self.refresh(layout=True)
        self._draw()

    def mark(self, chosen: Mask | None = None, changed: Mask | None = None) -> None:
        """Highlight the cells that were read and those that were changed; scroll to the first.

        The masks have the shape of the tensor.
        """
        self._chosen, self._changed = chosen, changed
        if chosen is not None:
            self._fit()
            self.viewport.reveal(chosen)
        self._draw()

    def turn(self, direction: int) -> None:
        """Show the next (1) or previous (-1) slice; wraps around."""
        if self.viewport.turn(direction):
            self._draw()

    def action_turn(self, direction: int) -> None:
        """Show another slice with the cursor at the same position."""
        self.turn(direction)
        if self.viewport.cursor is not None:
            self.post_message(self.Pointed(self))

    def action_move(self, down: int, right: int) -> None:
        """Put the cursor on the first visible cell, or move it by one."""
        if self.viewport.layout.empty:
            return
        self._fit()
        self.viewport.move(down, right)
        self._draw()
        self.post_message(self.Pointed(self))

    def on_mount(self) -> None:
        self.apply_theme()

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of all rows, and for numbers the line of the column numbers."""
        layout = self.viewport.layout
        if layout.picture:
            return (layout.rows + 1) // 2
        return max(1, layout.rows) + (layout.rows > 1 or layout.columns > 1)

    def apply_theme(self) -> None:
        self._look = full_colours(self.app)
        self._draw()

    def _fit(self) -> None:
        """Fit the visible part to the size of the widget."""
        layout, (width, height) = self.viewport.layout, self.content_size
        if layout.picture:
            self.viewport.fit(max(2, 2 * height), max(1, width))
        elif self._grid is not None:
            self.viewport.fit(*self._grid.fits(layout.rows, layout.columns, width, height))

    def _draw(self) -> None:
        """Draw the slice and repaint the lines that changed."""
        if self._numbers is None or not self.content_size:
            return
        self._fit()
        self._update_title()
        before, strips = self.strips, self._strips()
        if len(before) != len(strips):
            self.paint(strips, None)
            return
        lines = enumerate(zip(before, strips, strict=True))
        changed = [row for row, (old, new) in lines if old != new]
        width = self.content_size.width
        self.paint(strips, [Size(width, 1).region.translate((0, row)) for row in changed])

    def _strips(self) -> list[Strip]:
        assert self._numbers is not None
        port = self.viewport
        if port.layout.empty:
            return [Strip.blank(0)]
        chosen, changed = (
            None if mask is None else port.part(mask) for mask in (self._chosen, self._changed)
        )
        if port.layout.picture and self._pixels is not None:
            shaded = self.app.console.color_system == "standard"
            picture = self._pixels[port.slice]
            return draw_picture(picture, port.window, chosen, port.cursor, self._look, shaded)
        assert self._grid is not None
        numbers = self._numbers[port.slice]
        return self._grid.draw(numbers, port.window, chosen, changed, port.cursor, self._look)

    def _update_title(self) -> None:
        """Show the tensor, the slice and arrows to hidden cells on the border."""
        port, layout, shown = self.viewport, self.viewport.layout, self._tensor_name
        if layout.leading and not layout.empty:
            index = ", ".join(map(str, layout.slice_index(port.slice)))
            shown = f"{self._tensor_name}[{index}] of {' × '.join(map(str, layout.leading))}"
        more = f"{port.hidden} more" if port.hidden else "no cells" if layout.empty else ""
        titles = [
            " · ".join(filter(None, (shown, more, caption, self._scale)))
            for caption in (*self._captions, "")
        ]
        room = self.outer_size.width - (6 if self.styles.border_right[0] else 2)
        title = next((title for title in titles if len(title) <= room), titles[-1])
        if title != self.border_title:
            self.border_title = title
