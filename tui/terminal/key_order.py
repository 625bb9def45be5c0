"""Works keys one after the other, in the order in which they were pressed."""

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
"""How often it is made sure that a key's work is done: what it has brought about goes the same
way as the key, by messages, and may bring about more."""
PATIENCE = 2.0
"""Seconds after which a key waits no longer for the one before: its widget may be stuck."""
SLICES = 100
"""Parts of that time. One that passes while nothing can be worked, since a module is being loaded
say, counts as one, however long it takes."""


URGENT = "ctrl+q"
"""The key that leaves the app. It is worked before keys that still wait after `URGENT_AFTER`."""
URGENT_AFTER = 0.5
"""Seconds that the keys before the urgent one have to be worked: an answer typed ahead counts."""


class KeyEcho(Message):
    """Follows a key through every widget that handles it, up to the app: then its work is done."""

    def __init__(self, key: Key | Paste, rounds: int) -> None:
        super().__init__()
        self.key, self.rounds = key, rounds


@runtime_checkable
class KeepsKeys(Protocol):
    """A screen that may keep keys which are meant for what comes after it, or after a wait."""

    def keep(self, event: Key | Paste) -> bool:
        """Keep the event, to hand it to `KeyOrder.replay` later; False if it shall act now."""


class KeyOrder(App[None]):
    """An app in which the work of a key, or of pasted text, is done before the next one begins.

    Textual hands a key to the widget that has the focus, and takes the next. So bindings with
    priority overtake those without, and a key behind one that moves the focus goes where the
    focus was. A slow line brings several keys in one piece: an arrow and enter would then edit
    the row above, and the path meant for one field would stand in another.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._keys: deque[Key | Paste] = deque()
        """The key (or pasted text) that is being worked, and those that wait."""
        self._goes_through: Widget | None = None
        """The widget that the key being worked, or its echo, was handed to."""

    def keep(self, event: Key | Paste) -> bool:
        """Let the screen on top keep the event instead of working it now; whether it did."""
        top = self.screen_stack[-1] if self.screen_stack else None
        return isinstance(top, KeepsKeys) and top.keep(event)

    def replay(self, events: Sequence[Key | Paste]) -> None:
        """Work these, in their order, before every key that waits."""
        idle = not self._keys
        for event in reversed(events):
            self._keys.insert(0 if idle else 1, event)  # behind the one that is being worked
        if idle and events:
            self.call_later(self._work_first)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | Paste) and event.is_forwarded and self.keep(event):
            return  # a widget that was busy has passed it on only now
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.append(event)
        if len(self._keys) == 1:
            await self._work_first()
        elif isinstance(event, Key) and event.key == URGENT:
            asyncio.get_running_loop().call_later(URGENT_AFTER, self._overtake, event)

    def _overtake(self, key: Key) -> None:
        """Drop the keys that wait before this one, and wait no longer for the one being worked."""
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
        """Let the next key begin after so many slices, if this one is not done before."""
        if not self._keys or self._keys[0] is not key:
            return
        widget = self._goes_through
        if not slices or (widget is not None and not widget.is_attached):
            self.call_later(self._end, key)
            return
        # A screen that is being opened takes the next key, however long it takes to open.
        opening = bool(self.screen_stack) and not self.screen.is_mounted
        asyncio.get_running_loop().call_later(
            PATIENCE / SLICES, self._wait, key, SLICES if opening else slices - 1
        )

    def _follow(self, key: Key | Paste, rounds: int) -> None:
        if self.screen_stack:  # else this was the key to quit
            self._goes_through = self.focused or self.screen
            self._goes_through.post_message(KeyEcho(key, rounds))

    @on(KeyEcho)
    async def _come_back(self, event: KeyEcho) -> None:
        if event.rounds > 1:
            self._follow(event.key, event.rounds - 1)
        else:
            await self._end(event.key)

    async def _end(self, key: Key | Paste) -> None:
        """Let the next key begin, unless it has already."""
        if self._keys and self._keys[0] is key:
            self._keys.popleft()
            if self._keys:
                await self._work_first()
