"""The keys of the lab of probabilities, and what they are for; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.labs.curve_keys import shared_keys
from tui.labs.interactive import tempo_keys

TYPE = "Type where the point shall stand: z = 2, P = 0.9, odds = 9, y = 0"
PLAY = "Let the point wander, or the race run; or hold"
GO, FAR = Binding.Group("go", compact=True), Binding.Group("far", compact=True)


def _way(keys: str, action: str, name: str, far: bool) -> Binding:
    tip = f"{'Farther' if far else 'A little'} to the {name.rpartition('-')[2]}"
    named, group = ("far", FAR) if far else ("go", GO)
    return Binding(keys, action, named, id=f"probabilities.{name}", group=group, tooltip=tip)


KEYS: list[BindingType] = [
    _way("left", "move(-1)", "left", far=False),
    _way("right", "move(1)", "right", far=False),
    _way("h,pageup,shift+left", "far(-1)", "far-left", far=True),
    _way("l,pagedown,shift+right", "far(1)", "far-right", far=True),
    Binding("home", "end(-1)", "start", False, id="probabilities.home", tooltip="To the left end"),
    Binding("end", "end(1)", "end", False, id="probabilities.end", tooltip="To the right end"),
    Binding("space", "play", "play", id="probabilities.play", tooltip=PLAY),
    Binding("s", "step", "step", id="probabilities.step", tooltip="One step of the race"),
    Binding("a", "flip", "label", id="probabilities.label", tooltip="Another label: 1 or 0"),
    *shared_keys("probabilities", TYPE),
    *tempo_keys("probabilities"),
]
