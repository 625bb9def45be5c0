"""PyTorch's shared libraries: read and loaded in a way that does not stop the screen."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

READ = ("libc10.so", "libtorch_cpu.so", "libtorch_python.so")
"""What the import of PyTorch reads most of."""
LOADED = "libtorch.so"
"""Brings in everything that PyTorch computes with, for a GPU too, and nothing that uses Python."""
CHUNK = 1 << 20
"""Bytes that are read at a time."""


class ReadingAhead:
    """Reads the libraries in a thread, so that the operating system has them in memory.

    Importing PyTorch then waits for no disk, which it would do holding Python's lock. Where the
    libraries are not found nothing is read, and nothing depends on it.
    """

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="reading ahead", daemon=False)

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self._thread.ident is None and not self._closed.is_set():
            self._thread.start()

    def close(self) -> None:
        """Read no more, and wait for the thread: at most as long as one chunk takes."""
        self._closed.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        folder = library_folder()
        if folder is not None:
            for name in READ:
                read(folder / name, stop=self._closed.is_set)


def library_folder() -> Path | None:
    """Where PyTorch's libraries are, found without importing it.

    None where it is not installed or imported already, and on other systems than Linux.
    """
    if not sys.platform.startswith("linux") or "torch" in sys.modules:
        return None
    try:
        spec = find_spec("torch")
    except (ImportError, ValueError):  # a broken installation: the import says what is wrong
        return None
    places = spec.submodule_search_locations if spec is not None else None
    return Path(places[0]) / "lib" if places else None


def read(file: Path, stop: Callable[[], bool]) -> int:
    """Read the file to its end, or until `stop` says so, and keep nothing of it: bytes read."""
    chunk, total = bytearray(CHUNK), 0
    try:
        with file.open("rb", buffering=0) as stream:
            while not stop() and (size := stream.readinto(chunk)):
                total += size
    except OSError:
        pass  # the import says what is wrong with it
    return total


def load(library: Path) -> bool:
    """Load a shared library without holding Python's lock; whether that was possible.

    Python holds it while it loads an extension module with all that this is linked with: for
    PyTorch 0.25 s and more, in which the screen would stand still. What is loaded already is
    only looked up then.
    """
    if not (sys.platform.startswith("linux") and library.is_file()):
        return False
    # Called as any function of the C library: `ctypes.CDLL(library)` would hold the lock.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    return bool(dlopen(os.fsencode(library), os.RTLD_NOW | os.RTLD_LOCAL))
