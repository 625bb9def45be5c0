"""Files of unusual kinds in the place of a small regular file, made without root's rights."""

from __future__ import annotations

import os
import pty
import socket
from collections.abc import Callable
from pathlib import Path


def device(path: Path) -> None:
    """Link to an unused terminal. Its file system allows no renaming or replacing, even for root;
    both ends stay open until the tests end.
    """
    _, end = pty.openpty()
    path.symlink_to(os.ttyname(end))


def listening_socket(path: Path) -> None:
    """Create a socket; its path may have about a hundred characters at most."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(before)


def directory(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_text("kept")


def huge(path: Path) -> None:
    """Create a sparse file of five gigabytes."""
    with path.open("wb") as file:
        file.truncate(5 * 10**9)


STRANGE: dict[str, Callable[[Path], None]] = {
    "a FIFO": os.mkfifo,
    "a device": device,
    "a socket": listening_socket,
    "a directory": directory,
    "5,000,000,000": huge,
}
"""Functions that create each kind, by its name in messages."""
