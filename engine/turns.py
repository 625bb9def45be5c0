"""The scheduler of a training run: play, pause, single steps, pace and stop."""

from __future__ import annotations

import threading
import time
import weakref
from enum import Enum, auto

from engine.frame import State


class Turn(Enum):
    """The next action of the training thread."""

    STEP = auto()
    SERVE = auto()
    """Apply changed settings and publish a frame."""
    STOP = auto()


class Turns:
    """The scheduler of one training run.

    The public methods return at once and may be called from any thread, except `next_turn`,
    `repeat_turn` and `end`, which only the training thread calls.
    """

    def __init__(self, pace: float | None = None) -> None:
        """Set the pace in steps a second; None means as fast as possible."""
        self._changed = threading.Condition()
        self._pace = _checked(pace)
        self._state = State.READY
        self._single_steps = 0
        self._single = False
        """Whether the last turn was a single step and no method has been called since."""
        self._first = False
        """Whether the next step is the first after `play`; its frame is published at once."""
        self._serve = False
        self._stop = False
        self._due = 0.0
        self._resting = False
        self._free = False
        """Whether the run plays at full speed and nothing else is pending: a step then only reads
        this flag and takes no lock. Every public method clears it."""

    @property
    def state(self) -> State:
        """The current state; a frame may be one step older until this state is an ended one."""
        return self._state

    @property
    def resting(self) -> bool:
        """Whether the newest frame stays the newest until a method is called."""
        return self._resting or self._state.ended

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stop

    @property
    def pace(self) -> float | None:
        """The pace in steps a second; None is as fast as possible. 0 or less is a `ValueError`."""
        return self._pace

    @pace.setter
    def pace(self, pace: float | None) -> None:
        with self._changed:
            self._pace, self._due = _checked(pace), 0.0
            self._wake()

    def play(self) -> None:
        """Continue the training at the pace."""
        with self._changed:
            self._first = True
            self._move(State.PLAYING)

    def pause(self) -> None:
        """Pause after the current step."""
        with self._changed:
            self._single_steps, self._single = 0, False
            self._move(State.PAUSED)

    def step(self) -> None:
        """Make one step, then pause."""
        with self._changed:
            self._single_steps += 1
            self._move(State.PAUSED)

    def request(self) -> None:
        """Request a new frame; it is published within a step."""
        with self._changed:
            self._serve = True
            self._wake()

    def stop(self) -> None:
        """Request the end of the training after the current step."""
        with self._changed:
            self._stop = True
            self._wake()

    def close(self) -> None:
        """Stop; a subclass with a thread also waits for the thread to end."""
        self.stop()

    def next_turn(self) -> Turn:
        """Wait for the next turn."""
        if self._free:
            return Turn.STEP
        with self._changed:
            while True:
                if self._stop:
                    return Turn.STOP
                if self._serve:
                    self._serve = False
                    return Turn.SERVE
                seconds = self._seconds_to_go()
                if seconds == 0:
                    return Turn.STEP
                self._resting = seconds is None
                self._changed.wait(seconds)

    def repeat_turn(self) -> None:
        """Do not count the last turn: the trainer made no step in it."""
        with self._changed:
            self._due = 0.0
            self._single_steps += self._single

    def end(self, state: State) -> None:
        """Set a final state."""
        with self._changed:
            self._state = state
            self._free = False

    def _move(self, state: State) -> None:
        if not self._state.ended:
            self._state, self._serve, self._due = state, True, 0.0
        self._wake()

    def _wake(self) -> None:
        self._free = self._resting = False
        self._changed.notify()

    def _seconds_to_go(self) -> float | None:
        """Return the seconds until the next step; None if it needs a method call first."""
        self._single = self._single_steps > 0
        if self._single:
            self._single_steps -= 1
            self._serve = True
            return 0
        if self._state is not State.PLAYING:
            return None
        if self._first:
            self._first, self._serve = False, True
        if self._pace is None:
            self._free = not self._serve
            return 0
        now = time.monotonic()
        if now < self._due:
            return min(self._due - now, threading.TIMEOUT_MAX)
        # A step that is a little late does not delay the next one; longer delays are not made up.
        period = 1 / self._pace
        self._due = (self._due if now < self._due + period else now) + period
        return 0


def _checked(pace: float | None) -> float | None:
    if pace is not None and not pace > 0:
        raise ValueError(f"a pace of {pace} steps a second is not allowed: it must be above 0")
    return pace


open_runs: weakref.WeakSet[Turns] = weakref.WeakSet()
"""The runs whose threads may still be alive, for `close_all`."""


def close_all() -> None:
    """Stop every run and wait for its thread; called at the end of the program."""
    runs = list(open_runs)
    for run in runs:
        run.stop()
    for run in runs:
        run.close()
