"""A text to read that is longer than its box, with the keys of a page; knows not what it says."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static


class Reading(VerticalScroll):
    """Scrolls with the arrows, and with j and k."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Reading {
        border: round $foreground 30%; border-title-color: $text; padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: round $accent; }
        Static { height: auto; }
    }
    """
    BINDINGS = [
        Binding("down,j", "scroll_down", "scroll down", False, id="reading.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="reading.up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, text: Text) -> None:
        """Show this text, from its beginning if it is another one."""
        if text != self._text.content:
            self._text.update(text)
            self.scroll_home(animate=False)
