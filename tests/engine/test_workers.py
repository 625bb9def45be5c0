"""Batches from worker processes: the same batches, and no process left at the end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.frame import State
from engine.run import Run
from engine.trainer import Rest, Step
from engine.trainers.dataloader import DataLoaderConfig, TableLearner, TableRows
from engine.trainers.workers import PATIENCE, Crew, loader
from tests.engine.conftest import until
from tests.processes import lose_directory

CPU = torch.device("cpu")


def made(workers: int, epochs: int = 2) -> TableLearner:
    return TableLearner(DataLoaderConfig(workers=workers, epochs=epochs), CPU)


class NoFile(StringIO):
    """A replacement of stderr without a file descriptor, as under Textual."""

    def fileno(self) -> int:
        return -1


def test_a_worker_changes_no_loss_is_spawned_and_hears_no_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Use a replaced stderr and a deleted directory; both epochs use the same process."""
    plain = [step.loss.item() for step in made(0).steps()]
    lose_directory(tmp_path, monkeypatch)
    monkeypatch.setattr(sys, "stderr", NoFile())
    trainer = made(1)
    losses, workers = [], set()
    for turn in trainer.turns():
        if isinstance(turn, Step):
            losses.append(turn.loss.item())
        workers |= {child.pid for child in multiprocessing.active_children()}
        assert isinstance(turn, Step | Rest)
        if not losses:
            (child,) = multiprocessing.active_children()
            os.kill(child.pid or 0, signal.SIGINT)  # as ctrl+c in the terminal does
            assert (trainer.picture().belt.waiting, trainer.picture().belt.number) == (True, 0)
    assert losses == plain
    assert len(losses) == 28
    assert len(workers) == 1
    assert multiprocessing.active_children() == []
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.fixture
def semaphores(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the semaphores that the resource tracker would report as leaked now."""
    names: set[str] = set()
    register, unregister = resource_tracker.register, resource_tracker.unregister

    def made(name: str, kind: str) -> None:
        names.add(name)
        register(name, kind)

    def gone(name: str, kind: str) -> None:
        unregister(name, kind)
        names.discard(name)

    monkeypatch.setattr(resource_tracker, "register", made)
    monkeypatch.setattr(resource_tracker, "unregister", gone)
    return names


@pytest.fixture
def feeders(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Thread]]:
    """Collect the threads that write to workers; they end only when they are joined."""
    threads: list[threading.Thread] = []
    awaited = threading.Event()
    feed, join = Queue._feed, threading.Thread.join  # type: ignore[attr-defined]

    def feed_and_stay(*parts: Any) -> None:
        threads.append(threading.current_thread())
        feed(*parts)
        awaited.wait()

    def joined(thread: threading.Thread, timeout: float | None = None) -> None:
        if thread in threads:
            awaited.set()
        join(thread, timeout)

    monkeypatch.setattr(Queue, "_feed", staticmethod(feed_and_stay))
    monkeypatch.setattr(threading.Thread, "join", joined)
    yield threads
    awaited.set()


def test_while_workers_start_there_is_a_rest_and_everything_ends_there(
    monkeypatch: pytest.MonkeyPatch, semaphores: set[str], feeders: list[threading.Thread]
) -> None:
    """The program must exit without delay however slow the threads are.

    The signal of one death arrives while the other worker is joined and its end is not recorded.
    """
    turns = made(2).turns()
    assert isinstance(next(turns), Rest)
    children = multiprocessing.active_children()
    assert [type(child).__name__ for child in children] == ["SpawnProcess"] * 2
    assert semaphores
    left = {child.pid or 0 for child in children}
    wait = os.waitpid

    def heard(pid: int, flags: int) -> tuple[int, int]:
        ended = wait(pid, flags)
        left.discard(ended[0])
        if len(left) == 1:
            os.waitid(os.P_PID, min(left), os.WEXITED | os.WNOWAIT)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return ended

    monkeypatch.setattr(os, "waitpid", heard)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        turns.close()  # type: ignore[attr-defined]  # it is a generator
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        monkeypatch.setattr(os, "waitpid", wait)
    assert left == semaphores == set()
    assert not any(child.is_alive() for child in children)
    assert multiprocessing.active_children() == []
    assert len(feeders) == 2
    assert not any(feeder.is_alive() for feeder in feeders)


def test_a_worker_that_dies_is_an_error_and_leaves_no_semaphore(
    semaphores: set[str], feeders: list[threading.Thread]
) -> None:
    trainer = made(1)
    turns = trainer.turns()
    next(turns)

    def go_on_without() -> None:
        trainer.crew._workers[0].kill()  # this may be noticed at once
        list(turns)

    with pytest.raises(RuntimeError, match="worker"):
        go_on_without()
    turns.close()  # type: ignore[attr-defined]
    assert semaphores == set()
    assert not any(feeder.is_alive() for feeder in feeders)
    assert multiprocessing.active_children() == []


def test_what_does_not_fit_into_the_pipe_to_a_worker_is_not_waited_for(
    semaphores: set[str],
) -> None:
    """The worker never reads the numbers of its samples."""
    rows = TableRows(torch.zeros(100_000, 1), torch.zeros(100_000, 1))
    crew = Crew(loader(rows, workers=1, shuffle=False, batch_size=50_000))
    batches = crew.epoch()
    assert next(batches) is None
    crew.close()
    del batches  # it holds the loader
    assert semaphores == set()


def test_a_worker_that_ends_with_the_lock_of_an_event_is_not_waited_for() -> None:
    trainer = made(1)
    turns = trainer.turns()
    next(turns)
    lock: Any = trainer.crew._loader._iterator._workers_done_event._cond  # type: ignore[union-attr]
    lock.acquire()  # as the worker does when it checks whether to end
    way_out = threading.Timer(10, lock.release)
    way_out.start()
    turns.close()  # type: ignore[attr-defined]
    assert way_out.is_alive()
    way_out.cancel()
    assert trainer.metrics()["train_loss"] > 0


def test_a_run_that_is_stopped_leaves_none() -> None:
    run = Run(TableLearner, DataLoaderConfig(workers=1, epochs=100_000))
    run.start()
    run.play()
    until(lambda: run.state is State.PLAYING and bool(multiprocessing.active_children()))
    run.close()
    assert run.state is State.STOPPED
    assert multiprocessing.active_children() == []


def steps_of(turns: Iterator[Step | Rest], count: int) -> list[float]:
    """Return the losses of the next steps; an epoch has 14."""
    steps = (turn for turn in turns if isinstance(turn, Step))
    return [step.loss.item() for step in islice(steps, count)]


def test_a_worker_that_is_late_is_waited_for_and_one_that_dies_between_two_epochs_is_not() -> None:
    """On an overloaded machine a worker may stall for several times the timeout."""
    trainer = made(2, epochs=3)
    turns = trainer.turns()
    losses = steps_of(turns, 14)
    pid = trainer.crew._workers[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    going_on = threading.Timer(8 * PATIENCE, os.kill, (pid, signal.SIGCONT))
    going_on.start()
    losses += steps_of(turns, 14)
    going_on.join()
    assert losses == [step.loss.item() for step in made(0).steps()]
    trainer.crew._workers[0].kill()
    with pytest.raises(RuntimeError, match="worker"):
        list(turns)
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_worker_that_dies_in_an_epoch_is_an_error_and_not_a_wait() -> None:
    turns = made(1).turns()
    steps_of(turns, 1)
    (child,) = multiprocessing.active_children()
    child.kill()
    with pytest.raises(RuntimeError, match="worker"):
        list(turns)
    assert multiprocessing.active_children() == []
