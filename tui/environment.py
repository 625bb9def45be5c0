"""What every lab needs: PyTorch and the charts, imported beside the screen, and the devices."""

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
"""What the import of PyTorch reads most of."""
LOADED = "libtorch.so"
"""Brings in everything that PyTorch computes with, for a GPU too, and nothing that uses Python."""
CHUNK = 1 << 20
"""Bytes that are read at a time."""


class EnvironmentLoader(MetaPathFinder):
    """Imports torch and the charts, and finds the devices, in a thread beside the screen.

    Importing torch takes a second or two, and Python waits for its threads: whoever left
    right after the start would wait too. So this stands in the way of every import of its
    thread, and gives the whole of it up at the next module once `close` was called. It also has
    PyTorch's libraries loaded in a way that lets the screen go on meanwhile.
    """

    def __init__(
        self,
        device: str,
        done: Callable[[Environment], object],
        failed: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Set up for the device of that name.

        One of the two is called in the thread: `done`, or `failed` with the reason where
        PyTorch cannot be used; neither once the whole was given up.
        """
        self._wanted = device
        self._done, self._failed = done, failed
        self._given_up = threading.Event()
        self._reading = ReadingAhead()
        self._thread = threading.Thread(target=self._work, name="setting up", daemon=False)

    def read_ahead(self) -> None:
        """Have the operating system read what `start` will need."""
        self._reading.start()

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self._thread.ident is None and not self._given_up.is_set():
            self._thread.start()

    def close(self) -> None:
        """Give up what is not done, and wait for the thread.

        An extension module that is being loaded cannot be given up. It is not waited for
        longer than anybody would notice: nothing of it is ours to save.
        """
        self._given_up.set()
        self._reading.close()
        if self._thread.ident is not None:
            self._thread.join(timeout=0.3)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        """Find no module; stop the import once it is no longer wanted.

        By the time it comes to `torch._C`, PyTorch has prepared the loading of its libraries.
        """
        if threading.current_thread() is not self._thread:
            return
        if self._given_up.is_set():
            raise SystemExit
        if name == "torch._C" and path:
            load(Path(path[0]) / "lib" / LOADED)

    def _work(self) -> None:
        sys.meta_path.insert(0, self)
        try:
            environment = self._set_up()
        except Exception as error:  # a broken installation raises what it likes
            if not self._given_up.is_set():
                self._failed(f"{type(error).__name__}: {error}")
        else:
            if not self._given_up.is_set():
                self._done(environment)
        finally:
            sys.meta_path.remove(self)

    def _set_up(self) -> Environment:
        with in_root():  # an import that has failed cannot be repeated
            _import_everything()
        lost = leave_lost_directory()
        from engine.device import probe

        found = probe(stop=self._given_up.is_set)
        try:
            device, remark = found.choose(self._wanted)
        except ValueError as error:  # the CPU takes its place, and the remark says why
            device, remark = found.working[0], str(error)
        return Environment(device, found.working, "\n".join(filter(None, (lost, remark))))


def _import_everything() -> None:
    """Torch and what it puts off, the charts and what they put off."""
    # Half a million objects that stay. The garbage collector would look at each of them again
    # and again: now, which makes the imports a fifth slower, and in the middle of a training,
    # which would stand still for 0.1 s each time, and its screen with it.
    gc.disable()
    try:
        from engine.run import warm_up

        warm_up()
        from engine.tensors.content import warm_up as warm_up_tensors

        warm_up_tensors()
        for chart in CHARTS.values():
            import_module(chart.module)
        for name in LABS.values():
            import_module(name.partition(":")[0])
        import_module("plotext")
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.unfreeze)


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
