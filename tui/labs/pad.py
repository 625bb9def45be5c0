"""The screen to draw a digit, with keys or the mouse, and the network's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import MouseDown, MouseEvent, MouseMove, MouseRelease, MouseUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from engine.handwriting import FINE, SIDE, Ink, Pad, as_mnist, extent, resized
from tui.charts.canvas import Canvas, packed
from tui.charts.pixels import ink
from tui.charts.tables import bars, percent
from tui.terminal.resizing import SafeScreen
from tui.themes import ThemeAware, chart_style
from tui.widgets.key_footer import KeyFooter
from tui.widgets.painted import Lines, Painted, Plotted, spread

if TYPE_CHECKING:
    from engine.exercises.reader import ProgramReader
    from engine.networks import Reader
    from engine.pictures import Array

PEN = {False: ("△", "▽", "○"), True: ("▲", "▼", "●")}
"""The signs of the pen, up and down: over the upper or lower pixel of a cell, or a larger pixel."""
BLACK, YELLOW = (0, 0, 0), (255, 220, 0)
PEN_MOVES = Binding.Group("move", compact=True)
MOVE = "Move the pen; where it is down it draws"
STROKE = "Let the pen down on the paper, or lift it"

SCALED = "scaled ×{scale:.1f}, centred"
SMALL = "Every drawing is scaled like the training images, so write this one larger."
MUCH = 3.0
"""From this enlargement on, a drawing hardly looks like itself: a dot becomes a disc."""
KEYS = "arrows move the pen · space lets it down or lifts it · or draw with the mouse"
NOBODY = "No network has learned yet. Go back with esc, train with space, and come again: \
it can be asked while it trains."
BESIDE, ABOVE = 52, 7
"""Columns and rows kept free for the rest of the screen and the border."""
LARGEST = 3
"""The maximum width of a pixel in columns."""
UNSURE = 0.6
"""Below this probability the second class is named too."""


class DrawingPad(Painted, ThemeAware, can_focus=True):
    """Shows the drawing and the pen. A cell has two pixels; in a large window pixels are larger."""

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

    class Drawn(Message):
        """The drawing has changed."""

    def __init__(self, pad: Pad | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pad = pad or Pad()
        self.border_title = "Your sheet"
        self.scale = 1
        """The width of a pixel in columns; its height is half as many rows."""

    def rescale(self, scale: int) -> None:
        """Set the width of a pixel in columns."""
        if scale != self.scale:
            self.scale = scale
            self.refresh(layout=True)
            self._draw()

    def on_mount(self) -> None:
        self._draw()

    def apply_theme(self) -> None:
        self._draw()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return SIDE * self.scale

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return SIDE * self.scale // 2

    def action_move(self, right: int, down: int) -> None:
        self._go(self.pad.x + right, self.pad.y + down)

    def action_pen(self) -> None:
        if self.pad.down:
            self._lift()
        else:
            self.pad.lower()
            self._changed()

    def action_undo(self) -> None:
        self.pad.undo()
        self._changed()

    def action_clear(self) -> None:
        self.pad.clear()
        self._changed()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin a stroke at the mouse."""
        self.capture_mouse()
        self.pad.lift()
        self.pad.go(*self._pixel(event))
        self.pad.lower()
        self._changed()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._go(*self._pixel(event))

    def on_mouse_up(self, event: MouseUp) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()
            self._lift()

    def on_mouse_release(self, event: MouseRelease) -> None:
        if self.app.mouse_captured is not self:  # another screen has taken it
            self._lift()

    def _pixel(self, event: MouseEvent) -> tuple[float, float]:
        """Return the position of the mouse in pixels, also outside of the drawing."""
        pointer = event.pointer_x, event.pointer_y
        # Most terminals report a cell, whose centre is used; some report the exact point.
        x, y = (place + (0.5 if place == int(place) else 0) for place in pointer)
        return (x - self.gutter.left) / self.scale, 2 * (y - self.gutter.top) / self.scale

    def _lift(self) -> None:
        self.pad.lift()
        self._draw()

    def _go(self, x: float, y: float) -> None:
        before = self.pad.ink
        self.pad.go(x, y)
        if self.pad.ink is before:
            self._draw()
        else:
            self._changed()

    def _changed(self) -> None:
        self._draw()
        self.post_message(self.Drawn())

    def _draw(self) -> None:
        side = SIDE * self.scale
        canvas = ink(resized(self.pad.ink, side, side), chart_style(self.app))
        x, y = int(self.pad.x), int(self.pad.y)
        upper, lower, whole = PEN[self.pad.down]
        sign = (lower if y % 2 else upper) if self.scale == 1 else whole
        row, column = (2 * y + 1) * self.scale // 4, (2 * x + 1) * self.scale // 2
        canvas.write(row, column, sign, BLACK)
        canvas.backgrounds[row, column] = packed(YELLOW)
        self.paint_canvas(canvas)
        self.border_subtitle = "pen down" if self.pad.down else "pen up"


class PadScreen(SafeScreen, Screen[None], ThemeAware):
    """The drawing at the left, then the input image of the network, then its ten probabilities.

    The lab calls `ask` when another network may answer.
    """

    CSS_PATH = "pad.tcss"
    MOUSE = (("drag", "draw on the sheet"), ("click", "draw, or press a key in the last line"))
    BINDINGS = [
        Binding("escape", "dismiss", "back", id="pad.back", tooltip="Back to the lab"),
    ]

    def __init__(
        self,
        reader: Callable[[], Reader | ProgramReader | None],
        prepare: Callable[[Ink], Ink] = as_mnist,
        pad: Pad | None = None,
        nobody: str = NOBODY,
    ) -> None:
        """`reader` returns the current network, or None if none has learned; `nobody` says why.

        `prepare` turns the drawing into an image like those the network was trained on.
        """
        super().__init__()
        self._reader, self._prepare, self._nobody = reader, prepare, nobody
        self._waits = False
        self._heading = Lines(id="who")
        self._sheet = DrawingPad(pad, id="sheet")
        self._seen = Painted(id="seen")
        self._answers = Plotted(id="answers")
        self._words = Static(id="answer", markup=False)

    def compose(self) -> ComposeResult:
        yield self._heading
        with Horizontal(id="pad"):
            yield self._sheet
            yield self._seen
            yield self._answers
        yield self._words
        yield Static(KEYS, id="keys", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        self._seen.border_title = "What the network sees"
        self._answers.border_title = "What it says"
        self._sheet.focus()

    def on_resize(self, event: Resize) -> None:
        columns, rows = event.size.width - BESIDE, (event.size.height - ABOVE) * 2
        self._sheet.rescale(max(1, min(columns // SIDE, rows // SIDE, LARGEST)))
        self.ask()

    def apply_theme(self) -> None:
        self.ask()

    @on(DrawingPad.Drawn)
    @on(Plotted.Resized)
    def ask(self) -> None:
        """Show the current answer of the network; repeated calls until then count as one."""
        if not self._waits:
            self._waits = True
            self.call_after_refresh(self._answer)

    def _answer(self) -> None:
        self._waits = False
        reader, style = self._reader(), chart_style(self.app)
        image = self._prepare(self._sheet.pad.ink)
        self._seen.paint_canvas(ink(image, style))
        scale = extent(image) * FINE / max(extent(self._sheet.pad.ink), 1)
        self._seen.border_subtitle = SCALED.format(scale=scale) if scale else ""
        who = ((f"answers: {reader.about if reader else 'nobody'} ", ""),)
        heading = spread(((" Write a digit", "bold"),), who, self._heading.size.width)
        self._heading.write([heading])
        canvas = Canvas(*self._answers.size)
        if reader is None:
            words = self._nobody
        elif not image.any():
            words = f"Write one of: {', '.join(reader.classes)}"
        else:
            shares = reader.probabilities(image)
            canvas = bars(shares, reader.classes, *self._answers.size, style)
            words = _verdict(shares, reader.classes)
            words += f"\n{SMALL}" if scale > MUCH else ""
        self._answers.paint_canvas(canvas)
        if words != self._words.content:
            self._words.update(words)


def _verdict(shares: Array, classes: tuple[str, ...]) -> str:
    """Return the network's answer in a sentence, with its probability."""
    if not np.isfinite(shares).all():
        return "It says nothing: its weights are no longer numbers. Its training has diverged."
    first, second = np.argsort(-shares)[:2].tolist()
    if shares[second] == 0:  # a program that returns the digit alone, without probabilities
        return f"It says {classes[first]}."
    sure = percent(float(shares[first])).replace(">", "more than ")
    verdict = f"It says {classes[first]}, and is {sure} sure."
    if shares[first] < UNSURE:
        verdict += f" Or is it {classes[second]} ({percent(float(shares[second]))})?"
    return verdict
