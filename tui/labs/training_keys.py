"""The keys of the lab of a training; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

PACE = Binding.Group("pace", compact=True)
LOG = "Draw the loss on a logarithmic axis"
OTHER = "Show the errors, or what else the picture has"
DEVICE = "Move to the next device"
COPY = "Copy the command that gives this run without a screen"

RESET = "Begin the very same run again"

FIRST: list[BindingType] = [
    Binding("space", "play", "play", id="lab.play", tooltip="Train on, or hold"),
    Binding("s", "step", "step", id="lab.step", tooltip="Make one step, and show it"),
]
"""Before the keys of a lab's own; a narrow footer shows what it has room for, in this order."""

PACES: list[BindingType] = [
    Binding(
        "left_square_bracket",
        "pace(-1)",
        "slower",
        id="lab.slower",
        group=PACE,
        tooltip="Fewer steps a second",
    ),
    Binding(
        "right_square_bracket",
        "pace(1)",
        "faster",
        id="lab.faster",
        group=PACE,
        tooltip="More steps a second, up to as fast as it goes",
    ),
]

LAST: list[BindingType] = [
    Binding("v", "view", "view", id="lab.view", tooltip="Show the next picture"),
    Binding("p", "preset", "preset", id="lab.preset", tooltip="Take the next preset"),
    *PACES,
    Binding("r", "reset", "reset", id="lab.reset", tooltip=RESET),
    Binding("l", "logarithmic", "log", id="lab.log", tooltip=LOG),
    Binding("e", "residuals", "errors", id="lab.residuals", tooltip=OTHER),
    Binding("d", "device", "device", id="lab.device", tooltip=DEVICE),
    Binding("y", "copy", "copy", id="lab.copy", tooltip=COPY),
]

KEYS: list[BindingType] = [*FIRST, *LAST]
