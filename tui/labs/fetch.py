"""The screen that downloads a data set, above the lesson that needs it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.datasets.download import (
    DownloadSpeed,
    FetchCancelled,
    FetchFailed,
    FetchProgress,
    fetch,
)
from engine.datasets.registry import data_dir, find, megabytes
from tui.bindings import MODAL_KEYS, key_actions
from tui.terminal.capabilities import speaks_utf8
from tui.terminal.key_order import KeyOrder
from tui.terminal.resizing import SafeScreen

LOOKS_PER_SECOND = 5
PATIENCE = 0.5
"""The most seconds that closing the screen waits for the end of the download."""


class FetchThread:
    """Downloads a data set in a thread; the screen polls its fields."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="fetching", daemon=False)
        self.progress: FetchProgress | None = None
        """The current progress; None until the first byte has arrived."""
        self.place: Path | None = None
        """The path of the data set, once it is complete."""
        self.problem = ""
        """The error, if it failed."""

    def start(self) -> None:
        self._thread.start()

    @property
    def ended(self) -> bool:
        return self._thread.ident is not None and not self._thread.is_alive()

    def cancel(self) -> None:
        """Ask the thread to end: it does so at the next block, without leaving partial data."""
        self._stop.set()

    def close(self, seconds: float) -> None:
        """Cancel, and wait at most this long for the end.

        Connecting to a server that does not answer can only end with its timeout.
        """
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self.place = fetch(self._name, self._folder, self._keep, self._stop.is_set)
        except FetchCancelled:
            return
        except FetchFailed as failure:
            self.problem = str(failure)
        except Exception as error:  # a broken installation raises errors of any kind
            self.problem = f"{type(error).__name__}: {error}"

    def _keep(self, progress: FetchProgress) -> None:
        self.progress = progress


class FetchScreen(SafeScreen, ModalScreen[bool]):
    """Downloads one data set; the result of the screen is whether the data set is available."""

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
        self._fetch, self._speed = FetchThread(name, data_dir()), DownloadSpeed()
        self._cancelled = False
        self._kept: list[Key | Paste] = []
        """Keys pressed while a cancelled download ends, for the screen behind this one."""

    def compose(self) -> ComposeResult:
        data_set = self._data_set
        about = (
            f"{data_set.about}, {megabytes(data_set.size)}",
            f"by {data_set.source}",
            data_set.licence,
        )
        with Vertical(id="fetch") as box:
            box.border_title = f"Fetch {data_set.title}"
            yield Static("\n".join(about), id="about", markup=False)
            yield Static(id="bar", markup=False)
            yield Static(id="words", markup=False)

    def on_mount(self) -> None:
        self._looks = self.set_interval(1 / LOOKS_PER_SECOND, self._look)
        self._fetch.start()

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self._fetch.close, PATIENCE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow another try only after the download has ended."""
        return action != "again" or self._fetch.ended

    def keep(self, event: Key | Paste) -> bool:
        """Keep a key pressed while a cancelled download ends, unless it acts on this screen."""
        acts = {key for action in key_actions(self.app.screen) for key in action.keys}
        if not self._cancelled or (isinstance(event, Key) and event.key in acts):
            return False
        self._kept.append(event)
        return True

    def dismiss(self, result: bool | None = None) -> AwaitComplete:
        """Close the screen, and replay the keys that were kept."""
        closed = super().dismiss(result)
        if isinstance(self.app, KeyOrder):
            self.app.replay(self._kept)
        self._kept = []
        return closed

    def action_leave(self) -> None:
        """Cancel a running download, or close; pressed twice, close without waiting."""
        if self._fetch.ended or self._cancelled:
            self.dismiss(self._fetch.place is not None)
        else:
            self._cancelled = True
            self._fetch.cancel()
            self._say("stopping…", "")

    def action_again(self) -> None:
        """Try again, or close if the data set is available."""
        if self._fetch.place is not None:
            self.dismiss(True)
        else:
            self._fetch = FetchThread(self._data_set.name, data_dir())
            self._speed = DownloadSpeed()
            self._fetch.start()
            self._looks.resume()

    def _look(self) -> None:
        """Show the progress, unless another screen covers this one."""
        if not self.is_active:
            return
        ended = self._fetch.ended  # first, so that the fields read below are final
        if ended:
            self._looks.pause()
        if ended and self._cancelled:
            self.dismiss(self._fetch.place is not None)
        elif ended and self._fetch.place is not None:
            self._show_bar(1, 1)
            self._say(f"Here now, in {self._fetch.place}", "enter closes")
        elif ended:
            self._say(self._fetch.problem, "enter tries again · esc closes")
        elif not self._cancelled:
            self._show_progress(self._fetch.progress)

    def _show_progress(self, progress: FetchProgress | None) -> None:
        if progress is None:
            self._show_bar(0, 1)
            self._say("looking for a server…", "esc cancels")
            return
        self._show_bar(progress.got, progress.size)
        rate = megabytes(self._speed.after(progress))
        self._say(f"{progress.so_far}   {rate}/s   {progress.file}", "esc cancels")

    def _show_bar(self, got: int, size: int) -> None:
        bar = self.query_one("#bar", Static)
        width = bar.content_size.width
        full = width * got // size
        line, rest = ("━", "─") if speaks_utf8() else ("#", "-")
        bar.update(line * full + rest * (width - full))

    def _say(self, words: str, keys: str) -> None:
        self.query_one("#words", Static).update(words)
        self.query_one("#fetch").border_subtitle = keys
