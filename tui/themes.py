"""The dark and the light theme: Textual's own, with every colour of text made legible."""

from __future__ import annotations

from dataclasses import replace

from rich.terminal_theme import TerminalTheme
from textual.theme import BUILTIN_THEMES

CURSOR = {"block-cursor-background": "#005A9E", "block-cursor-foreground": "#FFFFFF"}
"""The highlighted row of a list."""

DARK = replace(BUILTIN_THEMES["textual-dark"], variables=CURSOR)
LIGHT = replace(
    BUILTIN_THEMES["textual-light"],
    accent="#A04A00",
    variables={
        **CURSOR,
        "footer-key-foreground": "#00539A",
        "text-warning": "#6E3F00",
        "text-success": "#0A5C2A",
    },
)
"""Textual's orange and blue are too pale for text on light grey."""

ANSI_DARK = TerminalTheme(
    (18, 18, 18),
    (224, 224, 224),
    [
        (26, 26, 26),
        (255, 107, 122),
        (152, 224, 36),
        (253, 151, 31),
        (157, 150, 255),
        (255, 130, 200),
        (88, 209, 235),
        (196, 197, 181),
    ],
)
ANSI_LIGHT = TerminalTheme(
    (224, 224, 224),
    (31, 31, 31),
    [
        (0, 0, 0),
        (150, 30, 30),
        (10, 92, 42),
        (110, 63, 0),
        (30, 64, 160),
        (110, 40, 140),
        (0, 88, 120),
        (80, 80, 80),
    ],
)
"""What `red` and `green` mean in each of the themes: the eight colours that terminals name."""
