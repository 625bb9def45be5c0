"""A widget that shows a page of Markdown."""

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
"""The background of code for the dark (True) and the light theme."""


class Page(ThemeAware):
    """Shows Markdown.

    Textual's own Markdown widget creates a widget per paragraph and takes 0.25 s for a page of
    sixty paragraphs. This single widget takes a hundredth of that.
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


@lru_cache(maxsize=16)  # the home screen and the lesson show the same pages
def lines(source: str, width: int, dark: bool) -> tuple[Strip, ...]:
    """Return the page laid out for this number of columns."""
    console = Console(width=max(1, width), color_system="truecolor", theme=_styles(dark))
    markdown = _Page(source, code_theme=THEMES[dark], hyperlinks=False)
    rows = console.render_lines(markdown, pad=False)
    strips = [Strip(row) for row in rows]
    while strips and not strips[0].text.strip():
        strips.pop(0)
    return tuple(strips)


class _Heading(Heading):
    """A left-aligned heading."""

    LEVEL_ALIGN = dict.fromkeys(Heading.LEVEL_ALIGN, "left")


class _Code(CodeBlock):
    """An indented code block with its own background; long lines end in an ellipsis."""

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
