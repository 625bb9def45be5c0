"""Colour codes of a terminal, written and read; knows no chart and no widget."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.charts.look import RGB

RESET = "\x1b[0m"
_CODE = re.compile(r"\x1b\[([\d;]*)m")


@lru_cache(maxsize=4096)
def code(foreground: RGB, background: RGB | None = None) -> str:
    """The code that turns these colours on."""
    red, green, blue = foreground
    text = f"38;2;{red};{green};{blue}"
    if background is not None:
        red, green, blue = background
        text += f";48;2;{red};{green};{blue}"
    return f"\x1b[{text}m"


def paint(text: str, foreground: RGB, background: RGB | None = None) -> str:
    """The text in these colours."""
    return f"{code(foreground, background)}{text}{RESET}" if text else ""


def segments(line: str) -> list[Segment]:
    """Read a line with RGB colour codes: the only ones that charts write."""
    parts = _CODE.split(line)
    runs = [Segment(parts[0])] if parts[0] else []
    style = Style.null()
    for numbers, text in zip(parts[1::2], parts[2::2], strict=True):
        style = _style(numbers)
        if text:
            runs.append(Segment(text, style))
    return runs


@lru_cache(maxsize=4096)
def _style(numbers: str) -> Style:
    colours: dict[str, Color] = {}
    rest = iter(numbers.split(";"))
    for ground in rest:
        if ground in ("38", "48") and next(rest, None) == "2":
            red, green, blue = (int(next(rest)) for _ in range(3))
            colours[ground] = Color.from_rgb(red, green, blue)
    return Style(color=colours.get("38"), bgcolor=colours.get("48"))
