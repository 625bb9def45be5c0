"""A scene of tensors in words: what it is, what a line shows, what to try; knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from rich.text import Text

from engine.numerals import counted
from engine.tensors.scenes import Scene
from tui.labs.tensor_shapes import meeting, stretched

if TYPE_CHECKING:
    from engine.tensors.looks import SceneLook


def said(scene: Scene, look: SceneLook) -> Text:
    """What the scene is, or what the line shows and which shapes met in it."""
    if not look.text:
        return Text(scene.says)
    known = {line.text: line.shows for line in scene.tries}
    text = Text(known.get(look.text, _counted(look)))
    broadcast = stretched(look)
    if broadcast is not None and look.result is not None:
        text.append("\n")
        text.append_text(meeting(broadcast))
    return text


def _counted(look: SceneLook) -> str:
    """How many cells were read, where nobody has written what the line shows."""
    if look.result is None:
        return ""
    counts = [(name, int(mask.sum()), mask.size) for name, mask in look.result.picked.items()]
    return ", ".join(
        f"{count:,} of {counted(size, 'cell')} of {name}" for name, count, size in counts
    )


def outcome(look: SceneLook) -> Text:
    """What came of a line that gave no tensor."""
    if look.refused is not None:
        text = Text.assemble((look.refused.error, "bold red"))
        if look.refused.broadcast is not None:
            text.append("\n\n")
            text.append_text(meeting(look.refused.broadcast))
        return text
    return Text(look.result.value, "bold") if look.result else Text()


def tries(scene: Scene, tried: int | None, width: int) -> Text:
    """The lines to try, the one that was taken last marked."""
    text = Text()
    for number, line in enumerate(scene.tries):
        here = number == tried
        mark = "▶ " if here else "  "
        text.append(set_cell_size(f"{mark}{line.text}", width).rstrip(), "bold" if here else "")
        text.append("\n" * (number < len(scene.tries) - 1))
    return text
