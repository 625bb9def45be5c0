"""Which keys work on a screen now, and what each of them does: for the footer, help and palette."""

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
"""What a key that plays is called while something plays."""
MODAL_KEYS: list[BindingType] = [Binding("q,ctrl+q", "app.quit", "quit", id="modal.quit")]
"""Keys of the app that a modal screen, which hides the app's, has to bind again."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action that can be run now, with every key that runs it."""

    keys: tuple[str, ...]
    """The keys by Textual's names."""
    binding: Binding
    """The binding that describes the action."""
    node: DOMNode
    """The widget, screen or app that has the binding."""
    shown: bool
    """Whether the footer shows it, where there is room."""
    text: str
    """What it does now, in a word or two."""

    @property
    def names(self) -> str:
        """The keys as they are written on screen."""
        return " ".join(key_name(key) for key in self.keys)


def key_actions(screen: Screen[object]) -> list[KeyAction]:
    """The actions that keys run on this screen now, those of the focused widget first.

    Several keys of one action are one entry. A disabled action is left out, and so is a key that
    the focused widget takes for itself, as an input takes letters.
    """
    found: dict[tuple[DOMNode, str], list[tuple[str, Binding]]] = {}
    for key, binding, node in _bound(screen):
        found.setdefault((node, binding.action), []).append((key, binding))
    return [_merged(node, entries) for (node, _), entries in found.items()]


def key_name(key: str) -> str:
    """How a key is written on screen: `escape` as esc, `question_mark` as ?, `ctrl+p` as it is."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, format_key(last)])


def _bound(screen: Screen[object]) -> Iterator[tuple[str, Binding, DOMNode]]:
    """Each key that works now, once."""
    active = screen.active_bindings
    for key, (node, binding, enabled, _) in active.items():
        if enabled and not key.startswith("super+"):  # no terminal sends that one
            yield key, binding, node
    if screen.is_modal:  # a priority key of the app works over a modal screen too
        for other in screen.app.BINDINGS:
            if isinstance(other, Binding) and other.priority and other.key not in active:
                yield other.key, other, screen.app


def _merged(node: DOMNode, entries: list[tuple[str, Binding]]) -> KeyAction:
    """One entry for the keys that run one action: first the keys that the footer is to show."""
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
