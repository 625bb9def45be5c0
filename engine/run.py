"""One trainer in one worker thread: takes commands and publishes frames."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import torch

from engine import device as devices
from engine.config import Config, Setting
from engine.equations import Equation
from engine.frame import Frame, Memory, State
from engine.history import Diverged, History
from engine.trainer import Phase, Rest, Step, Trainer
from engine.turns import Turn, Turns, close_all, open_runs

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # else Python writes the traceback across the screen

RATE_WINDOW = 2.0
"""Seconds over which the steps per second are measured."""
EVALUATED = frozenset({"check", "validation", "test", "save"})
"""The phases of equations with the result of an evaluation, which may come after the step."""

_generator = threading.Lock()
"""Held by the run that trains: torch's random numbers are one stream for the whole process."""
_most_threads = torch.get_num_threads()
"""PyTorch's own choice, before anything sets it: one a core, or `OMP_NUM_THREADS`."""


class Run(Turns):
    """Drives a trainer in a thread of its own.

    The trainer is made in that thread and never leaves it. Outside there is one frozen `Frame`,
    replaced as a whole. A new one is made only when the state changes or when `request` asked
    for it, so the observer decides what observing costs.
    """

    def __init__(
        self,
        trainer: type[Trainer[Any]],
        config: Config,
        device: str = "cpu",
        pace: float | None = None,
    ) -> None:
        """Prepare a run; `pace` is in steps a second, and None means as fast as possible."""
        super().__init__(pace)
        self._trainer_type = trainer
        self._config = config
        self._device = device
        self._adjustments: deque[tuple[str, Setting]] = deque()
        self._recorder = Recorder(config, device)
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)
        open_runs.add(self)

    @property
    def frame(self) -> Frame:
        """The newest frame."""
        return self._recorder.frame

    def start(self) -> None:
        """Make the trainer, and wait there, ready, until told to play or to step."""
        _close_with_the_main_thread()
        self._thread.start()

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live setting from the next step on; after the end, nothing happens.

        Raises:
            ValueError: the value is not allowed; nothing changes.
        """
        if name not in self._trainer_type.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self._config.adjusted(name, value)
        self._adjustments.append((name, value))
        self.request()

    def close(self) -> None:
        """Stop, and wait until the thread has ended."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()

    # In the worker thread.

    def _work(self) -> None:
        while not _generator.acquire(timeout=0.05):
            if self.stopping:
                self._recorder.show_end(State.STOPPED)
                self.end(State.STOPPED)
                return
        try:
            torch.set_num_threads(threads_for(self._trainer_type))
            self._train(self._trainer_type(self._config, torch.device(self._device)))
        except Exception as error:
            log.exception("the training failed")
            self._recorder.show_end(State.FAILED, describe(error))
            self.end(State.FAILED)
        finally:
            _generator.release()

    def _train(self, trainer: Trainer[Any]) -> None:
        self._recorder.show(trainer, self.state)
        message = ""
        try:
            state = self._drive(trainer, trainer.turns())
            self._recorder.history.flush()
            message = trainer.ending if state is State.FINISHED else ""
        except Diverged as diverged:
            state, message = State.DIVERGED, str(diverged)
        self._recorder.show(trainer, state, message)
        self.end(state)

    def _drive(self, trainer: Trainer[Any], turns: Iterator[Step | Phase | Rest]) -> State:
        """Take turn after turn; returns how the training ended."""
        while (turn := self.next_turn()) is not Turn.STOP:
            if turn is Turn.SERVE:
                self._recorder.history.flush()
                asked = [self._adjustments.popleft() for _ in range(len(self._adjustments))]
                self._recorder.adjust(trainer, asked)
                self._recorder.show(trainer, self.state)
                continue
            made = next(turns, None)
            if made is None:
                return State.FINISHED
            if isinstance(made, Step):
                self._recorder.add(made)
            elif isinstance(made, Phase):
                self._recorder.add_phase(made)
            else:
                self.repeat_turn()
        return State.STOPPED


class Recorder:
    """Keeps the losses of one training, and makes a new `frame` when asked.

    Adding a step is cheap. A frame is not: the picture, the equations and the parameters are
    read from the device.
    """

    def __init__(self, config: Config, device: str) -> None:
        self.history = History(batch=1 if device == "cpu" else 64)
        self._device = device
        self._changed: dict[str, tuple[int, Setting]] = {}
        self._step: Step | None = None
        self._made: Step | Phase | None = None
        """What the equations have to explain."""
        self._explained: Step | Phase | None = None
        self._equations: tuple[Equation, ...] = ()
        self._marks: deque[tuple[float, int]] = deque()
        self._memory: tuple[float, Memory | None] = (float("-inf"), None)
        self.frame = Frame(State.READY, asdict(config), self.history.snapshot())
        """The newest frame, replaced as a whole."""

    def add(self, step: Step) -> None:
        """Take the step that was just made; raises `Diverged` as `History.add` does."""
        self._step = self._made = step
        self.history.add(step.loss)

    def add_phase(self, phase: Phase) -> None:
        """Take the part of an update that was just made: the equations follow it."""
        self._made = phase

    def adjust(self, trainer: Trainer[Any], adjustments: list[tuple[str, Setting]]) -> None:
        """Change live settings, and remember which were changed during the run."""
        self._explain(trainer)
        for name, value in adjustments:
            before = getattr(trainer.config, name)
            trainer.adjust(name, value)
            # A change before the first step belongs to the start of the run.
            if self._step is not None and getattr(trainer.config, name) != before:
                self._changed.setdefault(name, (self._step.step, before))

    def show(self, trainer: Trainer[Any], state: State, message: str = "") -> None:
        """Make a frame of everything."""
        self.frame = replace(
            self._progress(state, message),
            settings=asdict(trainer.config),
            picture=trainer.picture(),
            equations=self._explain(trainer),
            parameters=trainer.parameters(),
            rate=self._rate(state),
            memory=self._memory_now(),
            task=trainer.task,
            note=trainer.note,
        )

    def show_end(self, state: State, message: str = "") -> None:
        """Make a last frame without reading trainer or device, so that nothing can fail."""
        self.frame = self._progress(state, message)

    def _progress(self, state: State, message: str) -> Frame:
        """The last frame with a new state and the losses so far."""
        return replace(
            self.frame,
            state=state,
            history=self.history.snapshot(),
            changed=dict(self._changed),
            step=self.history.steps,
            epoch=self._made.epoch if self._made else 0,
            loss=self.history.loss,
            rate=None,
            message=message,
        )

    def _explain(self, trainer: Trainer[Any]) -> tuple[Equation, ...]:
        """The equations of the last step or part of one.

        They are made once, since a rate changed later is not theirs; but the results of an
        evaluation are always the newest.
        """
        now = trainer.equations(self._step)
        if self._made is not None and self._made is self._explained:
            found = iter([line for line in now if line.phase in EVALUATED])
            now = tuple(
                next(found, line) if line.phase in EVALUATED else line for line in self._equations
            )
        self._equations, self._explained = now, self._made
        return now

    def _rate(self, state: State) -> float | None:
        """Steps a second over the last seconds of playing."""
        if state is not State.PLAYING:
            self._marks.clear()
            return None
        now = time.monotonic()
        self._marks.append((now, self.history.steps))
        while len(self._marks) > 2 and self._marks[1][0] < now - RATE_WINDOW:
            self._marks.popleft()
        began, steps = self._marks[0]
        return (self.history.steps - steps) / (now - began) if now > began else None

    def _memory_now(self) -> Memory | None:
        now = time.monotonic()
        if now - self._memory[0] >= 1:
            self._memory = (now, devices.memory(self._device))
        return self._memory[1]


@functools.cache
def _close_with_the_main_thread() -> None:
    """Start, once, a thread that closes every run when the main thread ends in any way.

    At exit Python waits for every thread that is not a daemon: without this, a program that
    fails during a training waits for all of its epochs, or forever where the run is paused.
    """

    def wait() -> None:
        threading.main_thread().join()
        close_all()

    threading.Thread(target=wait, name="closing", daemon=False).start()


def threads_for(trainer: type[Trainer[Any]]) -> int:
    """How many threads PyTorch uses for this training: at most half of the cores.

    The threads of one operation wait for the slowest of them in a busy loop. Where another
    program, or the screen, occupies one of their cores, a step takes ten times as long.
    """
    return max(1, min(trainer.threads, _most_threads // 2))


def warm_up() -> None:
    """Load now what PyTorch otherwise loads with the first optimizer.

    That imports the compiler, `torch._dynamo`, which takes a second (`torch/_compile.py`).
    Nothing here compiles, but the first training would start that much later.
    """
    torch.optim.SGD([torch.zeros(1)])


def train(trainer: Trainer[Any], history: History, stop: Callable[[], bool]) -> Iterator[Step]:
    """Train without a screen: yield every step, until the end or until `stop` returns True.

    Raises:
        Diverged: the loss is no longer finite.
    """
    for made in trainer.turns():
        if isinstance(made, Step):
            history.add(made.loss)
            yield made
        if stop():
            break
    history.flush()


def describe(error: Exception) -> str:
    """What went wrong: the engine's own errors are sentences; others need their type's name."""
    name = type(error)
    return str(error) if name.__module__.startswith("engine.") else f"{name.__name__}: {error}"
