"""The batches of a loader, whoever makes them; its processes end when nobody wants more.

Knows no model. What is particular about worker processes beside threads and a screen is here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import Any, TypeAlias

import torch
from torch.utils.data import DataLoader, Dataset, RandomSampler, SequentialSampler

from engine.directory import leave_lost_directory

Batch: TypeAlias = Any
"""What the loader makes of the samples: a tuple of tensors."""

PATIENCE = 0.05
"""Seconds to wait for a batch before the training may look up."""

# More workers than cores is what the learner may try; over the screen the advice is no help.
warnings.filterwarnings("ignore", message="This DataLoader will create")


def loader(data: Dataset[Any], workers: int, shuffle: bool, **settings: Any) -> DataLoader[Any]:
    """A `DataLoader` whose workers, if any, are spawned: a fork beside threads hangs.

    They live from the first epoch to the last, since each takes a second or more to start. The
    batches are the same with and without them: the seeds of the workers, which a loader draws
    in another rhythm than the order of its samples, come from a generator of their own.
    """
    if workers == 0:
        return DataLoader(data, shuffle=shuffle, **settings)
    return DataLoader(
        data,
        sampler=RandomSampler(data) if shuffle else SequentialSampler(data),  # type: ignore[arg-type]
        generator=torch.Generator(),
        num_workers=workers,
        multiprocessing_context="spawn",
        persistent_workers=True,
        timeout=PATIENCE,
        **settings,
    )


class Crew:
    """Goes through a loader again and again; `close` ends its processes at once."""

    def __init__(self, batches: DataLoader[Any]) -> None:
        self._loader: DataLoader[Any] | None = batches
        self.batches = len(batches)
        """How many an epoch has."""
        self._workers: list[BaseProcess] = []

    def epoch(self) -> Iterator[Batch | None]:
        """Every batch of one pass, and None while the next one is not there yet."""
        try:
            yield from _patiently(self._begin())
        except (OSError, EOFError) as error:  # what a worker was just sending broke off
            raise RuntimeError("a worker process has died; set workers to 0") from error

    def close(self) -> None:
        """End the workers, wherever they stand, and wait until they are gone."""
        with _deaf_to_deaths():
            for worker in self._workers:
                worker.kill()
            for worker in self._workers:
                worker.join()
        self._workers.clear()
        going, self._loader = getattr(self._loader, "_iterator", None), None
        if going is not None and not sys.is_finalizing():
            _end_feeders(going)

    def _begin(self) -> Iterator[Batch]:
        assert self._loader is not None, "it was closed"
        if not self._loader.num_workers:
            return iter(self._loader)
        torch.empty((), dtype=torch.int64).random_()  # what a loader without workers draws
        if self._workers:
            return self._again(self._loader)
        leave_lost_directory()  # no process can be spawned there
        before = set(multiprocessing.active_children())
        try:
            with _quietly():
                return iter(self._loader)
        finally:
            self._workers = [one for one in multiprocessing.active_children() if one not in before]

    def _again(self, loader: DataLoader[Any]) -> Iterator[Batch]:
        """Another pass. First each worker has to say that it is ready, however late it is.

        Where one is later than the timeout, a loader gives up for good; without a timeout it
        waits for all that are alive.
        """
        going: Any = loader._iterator  # not for the public, but there is no other way to it
        going._timeout = 0
        try:
            return iter(loader)
        finally:
            going._timeout = PATIENCE


def _end_feeders(going: Any) -> None:
    """End the threads that feed the workers of a loader, and wait until they are gone.

    Each holds the last of two semaphores. A loader tells it to end, and goes on; a program that
    leaves by `os._exit` is often the faster one, and the semaphores outlive it.
    """
    # A worker may have died with the lock of its event, and a loader sets that event.
    going._workers_done_event = threading.Event()
    readers = [os.dup(queue._reader.fileno()) for queue in going._index_queues]
    going._shutdown_workers()
    for queue, reader in zip(going._index_queues, readers, strict=True):
        _drain(reader)
        queue._thread.join()  # `join_thread` does nothing: a loader has cancelled it


def _drain(reader: int) -> None:
    """Read what nobody wants until the writer closes: in a full pipe it would stand forever."""
    with open(reader, "rb", buffering=0) as pipe:
        while pipe.read(1 << 16):
            pass


def _patiently(batches: Iterator[Batch]) -> Iterator[Batch | None]:
    while True:
        try:
            batch = next(batches)
        except StopIteration:
            return
        except RuntimeError as error:
            if "timed out" not in str(error):  # of its own PATIENCE: it can be asked again
                raise
            batch = None
        yield batch


@contextmanager
def _quietly() -> Iterator[None]:
    """Start processes that a Ctrl-C in the terminal does not reach: whoever started them ends them.

    The screen puts something without a file in the place of the error output, and `spawn` wants
    to hand that file on.
    """
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()  # else the first worker starts it, which lets SIGINT in
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _deaf_to_deaths() -> Iterator[None]:
    """Let the end of a worker be no error.

    A loader in the main thread raises one there for every worker that is killed, at any moment:
    also between the end of another one and the note of it, and the note is then lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = None
    while before is None:
        with suppress(RuntimeError):  # of one that has died by itself
            before = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)
