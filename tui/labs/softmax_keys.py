"""The keys of the lab of softmax, and what they are for; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.labs.curve_keys import shared_keys
from tui.labs.interactive import tempo_keys

TYPE = "Type a logit, or all: dog = 2, z = [2, 1, 0]; T = 0.5, c = 10 or y = dog in their scenes"
PLAY = "Let it go on by itself, or hold"
STEP = "One step against the gradient"
GO, FAR = Binding.Group("go", compact=True), Binding.Group("far", compact=True)


def _arrow(keys: str, action: str, name: str, tip: str) -> Binding:
    return Binding(keys, action, "go", id=f"softmax.{name}", group=GO, tooltip=tip)


def _far(keys: str, direction: int, name: str, tip: str) -> Binding:
    return Binding(keys, f"far({direction})", "far", id=f"softmax.{name}", group=FAR, tooltip=tip)


KEYS: list[BindingType] = [
    _arrow("up,k", "choose(-1)", "up", "The class above"),
    _arrow("down,j", "choose(1)", "down", "The class below"),
    _arrow("left", "move(-1)", "left", "A little down"),
    _arrow("right", "move(1)", "right", "A little up"),
    Binding("home", "end(-1)", "least", False, id="softmax.home", tooltip="All the way down"),
    Binding("end", "end(1)", "most", False, id="softmax.end", tooltip="All the way up"),
    Binding("space", "play", "play", id="softmax.play", tooltip=PLAY),
    Binding("s", "step", "step", id="softmax.step", tooltip=STEP),
    Binding("a", "label", "label", id="softmax.label", tooltip="Another class as the label"),
    *shared_keys("softmax", TYPE),
    _far("h,pageup,shift+left", -1, "far-left", "Farther down"),
    _far("l,pagedown,shift+right", 1, "far-right", "Farther up"),
    *tempo_keys("softmax"),
]
