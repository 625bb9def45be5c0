"""The named inputs of an expression, and which of them require a gradient; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets.option_list import Option

from tui.widgets.rows import Rows, row_keys

EDIT = "Type another value for the chosen input"
GRADIENT = "Whether the chosen input requires a gradient"


class Inputs(Rows):
    """A line an input. Posts which of them the learner wants to change, and how."""

    BORDER_TITLE = "Inputs · ● requires grad"
    BINDINGS = [
        *row_keys("inputs"),
        Binding("enter", "select", "value", id="inputs.edit", tooltip=EDIT),
        Binding("g", "turn", "gradient", id="inputs.gradient", tooltip=GRADIENT),
    ]

    @dataclass
    class Turned(Message):
        """The learner wants the other answer to whether this input requires a gradient."""

        name: str

    def show(self, values: Mapping[str, str], requires_grad: Set[str]) -> None:
        """Show these inputs with their values as text."""
        chosen = self.highlighted or 0
        self.clear_options()
        for name, value in values.items():
            sign = "●" if name in requires_grad else "○"
            self.add_option(Option(Text(f"{sign} {name} = {value}", no_wrap=True), id=name))
        if values:
            self.highlighted = min(chosen, len(values) - 1)

    def action_turn(self) -> None:
        """Post the wish to turn the gradient on or off."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Turned(option.id))
