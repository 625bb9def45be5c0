"""The test images that are hardest for a network, and what it takes them for; knows no widget."""

from __future__ import annotations

from functools import lru_cache

from engine.handwriting import resized
from engine.pictures import DigitsPicture, HardDigits
from tui.charts.bars import percent
from tui.charts.canvas import Canvas
from tui.charts.pixels import ink
from tui.charts.plot import words
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.tiles import tiles

RIGHT, WRONG = "✓", "✗"
WORDS = 2
"""Lines below each image: what the network says, and what it is."""


@shows(DigitsPicture)
def draw(picture: DigitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """As many as fit, the hardest first, each with the network's answer and how sure it is."""
    if not len(picture.hardest):
        return words("no test yet: it comes with the first step", width, height, look)
    return _draw(picture.hardest, picture.classes, width, height, look)


@lru_cache(maxsize=4)  # digits are compared by identity: they change with a test, not a frame
def _draw(
    hardest: HardDigits, classes: tuple[str, ...], width: int, height: int, look: ChartStyle
) -> Canvas:
    plan = tiles(width, height, len(hardest), WORDS)
    if plan is None:
        return words("too small", width, height, look)
    canvas = Canvas(width, height)
    for index, (row, column) in enumerate(plan.places(len(hardest))):
        room = canvas.part(slice(row, row + plan.height), slice(column, column + plan.side))
        image = ink(resized(hardest.images[index], plan.side, plan.side), look)
        room.part(slice(plan.side // 2), slice(None)).lay_under(image)
        _caption(room, hardest, index, classes, look)
    return canvas


def _caption(
    room: Canvas, hardest: HardDigits, index: int, classes: tuple[str, ...], look: ChartStyle
) -> None:
    """What the network says of an image, and below what it is, each with its probability."""
    height, width = room.glyphs.shape
    label, said = int(hardest.labels[index]), int(hardest.said[index])
    right = label == said
    sign, colour = (RIGHT, look.minimum) if right else (WRONG, look.residual)
    sure, likely = percent(float(hardest.sure[index])), percent(float(hardest.likely[index]))
    room.write(height - 2, 0, f"{sign} {_named('says', classes[said], sure, width - 2)}", colour)
    if not right:
        room.write(height - 1, 2, _named("is", classes[label], likely, width - 2), look.dim)


def _named(verb: str, name: str, share: str, width: int) -> str:
    """As much of `says 9 97%` as fits: the number always, the verb last."""
    whole = f"{verb} {name} {share}"
    return whole if len(whole) <= width else f"{name[: width - len(share) - 1]} {share}"
