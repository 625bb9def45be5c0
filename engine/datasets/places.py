"""Which folder the data sets are in; knows none of them."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

import platformdirs

VARIABLE = "DLTUI_DATA_DIR"
"""The environment variable that names another folder."""
MISSING = "does not exist"
_named: list[Path] = []
"""The folder that the command line named, if it did."""


def folder() -> Path:
    """The folder of the data sets; it need not exist."""
    name = os.environ.get(VARIABLE, "")
    if name:
        return Path(os.path.expanduser(name))  # noqa: PTH111  # never raises
    return platformdirs.user_data_path("dltui", appauthor=False)


def use(folder: Path) -> None:
    """Let the data sets be in that folder from now on: the command line named it.

    The variable is set, so that processes that this one starts look in the same place.
    """
    _named[:] = [folder]
    os.environ[VARIABLE] = str(folder)


def option() -> str:
    """The option that names the folder to another command; empty where it finds it by itself."""
    return f" --data-dir {shlex.quote(str(folder()))}" if _named == [folder()] else ""


def fetch_command(name: str) -> str:
    """What to type in a shell to fetch the data set of that name into this folder."""
    return f"dltui data fetch {name}{option()}"


def why_unreadable(folder: Path) -> str:
    """Why no data set can be in the folder, as it goes on after its name; empty where one can."""
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        return "is a link to nothing" if folder.is_symlink() else MISSING
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    if not stat.S_ISDIR(mode):
        return "is not a folder"
    return "" if os.access(folder, os.R_OK | os.X_OK) else "cannot be read: Permission denied"


def variable_trouble(count_missing: bool = True) -> str:
    """What is wrong with the folder that the environment names, in words; empty where nothing.

    Args:
        count_missing: whether it is wrong that it does not exist: a fetch makes it.
    """
    why = why_unreadable(folder()) if os.environ.get(VARIABLE) and not option() else ""
    if why == MISSING and not count_missing:
        return ""
    return f"{VARIABLE} names {folder()}, which {why}" if why else ""
