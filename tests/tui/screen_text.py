"""What a person reads on the app's screen, as lines of text, taken from its own screenshot."""

from __future__ import annotations

import re
from html import unescape

from textual.app import App

PIECE = re.compile(
    r'<text class="[^"]*-r\d+" x="([\d.]+)" y="[\d.]+"[^>]*line-(\d+)\)">(.*?)</text>'
)


def screen_text(app: App[object]) -> str:
    """The lines on screen, without the spaces at their ends."""
    lines: dict[int, list[tuple[float, str]]] = {}
    for x, line, text in PIECE.findall(app.export_screenshot()):
        lines.setdefault(int(line), []).append((float(x), unescape(text).replace("\xa0", " ")))
    rows = range(max(lines, default=-1) + 1)
    return "\n".join(_row(lines.get(row, [])) for row in rows)


def _row(pieces: list[tuple[float, str]]) -> str:
    """Pieces at their columns: a cell is 12.2 units wide, and blank stretches are left out."""
    row = ""
    for x, text in sorted(pieces):
        row = row.ljust(round(x / 12.2)) + text
    return row.rstrip()
