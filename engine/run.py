"""One trainer in one worker thread, and how it is told what to do; knows no screen."""

from __future__ import annotations

import functools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import torch

from engine import live
from engine.config import Config, Setting
from engine.frame import Frame, State
from engine.history import Diverged, History
from engine.recorder import Recorder
from engine.trainer import Rest, Stage, Step, Trainer
from engine.turns import Turn, Turns

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # else Python writes the traceback across the screen

_generator = threading.Lock()
"""Held by the run that trains: torch's random numbers are one stream for the whole process."""
_most_threads = torch.get_num_threads()
"""What PyTorch takes of itself, before anybody has set it: one a core, or `OMP_NUM_THREADS`."""


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
        self._turns = Turns(pace)
        self._adjustments: deque[tuple[str, Setting]] = deque()
        self._recorder = Recorder(config, device)
        self._thread = threading.Thread(target=self._work, name="training", daemon=False)
        live.add(self)

    # What the screen calls: nothing here waits for the training, but `close`.

    @property
    def frame(self) -> Frame:
        """The newest look at the run."""
        return self._recorder.frame

    @property
    def state(self) -> State:
        """Where the run stands now; a frame may be a step behind, but not once this has ended."""
        return self._turns.state

    @property
    def resting(self) -> bool:
        """Whether this frame stays the newest until somebody tells the run something."""
        return self._turns.resting

    @property
    def pace(self) -> float | None:
        """Steps a second, or None for as fast as it goes; 0 or less is a `ValueError`."""
        return self._turns.pace

    @pace.setter
    def pace(self, pace: float | None) -> None:
        self._turns.pace = pace

    def start(self) -> None:
        """Make the trainer, and wait there, ready, until told to play or to step."""
        _close_with_the_main_thread()
        self._thread.start()

    def play(self) -> None:
        """Train on, at the pace."""
        self._turns.play()

    def pause(self) -> None:
        """Stop after the step that is now being made."""
        self._turns.pause()

    def step(self) -> None:
        """Make one step, and pause."""
        self._turns.step()

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live setting from the next step on; after the end, nothing happens.

        Raises:
            ValueError: the value is not allowed; nothing changes.
        """
        if name not in self._trainer_type.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self._config.adjusted(name, value)
        self._adjustments.append((name, value))
        self._turns.serve()

    def request(self) -> None:
        """Ask for a new frame; it comes within a step."""
        self._turns.serve()

    def stop(self) -> None:
        """Ask the training to end after this step."""
        self._turns.stop()

    def close(self) -> None:
        """Stop, and wait until the thread has ended."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()

    # What the thread does.

    def _work(self) -> None:
        while not _generator.acquire(timeout=0.05):
            if self._turns.stopping:
                self._end(State.STOPPED)
                return
        try:
            torch.set_num_threads(threads_for(self._trainer_type))
            self._train(self._trainer_type(self._config, torch.device(self._device)))
        except Exception as error:
            log.exception("the training failed")
            self._end(State.FAILED, in_words(error))
        finally:
            _generator.release()

    def _train(self, trainer: Trainer[Any]) -> None:
        self._recorder.show(trainer, self._turns.state)
        message = ""
        try:
            state = self._drive(trainer, trainer.turns())
            self._recorder.flush()
        except Diverged as diverged:
            state, message = State.DIVERGED, str(diverged)
        self._recorder.show(trainer, state, message)
        self._turns.end(state)

    def _drive(self, trainer: Trainer[Any], turns: Iterator[Step | Stage | Rest]) -> State:
        """Take turn after turn; returns how the training ended."""
        while (turn := self._turns.next()) is not Turn.STOP:
            if turn is Turn.SERVE:
                self._serve(trainer)
                continue
            made = next(turns, None)
            if made is None:
                return State.FINISHED
            if isinstance(made, Step):
                self._recorder.note(made)
            elif isinstance(made, Rest):
                self._turns.again()
        return State.STOPPED

    def _serve(self, trainer: Trainer[Any]) -> None:
        """Change what was asked to change, and show how things are."""
        self._recorder.flush()
        asked = [self._adjustments.popleft() for _ in range(len(self._adjustments))]
        self._recorder.adjust(trainer, asked)
        self._recorder.show(trainer, self._turns.state)

    def _end(self, state: State, message: str = "") -> None:
        self._recorder.show_end(state, message)
        self._turns.end(state)


@functools.cache
def _close_with_the_main_thread() -> None:
    """Once: see to it that the main thread, however it ends, takes every run with it.

    Python waits at its exit for every thread that is not daemon. A program that falls over in
    the middle of a training would wait for all of its epochs, or forever where it is paused.
    """

    def wait() -> None:
        threading.main_thread().join()
        live.close_all()

    threading.Thread(target=wait, name="closing", daemon=False).start()


def threads_for(trainer: type[Trainer[Any]]) -> int:
    """How many threads PyTorch shall use for this training: on at most half of the cores.

    The threads of one operation wait for the slowest of them, and they wait by counting. Where
    another program, or the screen, has one of their cores, a step takes ten times as long.
    """
    return max(1, min(trainer.threads, _most_threads // 2))


def warm_up() -> None:
    """Load now what PyTorch puts off until the first optimizer is made, in any thread.

    Making it imports `torch._dynamo`, the compiler, which takes a second (`torch/_compile.py`).
    Nothing here compiles, but without this the first training would start that much later.
    """
    torch.optim.SGD([torch.zeros(1)])


def train(trainer: Trainer[Any], history: History, stop: Callable[[], bool]) -> Iterator[Step]:
    """Train without a screen: yield every step, until the end or until `stop` says so.

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


def in_words(error: Exception) -> str:
    """What went wrong: the engine's own errors are sentences, of others the name tells more."""
    name = type(error)
    return str(error) if name.__module__.startswith("engine.") else f"{name.__name__}: {error}"
