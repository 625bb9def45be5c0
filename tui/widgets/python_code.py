"""Lines of Python in colours that suit a theme, on whatever lies behind; knows no widget."""

from __future__ import annotations

from rich.style import Style
from rich.syntax import Syntax
from rich.text import Span, Text

THEMES = {True: "native", False: "xcode"}
"""For a dark and a light background: whose faintest colour stands out most from ours."""


def coloured(code: str, dark: bool) -> Text:
    """The code with its colours, and no background of its own."""
    highlighted = Syntax("", "python", theme=THEMES[dark]).highlight(code)
    spans = [
        Span(span.start, span.end, Style(color=span.style.color, bold=span.style.bold))
        for span in highlighted.spans
        if isinstance(span.style, Style)
    ]
    text = Text(highlighted.plain, spans=spans)
    text.rstrip()
    return text
