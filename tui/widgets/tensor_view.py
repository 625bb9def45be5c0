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
from textual.theme import Theme

from tui.cells.marks import Marks, Window
from tui.cells.numbers import NumberGrid
from tui.cells.picture import draw_picture, pixels
from tui.cells.plan import Plan, plan
from tui.charts.look import Look
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from engine.tensors.looks import Mask, Numbers

NOTHING = Plan((0,))


class TensorView(Painted, can_focus=True):
    """Shows the numbers or the pixels of one slice; arrows move over its cells."""

    DEFAULT_CSS = """
    TensorView {
        border: round $foreground 30%; border-title-color: $text; background: $background;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS = [
        Binding("left,h", "move(0, -1)", show=False, id="tensor.left"),
        Binding("right,l", "move(0, 1)", show=False, id="tensor.right"),
        Binding("up,k", "move(-1, 0)", show=False, id="tensor.up"),
        Binding("down,j", "move(1, 0)", show=False, id="tensor.down"),
        Binding("pageup", "turn(-1)", show=False, id="tensor.back", tooltip="The slice before"),
        Binding("pagedown", "turn(1)", show=False, id="tensor.on", tooltip="The next slice"),
    ]

    @dataclass
    class Pointed(Message):
        """The cursor is on another cell, or was put on its first."""

        view: TensorView

        @property
        def control(self) -> TensorView:
            return self.view

    slice: int
    """Which slice is in sight."""
    cursor: tuple[int, int] | None
    """Row and column of the chosen cell; None before an arrow was pressed."""
    _window: Window

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.plan = NOTHING
        self.rewind()
        self._name = self._drawn = ""
        self._captions: Sequence[str] = ("",)
        self._numbers: Numbers | None = None
        self._pixels: Numbers | None = None
        self._grid: NumberGrid | None = None
        self._marks = Marks()
        self._look = Look.dark()

    @property
    def text(self) -> str:
        """What is drawn now."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    @property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The indices of the chosen cell in the tensor: three of a coloured pixel."""
        if self.cursor is None:
            return ()
        return self.plan.cells_at(self.slice, *self.cursor)

    def show(
        self, numbers: Numbers, name: str, captions: Sequence[str], pictures: bool = False
    ) -> None:
        """Show the tensor of this name from its first cell, or other numbers in the same shape.

        Of the captions that say what it is, the first is taken for which there is room.
        """
        arranged = plan(numbers.shape, pictures)
        if (arranged, name) != (self.plan, self._name):
            self.rewind()
        self.plan, self._captions, self._name, self._drawn = arranged, captions, name, ""
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
            self._reveal(marks.chosen)
        self._draw()

    def rewind(self) -> None:
        """Go to the first cell of the first slice, which nobody has chosen yet."""
        self.slice, self.cursor, self._window = 0, None, Window(0, 0, 1, 1)

    def turn(self, direction: int) -> None:
        """The next slice or the one before; after the last comes the first."""
        if self.plan.slices > 1:
            self.slice = (self.slice + direction) % self.plan.slices
            self._draw()

    def action_turn(self, direction: int) -> None:
        """Another slice, the cursor at the same place in it."""
        self.turn(direction)
        if self.cursor is not None:
            self.post_message(self.Pointed(self))

    def action_move(self, down: int, right: int) -> None:
        """Put the cursor on the first cell in sight, or move it by one."""
        if self.plan.empty:
            return
        row, column = self.cursor or (self._window.top - down, self._window.left - right)
        row = min(max(row + down, 0), self.plan.rows - 1)
        column = min(max(column + right, 0), self.plan.columns - 1)
        self.cursor = row, column
        self._bring(row, column)
        self._draw()
        self.post_message(self.Pointed(self))

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._dress)
        self._dress(self.app.current_theme)

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as all rows take, and the line of the column numbers."""
        if self.plan.picture:
            return (self.plan.rows + 1) // 2
        return max(1, self.plan.rows) + (self.plan.rows > 1 or self.plan.columns > 1)

    def _dress(self, theme: Theme) -> None:
        self._look = Look.dark() if theme.dark else Look.light()
        self._draw()

    def _reveal(self, chosen: Mask) -> None:
        """Show a slice and a place where something is chosen, if nothing in sight is."""
        self._fit()
        stacked = self.plan.stacked(chosen)
        if not stacked.any():
            return
        if not stacked[self.slice].any():
            self.slice = int(stacked.reshape(self.plan.slices, -1).any(axis=1).argmax())
        here, window = stacked[self.slice], self._window
        in_sight = here[window.top :, window.left :][: window.rows, : window.columns]
        if not in_sight.any():
            self._bring(*_first(here))

    def _bring(self, row: int, column: int) -> None:
        """Move the window so far that this cell is in sight."""
        self._fit()
        self._window = self._window.moved_to(row, column, self.plan.rows, self.plan.columns)

    def _fit(self) -> None:
        """Give the window the size of the box."""
        width, height = self.content_size
        if self.plan.picture:
            rows, columns = max(2, 2 * height), max(1, width)
        elif self._grid is not None:
            rows, columns = self._grid.fits(self.plan.rows, self.plan.columns, width, height)
        else:
            return
        window = Window(self._window.top, self._window.left, rows, columns)
        self._window = window.moved_to(
            window.top, window.left, max(rows, self.plan.rows), max(columns, self.plan.columns)
        )

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
        if self.plan.empty:
            return [Strip.blank(0)]
        chosen, changed = (
            None if mask is None else self.plan.stacked(mask)[self.slice]
            for mask in (self._marks.chosen, self._marks.changed)
        )
        if self.plan.picture and self._pixels is not None:
            shaded = self.app.console.color_system == "standard"
            picture = self._pixels[self.slice]
            return draw_picture(picture, self._window, chosen, self.cursor, self._look, shaded)
        assert self._grid is not None
        numbers = self._numbers[self.slice]
        return self._grid.draw(numbers, self._window, chosen, changed, self.cursor, self._look)

    def _announce(self) -> None:
        """Say on the border what it is, which slice, and where there is more to see."""
        shown = self._name
        if self.plan.leading and not self.plan.empty:
            index = ", ".join(map(str, self.plan.slice_index(self.slice)))
            shown = f"{self._name}[{index}] of {' × '.join(map(str, self.plan.leading))}"
        arrows = "".join(arrow for arrow, there in self._hidden().items() if there)
        more = f"{arrows} more" if arrows else "no cells" if self.plan.empty else ""
        titles = [
            " · ".join(filter(None, (shown, more, caption, self._drawn)))
            for caption in self._captions
        ]
        room = self.outer_size.width - (6 if self.styles.border_right[0] else 2)
        title = next((title for title in titles if len(title) <= room), titles[-1])
        if title != self.border_title:
            self.border_title = title

    def _hidden(self) -> dict[str, bool]:
        window, plan = self._window, self.plan
        return {
            "←": window.left > 0,
            "→": window.left + window.columns < plan.columns,
            "↑": window.top > 0,
            "↓": window.top + window.rows < plan.rows,
        }


def _first(mask: Mask) -> tuple[int, int]:
    """Row and column of the first True of a slice."""
    row, column = (int(places[0]) for places in mask.nonzero()[:2])
    return row, column
