"""The keys of the lab of a training; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

PACE = Binding.Group("pace", compact=True)
LOG = "Draw the loss on a logarithmic axis"
OTHER = "Show the errors, or what else the picture has"
DEVICE = "Move to the next device"
COPY = "Copy the command that gives this run without a screen"

RESET = "Begin the very same run again"
QUIET_RESET = Binding("r", "reset", "reset", False, id="lab.reset", tooltip=RESET)
"""Where a lab has a key of its own: a footer of 80 cells has no room for both, and for quit."""

KEYS: list[BindingType] = [
    Binding("space", "play", "play", id="lab.play", tooltip="Train on, or hold"),
    Binding("s", "step", "step", id="lab.step", tooltip="Make one step, and show it"),
    Binding("r", "reset", "reset", id="lab.reset", tooltip=RESET),
    Binding(
        "left_square_bracket",
        "pace(-1)",
        "slower",
        key_display="[",
        id="lab.slower",
        group=PACE,
        tooltip="Fewer steps a second",
    ),
    Binding(
        "right_square_bracket",
        "pace(1)",
        "faster",
        key_display="]",
        id="lab.faster",
        group=PACE,
        tooltip="More steps a second, up to as fast as it goes",
    ),
    Binding("p", "preset", "preset", id="lab.preset", tooltip="Take the next preset"),
    Binding("v", "view", "view", id="lab.view", tooltip="Show the next picture"),
    Binding("l", "logarithmic", "log", False, id="lab.log", tooltip=LOG),
    Binding("e", "residuals", "errors", False, id="lab.residuals", tooltip=OTHER),
    Binding("d", "device", "device", False, id="lab.device", tooltip=DEVICE),
    Binding("y", "copy", "copy", False, id="lab.copy", tooltip=COPY),
]
