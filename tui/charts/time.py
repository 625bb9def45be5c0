"""Where the time of a step goes, one way and the other; knows no clock and no widget."""

from __future__ import annotations

from engine.frame import Frame
from engine.pictures import DigitsPicture
from tui.charts.axis import DECIMALS
from tui.charts.canvas import Canvas, packed
from tui.charts.plot import words
from tui.charts.shows import shows
from tui.charts.style import ChartStyle
from tui.charts.waiting import nothing_yet

THIS, OTHER = "▀", "▄"
PIPELINES = ("indexed", "dataloader")
LABEL, NUMBER = 9, 13
"""Cells of the name of a part, and of each of its two numbers."""


def draw(frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
    """A row for each part: the upper bar is this run's, the lower that of the other pipeline."""
    if isinstance(frame.picture, DigitsPicture) and not frame.picture.seconds:
        return words(nothing_yet(frame, "no step yet"), width, height, look)
    return _times(frame, width, height, look)


@shows(DigitsPicture)
def _times(picture: DigitsPicture, width: int, height: int, look: ChartStyle) -> Canvas:
    room = width - LABEL - 1 - 2 * NUMBER
    if room < 1:
        return words("too small", width, height, look)
    canvas = Canvas(width, height)
    this, other = dict(picture.seconds), dict(picture.other)
    names = sorted(PIPELINES, key=lambda name: name != picture.pipeline)
    _row(canvas, 0, "ms a step", f"{THIS} {names[0]}", f"{OTHER} {names[1]}", look)
    longest = max([*this.values(), *other.values()])
    for row, part in enumerate(list(this)[: height - 1], start=1):
        mine, others = (
            round(round(parts.get(part, 0) / longest, DECIMALS) * room) for parts in (this, other)
        )
        _bar(canvas, row, mine, others, look)
        _row(canvas, row, part, _ms(this[part]), _ms(other.get(part)), look)
    for row, line in enumerate(_sums(picture), start=len(this) + 1):
        if row < height:
            _row(canvas, row, *line, look)
    said = _said(picture, names[1])
    if len(this) + 4 < height:
        canvas.write(len(this) + 4, 0, said[:width], look.text)
    return canvas


def _sums(picture: DigitsPicture) -> list[tuple[str, str, str]]:
    """What a step takes, and an epoch."""
    this, other = (sum(s for _, s in parts) for parts in (picture.seconds, picture.other))
    epochs = [f"{step * picture.batches:.3g} s" if step else "–" for step in (this, other)]
    return [("a step", _ms(this), _ms(other or None)), ("an epoch", epochs[0], epochs[1])]


def _said(picture: DigitsPicture, other: str) -> str:
    """The two in a sentence."""
    if not picture.other:
        return f"train the same with pipeline {other} too"
    this, that = (sum(seconds for _, seconds in p) for p in (picture.seconds, picture.other))
    more, less = max(this, that), min(this, that)
    slow = picture.pipeline if this > that else other
    return f"{slow} takes {more / less:.1f} times as long for the same steps"


def _row(canvas: Canvas, row: int, name: str, this: str, other: str, look: ChartStyle) -> None:
    width = canvas.glyphs.shape[1]
    colours = (look.dim, look.line, look.points) if row == 0 else (look.text,) * 3
    places = (0, width - 2 * NUMBER, width - NUMBER)
    texts = (name, this.rjust(NUMBER), other.rjust(NUMBER))
    for place, text, colour in zip(places, texts, colours, strict=True):
        if place >= 0 and place + len(text) <= width:
            canvas.write(row, place, text, colour)


def _bar(canvas: Canvas, row: int, this: int, other: int, look: ChartStyle) -> None:
    """Two bars of half a line each; what there is anything of is at least one cell long."""
    this, other = max(this, 1), max(other, 1) if other else 0
    canvas.write(row, LABEL + 1, THIS * this, look.line)
    both = min(this, other)
    canvas.backgrounds[row, LABEL + 1 : LABEL + 1 + both] = packed(look.points)
    if other > this:
        canvas.write(row, LABEL + 1 + this, OTHER * (other - this), look.points)


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.2f}"
