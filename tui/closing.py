"""Closes a screen once, however many keys, clicks and timers ask for it."""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.message_pump import MessagePump


class ClosesOnce(MessagePump):
    """A screen that can only be dismissed while it is on top.

    Textual takes away whatever is on top. A second click beside the palette, sent before the first
    one has closed it, would take the screen below away as well, and at last the app itself.
    """

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the screen with this result, or do nothing if it is not on top."""
        on_top: MessagePump = self.app.screen
        if on_top is not self:
            return AwaitComplete()
        closed: AwaitComplete = super().dismiss(result)  # type: ignore[misc]
        return closed
