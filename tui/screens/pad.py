"""A digit that the learner writes, and what a network says of it; knows no training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from engine.pad import SIDE, Ink, Pad, as_mnist
from tui.charts.canvas import Canvas
from tui.charts.pixels import ink
from tui.charts.tables import bars, percent
from tui.screens.closing import ClosesOnce
from tui.terminal.resizing import LatestSize
from tui.widgets.drawing_pad import DrawingPad
from tui.widgets.key_footer import KeyFooter
from tui.widgets.lines import Lines, spread
from tui.widgets.painted import Painted
from tui.widgets.theme import ThemeAware, chart_style

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


class Answers(Painted):
    """The probabilities; behind another screen it gets its size late, and asks for new ones."""

    class Resized(Message):
        """What is drawn does not fit any more."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class PadScreen(ClosesOnce, LatestSize, Screen[None], ThemeAware):
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
        self._seen = Painted(id="seen")
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

    def apply_theme(self) -> None:
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
        reader, look = self._reader(), chart_style(self.app)
        image = self._prepare(self._sheet.pad.ink)
        self._seen.paint_canvas(ink(image, look))
        self._head(reader.about if reader else "nobody")
        width, height = self._answers.size
        if reader is None or not image.any():
            self._answers.paint_canvas(Canvas(width, height))
            self._say(_invitation(reader))
            return
        shares = reader.probabilities(image)
        self._answers.paint_canvas(bars(shares, reader.classes, width, height, look))
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
