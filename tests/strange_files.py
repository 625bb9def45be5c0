"""What may be where a small regular file should be: each is made without root's rights."""

from __future__ import annotations

import os
import pty
import socket
from collections.abc import Callable
from pathlib import Path


def device(path: Path) -> None:
    """A link to a terminal that nobody types into. In its file system nothing can be renamed or
    replaced, whatever a test does as root; its two ends stay open until the tests end."""
    _, end = pty.openpty()
    path.symlink_to(os.ttyname(end))


def listening_socket(path: Path) -> None:
    """A socket in the file system; its name may have some hundred characters at most."""
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
    """Five gigabytes that take no room on the disk."""
    with path.open("wb") as file:
        file.truncate(5 * 10**9)


STRANGE: dict[str, Callable[[Path], None]] = {
    "a FIFO": os.mkfifo,
    "a device": device,
    "a socket": listening_socket,
    "a directory": directory,
    "5,000,000,000": huge,
}
"""How to make it, by what a message calls it."""
