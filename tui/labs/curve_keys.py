"""The keys that every lab of curves has, and what they are for; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TEMPOS = (2, 5, 10, 20, 50, 100, 200)
"""Steps a second at which something plays by itself."""
SCENE = Binding.Group("scene", compact=True)
BEFORE = "The scene before"


def shared_keys(lab: str, type_tip: str) -> list[BindingType]:
    """The keys that every such lab has, with ids of this lab's own."""
    return [
        Binding("enter,e", "edit", "type", id=f"{lab}.type", tooltip=type_tip),
        Binding("p", "scene(1)", "next", id=f"{lab}.preset", group=SCENE, tooltip="The next scene"),
        Binding("b", "scene(-1)", "before", id=f"{lab}.before", group=SCENE, tooltip=BEFORE),
        Binding("r", "reset", "reset", id=f"{lab}.reset", tooltip="The scene as it began"),
    ]
