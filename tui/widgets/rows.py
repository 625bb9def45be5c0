"""Base classes of lists with one row per line, and their common keys."""

from __future__ import annotations

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.widgets import OptionList


def row_keys(name: str) -> list[BindingType]:
    """Return the bindings for down and up, with ids that are unique to this list for keymaps."""
    return [
        Binding("down,j", "cursor_down", "next row", False, id=f"{name}.down"),
        Binding("up,k", "cursor_up", "previous row", False, id=f"{name}.up"),
    ]


class RowList(OptionList):
    """An `OptionList` that tolerates paging before layout and clicks on removed rows.

    Textual's list would crash the app in both cases. Keys that scroll sideways are enabled only if
    the list can scroll that way; otherwise they are free for the lab.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("scroll_left", "scroll_right", "page_left", "page_right"):
            return self.max_scroll_x > 0
        return super().check_action(action, parameters)

    def on_click(self, event: Click) -> None:
        """Ignore a click on a removed row."""
        if event.style.meta.get("option", -1) >= self.option_count:
            event.prevent_default()

    def action_page_up(self) -> None:
        """Move up by one page."""
        if self._in_sight:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Move down by one page."""
        if self._in_sight:
            super().action_page_down()  # type: ignore[no-untyped-call]

    @property
    def _in_sight(self) -> bool:
        return bool(self.scrollable_content_region.size)


class Rows(RowList):
    """A panel with rows, which are cut at the border."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Rows {
        border: round $foreground 30%; border-title-color: $text; background: $background;
        padding: 0 1; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
        &:focus { border: round $accent; background: $background; }
    }
    """
