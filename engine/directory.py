"""The current directory, which may be deleted at any time.

In one that has no name any longer, the libraries of PyTorch end the process or cannot be imported,
neither in this process nor in those that it starts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def leave_lost_directory() -> str:
    """Go elsewhere from a directory that was deleted or may not be searched; says so, or ''."""
    try:
        Path.cwd()
        Path().stat()
    except OSError as error:
        for place in (Path("~").expanduser(), Path("/")):
            try:
                os.chdir(place)
            except OSError:
                continue
            return f"the current directory: {error.strerror}; going on in {place}"
    return ""


@contextmanager
def in_root() -> Iterator[None]:
    """Be in a directory that nobody can delete, and come back at the end.

    Relative paths lead elsewhere meanwhile, in all threads; `sys.path` is made absolute.
    """
    try:
        here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    except OSError:
        yield
        return
    try:
        with suppress(OSError):  # it is lost already
            sys.path[:] = [entry or str(Path.cwd()) for entry in sys.path]
        os.chdir("/")
        yield
    finally:
        with suppress(OSError):  # it may not be searched any longer
            os.fchdir(here)
        os.close(here)
