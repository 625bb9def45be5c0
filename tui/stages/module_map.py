"""The map of PyTorch's modules: where one stands, and what their lines gave; knows no screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from engine.tensors.torch_map import MODULES, Module, Ran, run

GIVE_UP = 0.3
"""Seconds to wait for lines that still run when nobody wants them any more."""


class ModuleMap:
    """One module after the other; the lines of one run at a time, the slow ones in a thread."""

    def __init__(self, unasked: Mapping[str, str]) -> None:
        """`unasked`: modules whose lines could hang on this machine, and why."""
        self._unasked = unasked
        self._thread: threading.Thread | None = None
        self.running = False
        """Whether lines run in the thread."""
        self.place = 0
        self.outcomes: dict[str, Ran | str] = {}
        """By module: what its lines gave, or in words why there is nothing."""

    @property
    def module(self) -> Module:
        return MODULES[self.place]

    def go(self, direction: int) -> None:
        """To the next module or the one before, in a circle."""
        self.place = (self.place + direction) % len(MODULES)

    def run(self, done: Callable[[], object]) -> None:
        """Run the module's lines; `done` is called after it, in the thread where they are slow."""
        module = self.module
        if self.running:
            return
        if module.name in self._unasked:
            self.outcomes[module.name] = self._unasked[module.name]
            done()
        elif module.slow and module.name not in self.outcomes:
            self._thread = threading.Thread(
                target=self._work, args=(module, done), name="module", daemon=False
            )
            self.running = True
            self._thread.start()
        else:
            self._work(module, done)

    def close(self) -> None:
        """Wait a moment for lines that still run: an import cannot be given up."""
        if self._thread is not None:
            self._thread.join(timeout=GIVE_UP)

    def _work(self, module: Module, done: Callable[[], object]) -> None:
        try:
            self.outcomes[module.name] = run(module)
        except Exception as error:  # a broken installation raises what it likes
            self.outcomes[module.name] = f"{type(error).__name__}: {error}"
        self.running = False
        done()
