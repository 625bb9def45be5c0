"""Keys one after the other, in the order in which they were pressed; knows not what they do."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from textual import on
from textual.app import App
from textual.events import Event, Key
from textual.message import Message

ROUNDS = 3
"""How often it is made sure that a key's work is done: what it has brought about goes the same
way as the key, by messages, and may bring about more."""
PATIENCE = 0.2
"""Seconds after which a key waits no longer for the one before: its widget may be busy or gone."""


class Follower(Message):
    """Goes behind a key through every widget that the key goes through, up to the app."""

    def __init__(self, key: Key, rounds: int) -> None:
        super().__init__()
        self.key, self.rounds = key, rounds


class KeyOrder(App[None]):
    """An app in which the work of a key is done before the next one begins.

    Textual hands a key to the widget that has the focus, and takes the next. So bindings with
    priority overtake those without, and a key behind one that moves the focus goes where the
    focus was. A slow line brings several keys in one piece: an arrow and enter would then edit
    the row above, and the path meant for one field would stand in another.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._keys: deque[Key] = deque()
        """The key that is being worked, and those that wait."""

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.append(event)
        if len(self._keys) == 1:
            await self._work_first()

    async def _work_first(self) -> None:
        key = self._keys[0]
        loop = asyncio.get_running_loop()
        loop.call_later(PATIENCE, self.call_later, self._end, key)
        await super().on_event(key)
        self._follow(key, ROUNDS)

    def _follow(self, key: Key, rounds: int) -> None:
        if self.screen_stack:  # else this was the key to quit
            (self.focused or self.screen).post_message(Follower(key, rounds))

    @on(Follower)
    async def _come_back(self, event: Follower) -> None:
        if event.rounds > 1:
            self._follow(event.key, event.rounds - 1)
        else:
            await self._end(event.key)

    async def _end(self, key: Key) -> None:
        """Let the next key begin, unless it has already."""
        if self._keys and self._keys[0] is key:
            self._keys.popleft()
            if self._keys:
                await self._work_first()
