"""One trainer in one worker thread: play, pause, step, stop, pace; knows no screen."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import torch

from engine import device as devices
from engine.config import Config, Setting
from engine.frame import Frame, Memory, State
from engine.history import Diverged, History
from engine.trainer import Step, Trainer

log = logging.getLogger(__name__)

_generator = threading.Lock()
"""Held by the run that trains: torch's random numbers are one stream for the whole process."""
_live: weakref.WeakSet[Run] = weakref.WeakSet()

RATE_WINDOW = 2.0
"""Seconds over which the steps per second are measured."""


class Run:
    """Drives a trainer in a thread of its own.

    The trainer is made in that thread and never leaves it. Outside, there is one frozen
    `Frame`, replaced as a whole; a new one is made only when the state changes or when
    `request` asked for it, so that whoever watches sets the price of watching.
    """

    def __init__(
        self,
        trainer: type[Trainer[Any]],
        config: Config,
        device: str = "cpu",
        pace: float | None = None,
    ) -> None:
        """Prepare a run; `pace` is in steps a second, and None means as fast as it goes."""
        self._trainer_type = trainer
        self._config = config
        self._device = device
        self._pace = pace
        self._changed = threading.Condition()
        self._state = State.READY
        self._granted = 0
        self._stopping = False
        self._wanted = False
        self._adjustments: deque[tuple[str, Setting]] = deque()
        self._changed_settings: set[str] = set()
        self._due = 0.0
        self._step: Step | None = None
        self._message = ""
        self._memory: tuple[float, Memory | None] = (float("-inf"), None)
        self._marks: deque[tuple[float, int]] = deque()
        self._history = History(batch=1 if device == "cpu" else 64)
        self._frame = Frame(State.READY, asdict(config), self._history.snapshot())
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)
        _live.add(self)

    # What the screen calls: nothing here waits for the training, but `close`.

    @property
    def frame(self) -> Frame:
        """The newest look at the run."""
        return self._frame

    @property
    def pace(self) -> float | None:
        """Steps a second, or None for as fast as it goes."""
        return self._pace

    @pace.setter
    def pace(self, pace: float | None) -> None:
        with self._changed:
            self._pace, self._due = pace, 0.0
            self._changed.notify()

    def start(self) -> None:
        """Make the trainer, and wait there, ready, until told to play or to step."""
        self._thread.start()

    def play(self) -> None:
        """Train on, at the pace."""
        self._move(State.PLAYING)

    def pause(self) -> None:
        """Stop after the step that is now being made."""
        self._move(State.PAUSED)

    def step(self) -> None:
        """Make one step, and pause."""
        with self._changed:
            self._granted += not self._state.ended
        self._move(State.PAUSED)

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live setting from the next step on.

        Raises:
            ValueError: the value is not allowed; nothing changes.
        """
        if name not in self._trainer_type.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self._config.but(name, value)
        with self._changed:
            self._adjustments.append((name, value))
            self._changed.notify()

    def request(self) -> None:
        """Ask for a new frame; it comes within a step."""
        with self._changed:
            self._wanted = True
            self._changed.notify()

    def stop(self) -> None:
        """Ask the training to end after this step."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def close(self) -> None:
        """Stop, and wait until the thread has ended."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()

    def _move(self, state: State) -> None:
        with self._changed:
            if not self._state.ended:
                self._state, self._wanted, self._due = state, True, 0.0
                self._marks.clear()
            self._changed.notify()

    # What the thread does.

    def _work(self) -> None:
        while not _generator.acquire(timeout=0.05):
            if self._stopping:
                return
        try:
            # A tiny model trains twice as fast on one thread as on all of them.
            torch.set_num_threads(1)
            self._train(self._trainer_type(self._config, torch.device(self._device)))
        except Exception as error:
            log.exception("the training failed")
            self._end(None, State.FAILED, f"{type(error).__name__}: {error}")
        finally:
            _generator.release()

    def _train(self, trainer: Trainer[Any]) -> None:
        self._publish(trainer)
        try:
            self._drive(trainer, trainer.steps())
            self._history.flush()
        except Diverged as diverged:
            self._end(trainer, State.DIVERGED, str(diverged))
        else:
            self._end(trainer, State.STOPPED if self._stopping else State.FINISHED)

    def _drive(self, trainer: Trainer[Any], steps: Iterator[Step]) -> None:
        while self._may_step(trainer):
            step = next(steps, None)
            if step is None:
                return
            self._step = step
            self._history.add(step.loss)

    def _may_step(self, trainer: Trainer[Any]) -> bool:
        """Wait for the turn of the next step; serve the screen meanwhile. False: stop."""
        while True:
            if self._wanted or self._adjustments:
                self._serve(trainer)
            with self._changed:
                if self._stopping:
                    return False
                if self._wanted or self._adjustments:
                    continue
                seconds = self._seconds_to_go()
                if seconds == 0:
                    return True
                self._changed.wait(seconds)

    def _seconds_to_go(self) -> float | None:
        """How long until the next step: 0 is now, None is when somebody says so."""
        if self._granted:
            self._granted -= 1
            self._wanted = True
            return 0
        if self._state is not State.PLAYING:
            return None
        if self._pace is None:
            return 0
        now = time.monotonic()
        if now < self._due:
            return self._due - now
        # A late step is not made up for by a hurried one.
        self._due = max(self._due + 1 / self._pace, now)
        return 0

    def _serve(self, trainer: Trainer[Any]) -> None:
        while self._adjustments:
            name, value = self._adjustments.popleft()
            trainer.adjust(name, value)
            self._changed_settings.add(name)
        self._wanted = False
        self._history.flush()
        self._publish(trainer)

    def _end(self, trainer: Trainer[Any] | None, state: State, message: str = "") -> None:
        with self._changed:
            self._state, self._message = state, message
        self._publish(trainer)

    def _publish(self, trainer: Trainer[Any] | None) -> None:
        frame = replace(
            self._frame,
            state=self._state,
            changed=frozenset(self._changed_settings),
            history=self._history.snapshot(),
            step=self._history.steps,
            epoch=self._step.epoch if self._step else 0,
            loss=self._history.loss,
            rate=self._rate(),
            memory=self._memory_now(),
            message=self._message,
        )
        if trainer is not None:
            frame = replace(
                frame,
                settings=asdict(trainer.config),
                picture=trainer.picture(),
                equations=trainer.equations(self._step),
                parameters=trainer.parameters(),
            )
        self._frame = frame

    def _rate(self) -> float | None:
        """Steps a second over the last two seconds of playing."""
        if self._state is not State.PLAYING:
            return None
        now = time.monotonic()
        self._marks.append((now, self._history.steps))
        while len(self._marks) > 2 and self._marks[1][0] < now - RATE_WINDOW:
            self._marks.popleft()
        began, steps = self._marks[0]
        return (self._history.steps - steps) / (now - began) if now > began else None

    def _memory_now(self) -> Memory | None:
        now = time.monotonic()
        if now - self._memory[0] >= 1:
            self._memory = (now, devices.memory(self._device))
        return self._memory[1]


def close_all() -> None:
    """Stop every run that still lives and wait for its thread: the last thing a program does."""
    for run in list(_live):
        run.close()


def train(trainer: Trainer[Any], history: History, stop: Callable[[], bool]) -> Iterator[Step]:
    """Train without a screen: yield every step, until the end or until `stop` says so.

    Raises:
        Diverged: the loss is no longer finite.
    """
    for step in trainer.steps():
        history.add(step.loss)
        yield step
        if stop():
            return
    history.flush()
