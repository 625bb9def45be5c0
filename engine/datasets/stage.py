"""A folder for the files of a fetch until all have come; knows no data set."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STAGE = ".fetching"


@contextmanager
def stage(folder: Path, name: str, keep: type[Exception]) -> Iterator[Path]:
    """A folder of that name for what is coming; what is left in it is removed afterwards.

    Only what came before an error of the kind `keep` waits there for the next time.

    Raises:
        BlockingIOError: another program is at it.
        OSError: it cannot be made.
    """
    made = [] if folder.exists() else [folder]
    place = folder / STAGE / name
    for strange in (place.parent, place):
        if os.path.lexists(strange) and not strange.is_dir():
            strange.unlink()  # a file, say, which mkdir would refuse every time
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place):
        try:
            yield place
        except keep:
            raise
        except BaseException:  # Ctrl-C, too, leaves nothing
            shutil.rmtree(place, ignore_errors=True)
            raise
        else:
            shutil.rmtree(place, ignore_errors=True)
        finally:
            _remove_empty(place, place.parent, *made)


def remove_strange(path: Path) -> None:
    """Remove what lies there unless it is a regular file: writing would block, or go elsewhere."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        path.unlink()


def _remove_empty(*folders: Path) -> None:
    """Remove these, the innermost first, up to one that is not empty."""
    for folder in folders:
        if folder.exists():
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold the folder: two programs that wrote into one file would spoil it for both."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return  # a file system over a network that knows no locks
