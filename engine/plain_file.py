"""Functions that open regular files of a limited size without ever blocking, and replace them.

A file of the app may have been replaced by a FIFO without a writer, an endless device, a folder or
five gigabytes of zeros: `open` and `read` would hang or fill the memory. Kind and size are checked
on the open file descriptor, so nothing can change between the check and the reading. A symbolic
link to a regular file is followed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import get_ident

SAFE = os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Open a FIFO without waiting for its other end, and a terminal without controlling it."""
KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a directory",
}


class Unsuitable(OSError):
    """The file is not a regular file, or is too large; the message says which."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"expected {expected}, found {found}")


def read_plain(path: Path, largest: int) -> bytes:
    """Return the content of a regular file of at most `largest` bytes.

    Raises:
        Unsuitable: it is not a regular file, or is larger.
        OSError: it does not exist or cannot be read.
    """
    with os.fdopen(open_plain(path, os.O_RDONLY, largest), "rb") as file:
        content = file.read(largest + 1)  # the file may grow while it is read
    if content is None:  # a file in /proc without data yet
        raise Unsuitable("a regular file", "one that has to be waited for")
    _check_size(len(content), largest)
    return content


def open_plain(path: Path, flags: int, largest: int) -> int:
    """Return a descriptor of a regular file of at most `largest` bytes; `flags` as for `os.open`.

    Raises:
        Unsuitable: it is not a regular file, or is larger.
        OSError: it cannot be opened.
    """
    try:
        _check(path.stat(), largest)  # opening a device may already have an effect
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
    """Return the file to replace: the target of a link if that is a regular file or does not exist,
    otherwise the link itself."""
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113  # never raise
        return path
    return Path(os.path.realpath(path))


def write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file and rename that, so that the file is always complete.

    A link to a regular file is kept: the file that it points to is replaced, and keeps its mode.
    A folder that is missing is created.

    Raises:
        OSError: the file cannot be written; its former content is untouched.
    """
    real = where_to_write(path)
    real.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(real)
    try:
        beside.write_bytes(content)
        if real.exists():
            beside.chmod(stat.S_IMODE(real.stat().st_mode))
        beside.replace(real)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def try_to_write(path: Path) -> None:
    """Create and remove the temporary file of `write_whole`; its folder has to exist.

    Raises:
        OSError: `write_whole` would fail.
    """
    beside = _beside(where_to_write(path))
    beside.touch(exist_ok=False)
    beside.unlink()


def set_aside(path: Path) -> Path:
    """Rename the file (a link, not its target) to a free name, and return the new path.

    Raises:
        OSError: it cannot be renamed.
    """
    number, aside = 1, path.with_name(f"{path.name}.bak")
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.bak{number}")
    path.rename(aside)
    return aside


def _beside(real: Path) -> Path:
    """Return the path of the temporary file that is renamed to this one."""
    return real.with_name(f".{real.name}.{os.getpid()}-{get_ident()}")


def _check(facts: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(facts.st_mode):
        kind = KINDS.get(stat.S_IFMT(facts.st_mode), "something else")
        raise Unsuitable("a regular file", kind)
    _check_size(facts.st_size, largest)


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise Unsuitable(f"at most {largest:,} bytes", f"{size:,}")
