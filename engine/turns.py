"""When the next step may be made: play, pause, single steps, pace, stop; knows no training."""

from __future__ import annotations

import threading
import time
from enum import Enum, auto

from engine.frame import State


class Turn(Enum):
    """What the training does next."""

    STEP = auto()
    SERVE = auto()
    """Somebody wants to see something, or to change it."""
    STOP = auto()


class Turns:
    """Hands out the turns of one training.

    Every method but `next` and `end` is for the people around it: none of them waits for the
    training, and any thread may call them. The training asks for each turn with `next`.
    """

    def __init__(self, pace: float | None = None) -> None:
        """`pace` is in steps a second; None means as fast as it goes."""
        self._told = threading.Condition()
        self._pace = _checked(pace)
        self._state = State.READY
        self._single_steps = 0
        self._single = False
        """Whether the last turn was a single step, and nobody has said anything since."""
        self._first = False
        """Whether the next step is the first since play: who pressed it sees that one at once."""
        self._serve = False
        self._stop = False
        self._due = 0.0
        self._resting = False
        self._free = False
        """Playing at full speed with nothing else to do. Reading this one flag, without the
        lock, is all that a step then pays; whoever has something to say clears it."""

    @property
    def state(self) -> State:
        """Where the training stands."""
        return self._state

    @property
    def resting(self) -> bool:
        """Whether nothing will happen, and no frame come, until somebody says something."""
        return self._resting or self._state.ended

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked for the end."""
        return self._stop

    @property
    def pace(self) -> float | None:
        """Steps a second, or None for as fast as it goes; a change works at once."""
        return self._pace

    @pace.setter
    def pace(self, pace: float | None) -> None:
        with self._told:
            self._pace, self._due = _checked(pace), 0.0
            self._wake()

    def play(self) -> None:
        """Step after step from now on, at the pace."""
        with self._told:
            self._first = True
            self._move(State.PLAYING)

    def pause(self) -> None:
        """No step after the one that is being made."""
        with self._told:
            self._single_steps, self._single = 0, False
            self._move(State.PAUSED)

    def step(self) -> None:
        """One step, and pause."""
        with self._told:
            self._single_steps += 1
            self._move(State.PAUSED)

    def serve(self) -> None:
        """Let the next turn be one to `SERVE`."""
        with self._told:
            self._serve = True
            self._wake()

    def stop(self) -> None:
        """Let the next turn be the one to `STOP`."""
        with self._told:
            self._stop = True
            self._wake()

    def next(self) -> Turn:
        """Wait for the next turn; the training calls this."""
        if self._free:
            return Turn.STEP
        with self._told:
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
                self._told.wait(seconds)

    def again(self) -> None:
        """Let the last turn count as none, since nothing was made that does; for the training."""
        with self._told:
            self._due = 0.0
            self._single_steps += self._single

    def end(self, state: State) -> None:
        """Enter a state that nothing leaves; the training calls this."""
        with self._told:
            self._state = state
            self._free = False

    def _move(self, state: State) -> None:
        with self._told:  # its lock may be taken again by the thread that holds it
            if not self._state.ended:
                self._state, self._serve, self._due = state, True, 0.0
            self._wake()

    def _wake(self) -> None:
        self._free = self._resting = False
        self._told.notify()

    def _seconds_to_go(self) -> float | None:
        """How long until the next step: 0 is now, None is when somebody says so."""
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
        # A step that is a little late does not delay the next one; time that was lost is lost.
        period = 1 / self._pace
        self._due = (self._due if now < self._due + period else now) + period
        return 0


def _checked(pace: float | None) -> float | None:
    if pace is not None and not pace > 0:
        raise ValueError(f"a pace of {pace} steps a second is not allowed: it must be above 0")
    return pace
