"""A few rows of which one is chosen, with arrows or from outside; knows not what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.widgets.rows import Rows, row_keys


class Ways(Rows):
    """Posts which row was gone to; whoever listens answers with `show`."""

    DEFAULT_CSS = "Ways { height: auto; }"
    BINDINGS = row_keys("ways")

    @dataclass
    class Gone(Message):
        """The learner went to this row, counted from 0."""

        row: int

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A row is chosen by going to it, so there is nothing left for enter to do."""
        return action != "select" and super().check_action(action, parameters)

    def show(self, rows: Sequence[Text], chosen: int) -> None:
        """Show these rows, of which that one is chosen."""
        # Told of it, whoever asked for this row might take it for a wish, and a late one.
        with self.prevent(OptionList.OptionHighlighted):
            if len(rows) != self.option_count:
                self.set_options(Option(row) for row in rows)
            for place, row in enumerate(rows):
                if row != self.get_option_at_index(place).prompt:
                    self.replace_option_prompt_at_index(place, row)
            self.highlighted = chosen

    @on(OptionList.OptionHighlighted)
    def _tell(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Gone(event.option_index))
