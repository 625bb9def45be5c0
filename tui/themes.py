"""The dark and the light theme, with matching colours for charts and Python code.

They are Textual's themes with more contrast for text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.style import Style
from rich.syntax import Syntax
from rich.terminal_theme import TerminalTheme
from rich.text import Span, Text
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget
from textual.widgets.text_area import TextAreaTheme

from tui.charts.style import ChartStyle, Depth

if TYPE_CHECKING:
    from textual.app import App


CURSOR = {"block-cursor-background": "#005A9E", "block-cursor-foreground": "#FFFFFF"}
"""The colours of the highlighted row of a list."""

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
"""Textual's light theme with darker colours: its orange and blue are too pale on light grey."""

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
"""RGB values of the eight ANSI colours in each theme."""


class ThemeAware(Widget):
    """A widget that sets colours in code, and updates them when the theme changes.

    It must be the last base class: styles and keys are inherited from the first one.
    """

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.apply_theme())

    def on_unmount(self) -> None:
        # Otherwise the signal would keep a reference to the widget until the next theme change.
        self.app.theme_changed_signal.unsubscribe(self)

    def apply_theme(self) -> None:
        """Redraw in the colours of the current theme."""
        raise NotImplementedError


def chart_style(app: App[object]) -> ChartStyle:
    """Return the chart style for the current theme and terminal."""
    return replace(full_colours(app), depth=_depth(app))


def full_colours(app: App[object]) -> ChartStyle:
    """Return the chart style of the theme for a terminal with all colours."""
    return ChartStyle.dark() if app.current_theme.dark else ChartStyle.light()


def _depth(app: App[object]) -> Depth:
    if app.console.color_system == "standard":
        return "letters"
    return "greys" if app.no_color else "colours"


THEMES = {True: "native", False: "xcode"}
"""Pygments styles for a dark (True) and a light background, chosen for their contrast."""


def _code_theme(name: str, *colours: str) -> TextAreaTheme:
    """Return a theme for code that is edited; its other colours come from the style sheets."""
    keyword, string, number, call, comment = map(Style.parse, colours)
    styles = {
        **dict.fromkeys(("keyword", "conditional", "repeat", "exception", "include"), keyword),
        **dict.fromkeys(("keyword.function", "keyword.return", "keyword.operator"), keyword),
        **dict.fromkeys(("function", "function.call", "method", "method.call"), call),
        **dict.fromkeys(("class", "type", "type.class", "constructor"), call),
        **dict.fromkeys(("number", "float", "boolean", "constant.builtin"), number),
        **dict.fromkeys(("string", "string.documentation"), string),
        "comment": comment,
    }
    return TextAreaTheme(name=name, syntax_styles=styles)


CODE_THEMES = {
    True: _code_theme("code-dark", "#7CB7FF", "#9BD17C", "#D6A8FF", "#6FD7D2", "#A8A8A8"),
    False: _code_theme("code-light", "#0A3F9E", "#0A5C2A", "#7A1E8C", "#00566B", "#555555"),
}
"""The colours of code that is edited, for a dark (True) and a light background."""


def coloured(code: str, dark: bool) -> Text:
    """Return highlighted Python code without a background colour."""
    highlighted = Syntax("", "python", theme=THEMES[dark]).highlight(code)
    spans = [
        Span(span.start, span.end, Style(color=span.style.color, bold=span.style.bold))
        for span in highlighted.spans
        if isinstance(span.style, Style)
    ]
    text = Text(highlighted.plain, spans=spans)
    text.rstrip()
    return text
