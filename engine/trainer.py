"""What a training is: a config, a trainer and the steps it yields; knows no thread, no screen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from engine.config import Config, Setting

if TYPE_CHECKING:
    import torch

    from engine.equations import Equation
    from engine.frame import NamedParameters
    from engine.pictures import Picture

ConfigT = TypeVar("ConfigT", bound=Config)


@dataclass(frozen=True, slots=True)
class Step:
    """One update of the parameters."""

    step: int
    """Counted from 1."""
    epoch: int
    """The pass over the data to which this step belongs, counted from 1."""
    loss: torch.Tensor
    """The loss that the update started from: detached, of shape (), still on its device, so
    that nobody waits for a GPU at every step."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of an update that has been done: a run that shows parts may pause after it."""

    name: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A moment in the middle of work that is no step, such as a test: a run may pause or end
    here. It counts as nothing, and a single step goes on behind it."""


class Trainer(ABC, Generic[ConfigT]):
    """A training that can be watched.

    A subclass does its steps 1 to 4 in `__init__(config, device)`: it seeds torch, then makes
    the data, the model, the loss function and the optimizer, in the order of a plain script,
    so that a script with the same seed gives the same numbers. `steps()` is step 5, the loop.
    """

    Config: ClassVar[type[Config]]
    """The hyperparameters of this training."""
    live: ClassVar[frozenset[str]] = frozenset()
    """The settings that `adjust` can change while the training goes on."""
    own: ClassVar[frozenset[str]] = frozenset()
    """The settings that say which data of the learner's own it trains on: presets leave them be."""
    threads: ClassVar[int] = 1
    """On how many threads of the processor PyTorch may compute, where there are cores to spare:
    a tiny model trains twice as fast on one as on all."""

    config: ConfigT

    @abstractmethod
    def __init__(self, config: ConfigT, device: torch.device) -> None: ...

    @abstractmethod
    def steps(self) -> Iterator[Step]:
        """Train: yield a `Step` after every update of the parameters."""

    def turns(self) -> Iterator[Step | Stage | Rest]:
        """Train as `steps` does, and yield in between what a run may pause at."""
        return self.steps()

    @abstractmethod
    def picture(self) -> Picture:
        """Copy out what there is to see now."""

    @abstractmethod
    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        """The formulas of the last step with its numbers; `None` stands for no step yet."""

    @abstractmethod
    def parameters(self) -> NamedParameters:
        """The parameters, named as the formulas name them."""

    @abstractmethod
    def predict(self, x: float) -> float:
        """What the model says now for one input."""

    def metrics(self) -> Mapping[str, float]:
        """How good the model is now, in plain numbers: `accuracy`, `r2`."""
        return {}

    @property
    def note(self) -> str:
        """What the learner has to know of this training: that other data stands in, for one."""
        return ""

    @property
    def task(self) -> str:
        """What is predicted from what, in one line; empty where the lesson itself says so."""
        return ""

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live hyperparameter from the next step on.

        Raises:
            ValueError: the setting is not live, or does not allow the value; nothing changes.
        """
        if name not in self.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self.config = self.config.adjusted(name, value)
