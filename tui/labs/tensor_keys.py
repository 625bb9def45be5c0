"""The keys of the lab of tensors; does nothing itself."""

from __future__ import annotations

from textual.binding import Binding, BindingType

PLAY = "Play the frames, or run the next lines"
SIDE = "Show the lines to try and the challenges, or the tensors"
BACK = "One slice back, or take the last statement back"

KEYS: list[BindingType] = [
    Binding("enter,e", "edit", "type", id="tensors.type", key_display="⏎", tooltip="A line"),
    Binding("n", "suggest", "next", id="tensors.next", tooltip="Try the next line"),
    Binding("p", "preset", "scene", id="tensors.preset", tooltip="Climb the ladder"),
    Binding("space", "play", "play", id="tensors.play", tooltip=PLAY),
    Binding("s", "step(1)", "on", id="tensors.step", tooltip="The next slice or statement"),
    Binding("b", "step(-1)", "back one", id="tensors.back", tooltip=BACK),
    Binding("v", "view", "view", id="tensors.view", tooltip=SIDE),
    Binding("r", "reset", "reset", False, id="tensors.reset", tooltip="The scene as it was"),
    Binding("tab", "next", show=False, id="tensors.tab", tooltip="To the next tensor"),
    Binding("y", "copy", "copy", False, id="tensors.copy", tooltip="Copy the line"),
]
