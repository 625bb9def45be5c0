"""What a run has done so far, and the frames that show it; knows no thread and no screen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from engine import device as devices
from engine.config import Config, Setting
from engine.equations import Equation
from engine.frame import Frame, Memory, State
from engine.history import History
from engine.trainer import Step, Trainer

RATE_WINDOW = 2.0
"""Seconds over which the steps per second are measured."""
TESTED = frozenset({"test", "save"})
"""The phases of the equations that say what a test found out. It may come after the step."""


class Recorder:
    """Notes every step of one training, and makes a new `frame` when it is told to.

    Noting is cheap and making a frame is not: the picture, the equations and the parameters
    are read from the device.
    """

    def __init__(self, config: Config, device: str) -> None:
        self._device = device
        self._history = History(batch=1 if device == "cpu" else 64)
        self._changed: set[str] = set()
        self._step: Step | None = None
        self._explained: Step | None = None
        self._equations: tuple[Equation, ...] = ()
        self._marks: deque[tuple[float, int]] = deque()
        self._memory: tuple[float, Memory | None] = (float("-inf"), None)
        self.frame = Frame(State.READY, asdict(config), self._history.snapshot())
        """The newest look at the run, replaced as a whole."""

    def note(self, step: Step) -> None:
        """Take the step that was just made; raises `Diverged` as `History.add` does."""
        self._step = step
        self._history.add(step.loss)

    def flush(self) -> None:
        """Read the losses that still wait on their device; raises `Diverged` as `note` does."""
        self._history.flush()

    def adjust(self, trainer: Trainer[Any], adjustments: Iterable[tuple[str, Setting]]) -> None:
        """Change live settings, and remember which were changed on the way."""
        self._explain(trainer)
        for name, value in adjustments:
            before = getattr(trainer.config, name)
            trainer.adjust(name, value)
            # What is changed before the first step is how the run began: no change on the way.
            if self._step is not None and getattr(trainer.config, name) != before:
                self._changed.add(name)

    def show(self, trainer: Trainer[Any], state: State, message: str = "") -> None:
        """Make a frame of everything; at the end, with what the last test found out."""
        equations = self._explain(trainer)
        if state is State.FINISHED:
            equations = self._told_last(trainer)
        self.frame = replace(
            self._progress(state, message),
            settings=asdict(trainer.config),
            picture=trainer.picture(),
            equations=equations,
            parameters=trainer.parameters(),
            rate=self._rate(state),
            memory=self._memory_now(),
            task=trainer.task,
            note=trainer.note,
        )

    def show_end(self, state: State, message: str = "") -> None:
        """Make a frame without a trainer or a device to ask: nothing here can fail."""
        self.frame = self._progress(state, message)

    def _progress(self, state: State, message: str) -> Frame:
        """The last frame with what is known here: the state and the losses."""
        return replace(
            self.frame,
            state=state,
            history=self._history.snapshot(),
            changed=frozenset(self._changed),
            step=self._history.steps,
            epoch=self._step.epoch if self._step else 0,
            loss=self._history.loss,
            rate=None,
            message=message,
        )

    def _explain(self, trainer: Trainer[Any]) -> tuple[Equation, ...]:
        """The equations of the last step, written once: a rate that changed since is not theirs."""
        if self._step is None or self._step is not self._explained:
            self._equations, self._explained = trainer.equations(self._step), self._step
        return self._equations

    def _told_last(self, trainer: Trainer[Any]) -> tuple[Equation, ...]:
        """The equations of the last step, and of the test behind it: no step will tell of that."""
        now = trainer.equations(self._step)
        tested = {line.formula: line for line in now if line.phase in TESTED}
        return tuple(tested.get(line.formula, line) for line in self._equations)

    def _rate(self, state: State) -> float | None:
        """Steps a second over the last seconds of playing."""
        if state is not State.PLAYING:
            self._marks.clear()
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
