"""Opens regular files of a limited size without ever blocking.

A file of the app may have been replaced by anything: a FIFO whose other end nobody opens, a device
that never ends, a folder, five gigabytes of zeros. `open` and `read` would hang, or fill the
memory. Here the kind and the size are checked on the open file itself, so that nothing can change
between the check and the reading. A symbolic link to a regular file is followed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

SAFE = os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""A FIFO is opened without waiting for its other end, a terminal without becoming ours."""
KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a directory",
}


class Unsuitable(OSError):
    """No regular file, or one that is too large; the message says which."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


def read_plain(path: Path, largest: int) -> bytes:
    """The whole content of a regular file of at most `largest` bytes.

    Raises:
        Unsuitable: it is something else, or larger.
        OSError: it is not there, or cannot be read.
    """
    with os.fdopen(open_plain(path, os.O_RDONLY, largest), "rb") as file:
        content = file.read(largest + 1)  # it may grow while it is read
    if content is None:  # a file of /proc with nothing to read yet
        raise Unsuitable("a regular file", "one that has to be waited for")
    _check_size(len(content), largest)
    return content


def open_plain(path: Path, flags: int, largest: int) -> int:
    """A descriptor of a regular file of at most `largest` bytes; `flags` as `os.open` takes them.

    Raises:
        Unsuitable: it is something else, or larger.
        OSError: it cannot be opened.
    """
    try:
        _check(path.stat(), largest)  # to open a device may already do something
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    descriptor = os.open(path, flags | SAFE, 0o644)
    try:
        _check(os.fstat(descriptor), largest)
    except Unsuitable:
        os.close(descriptor)
        raise
    return descriptor


def where_to_write(path: Path) -> Path:
    """The file to replace: the target of a link if that is a regular file or does not exist, and
    otherwise the link itself."""
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113  # never raise
        return path
    return Path(os.path.realpath(path))


def set_aside(path: Path) -> Path:
    """Rename the file (a link and not its target) to a free name, and return that.

    Raises:
        OSError: it cannot be renamed.
    """
    number, aside = 1, path.with_name(f"{path.name}.bak")
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.bak{number}")
    path.rename(aside)
    return aside


def _check(facts: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(facts.st_mode):
        kind = KINDS.get(stat.S_IFMT(facts.st_mode), "something else")
        raise Unsuitable("a regular file", kind)
    _check_size(facts.st_size, largest)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise Unsuitable(f"at most {largest:,} bytes", f"{size:,}")
