"""Batches from a `DataLoader` with or without worker processes, which always end with the training.

The special handling of worker processes, threads and the screen is in this file.
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
"""A tuple of tensors that the loader collates from samples."""

PATIENCE = 0.05
"""The seconds to wait for a batch before control returns to the training."""

# Learners may try more workers than cores; the warning would appear across the screen.
warnings.filterwarnings("ignore", message="This DataLoader will create")


def loader(data: Dataset[Any], workers: int, shuffle: bool, **settings: Any) -> DataLoader[Any]:
    """Return a `DataLoader` whose workers, if any, are spawned: a fork of a threaded process hangs.

    The workers live from the first epoch to the last, since starting one takes a second or more.
    The batches are the same with and without workers: the seeds of the workers, which a loader
    draws at other times than the order of its samples, come from a separate generator.
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
    """Iterates over a loader repeatedly; `close` ends its processes at once."""

    def __init__(self, batches: DataLoader[Any]) -> None:
        self._loader: DataLoader[Any] | None = batches
        self.batches = len(batches)
        """The number of batches in an epoch."""
        self._workers: list[BaseProcess] = []

    def epoch(self) -> Iterator[Batch | None]:
        """Yield every batch of one pass, and None while the next one is not ready."""
        try:
            yield from _patiently(self._begin())
        except (OSError, EOFError) as error:  # a worker died while sending
            raise RuntimeError("a worker process has died; set workers to 0") from error

    def close(self) -> None:
        """Kill the workers at any point, and wait for them to end."""
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
        torch.empty((), dtype=torch.int64).random_()  # the draw that a loader without workers makes
        if self._workers:
            return self._again(self._loader)
        leave_lost_directory()  # no process can be spawned in a deleted directory
        before = set(multiprocessing.active_children())
        try:
            with _quietly():
                return iter(self._loader)
        finally:
            self._workers = [one for one in multiprocessing.active_children() if one not in before]

    def _again(self, loader: DataLoader[Any]) -> Iterator[Batch]:
        """Start another pass; waits for every worker to report that it is ready.

        A loader fails for good if a worker exceeds the timeout; without a timeout it waits for all
        workers that are alive.
        """
        going: Any = loader._iterator  # private, but there is no public access
        going._timeout = 0
        try:
            return iter(loader)
        finally:
            going._timeout = PATIENCE


def _end_feeders(going: Any) -> None:
    """End the threads that feed the workers of a loader, and wait for them.

    Each holds the last of two semaphores. A loader only tells it to end and continues; a program
    that exits by `os._exit` often does so first, and the semaphores stay behind.
    """
    # A worker may have died while holding the lock of this event, which a loader sets.
    going._workers_done_event = threading.Event()
    readers = [os.dup(queue._reader.fileno()) for queue in going._index_queues]
    going._shutdown_workers()
    for queue, reader in zip(going._index_queues, readers, strict=True):
        _drain(reader)
        queue._thread.join()  # `join_thread` does nothing: a loader has cancelled it


def _drain(reader: int) -> None:
    """Read until the writer closes the pipe: in a full pipe it would block forever."""
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
            if "timed out" not in str(error):  # because of PATIENCE: `next` can be called again
                raise
            batch = None
        yield batch


@contextmanager
def _quietly() -> Iterator[None]:
    """Start processes that ignore a Ctrl-C in the terminal; their parent ends them.

    The screen replaces the error output by an object without a file, but `spawn` passes the file of
    the error output on.
    """
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()  # else the first worker starts it, which unblocks SIGINT
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _deaf_to_deaths() -> Iterator[None]:
    """Ignore the signal that reports the end of a worker.

    A loader in the main thread raises an error there for every killed worker, at any moment: also
    between the end of another worker and the recording of its exit status, which is then lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = None
    while before is None:
        with suppress(RuntimeError):  # raised for a worker that has died by itself
            before = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)
