"""The learner's program on screen: a text area, and the file that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from textual.binding import Binding
from textual.events import Key
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from engine.exercises.exercise import Exercise, placeholder
from tui.exercise_file import RESCUED, ExerciseFile, NoProgram, Stamp

LOOK: dict[str, Any] = {
    "language": "python" if find_spec("tree_sitter_python") else None,
    "soft_wrap": True,
    "tab_behavior": "indent",
    "read_only": True,
    "show_line_numbers": True,
    "compact": True,
}
"""The form of the text areas with code."""


READING = (
    "cursor_up",
    "cursor_down",
    "cursor_page_up",
    "cursor_page_down",
    "first",
    "last",
    "copy",
)
"""The actions that work while the program is only read."""


class Program(TextArea):
    """The learner's program with line numbers; `enter` makes it editable, `escape` ends that."""

    BINDINGS = [
        Binding("escape", "leave", "save and leave", id="program.leave", priority=True,
                tooltip="Save the program, run it, and go back to its result"),
        Binding("ctrl+s", "save", "save and run", id="program.save", priority=True,
                tooltip="Save the program and run it"),
        Binding("ctrl+underscore", "undo", "undo", False, id="program.undo"),
        Binding("ctrl+home", "first", "to the start", False, id="program.first"),
        Binding("ctrl+end", "last", "to the end", False, id="program.last"),
        Binding("down,j", "cursor_down", "down", False, id="program.down"),
        Binding("up,k", "cursor_up", "up", False, id="program.up"),
    ]  # fmt: skip

    @dataclass
    class Saved(Message):
        """The learner has saved, and goes on editing or not."""

        leaves: bool

    file: ExerciseFile
    """The file on screen; there is none before `open`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, **LOOK)
        self.cursor_blink = False
        self.saved = ""
        """The text of the file when it was last read or written."""
        self._stamp: Stamp = None

    def open(self, exercise: Exercise) -> str:
        """Show the file of an exercise as the learner left it; return a remark, or an empty text.

        Raises:
            NoProgram: the file cannot be read.
        """
        self.file = ExerciseFile.of(exercise)
        self.remove_class("-failing")
        try:
            remark = self.file.create()
        except NoProgram as error:
            remark = str(error)  # a file that cannot be written can often be read
        try:
            self.reload()
        except NoProgram as error:
            self.load_text("")  # not that of the exercise before
            raise NoProgram(remark or str(error)) from None
        line = exercise.gap[0]
        if exercise.kind == "fault":  # does not give the bug away
            starts = [line.startswith("def train") for line in self.text.splitlines()]
            line = starts.index(True) + 1 if True in starts else 1
        self.go_to(line)
        return remark

    def reload(self) -> None:
        """Show what the file holds now.

        Raises:
            NoProgram: the file cannot be read.
        """
        self._stamp = self.file.stamp()
        self.saved = self.file.read()
        if self.text != self.saved:
            row = self.cursor_location[0]
            self.load_text(self.saved)
            self.go_to(row + 1)

    @property
    def changed_outside(self) -> bool:
        """Whether another program has changed the file since it was last read or written."""
        return self.file.stamp() != self._stamp

    def save(self) -> str:
        """Write what is typed to the file; return a remark, or an empty text.

        Raises:
            NoProgram: the file cannot be written; the text stays on screen.
        """
        remark = self.file.save(self.text, self.saved)
        self.saved, self._stamp = self.text, self.file.stamp()
        return remark

    def save_at_the_end(self) -> None:
        """Save what is typed while the app ends, in another place if its file cannot be written."""
        try:
            self.file.save(self.text, self.saved)
        except NoProgram as error:
            RESCUED.append(f"{error}. {self.file.rescue(self.text)}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the keys of the editor only while editing."""
        return action in READING if self.read_only else True

    def action_leave(self) -> None:
        """Save, and go back to the result."""
        self.post_message(self.Saved(leaves=True))

    def action_save(self) -> None:
        """Save, and go on editing."""
        self.post_message(self.Saved(leaves=False))

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.call_after_refresh(self.scroll_cursor_visible)

    def action_first(self) -> None:
        """Go to the start of the program."""
        self.move_cursor((0, 0))

    def action_last(self) -> None:
        """Go to the end of the program."""
        self.move_cursor(self.document.end)

    def set_editing(self, on: bool) -> None:
        """Begin or end editing; a placeholder is selected, so that what is typed replaces it."""
        self.read_only = not on
        line = placeholder(self.text)
        if on and line is not None:
            self.go_to(line)
            row, column = self.cursor_location
            self.selection = Selection((row, column), (row, len(self.document[row])))
        elif on and self.file.exercise.kind == "empty" and self.text == self.file.exercise.given:
            self.action_last()
        self.screen.refresh_bindings()

    def on_key(self, event: Key) -> None:
        """Indent a new line like the one before, and further after a colon."""
        if event.key == "enter" and not self.read_only:
            event.prevent_default()
            event.stop()
            before = self.document[self.cursor_location[0]][: self.cursor_location[1]]
            margin = before[: len(before) - len(before.lstrip())]
            deeper = " " * self.indent_width if before.rstrip().endswith(":") else ""
            self.insert(f"\n{margin}{deeper}")

    def action_delete_left(self) -> None:
        """Delete a whole level of indentation at once."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        levels = column % self.indent_width == 0 and column > 0
        if self.selection.is_empty and levels and not before.strip(" "):
            self.delete((row, column - self.indent_width), (row, column))
        else:
            super().action_delete_left()

    def go_to(self, line: int) -> None:
        """Highlight a line, counted from 1, and scroll to it."""
        row = min(max(line - 1, 0), self.document.line_count - 1)
        text = self.document[row]
        self.cursor_location = (row, len(text) - len(text.lstrip()))
        self.call_after_refresh(self.scroll_cursor_visible, center=True)
