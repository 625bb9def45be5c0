"""Colours that suit the theme and the terminal, for charts and for Python code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.style import Style
from rich.syntax import Syntax
from rich.text import Span, Text
from textual.widget import Widget

from tui.charts.style import ChartStyle, Depth

if TYPE_CHECKING:
    from textual.app import App


class ThemeAware(Widget):
    """A widget that chooses its own colours, and chooses anew when the theme changes.

    As the last of the bases: the first one says which styles and keys a widget inherits.
    """

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.apply_theme())

    def on_unmount(self) -> None:
        # The signal would hold it, and all that it shows, until the theme changes once more.
        self.app.theme_changed_signal.unsubscribe(self)

    def apply_theme(self) -> None:
        """Draw everything in the colours of the theme that holds now."""
        raise NotImplementedError


def chart_style(app: App[object]) -> ChartStyle:
    """How charts look in this app now."""
    return replace(full_colours(app), depth=_depth(app))


def full_colours(app: App[object]) -> ChartStyle:
    """The colours of the theme, for a terminal that has them all."""
    return ChartStyle.dark() if app.current_theme.dark else ChartStyle.light()


def _depth(app: App[object]) -> Depth:
    if app.console.color_system == "standard":
        return "letters"
    return "greys" if app.no_color else "colours"


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
