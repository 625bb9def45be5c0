"""A text input for an expression, which shows errors and their position."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from engine.expression import Refused
from tui.terminal.painter import repaint


class CorrectableInput(Input):
    """An input that selects refused text: a letter replaces it, ← and backspace edit it."""

    _offered = False
    """Whether the whole text is selected because it was refused."""

    def offer(self) -> None:
        """Select the refused text."""
        self.selection = Selection(0, len(self.value))
        self._offered = True

    def watch_selection(self) -> None:
        self._offered = False

    def action_cursor_left(self, select: bool = False) -> None:
        self._begin_correction()
        super().action_cursor_left(select)

    def action_delete_left(self) -> None:
        self._begin_correction()
        super().action_delete_left()

    def _begin_correction(self) -> None:
        if self._offered:
            self.cursor_position = len(self.value)


class TypedLine(CorrectableInput):
    """An input that rejects control characters, also pasted ones: they could move the cursor."""

    BINDINGS = [Binding("enter", "submit", "accept", id="expression.take")]

    virtual_size = Reactive(Size(0, 0))  # not a layout property: longer text moves nothing

    def __init__(self, text: str) -> None:
        super().__init__(
            text, compact=True, select_on_focus=False, restrict=r"[^\x00-\x1f\x7f-\x9f]*"
        )

    def restricted(self) -> None:
        """Notify the learner that a control character was rejected."""
        self.notify("A control character cannot stand here.", severity="warning", markup=False)


class ExpressionLine(Vertical):
    """Shows an expression, and lets the learner type another one.

    Posts `Typed`; the receiver calls `show` if it accepts the text, or else `refuse`, which marks
    the error and lets the learner correct the text.
    """

    DEFAULT_CSS = """
    ExpressionLine {
        height: auto; padding: 0 1; border: none;
        #typed { height: 1; }
        #sign { width: auto; color: $text-muted; }
        Input { width: 1fr; height: 1; }
        &:focus-within #sign { color: $text-accent; text-style: bold; }
        #refusal { display: none; height: auto; color: $text-error; }
        &.-refused #refusal { display: block; }
    }
    """
    BINDINGS = [
        Binding(
            "escape", "settle", "cancel", id="expression.settle", tooltip="Keep the line as it was"
        ),
    ]

    @dataclass
    class Typed(Message):
        """The learner typed this text and pressed enter."""

        text: str

    @dataclass
    class Settled(Message):
        """The learner left the input, so another widget can take the focus."""

    def __init__(self, sign: str, text: str = "", *, id: str | None = None) -> None:
        """Show `sign` before the input, for example `f = `."""
        super().__init__(id=id)
        self._sign = sign
        self._accepted = text

    def compose(self) -> ComposeResult:
        with Horizontal(id="typed"):
            yield Static(self._sign, id="sign", markup=False)
            yield TypedLine(self._accepted)
        yield Static(id="refusal", markup=False)

    @property
    def _input(self) -> TypedLine:
        return self.query_one(TypedLine)

    @property
    def editing(self) -> bool:
        """Whether the input has the focus."""
        return self._input.has_focus

    def edit(self, text: str | None = None, *, replace: int | None = None) -> None:
        """Focus the input and let the learner edit this text, or the accepted one.

        The text from the column `replace` on is selected, so the next letter replaces it.
        """
        if text is not None:
            self._input.value = text
        self.screen.set_focus(self._input)  # immediately, for the next key press
        end = len(self._input.value)
        self._input.selection = Selection(end if replace is None else replace, end)

    def show(self, text: str) -> None:
        """Show the accepted text."""
        self._accepted = text
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)  # for when the input is focused by tab
        repaint(self._input, [self._input.content_size.region])  # together with the drawing
        self.remove_class("-refused")

    def refuse(self, refused: Refused) -> None:
        """Show the error and its position below the input, and select the text."""
        self._input.focus()
        self._input.offer()
        sign = " " * len(self._sign)
        # A text longer than the input scrolls; then the text near the error is repeated below.
        room = max(10, self._input.content_size.width)
        long = cell_len(refused.text) > room
        if cell_len(refused.text) > len(refused.text):  # wide characters take two cells
            room //= 2
        first = max(0, refused.start - room // 2) if long else 0
        line, marks = refused.pointer(first, room).split("\n")
        elsewhere = refused.text != self._input.value
        near = f"{sign}{line}\n" if first or elsewhere else ""
        marks = f"{sign}{marks}"[: self._input.content_size.width + len(sign)]
        self.query_one("#refusal", Static).update(f"{near}{marks}\n{refused}")
        self.add_class("-refused")

    def action_settle(self) -> None:
        """Restore the accepted text and leave the input."""
        self.show(self._accepted)
        self.post_message(self.Settled())

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Changed)
    def _correct(self) -> None:
        self.remove_class("-refused")
