"""The footer of a screen with the keys that work now, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.events import Click
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.bindings import KeyAction, key_actions, key_name


@dataclass(frozen=True, slots=True)
class Item:
    """One or more keys of the footer with one description, for example `[ ] pace`."""

    keys: tuple[str, ...]
    """The keys, with Textual's names."""
    text: str
    """The description, in a word or two."""
    pinned: bool = False
    """Whether it is always shown, as for keys that leave a screen."""
    gap: str = " "
    """The separator between two keys."""

    @property
    def label(self) -> str:
        """The keys as shown on screen."""
        return self.gap.join(key_name(key) for key in self.keys)

    @property
    def width(self) -> int:
        """Width in cells without the space after it."""
        return cell_len(f"{self.label} {self.text}")


class KeyFooter(Widget):
    """Shows the keys that work now; a click on one presses it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"footer--key", "footer--text"}
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom; height: 1; color: $footer-foreground; background: $footer-background;
        .footer--key {
            color: $footer-key-foreground; background: $footer-background; text-style: bold;
        }
        .footer--text { color: $footer-description-foreground; background: $footer-background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._items: list[Item] = []

    @property
    def items(self) -> list[Item]:
        """The visible items, from left to right."""
        return self._items

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def on_resize(self) -> None:
        # After the refresh, because another width may show other panels with other keys.
        self.call_after_refresh(self._choose)

    def on_click(self, event: Click) -> None:
        """Press the key under the mouse."""
        key = _key_at(self._items, event.x)
        if key is not None:
            self.app.simulate_key(key)

    def render_line(self, y: int) -> Strip:
        key, text, ground = (
            self.get_component_rich_style("footer--key"),
            self.get_component_rich_style("footer--text"),
            self.visual_style.rich_style,
        )
        segments = []
        for item in self._items:
            segments.append(Segment(item.label, key))
            segments.append(Segment(f" {item.text} ", text))
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.call_after_refresh(self._choose)

    def _choose(self) -> None:
        """Update the items."""
        if not self.is_attached:
            return
        items = fitting(footer_items(key_actions(self.screen)), self.size.width)
        if items != self._items:
            self._items = items
            self.refresh()


def footer_items(actions: Iterable[KeyAction]) -> list[Item]:
    """Return the items for unlimited width; adjacent actions of one group are merged."""
    shown = [action for action in actions if action.shown]
    items: list[Item] = []
    for group, members in groupby(shown, key=lambda action: action.binding.group):
        if group is None:
            items += [_item(action) for action in members]
        else:
            keys = tuple(action.keys[0] for action in members)
            items.append(Item(keys, group.description, gap="" if group.compact else " "))
    return items


def _item(action: KeyAction) -> Item:
    leads_out = action.keys[0] == "escape" or isinstance(action.node, App)
    return Item(action.keys[:1], action.text, leads_out)


def fitting(items: Sequence[Item], width: int) -> list[Item]:
    """Return the items that fit: all pinned ones, at the end, and before them those with room."""
    pinned = [item for item in items if item.pinned]
    room = width - sum(item.width + 1 for item in pinned) + 1
    chosen = []
    for item in items:
        if not item.pinned and item.width + 1 <= room:
            chosen.append(item)
            room -= item.width + 1
    return [*chosen, *pinned]


def _key_at(items: Sequence[Item], x: int) -> str | None:
    """Return the key in this column, or the key whose description is there."""
    for item in items:
        if x < item.width:
            for key in item.keys:
                x -= cell_len(key_name(key) + item.gap)
                if x < 0:
                    return key
            return item.keys[-1]
        x -= item.width + 1
        if x < 0:
            return None
    return None
