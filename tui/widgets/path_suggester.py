"""What the path that is being typed may become; knows no widget and opens no file."""

from __future__ import annotations

import asyncio
import os

from textual.suggester import Suggester

ENDINGS = (".csv", ".tsv", ".txt", ".data")
"""What a file of a table is called; where there is one, it is offered before others."""
MOST = 2000
"""So many entries of a folder are looked at."""


class PathSuggester(Suggester):
    """Completes the last part of a path; → takes what is offered."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path with its last part completed, if anything begins so.

        In a thread: a folder may lie on a network that is slow, or gone.
        """
        return await asyncio.to_thread(complete, value)


def complete(value: str) -> str | None:
    """The first entry that begins as what was typed, a folder with its slash; None for none."""
    folder, slash, begun = value.rpartition("/")
    place = os.path.expanduser(folder + slash) or "."  # noqa: PTH111  # never raises
    try:
        with os.scandir(place) as entries:
            found = [
                entry.name + "/" * entry.is_dir()
                for _, entry in zip(range(MOST), entries, strict=False)
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            ]
    except (OSError, ValueError):
        return None
    names = [name for name in found if name.isprintable()]
    if not value or not names:
        return None
    best = min(names, key=lambda name: (not name.endswith((*ENDINGS, "/")), name))
    return f"{folder}{slash}{best}"
