"""The key bindings that work on a screen now, for the footer, help and the command palette."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.keys import format_key

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen

PAUSE = "pause"
"""The description of the `play` key while something plays."""
MODAL_KEYS: list[BindingType] = [Binding("q,ctrl+q", "app.quit", "quit", id="modal.quit")]
"""Keys of the app that a modal screen has to bind again, because it hides the app's bindings."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action that can run now, with every key that runs it."""

    keys: tuple[str, ...]
    """The keys, with Textual's names."""
    binding: Binding
    node: DOMNode
    """The widget, screen or app that defines the binding."""
    shown: bool
    """Whether the footer shows it if there is room."""
    text: str
    """The current description, in a word or two."""

    @property
    def names(self) -> str:
        """The keys as shown on screen."""
        return " ".join(key_name(key) for key in self.keys)


def key_actions(screen: Screen[object]) -> list[KeyAction]:
    """Return the actions that keys run on this screen now, those of the focused widget first.

    Several keys of one action form one entry. Disabled actions are left out, and so are keys that
    the focused widget consumes, such as letters in an input.
    """
    found: dict[tuple[DOMNode, str], list[tuple[str, Binding]]] = {}
    for key, binding, node in _bound(screen):
        found.setdefault((node, binding.action), []).append((key, binding))
    return [_merged(node, entries) for (node, _), entries in found.items()]


def key_name(key: str) -> str:
    """Return a key as shown on screen: esc for `escape`, ? for `question_mark`."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, format_key(last)])


def _bound(screen: Screen[object]) -> Iterator[tuple[str, Binding, DOMNode]]:
    """Yield each key that works now, once."""
    active = screen.active_bindings
    for key, (node, binding, enabled, _) in active.items():
        if enabled and not key.startswith("super+"):  # no terminal sends the super key
            yield key, binding, node
    if screen.is_modal:  # priority keys of the app also work on modal screens
        for other in screen.app.BINDINGS:
            if isinstance(other, Binding) and other.priority and other.key not in active:
                yield other.key, other, screen.app


def _merged(node: DOMNode, entries: list[tuple[str, Binding]]) -> KeyAction:
    """Merge the bindings of one action, those with keys shown in the footer first."""
    entries = sorted(entries, key=lambda entry: (not entry[1].show, "+" in entry[0]))
    bindings = [binding for _, binding in entries]
    binding = next((binding for binding in bindings if binding.id), bindings[0])
    pauses = binding.action == "play" and getattr(node, "playing", False)
    return KeyAction(
        keys=tuple(key for key, _ in entries),
        binding=binding,
        node=node,
        shown=bindings[0].show,
        text=PAUSE if pauses else binding.description,
    )
