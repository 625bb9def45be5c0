"""The line of keys at the foot of a screen; knows not what they do."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Footer


class KeyFooter(Footer):
    """Shows the keys that mean something now, close together."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._shown: list[tuple[Binding, bool]] = []

    async def recompose(self) -> None:
        """Show other keys, and let go of those before; the same keys stay as they are.

        Opening a lab asks for the keys twenty times, and most times they are the same.

        Each key follows the footer's `compact`, and Textual forgets a follower that is gone only
        when that is set: a footer that is made anew at every step would keep all its keys.
        """
        shown = [(key.binding, key.enabled) for key in self.screen.active_bindings.values()]
        if shown == self._shown:
            return
        self._shown = shown
        await super().recompose()
        self.mutate_reactive(Footer.compact)
