"""A digit that the learner writes, and what a network makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

from engine.handwriting import SIDE, Ink, Pad, as_mnist, resized
from tui.charts.bars import bars, percent
from tui.charts.canvas import Canvas, packed
from tui.charts.drawing import Drawing
from tui.charts.pixels import ink
from tui.screens.closing import ClosesOnce
from tui.terminal.resizing import LatestSize
from tui.widgets.dress import Dressed, look_of
from tui.widgets.key_footer import KeyFooter
from tui.widgets.lines import Lines, spread

PEN = {False: ("△", "▽", "○"), True: ("▲", "▼", "●")}
"""The pen, up and down: over the upper or the lower pixel of a letter, or over a larger one."""
BLACK, YELLOW = (0, 0, 0), (255, 220, 0)
PEN_MOVES = Binding.Group("move", compact=True)
MOVE = "Move the pen; where it is down it draws"
STROKE = "Let the pen down on the paper, or lift it"


class DrawingPad(Drawing, Dressed, can_focus=True):
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

    def dress(self) -> None:
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
        canvas = ink(resized(self.pad.ink, side, side), look_of(self.app))
        self._mark(canvas)
        self.show(canvas)
        self.border_subtitle = "pen down" if self.pad.down else "pen up"

    def _mark(self, canvas: Canvas) -> None:
        """Mark the pixel that the pen is over."""
        x, y = int(self.pad.x), int(self.pad.y)
        upper, lower, whole = PEN[self.pad.down]
        sign = (lower if y % 2 else upper) if self._scale == 1 else whole
        row, column = (2 * y + 1) * self._scale // 4, (2 * x + 1) * self._scale // 2
        canvas.write(row, column, sign, BLACK)
        canvas.papers[row, column] = packed(YELLOW)


if TYPE_CHECKING:
    from engine.pictures import Array
    from engine.reader import Reader

SCALED = "scaled and centred"
KEYS = "arrows move the pen · space lets it down or lifts it · or draw with the mouse"
NOBODY = "No network has learned yet. Go back with esc, train with space, and come again: \
it can be asked while it trains."
BESIDE, ABOVE = 52, 7
"""Columns and lines that the sheet must leave to the rest of the screen, and to its border."""
LARGEST = 3
"""Columns of a pixel at most."""
UNSURE = 0.6
"""Below this probability the second guess is named too."""


class Answers(Drawing):
    """The probabilities; behind another screen it gets its size late, and asks for new ones."""

    class Resized(Message):
        """What is drawn does not fit any more."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class PadScreen(ClosesOnce, LatestSize, Screen[None], Dressed):
    """The sheet at the left, what the network gets of it, and its ten probabilities.

    Whoever opened it says with `ask` when another network may answer.
    """

    CSS_PATH = "pad.tcss"
    MOUSE = (("drag", "draw on the sheet"), ("click", "draw, or press a key in the last line"))
    BINDINGS = [
        Binding("escape", "dismiss", "back", id="pad.back", tooltip="Back to the lab"),
    ]

    def __init__(
        self,
        reader: Callable[[], Reader | None],
        prepare: Callable[[Ink], Ink] = as_mnist,
        pad: Pad | None = None,
    ) -> None:
        """`reader` gives the network that answers now, or None where none has learned.

        `prepare` makes of the drawing what that network was trained on. The `pad` may have a
        drawing already.
        """
        super().__init__()
        self._reader, self._prepare = reader, prepare
        self._waits = False
        self._heading = Lines(id="who")
        self._sheet = DrawingPad(pad, id="sheet")
        self._seen = Drawing(id="seen")
        self._answers = Answers(id="answers")
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
        self._seen.border_title, self._seen.border_subtitle = "What the network sees", SCALED
        self._answers.border_title = "What it says"
        self._sheet.focus()

    def on_resize(self, event: Resize) -> None:
        self._sheet.scale = _scale(event.size)
        self.ask()

    def dress(self) -> None:
        self.ask()

    @on(DrawingPad.Drawn)
    @on(Answers.Resized)
    def ask(self) -> None:
        """Show what the network says now; once, however often this is called until then."""
        if not self._waits:
            self._waits = True
            self.call_after_refresh(self._answer)

    def _answer(self) -> None:
        self._waits = False
        reader, look = self._reader(), look_of(self.app)
        image = self._prepare(self._sheet.pad.ink)
        self._seen.show(ink(image, look))
        self._head(reader.about if reader else "nobody")
        width, height = self._answers.size
        if reader is None or not image.any():
            self._answers.show(Canvas(width, height))
            self._say(_invitation(reader))
            return
        shares = reader.probabilities(image)
        self._answers.show(bars(shares, reader.classes, width, height, look))
        self._say(_verdict(shares, reader.classes))

    def _head(self, who: str) -> None:
        left, right = ((" Write a digit", "bold"),), ((f"answers: {who} ", ""),)
        self._heading.write([spread(left, right, self._heading.size.width)])

    def _say(self, words: str) -> None:
        if words != self._words.content:
            self._words.update(words)


def _scale(size: Size) -> int:
    """Columns of a pixel, so that all of the sheet and of the rest is in sight."""
    columns, rows = size.width - BESIDE, (size.height - ABOVE) * 2
    return max(1, min(columns // SIDE, rows // SIDE, LARGEST))


def _invitation(reader: Reader | None) -> str:
    if reader is None:
        return NOBODY
    return f"Write one of: {', '.join(reader.classes)}"


def _verdict(shares: Array, classes: tuple[str, ...]) -> str:
    """The network's answer in a sentence, and how sure it is."""
    if not np.isfinite(shares).all():
        return "It says nothing: its weights are no longer numbers. Its training has diverged."
    first, second = np.argsort(-shares)[:2].tolist()
    sure = percent(float(shares[first])).replace(">", "more than ")
    said = f"It says {classes[first]}, and is {sure} sure."
    if shares[first] < UNSURE:
        said += f" Or is it {classes[second]} ({percent(float(shares[second]))})?"
    return said
