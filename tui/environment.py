"""What every lab needs: PyTorch and the charts, imported beside the screen, and the devices."""

from __future__ import annotations

import atexit
import gc
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

from engine.directory import in_root, leave_lost_directory
from tui.charts import CHARTS
from tui.labs import LABS
from tui.labs.lab import Environment
from tui.libraries import LOADED, ReadingAhead, load


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
