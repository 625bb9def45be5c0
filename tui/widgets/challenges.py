"""The panel with the challenges of a lesson and their hints."""

from __future__ import annotations

from collections.abc import Sequence, Set
from textwrap import wrap

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from textual.binding import Binding
from textual.geometry import Size
from textual.widgets.option_list import Option

from lessons.lesson import Challenge
from tui.widgets.rows import Rows, row_keys

INDENT = 2
"""Cells before the lines of a hint."""
HINT = "What to try for the chosen challenge"


class Challenges(Rows):
    """Shows one line per challenge, ✓ met or ○ open, and the hint below one of them.

    Selecting a challenge posts `OptionSelected`, which the lab handles.
    """

    BORDER_TITLE = "Challenges"
    BINDINGS = [
        *row_keys("challenges"),
        Binding("enter", "select", "hint", id="challenges.hint", tooltip=HINT),
    ]

    def __init__(self, challenges: Sequence[Challenge], *, id: str | None = None) -> None:
        super().__init__(
            *(Option(_line("○", challenge), id=challenge.slug) for challenge in challenges),
            id=id,
            markup=False,
        )
        self._challenges = {challenge.slug: challenge for challenge in challenges}
        self._met: Set[str] = frozenset()
        self._new: Set[str] = frozenset()
        self._hinted: str | None = None

    @property
    def hinted(self) -> str | None:
        """The slug of the challenge whose hint is shown; None if no hint is shown."""
        return self._hinted

    def mark(self, met: Set[str], new: Set[str] = frozenset()) -> None:
        """Mark the challenges `met` (slugs), and highlight the newly met ones."""
        self._met, self._new = frozenset(met), frozenset(new)
        self._write()
        if self._new:
            self.call_after_refresh(self._scroll_to_new)

    def show_hint(self, slug: str | None) -> None:
        """Show only the hint of this challenge, or none for None."""
        self._hinted = slug
        self._write()
        self.call_after_refresh(self.scroll_to_highlight)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """On a large screen, room for the longest hint: no panel moves when one is opened."""
        if not (self.screen.has_class("-wide") and self.screen.has_class("-high")):
            return super().get_content_height(container, viewport, width)
        room = max(width - INDENT - 1, 1)  # a scrollbar stands beside it
        hints = [wrap(c.hint, room, break_on_hyphens=False) for c in self._challenges.values()]
        return max(len(hints), 1 + max(map(len, hints), default=0))

    def on_resize(self) -> None:
        """Keep the hint visible when its number of lines changes with the width."""
        if self._hinted is not None:
            self.call_after_refresh(self.scroll_to_highlight)

    def _write(self) -> None:
        for slug, challenge in self._challenges.items():
            self.replace_option_prompt(slug, self._prompt(challenge))
        self.border_title = self._title()
        self.refresh(layout=True)

    def _prompt(self, challenge: Challenge) -> RenderableType:
        sign = "✓" if challenge.slug in self._met else "○"
        line = _line(sign, challenge, "bold reverse" if challenge.slug in self._new else "")
        if challenge.slug != self._hinted:
            return line
        return Group(line, Padding(Text(challenge.hint), (0, 0, 0, INDENT)))

    def _title(self) -> str:
        done, total = len(self._met & self._challenges.keys()), len(self._challenges)
        if self._new:
            rest = "challenge met"
        elif self._hinted is not None:
            rest = "esc: close hint"
        else:
            rest = "tab, enter: hint" if done < total else "all met"
        return f"Challenges {done}/{total} · {rest}"

    def _scroll_to_new(self) -> None:
        """Scroll to the first newly met challenge without moving the highlight."""
        slugs = list(self._challenges)
        row = next((index for index, slug in enumerate(slugs) if slug in self._new), None)
        if row is None:
            return
        if self._hinted is not None and row > slugs.index(self._hinted):
            row += self.virtual_size.height - len(slugs)  # the hint's lines are above it
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not top <= row < top + height:
            self.scroll_to(y=row, animate=False)


def _line(sign: str, challenge: Challenge, style: str = "") -> Text:
    return Text(f"{sign} {challenge.text}", style, no_wrap=True, overflow="ellipsis")
