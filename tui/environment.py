"""Imports PyTorch and the charts and probes the devices in a background thread."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from engine.directory import in_root, leave_lost_directory
from tui.charts import CHARTS
from tui.labs import LABS
from tui.labs.lab import Environment

READ = ("libc10.so", "libtorch_cpu.so", "libtorch_python.so")
"""The largest files that the import of PyTorch reads."""
LOADED = "libtorch.so"
"""Links to all of PyTorch's compute libraries, for GPUs too, and to none that use Python."""
EXTENSIONS = ("numpy", "PIL.Image", "csv", "hashlib", "statistics")
"""The extension modules that the charts and labs import."""
CHUNK = 1 << 20
"""Bytes per read."""


class EnvironmentLoader(MetaPathFinder):
    """Imports torch and the charts, and probes the devices, in a background thread.

    Importing torch takes a second or two, and Python waits for its threads when it exits. To let
    the app quit at once, this is an import hook: after `close` it aborts the thread at the next
    import. It also loads PyTorch's libraries without the GIL, so that the screen stays responsive.
    """

    def __init__(
        self,
        device: str,
        done: Callable[[Environment], object],
        failed: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Prepare for the device with this name.

        The thread calls `done`, or `failed` with the reason if PyTorch cannot be used, and neither
        after `close`.
        """
        self._wanted = device
        self._done, self._failed = done, failed
        self._given_up = threading.Event()
        self._reading = ReadingAhead()
        self._thread = threading.Thread(target=self._work, name="setting up", daemon=False)

    def read_ahead(self) -> None:
        """Read the files that `start` will need into the operating system's cache."""
        self._reading.start()

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        if self._thread.ident is None and not self._given_up.is_set():
            self._thread.start()

    def close(self) -> None:
        """Abort what is not done, and wait for the thread.

        Loading an extension module cannot be aborted, so the wait is limited to 0.3 s.
        """
        self._given_up.set()
        self._reading.close()
        if self._thread.ident is not None:
            self._thread.join(timeout=0.3)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Find no module, but abort the import after `close`.

        When `torch._C` is imported, PyTorch has already prepared the loading of its libraries.
        """
        if threading.current_thread() is not self._thread:
            return
        if self._given_up.is_set():
            raise SystemExit
        if name == "torch._C" and path:  # usually done, unless it had to be prepared
            load(Path(path[0]) / "lib" / LOADED)

    def _work(self) -> None:
        sys.meta_path.insert(0, self)
        try:
            environment = self._set_up()
        except Exception as error:  # a broken installation may raise anything
            if not self._given_up.is_set():
                self._failed(f"{type(error).__name__}: {error}")
        else:
            if not self._given_up.is_set():
                self._done(environment)
        finally:
            sys.meta_path.remove(self)

    def _set_up(self) -> Environment:
        with in_root():  # a failed import of torch cannot be repeated
            _import_everything()
        lost = leave_lost_directory()
        from engine.device import probe

        found = probe(stop=self._given_up.is_set)
        try:
            device, remark = found.choose(self._wanted)
        except ValueError as error:  # use the CPU; the remark gives the reason
            device, remark = found.working[0], str(error)
        return Environment(device, found.working, "\n".join(filter(None, (lost, remark))))


def _import_everything() -> None:
    """Import torch, the charts, the labs and everything they import lazily."""
    # They leave half a million permanent objects. Scanning them in the garbage collector would
    # slow down the imports by a fifth, and later pause training and screen for 0.1 s each time.
    gc.disable()
    try:
        _import_without_torch()
        from engine.run import warm_up

        warm_up()
        from engine.tensors.content import warm_up as warm_up_tensors

        warm_up_tensors()
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.unfreeze)


def _import_without_torch() -> None:
    """Import the charts and labs while another thread loads the libraries of PyTorch.

    These take half a second, without the GIL. Only one thread at a time can load a library, and an
    import would wait for that with the GIL; so extension modules are imported before and after.
    """
    for name in EXTENSIONS:
        import_module(name)
    folder = library_folder()
    loading = threading.Thread(target=load, args=(folder and folder / LOADED,), name="loading")
    loading.start()
    try:
        for chart in CHARTS.values():
            import_module(chart.module)
        for name in LABS.values():
            import_module(name.partition(":")[0])
        import_module("plotext")
    finally:
        loading.join()


class ReadingAhead:
    """Reads PyTorch's libraries in a thread, so that they are in the operating system's cache.

    The import of PyTorch then does not wait for the disk while it holds the GIL. If the libraries
    are not found, nothing is read; this is only an optimization.
    """

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="reading ahead", daemon=False)

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        if self._thread.ident is None and not self._closed.is_set():
            self._thread.start()

    def close(self) -> None:
        """Stop reading, and wait for the thread, at most until one chunk is read."""
        self._closed.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        folder = library_folder()
        if folder is not None:
            for name in READ:
                read(folder / name, stop=self._closed.is_set)


def library_folder() -> Path | None:
    """Return the folder of PyTorch's libraries without importing PyTorch.

    None if it is not installed or already imported, and on systems other than Linux.
    """
    if not sys.platform.startswith("linux") or "torch" in sys.modules:
        return None
    try:
        spec = find_spec("torch")
    except (ImportError, ValueError):  # the import reports a broken installation
        return None
    places = spec.submodule_search_locations if spec is not None else None
    return Path(places[0]) / "lib" if places else None


def read(file: Path, stop: Callable[[], bool]) -> int:
    """Read the file until its end or until `stop()`, discard it, and return the number of bytes."""
    chunk, total = bytearray(CHUNK), 0
    try:
        with file.open("rb", buffering=0) as stream:
            while not stop() and (size := stream.readinto(chunk)):
                total += size
    except OSError:
        pass  # the import reports what is wrong
    return total


def load(library: Path | None) -> bool:
    """Load a shared library without holding the GIL; return whether that was possible.

    Python holds the GIL while it loads an extension module with all linked libraries, which takes
    0.25 s or more for PyTorch and would freeze the screen. Loaded libraries are only looked up.
    """
    if not (library and sys.platform.startswith("linux") and library.is_file()):
        return False
    # A C function called through ctypes releases the GIL; `ctypes.CDLL(library)` would hold it.
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    return bool(dlopen(os.fsencode(library), os.RTLD_NOW | os.RTLD_LOCAL))
