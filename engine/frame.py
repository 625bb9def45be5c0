"""`Frame`: the frozen state of a run at one moment, passed between threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # numpy takes 0.1 s to import and the course screen does not need it
    from engine.config import Change, Setting
    from engine.equations import Equation
    from engine.pictures import LossHistory, Picture

NamedParameters: TypeAlias = Mapping[str, float | list[float]]
"""The parameters of a model, named as in the formulas."""


class State(StrEnum):
    """The state of a run; the values are the words on screen and in the JSON."""

    READY = "ready"
    PLAYING = "playing"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether no further step will follow."""
        return self in (State.FINISHED, State.DIVERGED, State.STOPPED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory in use and the total memory, in bytes."""

    used: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The state of a run at one moment: all that the screen and the challenges read.

    It contains arrays, so it is compared by identity.
    """

    state: State
    settings: Mapping[str, Setting]
    """The config now, including live changes."""
    history: LossHistory
    initial: Mapping[str, Setting] = field(default_factory=dict)
    """The config of the first step."""
    changes: tuple[Change, ...] = ()
    """The changes of settings since then, in order; a change without a step after it is left out
    if another value replaces it."""
    step: int = 0
    phase: str = ""
    """The last phase of an update that has begun; empty between two updates."""
    epoch: int = 0
    loss: float | None = None
    """The loss of the last step; None before the first step; not finite after divergence."""
    picture: Picture | None = None
    equations: tuple[Equation, ...] = ()
    parameters: NamedParameters = field(default_factory=dict)
    rate: float | None = None
    """Steps per second, measured since the previous frame; None while the run is not playing."""
    memory: Memory | None = None
    task: str = ""
    """The prediction task in one line; empty if the lesson describes it."""
    note: str = ""
    """Information that the learner needs, for example that another data set is used."""
    message: str = ""
    """The error message after the run has failed or diverged."""

    @property
    def changed(self) -> frozenset[str]:
        """The names of the settings that were changed during the run."""
        return frozenset(change.name for change in self.changes)
