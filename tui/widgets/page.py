"""A page of Markdown as finished lines; knows not what it says."""

from __future__ import annotations

from functools import lru_cache

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.theme import Theme as Styles
from textual.geometry import Size
from textual.strip import Strip

from tui.charts.style import RGB, ChartStyle
from tui.themes import THEMES, ThemeAware

GROUND = {True: "#1c1c1c", False: "#eeeeee"}
"""What code stands on, in the dark and in the light."""


class Page(ThemeAware):
    """Shows Markdown.

    Textual's own widget for it makes a widget of every paragraph; a page of sixty of them takes
    a quarter of a second to open. One widget that is given its lines takes a hundredth of that.
    """

    DEFAULT_CSS = "Page { height: auto; max-width: 86; padding: 0 1; }"

    def __init__(self, source: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source = source

    def update(self, source: str) -> None:
        """Show another page."""
        self.source = source
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._strips(width))

    def render_line(self, y: int) -> Strip:
        width, style = self.content_size.width, self.visual_style.rich_style
        strips = self._strips(width)
        strip = strips[y] if y < len(strips) else Strip([])
        return strip.adjust_cell_length(width).apply_style(style)

    def _strips(self, width: int) -> tuple[Strip, ...]:
        return lines(self.source, width, self.app.current_theme.dark)

    def apply_theme(self) -> None:
        self.refresh(layout=True)


@lru_cache(maxsize=16)  # the course and the lesson show the same page, often at the same width
def lines(source: str, width: int, dark: bool) -> tuple[Strip, ...]:
    """The page laid out for so many columns."""
    console = Console(width=max(1, width), color_system="truecolor", theme=_styles(dark))
    markdown = _Page(source, code_theme=THEMES[dark], hyperlinks=False)
    rows = console.render_lines(markdown, pad=False)
    strips = [Strip(row) for row in rows]
    while strips and not strips[0].text.strip():
        strips.pop(0)
    return tuple(strips)


class _Heading(Heading):
    """At the left, and the second level with a line under it."""

    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """Code or a table on a ground of its own, indented; a line that is too long is cut with …"""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = Syntax("", self.lexer_name, theme=self.theme).highlight(str(self.text))
        text.rstrip()
        text.style, text.no_wrap, text.overflow = "", True, "ellipsis"
        yield Padding(text, (0, 2), style="markdown.code_block")


class _Page(Markdown):
    elements = {**Markdown.elements, "heading_open": _Heading, "fence": _Code, "code_block": _Code}


def _styles(dark: bool) -> Styles:
    look = ChartStyle.dark() if dark else ChartStyle.light()
    ground = GROUND[dark]
    return Styles(
        {
            "markdown.h1": f"bold {_hex(look.line)}",
            "markdown.h2": f"bold underline {_hex(look.line)}",
            "markdown.h3": "bold",
            "markdown.code": f"{_hex(look.points)} on {ground}",
            "markdown.code_block": f"on {ground}",
            "markdown.item.bullet": _hex(look.line),
            "markdown.item.number": _hex(look.line),
            "markdown.table.border": _hex(look.dim),
            "markdown.table.header": "bold",
        }
    )


def _hex(colour: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
