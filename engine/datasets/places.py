"""Which folder the data sets are in; knows none of them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

VARIABLE = "DLTUI_DATA_DIR"
"""The environment variable that names another folder."""


def folder() -> Path:
    """The folder of the data sets; it need not exist."""
    name = os.environ.get(VARIABLE, "")
    if name:
        return Path(os.path.expanduser(name))  # noqa: PTH111  # never raises
    return platformdirs.user_data_path("dltui", appauthor=False)


def use(folder: Path) -> None:
    """Let the data sets be in that folder from now on.

    The variable is set, so that processes that this one starts look in the same place.
    """
    os.environ[VARIABLE] = str(folder)
