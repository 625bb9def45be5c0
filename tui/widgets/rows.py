"""A list with a row a line, and the keys that every list has; knows not what the rows say."""

from __future__ import annotations

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.widgets import OptionList


def row_keys(name: str) -> list[BindingType]:
    """Down and up as in every list, with ids of this one's own: a keymap names keys by them."""
    return [
        Binding("down,j", "cursor_down", "next row", False, id=f"{name}.down"),
        Binding("up,k", "cursor_up", "previous row", False, id=f"{name}.up"),
    ]


class RowList(OptionList):
    """A list that may be paged before it is laid out, and clicked where a row has gone.

    Textual's own would end the app.

    Of the keys that scroll it sideways only those are bound that have something to scroll: the
    others are free for the lab around it.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("scroll_left", "scroll_right", "page_left", "page_right"):
            return self.max_scroll_x > 0
        return super().check_action(action, parameters)

    def on_click(self, event: Click) -> None:
        """Ignore a click on a row that is no longer there."""
        if event.style.meta.get("option", -1) >= self.option_count:
            event.prevent_default()

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
