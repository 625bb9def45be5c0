"""What stands beside a control, and what comes next on its ladder; knows no widget."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from engine.config import Setting
from engine.datasets.cells import shown
from engine.equations import plain
from lessons.lesson import Control

OPTION = re.compile(r"--set ('[^']*'|[^\s',;]+(?:,[^\s',;]+)*)")
"""A setting as it is written on the command line."""


def matters(control: Control, settings: Mapping[str, Setting]) -> bool:
    """Whether the control makes a difference with these settings."""
    if control.only_with is None:
        return True
    other, value = control.only_with
    return settings.get(other) == value


def text_of(control: Control, value: Setting) -> str:
    """The value as it is typed: a path must stay the one that it is."""
    if value is None:
        return control.none
    if isinstance(value, str):
        return value if value.isprintable() else shown(value, longest=4096)
    return plain(value)


def line(control: Control, value: Setting, live: bool, width: int, *, idle: bool = False) -> Text:
    """Label and value, at the two ends of so many cells; in brackets where it has no effect."""
    sign = " ●" if live and not idle else "  "
    room = width - len(control.label) - 1 - len(sign) - 2 * idle
    text = _end(shown(text_of(control, value), longest=4096), room)
    said = (f"({text})" if idle else text) + sign
    gap = " " * (width - len(control.label) - cell_len(said))
    return Text(control.label + gap + said, "dim" if idle else "", no_wrap=True)


def choices(control: Control) -> str:
    """The words that may be typed, where nothing but these may be."""
    if not all(isinstance(rung, str) for rung in control.values):
        return ""
    return f"One of: {', '.join(map(str, control.values))}."


def following(ladder: Sequence[Setting], value: Setting, direction: int) -> Setting:
    """The value after (1) or before (-1) this one on the ladder; words go round in a circle."""
    if value in ladder:
        index = ladder.index(value) + direction
        if isinstance(value, str):
            return ladder[index % len(ladder)]
        return ladder[max(0, min(len(ladder) - 1, index))]
    numbers = [rung for rung in ladder if isinstance(rung, int | float)]
    if not isinstance(value, int | float):
        return ladder[0]
    if direction > 0:
        return next((rung for rung in numbers if rung > value), value)
    return next((rung for rung in reversed(numbers) if rung < value), value)


def _end(text: str, room: int) -> str:
    """Of a text that is too long, its end: of a path, that is the file."""
    room = max(room, 2)
    if cell_len(text) <= room:
        return text
    return "…" + set_cell_size(text[::-1], room - 1)[::-1]


def for_controls(text: str, controls: Iterable[Control]) -> str:
    """The text with the options of the command line as what to do with the controls here.

    `--set ignore=id` becomes `set "ignore columns" to id`.
    """
    labels = {control.name: control.label for control in controls}

    def worded(found: re.Match[str]) -> str:
        name, _, value = "".join(shlex.split(found[1])).partition("=")
        return f'set "{labels[name]}" to {value}' if name in labels else found[0]

    return OPTION.sub(worded, text)
