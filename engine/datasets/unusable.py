"""Why a data set cannot be used, in words; knows no format and imports no torch."""

from __future__ import annotations

from pathlib import Path

from engine.datasets.catalog import find
from engine.datasets.places import fetch_command
from engine.packages import install


class Unusable(Exception):
    """A data set that cannot be used; the message says why, and what to do."""


class NotHere(Unusable):
    """There is no such data set in the folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        data_set = find(name)
        fix = fetch_command(name) if data_set.files else install("scikit-learn")
        super().__init__(f"{data_set.title} is not in {folder}; get it with: {fix}")


class Broken(Unusable):
    """A file that is not what its name says: it was not used."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        self.path, self.expected, self.found = path, expected, found
        super().__init__(f"{path}: expected {expected}, found {found}; it is not used")


class Foreign(Broken):
    """A whole file, but of another data set, or of one that nobody here knows."""
