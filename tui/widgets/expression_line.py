"""A line to type an expression in, which shows what is wrong with it and where."""

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
    """A line whose text, once refused, gives way to the next letter; ← and backspace edit it."""

    _offered = False
    """Whether the whole text is selected since it was refused."""

    def offer(self) -> None:
        """Select the text that was refused."""
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
    """A line that takes no control characters, also not pasted ones: they could move the cursor."""

    BINDINGS = [Binding("enter", "submit", "accept", id="expression.take")]

    virtual_size = Reactive(Size(0, 0))  # a longer text moves nothing, so no new layout

    def __init__(self, text: str) -> None:
        super().__init__(
            text, compact=True, select_on_focus=False, restrict=r"[^\x00-\x1f\x7f-\x9f]*"
        )

    def restricted(self) -> None:
        """Say why nothing happened."""
        self.notify("A control character cannot stand here.", severity="warning", markup=False)


class ExpressionLine(Vertical):
    """Shows an expression, and takes another.

    Posts `Typed` with what was typed; the receiver answers with `show` if it is accepted, or with
    `refuse`, which points at the place and leaves the line open for a correction.
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
        """The learner typed this, and pressed enter."""

        text: str

    @dataclass
    class Settled(Message):
        """The learner left the line: something else can take the keys."""

    def __init__(self, sign: str, text: str = "", *, id: str | None = None) -> None:
        """Show `sign` before the line, such as `f = `."""
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
        """Whether the line has the keys."""
        return self._input.has_focus

    def edit(self, text: str | None = None, *, replace: int | None = None) -> None:
        """Take the keys and offer this text, or the accepted one, to be changed.

        What stands from the column `replace` on is replaced by the first letter that is typed.
        """
        if text is not None:
            self._input.value = text
        self.screen.set_focus(self._input)  # at once: the next key is on its way
        end = len(self._input.value)
        self._input.selection = Selection(end if replace is None else replace, end)

    def show(self, text: str) -> None:
        """Show the accepted text."""
        self._accepted = text
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)  # for a learner who comes by tab
        repaint(self._input, [self._input.content_size.region])  # with the drawing, in one piece
        self.remove_class("-refused")

    def refuse(self, refused: Refused) -> None:
        """Say why the line cannot be accepted, and where; its text is selected."""
        self._input.focus()
        self._input.offer()
        sign = " " * len(self._sign)
        # A line longer than the box scrolls; then the place is shown with what is near it.
        room = max(10, self._input.content_size.width)
        long = cell_len(refused.text) > room
        if cell_len(refused.text) > len(refused.text):  # wide letters take two cells
            room //= 2
        first = max(0, refused.start - room // 2) if long else 0
        line, marks = refused.pointer(first, room).split("\n")
        elsewhere = refused.text != self._input.value
        near = f"{sign}{line}\n" if first or elsewhere else ""
        marks = f"{sign}{marks}"[: self._input.content_size.width + len(sign)]
        self.query_one("#refusal", Static).update(f"{near}{marks}\n{refused}")
        self.add_class("-refused")

    def action_settle(self) -> None:
        """Leave the line as it was."""
        self.show(self._accepted)
        self.post_message(self.Settled())

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Changed)
    def _correct(self) -> None:
        self.remove_class("-refused")
