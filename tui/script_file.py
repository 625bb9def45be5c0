"""The file of an exported script: a new one beside others, or one that replaces an older one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from engine.plain_file import read_plain, write_whole
from tui.paths import state_dir, why_not_writable
from tui.plan import BEGINNING

LARGEST = 2**20
"""Larger files are no exported scripts."""


class NotReplaced(ValueError):
    """The file is kept; the message says why and what to do."""


def save_new(script: str, name: str) -> Path:
    """Write the script into `NAME.py`, or `NAME-2.py` and so on, and return the path.

    The folder is the current one, or that of the app's state if the current one is not writable. A
    file that contains this script already is not written again.

    Raises:
        OSError: the file cannot be written.
    """
    folder = Path.cwd()
    if why_not_writable(folder):
        folder = state_dir()
    content = _bytes(script)
    for path in _names(folder, name):
        if not os.path.lexists(path):
            write_whole(path, content)
            return path
        if _content(path) == content:
            return path
    raise AssertionError


def short(path: Path) -> str:
    """Return the path from the current folder or, elsewhere, from the home folder."""
    for folder, sign in ((Path.cwd(), "."), (Path(os.path.expanduser("~")), "~")):  # noqa: PTH111  # never raises
        if path.is_relative_to(folder):
            return f"{sign}/{path.relative_to(folder)}"
    return str(path)


def replace_script(script: str, path: Path, force: bool = False) -> None:
    """Write the script into this file; one that is no exported script is only replaced by `force`.

    Raises:
        NotReplaced: the file is something else, or there is no folder for it.
        OSError: the file cannot be written.
    """
    if path.is_dir():
        raise NotReplaced("is a directory: name a file in it")
    if path.exists():
        if not path.is_file():
            raise NotReplaced("is no regular file: name another one")
        if not force and not (_content(path) or b"").startswith(BEGINNING.encode()):
            raise NotReplaced("is not an exported script: name another file, or add --force")
    elif not path.parent.is_dir():
        raise NotReplaced(f"cannot be written: there is no directory {str(path.parent)!r}")
    write_whole(path, _bytes(script))


def _names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}.py"
    for number in count(2):
        yield folder / f"{name}-{number}.py"


def _content(path: Path) -> bytes | None:
    """Return the content of a file that may be an exported script; None if it is none."""
    try:
        return read_plain(path, LARGEST)
    except OSError:
        return None


def _bytes(script: str) -> bytes:
    return script.encode("utf-8", "backslashreplace")  # names of files may be no valid text
