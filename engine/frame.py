"""What a run shows of itself: frozen values that cross threads; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from engine.config import Setting
    from engine.equations import Equation
    from engine.pictures import LossHistory, Picture

NamedParameters: TypeAlias = Mapping[str, float | list[float]]
"""The parameters of a model, named as the formulas name them."""


class State(StrEnum):
    """Where a run stands; the words are the ones on screen and in the JSON."""

    READY = "ready"
    PLAYING = "playing"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether no further step will come."""
        return self in (State.FINISHED, State.DIVERGED, State.STOPPED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of memory in use and in all."""

    used: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One look at a run: everything that the screen, and a challenge, may know of it.

    Like everything with arrays in it, equal to itself alone.
    """

    state: State
    settings: Mapping[str, Setting]
    """The config now, live changes included."""
    history: LossHistory
    changed: Mapping[str, tuple[int, Setting]] = field(default_factory=dict)
    """The settings that were changed while the run went on: the step after which each was first
    changed, and the value that it had until then."""
    step: int = 0
    epoch: int = 0
    loss: float | None = None
    """The loss of the last step; None before the first; not finite once it diverged."""
    picture: Picture | None = None
    equations: tuple[Equation, ...] = ()
    parameters: NamedParameters = field(default_factory=dict)
    rate: float | None = None
    """Steps a second, measured since the frame before; None while nothing moves."""
    memory: Memory | None = None
    task: str = ""
    """What is predicted from what, in one line; empty where the lesson itself says so."""
    note: str = ""
    """What the learner has to know of this training: that other data stands in, for one."""
    message: str = ""
    """What went wrong, in words, once the run has failed or diverged."""
