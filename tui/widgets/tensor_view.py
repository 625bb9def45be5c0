"""A tensor on screen, slice by slice, with a cursor to walk over it; knows not what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.cells.marks import Marks
from tui.cells.numbers import NumberGrid
from tui.cells.picture import draw_picture, pixels
from tui.cells.plan import plan
from tui.cells.sight import Sight
from tui.charts.style import ChartStyle
from tui.widgets.painted import Painted
from tui.widgets.theme import ThemeAware, full_colours

if TYPE_CHECKING:
    from engine.tensors.looks import Numbers


class TensorView(Painted, ThemeAware, can_focus=True):
    """Shows the numbers or the pixels of one slice; arrows move over its cells."""

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
        """The cursor is on another cell, or was put on its first."""

        view: TensorView

        @property
        def control(self) -> TensorView:
            return self.view

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sight = Sight()
        """What of the tensor can be seen, and which of its cells is chosen."""
        self._tensor_name = self._drawn = ""
        self._captions: Sequence[str] = ("",)
        self._numbers: Numbers | None = None
        self._pixels: Numbers | None = None
        self._grid: NumberGrid | None = None
        self._marks = Marks()
        self._look = ChartStyle.dark()

    @property
    def text(self) -> str:
        """What is drawn now."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    def show(
        self, numbers: Numbers, name: str, captions: Sequence[str], pictures: bool = False
    ) -> None:
        """Show the tensor of this name from its first cell, or other numbers in the same shape.

        Of the captions that say what it is, the first is taken for which there is room.
        """
        arranged = plan(numbers.shape, pictures)
        if (arranged, name) != (self.sight.plan, self._tensor_name):
            self.sight.rewind()
        self.sight.plan = arranged
        self._captions, self._tensor_name, self._drawn = captions, name, ""
        self._numbers = arranged.stacked(numbers)
        self._marks = Marks()
        if arranged.picture and not arranged.empty:
            self._pixels, self._drawn = pixels(self._numbers)
        else:
            self._grid = NumberGrid(numbers)
        self.refresh(layout=True)
        self._draw()

    def mark(self, marks: Marks) -> None:
        """Let these cells stand out, and bring the first of them into sight."""
        self._marks = marks
        if marks.chosen is not None:
            self._fit()
            self.sight.reveal(marks.chosen)
        self._draw()

    def turn(self, direction: int) -> None:
        """The next slice or the one before; after the last comes the first."""
        if self.sight.turn(direction):
            self._draw()

    def action_turn(self, direction: int) -> None:
        """Another slice, the cursor at the same place in it."""
        self.turn(direction)
        if self.sight.cursor is not None:
            self.post_message(self.Pointed(self))

    def action_move(self, down: int, right: int) -> None:
        """Put the cursor on the first cell in sight, or move it by one."""
        if self.sight.plan.empty:
            return
        self._fit()
        self.sight.move(down, right)
        self._draw()
        self.post_message(self.Pointed(self))

    def on_mount(self) -> None:
        self.apply_theme()

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as all rows take, and the line of the column numbers."""
        plan = self.sight.plan
        if plan.picture:
            return (plan.rows + 1) // 2
        return max(1, plan.rows) + (plan.rows > 1 or plan.columns > 1)

    def apply_theme(self) -> None:
        self._look = full_colours(self.app)
        self._draw()

    def _fit(self) -> None:
        """Let as many cells be in sight as there is room for."""
        plan, (width, height) = self.sight.plan, self.content_size
        if plan.picture:
            self.sight.fit(max(2, 2 * height), max(1, width))
        elif self._grid is not None:
            self.sight.fit(*self._grid.fits(plan.rows, plan.columns, width, height))

    def _draw(self) -> None:
        """Draw it, and have the lines painted that are not what they were."""
        if self._numbers is None or not self.content_size:
            return
        self._fit()
        self._announce()
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
        sight = self.sight
        if sight.plan.empty:
            return [Strip.blank(0)]
        chosen, changed = (
            None if mask is None else sight.part(mask)
            for mask in (self._marks.chosen, self._marks.changed)
        )
        if sight.plan.picture and self._pixels is not None:
            shaded = self.app.console.color_system == "standard"
            picture = self._pixels[sight.slice]
            return draw_picture(picture, sight.window, chosen, sight.cursor, self._look, shaded)
        assert self._grid is not None
        numbers = self._numbers[sight.slice]
        return self._grid.draw(numbers, sight.window, chosen, changed, sight.cursor, self._look)

    def _announce(self) -> None:
        """Say on the border what it is, which slice, and where there is more to see."""
        sight, plan, shown = self.sight, self.sight.plan, self._tensor_name
        if plan.leading and not plan.empty:
            index = ", ".join(map(str, plan.slice_index(sight.slice)))
            shown = f"{self._tensor_name}[{index}] of {' × '.join(map(str, plan.leading))}"
        more = f"{sight.hidden} more" if sight.hidden else "no cells" if plan.empty else ""
        titles = [
            " · ".join(filter(None, (shown, more, caption, self._drawn)))
            for caption in self._captions
        ]
        room = self.outer_size.width - (6 if self.styles.border_right[0] else 2)
        title = next((title for title in titles if len(title) <= room), titles[-1])
        if title != self.border_title:
            self.border_title = title
