"""Handles key presses one after the other, in the order in which they were pressed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from textual import on
from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widget import Widget

ROUNDS = 3
"""How many `KeyEcho` messages follow a key, because its messages may cause further messages."""
PATIENCE = 2.0
"""Seconds after which the next key is handled anyway, because a widget may hang."""
SLICES = 100
"""Number of slices of `PATIENCE`: while the event loop is blocked, for example by an import, only
one slice passes."""

URGENT = "ctrl+q"
"""The key that quits. After `URGENT_AFTER` it is handled before keys that still wait."""
URGENT_AFTER = 0.5
"""Seconds for handling the keys before the urgent one, so that an answer typed ahead counts."""


class KeyEcho(Message):
    """A message that follows a key up to the app, where it shows that the key has been handled."""

    def __init__(self, key: Key | Paste, rounds: int) -> None:
        super().__init__()
        self.key, self.rounds = key, rounds


@runtime_checkable
class KeepsKeys(Protocol):
    """A screen that can keep keys until it is ready for them."""

    def keep(self, event: Key | Paste) -> bool:
        """Keep the event for `KeyOrder.replay` and return True, or False to handle it now."""


class KeyOrder(App[None]):
    """An app that handles each key or paste completely before the next one.

    Textual posts a key to the focused widget and takes the next one immediately. So bindings with
    priority overtake those without, and a key after one that moves the focus goes to the old
    widget. On a slow connection several keys arrive at once: an arrow and enter would then edit
    the row above, and a path could be typed into the wrong field.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._keys: deque[Key | Paste] = deque()
        """The key or paste being handled, and those that wait."""
        self._goes_through: Widget | None = None
        """The widget that got the current key or its echo."""

    def keep(self, event: Key | Paste) -> bool:
        """Let the top screen keep the event for later; return whether it did."""
        top = self.screen_stack[-1] if self.screen_stack else None
        return isinstance(top, KeepsKeys) and top.keep(event)

    def replay(self, events: Sequence[Key | Paste]) -> None:
        """Handle these in order, before the keys that wait."""
        idle = not self._keys
        for event in reversed(events):
            self._keys.insert(0 if idle else 1, event)  # after the current one
        if idle and events:
            self.call_later(self._work_first)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | Paste) and event.is_forwarded and self.keep(event):
            return  # forwarded late by a widget that was busy
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.append(event)
        if len(self._keys) == 1:
            await self._work_first()
        elif isinstance(event, Key) and event.key == URGENT:
            asyncio.get_running_loop().call_later(URGENT_AFTER, self._overtake, event)

    def _overtake(self, key: Key) -> None:
        """Drop the keys that wait before this one, and stop waiting for the current one."""
        if any(waiting is key for waiting in self._keys):
            while self._keys[-1] is not key:
                self._keys.pop()
            first = self._keys[0]
            if first is not key:
                self._keys = deque((first, key))
                self.call_later(self._end, first)

    async def _work_first(self) -> None:
        while self._keys and self.keep(self._keys[0]):
            self._keys.popleft()
        if self._keys:
            key = self._keys[0]
            self._wait(key, SLICES)
            await super().on_event(key)
            self._follow(key, ROUNDS)

    def _wait(self, key: Key | Paste, slices: int) -> None:
        """Start the next key after this number of slices, unless this one is done before."""
        if not self._keys or self._keys[0] is not key:
            return
        widget = self._goes_through
        if not slices or (widget is not None and not widget.is_attached):
            self.call_later(self._end, key)
            return
        # The next key is for the screen that is being opened, however long that takes.
        opening = bool(self.screen_stack) and not self.screen.is_mounted
        asyncio.get_running_loop().call_later(
            PATIENCE / SLICES, self._wait, key, SLICES if opening else slices - 1
        )

    def _follow(self, key: Key | Paste, rounds: int) -> None:
        if self.screen_stack:  # empty after the key that quits
            self._goes_through = self.focused or self.screen
            self._goes_through.post_message(KeyEcho(key, rounds))

    @on(KeyEcho)
    async def _come_back(self, event: KeyEcho) -> None:
        if event.rounds > 1:
            self._follow(event.key, event.rounds - 1)
        else:
            await self._end(event.key)

    async def _end(self, key: Key | Paste) -> None:
        """Start the next key, unless that has happened already."""
        if self._keys and self._keys[0] is key:
            self._keys.popleft()
            if self._keys:
                await self._work_first()
