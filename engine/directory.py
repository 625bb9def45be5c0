"""Handling of a current directory that may be deleted at any time.

In a deleted directory the libraries of PyTorch end the process or cannot be imported, neither in
this process nor in its children.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def leave_lost_directory() -> str:
    """Leave a current directory that is deleted or not accessible; return a message, or ''."""
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
    """Change to the root directory, which cannot be deleted, and back at the end.

    Relative paths mean other files meanwhile, in all threads; `sys.path` is made absolute.
    """
    try:
        here = os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    except OSError:
        yield
        return
    try:
        with suppress(OSError):  # the current directory is already deleted
            sys.path[:] = [entry or str(Path.cwd()) for entry in sys.path]
        os.chdir("/")
        yield
    finally:
        with suppress(OSError):  # it may no longer be accessible
            os.fchdir(here)
        os.close(here)
