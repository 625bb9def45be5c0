"""Every key that means something here; knows only the bindings it is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.binding import ActiveBinding


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below, with what each does."""

    CSS_PATH = "help.tcss"
    BINDINGS = [
        Binding("escape,question_mark,enter", "dismiss", "close", id="help.close"),
        Binding("q", "app.quit", show=False),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._keys = list(bindings)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield Static(self._table())

    def action_scroll(self, direction: str) -> None:
        """Move the page by a line."""
        self.query_one("#help").scroll_relative(y=1 if direction == "down" else -1, animate=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        for active in self._keys:
            binding = active.binding
            keys = self.app.get_key_display(binding)
            text = binding.description + (f": {binding.tooltip}" if binding.tooltip else "")
            table.add_row(keys, text)
        return table
