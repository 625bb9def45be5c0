"""`Run`: one trainer in one worker thread, which takes commands and publishes frames."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import torch

from engine import device as devices
from engine.config import Change, Config, Setting
from engine.equations import Equation
from engine.frame import Frame, Memory, State
from engine.history import Diverged, History
from engine.trainer import Phase, Rest, Step, Trainer
from engine.turns import Turn, Turns, close_all, open_runs

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without it Python writes the traceback to the screen

RATE_WINDOW = 2.0
"""The time in seconds over which steps per second are measured."""
EVALUATED = frozenset({"check", "validation", "test", "save"})
"""The phases of equations that hold evaluation results, which may be newer than the step."""

THREADS = 1
"""The number of PyTorch threads of every training: the last bits of a loss depend on it, so it must
not depend on the machine. A tiny model trains twice as fast on one thread as on all."""

_generator = threading.Lock()
"""Held by the run that trains: torch has one random number stream for the whole process."""


class Run(Turns):
    """A trainer that runs in its own thread.

    The trainer is created in that thread and never leaves it. Other threads see one frozen `Frame`,
    which is replaced as a whole, and only when the state changes or `request` is called, so that
    the observer decides how much time frames cost.
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
        return self._recorder.frame

    @property
    def adjusting(self) -> bool:
        """Whether a change made by `adjust` is still to come and not in the frame yet."""
        return bool(self._adjustments) and not self.state.ended

    def start(self) -> None:
        """Create the trainer in its thread, which then waits for `play` or `step`."""
        _close_with_the_main_thread()
        self._thread.start()

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live setting from the next step on; after the end this does nothing.

        Raises:
            ValueError: the value is not allowed; nothing changes.
        """
        if name not in self._trainer_type.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self._config.adjusted(name, value)
        self._adjustments.append((name, value))
        self.request()

    def close(self) -> None:
        """Stop, and wait for the thread to end."""
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
            torch.set_num_threads(THREADS)
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
        """Take turns until the training ends, and return its final state."""
        while (turn := self.next_turn()) is not Turn.STOP:
            if turn is Turn.SERVE:
                self._recorder.history.flush()
                asked = [self._adjustments[place] for place in range(len(self._adjustments))]
                self._recorder.adjust(trainer, asked)
                self._recorder.show(trainer, self.state)
                for _ in asked:  # only now, for `adjusting`
                    self._adjustments.popleft()
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
    """The losses of one training run, and the newest frame.

    Adding a step is cheap; making a frame is not, because the picture, the equations and the
    parameters are read from the device.
    """

    def __init__(self, config: Config, device: str) -> None:
        self.history = History(batch=1 if device == "cpu" else 64)
        self._device = device
        self._initial: Mapping[str, Setting] = asdict(config)
        self._changes: tuple[Change, ...] = ()
        self._next = 1
        """The step that a setting changed now counts from."""
        self._step: Step | None = None
        self._made: Step | Phase | None = None
        """The step or phase that the equations explain."""
        self._explained: Step | Phase | None = None
        self._equations: tuple[Equation, ...] = ()
        self._marks: deque[tuple[float, int]] = deque()
        self._memory: tuple[float, Memory | None] = (float("-inf"), None)
        self.frame = Frame(
            State.READY, self._initial, self.history.snapshot(), initial=self._initial
        )
        """The newest frame, replaced as a whole."""

    def add(self, step: Step) -> None:
        """Record a step; raises `Diverged` as `History.add` does."""
        self._step = self._made = step
        self._next = step.step + 1
        self.history.add(step.loss)

    def add_phase(self, phase: Phase) -> None:
        """Record a part of an update, so that the equations explain it."""
        self._made = phase
        self._next += phase.updated

    def adjust(self, trainer: Trainer[Any], adjustments: list[tuple[str, Setting]]) -> None:
        """Change live settings, and record from which step on."""
        self._explain(trainer)
        for name, value in adjustments:
            trainer.adjust(name, value)
            self._record(Change(name, getattr(trainer.config, name), self._next))

    def _record(self, new: Change) -> None:
        """Add a change; it replaces one of the same setting from the same step on."""
        if new.step == 1:
            self._initial = {**self._initial, new.name: new.value}
            return
        others = [one for one in self._changes if (one.name, one.step) != (new.name, new.step)]
        values = [one.value for one in others if one.name == new.name]
        before = values[-1] if values else self._initial[new.name]
        self._changes = (*others, new) if new.value != before else tuple(others)

    def show(self, trainer: Trainer[Any], state: State, message: str = "") -> None:
        """Publish a complete frame."""
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
        """Publish a last frame without reading the trainer or the device, so that it cannot
        fail."""
        self.frame = self._progress(state, message)

    def _progress(self, state: State, message: str) -> Frame:
        """Return the last frame with a new state and the losses so far."""
        return replace(
            self.frame,
            state=state,
            history=self.history.snapshot(),
            initial=self._initial,
            changes=self._changes,
            step=self.history.steps,
            phase=self._made.name if isinstance(self._made, Phase) else "",
            epoch=self._made.epoch if self._made else 0,
            loss=self.history.loss,
            rate=None,
            message=message,
        )

    def _explain(self, trainer: Trainer[Any]) -> tuple[Equation, ...]:
        """Return the equations of the last step or phase.

        They are computed once per step, because a learning rate changed later does not belong to
        it; evaluation results are always the newest.
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
        """Return the steps per second over the last seconds of playing."""
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
    """Start a thread, once, that closes every run when the main thread ends for any reason.

    At exit Python waits for every non-daemon thread: without this, a program that fails during a
    training would wait for all remaining epochs, or forever if the run is paused.
    """

    def wait() -> None:
        threading.main_thread().join()
        close_all()

    threading.Thread(target=wait, name="closing", daemon=False).start()


def warm_up() -> None:
    """Load the parts of PyTorch that it otherwise loads with the first optimizer.

    Creating an optimizer imports the compiler, `torch._dynamo`, which takes a second
    (`torch/_compile.py`). Without this the first training would start a second later.
    """
    torch.optim.SGD([torch.zeros(1)])


def train(
    trainer: Trainer[Any],
    history: History,
    stop: Callable[[], bool],
    changes: Iterable[Change] = (),
) -> Iterator[Step]:
    """Train without a screen: yield every step until the end or until `stop` returns True.

    Args:
        changes: settings that change on the way, each after step 1.

    Raises:
        Diverged: the loss is no longer finite.
    """
    to_come = deque(sorted(changes, key=lambda change: change.step))
    for made in trainer.turns():
        if isinstance(made, Step):
            history.add(made.loss)
            yield made
            while to_come and to_come[0].step <= made.step + 1:
                change = to_come.popleft()
                trainer.adjust(change.name, change.value)
        if stop():
            break
    history.flush()


def describe(error: Exception) -> str:
    """Return an error message: the text of an engine error, or the type and text of any other."""
    name = type(error)
    return str(error) if name.__module__.startswith("engine.") else f"{name.__name__}: {error}"
