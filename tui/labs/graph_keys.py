"""The keys of the lab of autograd, and what they are for; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.labs.interactive import tempo_keys

TYPE = "Type an expression, or a value: x = [1, 2]"
COPY = "Copy the command that takes this apart without a screen"
SIDE = "Show the inputs and the challenges, or the graph"

KEYS: list[BindingType] = [
    Binding("space", "play", "play", id="autograd.play", tooltip="Walk on by itself, or hold"),
    Binding("s", "step", "step", id="autograd.step", tooltip="One move further"),
    Binding("b", "back", "undo", id="autograd.back", tooltip="Take the last move back"),
    Binding("r", "reset", "reset", id="autograd.reset", tooltip="To the start of the walk"),
    Binding("enter,e", "edit", "type", id="autograd.type", tooltip=TYPE),
    Binding("p", "preset", "preset", id="autograd.preset", tooltip="Take the next preset"),
    Binding("v", "view", "view", id="autograd.view", tooltip=SIDE),
    *tempo_keys("autograd", "moves"),
    Binding("y", "copy", "copy", id="autograd.copy", tooltip=COPY),
]
