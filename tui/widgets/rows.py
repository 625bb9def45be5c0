"""A list with a row a line, and the keys that every list has; knows not what the rows say."""

from __future__ import annotations

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


def row_keys(name: str) -> list[BindingType]:
    """Down and up as in every list, with ids of this one's own: a keymap names keys by them."""
    return [
        Binding("j", "cursor_down", show=False, id=f"{name}.down"),
        Binding("k", "cursor_up", show=False, id=f"{name}.up"),
    ]


class RowList(OptionList):
    """A list that may be paged before it was ever laid out: Textual's own would end the app."""

    def action_page_up(self) -> None:
        """Up by what is in sight."""
        if self._in_sight:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Down by what is in sight."""
        if self._in_sight:
            super().action_page_down()  # type: ignore[no-untyped-call]

    @property
    def _in_sight(self) -> bool:
        return bool(self.scrollable_content_region.size)


class Rows(RowList):
    """A panel of rows, each cut where the box ends."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Rows {
        border: round $foreground 30%; border-title-color: $text; background: $background;
        padding: 0 1; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
        &:focus { border: round $accent; background: $background; }
    }
    """
