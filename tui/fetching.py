"""A fetch in a thread of its own, for a screen to look at; draws nothing."""

from __future__ import annotations

import threading
from pathlib import Path

from engine.datasets.fetch import Cancelled, Failed, Progress, fetch


class Fetching:
    """Fetches a data set beside the screen, which asks when it wants to know."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._work, name="fetching", daemon=False)
        self.progress: Progress | None = None
        """The newest; None until a first byte has come."""
        self.place: Path | None = None
        """Where the data set is, once it is."""
        self.problem = ""
        """Why it did not come, in words."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask for the end: it comes at the next block, and leaves nothing half-done."""
        self._unwanted.set()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def close(self, seconds: float) -> None:
        """Ask for the end and wait for it, though not for longer than that.

        A server that is still being asked cannot be given up before it has been silent for long.
        """
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self.place = fetch(self._name, self._folder, self._hear, self._unwanted.is_set)
        except Cancelled:
            return
        except Failed as failure:
            self.problem = str(failure)
        except Exception as error:  # a broken installation raises what it likes
            self.problem = f"{type(error).__name__}: {error}"

    def _hear(self, progress: Progress) -> None:
        self.progress = progress
