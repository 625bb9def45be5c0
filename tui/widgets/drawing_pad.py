"""A sheet of paper to write on with keys or the mouse; knows no network."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.events import MouseDown, MouseEvent, MouseMove, MouseRelease, MouseUp
from textual.geometry import Size
from textual.message import Message

from engine.pad import SIDE, Pad
from engine.resampling import resized
from tui.charts.canvas import Canvas, packed
from tui.charts.pixels import ink
from tui.widgets.painted import Painted
from tui.widgets.theme import ThemeAware, chart_style

PEN = {False: ("△", "▽", "○"), True: ("▲", "▼", "●")}
"""The pen, up and down: over the upper or the lower pixel of a letter, or over a larger one."""
BLACK, YELLOW = (0, 0, 0), (255, 220, 0)
PEN_MOVES = Binding.Group("move", compact=True)
MOVE = "Move the pen; where it is down it draws"
STROKE = "Let the pen down on the paper, or lift it"


class DrawingPad(Painted, ThemeAware, can_focus=True):
    """Shows the sheet and the pen. Two pixels are a letter, or more where there is room."""

    DEFAULT_CSS = """
    DrawingPad {
        width: auto; height: auto;
        border: round $foreground 30%; border-title-color: $text; background: $background;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS = [
        Binding("left,h", "move(-1, 0)", "left", group=PEN_MOVES, id="pad.left", tooltip=MOVE),
        Binding("right,l", "move(1, 0)", "right", group=PEN_MOVES, id="pad.right"),
        Binding("up,k", "move(0, -1)", "up", group=PEN_MOVES, id="pad.up"),
        Binding("down,j", "move(0, 1)", "down", group=PEN_MOVES, id="pad.down"),
        Binding("home", "move(-1, -1)", "up and left", False, id="pad.up-left"),
        Binding("pageup", "move(1, -1)", "up and right", False, id="pad.up-right"),
        Binding("end", "move(-1, 1)", "down and left", False, id="pad.down-left"),
        Binding("pagedown", "move(1, 1)", "down and right", False, id="pad.down-right"),
        Binding("space", "pen", "pen down or up", id="pad.pen", tooltip=STROKE),
        Binding("u", "undo", "undo", id="pad.undo", tooltip="Take the last stroke back"),
        Binding("x", "clear", "clear", id="pad.clear", tooltip="Take an empty sheet"),
    ]

    @dataclass
    class Drawn(Message):
        """There is other ink on the sheet."""

        pad: DrawingPad

        @property
        def control(self) -> DrawingPad:
            return self.pad

    def __init__(self, pad: Pad | None = None, *, id: str | None = None) -> None:
        """Show that sheet, or an empty one."""
        super().__init__(id=id)
        self.pad = pad or Pad()
        self.border_title = "Your sheet"
        self._scale = 1

    @property
    def scale(self) -> int:
        """Columns of a pixel; half as many lines."""
        return self._scale

    @scale.setter
    def scale(self, scale: int) -> None:
        if scale != self._scale:
            self._scale = scale
            self.refresh(layout=True)
            self._show()

    def on_mount(self) -> None:
        self._show()

    def apply_theme(self) -> None:
        self._show()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return SIDE * self._scale

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return SIDE * self._scale // 2

    # Keys.

    def action_move(self, right: int, down: int) -> None:
        """Move the pen by a pixel."""
        self._go(self.pad.x + right, self.pad.y + down)

    def action_pen(self) -> None:
        """Let the pen down, or lift it."""
        if self.pad.down:
            self._lift()
        else:
            self.pad.lower()
            self._changed()

    def action_undo(self) -> None:
        """Take the last stroke back."""
        self.pad.undo()
        self._changed()

    def action_clear(self) -> None:
        """Take an empty sheet."""
        self.pad.clear()
        self._changed()

    # The mouse: pressed it writes, wherever the pen was.

    def on_mouse_down(self, event: MouseDown) -> None:
        self.capture_mouse()
        self.pad.lift()
        self.pad.go(*self._place(event))
        self.pad.lower()
        self._changed()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._go(*self._place(event))

    def on_mouse_up(self, event: MouseUp) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()
            self._lift()

    def on_mouse_release(self, event: MouseRelease) -> None:
        # It may have been taken away, by a screen that came over this one.
        if self.app.mouse_captured is not self:
            self._lift()

    def _place(self, event: MouseEvent) -> tuple[float, float]:
        """Where on the sheet the mouse is, in pixels; outside it too."""
        x, y = (
            # Most terminals tell the cell, which stands for its middle; some the very point.
            place + (0.5 if place == int(place) else 0) - before
            for place, before in (
                (event.pointer_x, self.gutter.left),
                (event.pointer_y, self.gutter.top),
            )
        )
        return x / self._scale, 2 * y / self._scale

    # What is shown.

    def _lift(self) -> None:
        self.pad.lift()
        self._show()

    def _go(self, x: float, y: float) -> None:
        before = self.pad.ink
        self.pad.go(x, y)
        if self.pad.ink is before:
            self._show()
        else:
            self._changed()

    def _changed(self) -> None:
        self._show()
        self.post_message(self.Drawn(self))

    def _show(self) -> None:
        side = SIDE * self._scale
        canvas = ink(resized(self.pad.ink, side, side), chart_style(self.app))
        self._mark(canvas)
        self.paint_canvas(canvas)
        self.border_subtitle = "pen down" if self.pad.down else "pen up"

    def _mark(self, canvas: Canvas) -> None:
        """Mark the pixel that the pen is over."""
        x, y = int(self.pad.x), int(self.pad.y)
        upper, lower, whole = PEN[self.pad.down]
        sign = (lower if y % 2 else upper) if self._scale == 1 else whole
        row, column = (2 * y + 1) * self._scale // 4, (2 * x + 1) * self._scale // 2
        canvas.write(row, column, sign, BLACK)
        canvas.backgrounds[row, column] = packed(YELLOW)
