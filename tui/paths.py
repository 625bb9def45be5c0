"""The folders of settings, progress and data sets."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import platformdirs

from engine.datasets import registry

CONFIG, STATE, DATA = "DLTUI_CONFIG_DIR", "DLTUI_STATE_DIR", registry.DATA_DIR
"""Environment variables that override the default folders."""


def config_dir() -> Path:
    """Return the folder of the settings; it need not exist."""
    return _named(CONFIG) or platformdirs.user_config_path("dltui", appauthor=False).absolute()


def state_dir() -> Path:
    """Return the folder of progress, logs and saved networks; it need not exist."""
    return _named(STATE) or platformdirs.user_state_path("dltui", appauthor=False).absolute()


def use_data_dir(name: str | None, may_be_made: bool = False) -> Path | None:
    """Use the folder with this name for data sets from now on; None changes nothing.

    Args:
        may_be_made: whether the folder may be missing, because it is going to be created.

    Raises:
        ValueError: the folder does not exist or cannot be read.
    """
    if name is None:
        return None
    folder = Path(os.path.expanduser(name))  # noqa: PTH111  # never raises
    why = registry.why_unreadable(folder) if name else "is not a folder"
    if why == registry.MISSING:
        if not may_be_made:
            fetch = f"dltui data fetch mnist --data-dir {shlex.quote(str(folder))}"
            raise ValueError(
                f"--data-dir {name!r} {why}: name another folder, or let a fetch make it: {fetch}"
            )
    elif why:
        raise ValueError(f"--data-dir {name!r} {why}")
    registry.set_data_dir(folder)
    return folder


def why_not_writable(folder: Path) -> str:
    """Return why the folder is not writable; empty if it is.

    For a missing folder the nearest existing parent is checked; nothing is created.
    """
    place = folder.absolute()
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not os.path.isdir(place):  # noqa: PTH112  # Path.is_dir raises without permission
        return f"{place} is not a folder"
    if not os.access(place, os.W_OK | os.X_OK):
        return f"{place} cannot be written"
    return ""


def _named(variable: str) -> Path | None:
    """Return the folder that an environment variable names; None if it is empty or unset."""
    name = os.environ.get(variable, "")
    return Path(os.path.expanduser(name)).absolute() if name else None  # noqa: PTH111  # never raises
