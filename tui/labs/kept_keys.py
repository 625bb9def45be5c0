"""The keys pressed in a lab that is not ready yet, kept in order until it is."""

from __future__ import annotations

from textual.events import Key, Paste

MOST_KEYS = 200
"""How many are kept; of more, none is taken."""


class KeptKeys:
    """Keeps keys and pasted text in order, and says which keys act at once instead.

    A key that means something outside of the lab (another page, help, quit) acts at once, unless
    it is part of a line that is being typed: then it is a letter of that line. A line begins with
    a key that opens one, and ends with enter or escape. Where it is unsure, a key is kept: worked
    later, it means what it would have meant in a lab that was ready.
    """

    def __init__(self, opens: frozenset[str]) -> None:
        """`opens` are the keys that open a line to type in."""
        self._opens = opens
        self._typing = False
        self._events: list[Key | Paste] = []

    def __len__(self) -> int:
        return len(self._events)

    @property
    def full(self) -> bool:
        """Whether no further key is taken."""
        return len(self._events) >= MOST_KEYS

    def keep(self, event: Key | Paste, acts_now: bool) -> bool:
        """Keep the event, or drop it where there are too many; False if it shall act at once.

        `acts_now` says that the key means something outside of the lab.
        """
        if isinstance(event, Key) and acts_now and not self._is_typed(event):
            return False
        if self.full:
            return True
        if isinstance(event, Key):
            if self._typing:
                self._typing = event.key not in ("enter", "escape")
            else:
                self._typing = event.key in self._opens
        self._events.append(event)
        return True

    def take(self) -> list[Key | Paste]:
        """Hand them out, to be worked in this order; none is kept any more."""
        events, self._events, self._typing = self._events, [], False
        return events

    def _is_typed(self, key: Key) -> bool:
        """Whether the key goes into the line that is being typed, or ends it."""
        return self._typing and not self.full and (key.is_printable or key.key == "escape")
