"""The Markdown widget: complete, laid out to the width, and fast."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll

from lessons.catalog import entries
from tests.course import WRITTEN
from tui.widgets.page import Page, lines

PAGES = {entry.slug: entry.load().concept for entry in entries() if entry.written}
SHORT = """# A title

Some *words* and `code`, in a line that is too long for so few columns.

## Below

```python
x = [1, 2]  # kept
```

- one
- two
"""


def text(source: str, width: int, dark: bool = True) -> list[str]:
    return [strip.text.rstrip() for strip in lines(source, width, dark)]


def test_a_page_as_it_is_read() -> None:
    assert text(SHORT, 30) == [
        "A title",
        "",
        "Some words and code, in a line",
        "that is too long for so few",
        "columns.",
        "",
        "Below",
        "",
        "  x = [1, 2]  # kept",
        "",
        " • one",
        " • two",
    ]
    assert all(lines(SHORT, width, True) for width in (0, 1, 3))


def test_every_word_of_a_page_is_there_and_no_line_is_too_wide() -> None:
    for slug in WRITTEN:
        for width in (74, 40):
            widest = max(cell_len(strip.text) for strip in lines(PAGES[slug], width, True))
            assert widest <= width, slug
        shown = " ".join(" ".join(text(PAGES[slug], 78)).split()).replace("*", "")
        for word in PAGES[slug].split():
            plain = word.strip("*`#-.,:;()_").replace("`", "").replace("*", "")
            assert plain in shown or "```" in word, (slug, word)


def test_the_themes_differ_in_colour_alone() -> None:
    assert text(SHORT, 40, dark=True) == text(SHORT, 40, dark=False)
    dark, light = ({s.style for strip in lines(SHORT, 40, d) for s in strip} for d in (True, False))
    assert dark.isdisjoint(style for style in light if style and style.color)


class Host(App[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Page(SHORT)


async def test_the_page_follows_the_width_and_the_theme() -> None:
    async with Host().run_test(size=(40, 10)) as pilot:
        page = pilot.app.query_one(Page)
        before = page.size.height
        await pilot.resize_terminal(24, 10)
        await pilot.pause()
        assert page.size.height == len(lines(SHORT, page.content_size.width, True)) > before
        shown = page.render_line(0)
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert page.render_line(0).text == shown.text
        assert list(page.render_line(0)) != list(shown)
        page.update("# Other\n\nwords")
        await pilot.pause()
        shown = [page.render_line(y).text.strip() for y in range(page.size.height)]
        assert shown == ["Other", "", "words"]
