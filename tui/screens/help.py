"""The help screen: every key that works on the screen below, in groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.bindings import MODAL_KEYS, KeyAction, key_actions
from tui.terminal.resizing import SafeScreen
from tui.widgets.expression_line import ExpressionLine

CLOSES = "esc closes"
KEPT = "kept until PyTorch is loaded"
"""A note on the keys of a lab that is not ready."""
MORE = "↑ ↓ pgup pgdn scroll · esc closes"


class HelpScreen(SafeScreen, ModalScreen[None]):
    """Shows the keys of the screen below with their effects."""

    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("escape,question_mark,enter", "dismiss", "close", id="help.close"),
        Binding("j", "scroll('down')", "scroll down", False, id="help.down"),
        Binding("k", "scroll('up')", "scroll up", False, id="help.up"),
        *MODAL_KEYS,
    ]

    def __init__(self, below: Screen[Any], mouse: Sequence[tuple[str, str]]) -> None:
        """Show the keys of the screen `below`, and the mouse gestures with their effects."""
        super().__init__()
        self._below, self._mouse = below, mouse

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            yield Static(self._table())

    def on_mount(self) -> None:
        self._below.bindings_updated_signal.subscribe(self, self._change_keys)
        self.watch(self.query_one("#help"), "show_vertical_scrollbar", self._say_how_to_scroll)

    def action_scroll(self, direction: str) -> None:
        """Scroll by one line."""
        self.query_one("#help").scroll_relative(y=1 if direction == "down" else -1, animate=False)

    def _change_keys(self, _: Screen[Any]) -> None:
        """Update the keys, for example when a lab has opened below."""
        if self.is_mounted:
            self.query_one("#help Static", Static).update(self._table())

    def _say_how_to_scroll(self) -> None:
        """Show the scroll keys on the border if the content is taller than the box."""
        box = self.query_one("#help")
        box.border_subtitle = MORE if box.show_vertical_scrollbar else CLOSES

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        for title, rows in groups(key_actions(self._below), self._mouse):
            if table.row_count:
                table.add_row()
            table.add_row("", Text(title, "bold underline"))
            for keys, text in rows:
                table.add_row(Text(keys), Text(text))
        return table


def groups(
    actions: Sequence[KeyAction], mouse: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the title of each group with its rows of keys and effects.

    The keys of the focused panel come first, those of the app last, then the mouse.
    """
    inner_first = sorted(actions, key=lambda action: isinstance(action.node, App))
    for title, members in groupby(inner_first, key=lambda action: _title(action.node)):
        yield title, [(action.names, _effect(action)) for action in members]
    yield "Mouse", list(mouse)


def _title(node: DOMNode) -> str:
    """Return the title of the group of keys that belongs to the node."""
    if isinstance(node, App):
        return "Everywhere"
    if isinstance(node, Screen):
        return "This screen"
    if isinstance(node, Input | ExpressionLine):
        return "The line to type in"
    titled = (  # a title that changes names what is shown, a tensor say, and no kind of panel
        str(each.BORDER_TITLE or each.border_title).partition(" · ")[0]
        for each in node.ancestors_with_self
        if isinstance(each, Widget) and each.border_title
    )
    title = "The lab" if node.id == "lab" else next(titled, "This page")
    keeps = any(getattr(each, "keeps_keys", False) for each in node.ancestors_with_self)
    return f"{title} · {KEPT}" if keeps else title


def _effect(action: KeyAction) -> str:
    """Return what a key does; Textual's own capitalized descriptions become lower case."""
    if not action.binding.id:
        return action.text.lower()
    return action.text + (f": {action.binding.tooltip}" if action.binding.tooltip else "")
