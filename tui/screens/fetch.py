"""A data set being fetched, over the lesson that wants it; knows no server and no lesson."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.datasets.catalog import find
from engine.datasets.places import folder
from tui.bindings import MODAL_KEYS
from tui.coming import Speed, megabytes, so_far
from tui.commands.terminal import speaks_utf8
from tui.fetching import Fetching
from tui.screens.closing import ClosesOnce
from tui.terminal.key_order import KeyOrder
from tui.terminal.resizing import LatestSize

LOOKS_PER_SECOND = 5
PATIENCE = 0.5
"""Seconds that the end of the screen waits for the end of the fetch."""


class FetchScreen(ClosesOnce, LatestSize, ModalScreen[bool]):
    """Fetches one data set; its result is whether that is here now."""

    CSS_PATH = "fetch.tcss"
    BINDINGS = [
        Binding("escape", "leave", "cancel or close", id="fetch.leave"),
        Binding("enter", "again", "try again, or close", id="fetch.again"),
        Binding("question_mark", "app.help", "help", False, id="fetch.help"),
        *MODAL_KEYS,
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._data_set = find(name)
        self._speed = Speed()
        self._cancelled = False
        self._kept: list[Key | Paste] = []
        """Pressed while a cancelled fetch ends, and meant for what is behind this screen."""
        self._fetching = Fetching(name, folder())

    def compose(self) -> ComposeResult:
        with Vertical(id="fetch") as box:
            box.border_title = f"Fetch {self._data_set.title}"
            yield Static(self._about(), id="about", markup=False)
            yield Static(id="bar", markup=False)
            yield Static(id="words", markup=False)

    def on_mount(self) -> None:
        self._looks = self.set_interval(1 / LOOKS_PER_SECOND, self._look)
        self._fetching.start()

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self._fetching.close, PATIENCE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what did not come can be tried again."""
        return action != "again" or self._fetching.ended

    def keep(self, event: Key | Paste) -> bool:
        """Keep what is pressed while a cancelled fetch ends, save what acts on this screen."""
        if not self._cancelled or (isinstance(event, Key) and event.key in self.active_bindings):
            return False
        self._kept.append(event)
        return True

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close, and have the keys worked that were kept."""
        closed = super().dismiss(result)
        if isinstance(self.app, KeyOrder):
            self.app.replay(self._kept)
        self._kept = []
        return closed

    def action_leave(self) -> None:
        """Cancel what is coming, or close when nothing is; pressed twice, do not wait."""
        if self._fetching.ended or self._cancelled:
            self.dismiss(self._fetching.place is not None)
        else:
            self._cancelled = True
            self._fetching.cancel()
            self._say("stopping…", "")

    def action_again(self) -> None:
        """Try once more, or close where it is here."""
        if self._fetching.place is not None:
            self.dismiss(True)
            return
        self._fetching = Fetching(self._data_set.name, folder())
        self._speed = Speed()
        self._fetching.start()
        self._looks.resume()

    def _look(self) -> None:
        """Show how far it is, while nothing covers it."""
        if not self.is_active:
            return
        ended = self._fetching.ended  # first: what is looked at after it is the last word
        if ended:
            self._looks.pause()
        if ended and self._cancelled:
            self.dismiss(self._fetching.place is not None)
        elif ended and self._fetching.place is not None:
            self._show_bar(1, 1)
            self._say(f"Here now, in {self._fetching.place}", "enter closes")
        elif ended:
            self._say(self._fetching.problem, "enter tries again · esc closes")
        elif not self._cancelled:
            self._show_progress()

    def _show_progress(self) -> None:
        progress = self._fetching.progress
        if progress is None:
            self._show_bar(0, 1)
            self._say("looking for a server…", "esc cancels")
            return
        self._show_bar(progress.got, progress.size)
        rate = megabytes(self._speed.after(progress))
        self._say(f"{so_far(progress)}   {rate}/s   {progress.file}", "esc cancels")

    def _show_bar(self, got: int, size: int) -> None:
        bar = self.query_one("#bar", Static)
        width = bar.content_size.width
        full = width * got // size
        line, rest = ("━", "─") if speaks_utf8() else ("#", "-")
        bar.update(line * full + rest * (width - full))

    def _say(self, words: str, keys: str) -> None:
        self.query_one("#words", Static).update(words)
        self.query_one("#fetch").border_subtitle = keys

    def _about(self) -> str:
        data_set = self._data_set
        return (
            f"{data_set.about}, {megabytes(data_set.size)}\n"
            f"by {data_set.source}\n"
            f"{data_set.licence}"
        )
