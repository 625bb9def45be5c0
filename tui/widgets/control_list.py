"""The list of the hyperparameters, to walk through and turn; knows no value of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from tui.widgets.rows import RowList, row_keys

TURN = Binding.Group("set", compact=True)
LOWER, HIGHER = "The next lower value of the control", "The next higher value of the control"


class ControlList(RowList):
    """The list itself: ← and → turn the highlighted control."""

    BINDINGS = [
        Binding(
            "left",
            "turn(-1)",
            "lower",
            id="control.less",
            group=TURN,
            tooltip=LOWER,
        ),
        Binding(
            "right",
            "turn(1)",
            "higher",
            id="control.more",
            group=TURN,
            tooltip=HIGHER,
        ),
        *row_keys("control"),
    ]

    @dataclass
    class Turned(Message):
        """The learner wants the next value up (1) or down (-1) of the control."""

        name: str
        direction: int

    def action_turn(self, direction: int) -> None:
        """Post the wish to turn the highlighted control."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Turned(option.id, direction))
