"""Helpers to start runs and wait for their frames."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.config import Config
from engine.frame import Frame
from engine.run import Run
from engine.trainer import Trainer
from engine.turns import close_all
from tests.engine.small_trainers import Counting, CountingConfig

PATIENCE = 180.0
"""Seconds after which waiting for a condition fails."""

Start = Callable[..., Run]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "this never came to be"
        time.sleep(0.001)


def look(run: Run) -> Frame:
    """Request a frame and wait for it."""
    before = run.frame
    run.request()
    until(lambda: run.frame is not before)
    return run.frame


def finish(run: Run) -> Frame:
    """Wait for the end of the run and its thread, and return the last frame."""
    until(lambda: run.frame.state.ended)
    run.close()
    return run.frame


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that creates and starts a run, by default with a `Counting` trainer."""

    def make(
        trainer: type[Trainer[Any]] = Counting, config: Config | None = None, **options: Any
    ) -> Run:
        run = Run(trainer, config if config is not None else CountingConfig(), **options)
        run.start()
        return run

    Counting.made.clear()
    yield make
    close_all()
