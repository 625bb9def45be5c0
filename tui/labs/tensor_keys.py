"""The keys of the lab of tensors; does nothing itself."""

from __future__ import annotations

from textual.binding import Binding, BindingType

PLAY = "Play the frames, or run the next lines"
SIDE = "Show the lines to try and the challenges, or the tensors"
BACK = "One slice back, or take the last statement back"
NEXT = "The next tensor; after the last one the challenges"
STEP = Binding.Group("step", compact=True)

KEYS: list[BindingType] = [
    Binding("enter,e", "edit", "type", id="tensors.type", tooltip="A line of code to evaluate"),
    Binding("n", "suggest", "try", id="tensors.next", tooltip="The next of the lines to try"),
    Binding("p", "preset", "scene", id="tensors.preset", tooltip="Climb the ladder"),
    Binding("space", "play", "play", id="tensors.play", tooltip=PLAY),
    Binding(
        "s", "step(1)", "next", id="tensors.step", group=STEP, tooltip="The next slice or statement"
    ),
    Binding("b", "step(-1)", "back one", id="tensors.back", group=STEP, tooltip=BACK),
    Binding("v", "view", "view", id="tensors.view", tooltip=SIDE),
    Binding("r", "reset", "reset", id="tensors.reset", tooltip="The scene as it was"),
    Binding("tab", "next(1)", "next panel", id="tensors.tab", tooltip=NEXT),
    Binding("shift+tab", "next(-1)", "panel before", id="tensors.backtab", show=False),
    Binding("y", "copy", "copy", id="tensors.copy", tooltip="Copy the line"),
]
