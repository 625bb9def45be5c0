"""What a training is: its settings, the trainer and the steps that it yields."""

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
    """The loss before the update: detached, of shape (), still on its device, so that nobody
    waits for a GPU at every step."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of an update that is done: a run that shows the parts may pause after it."""

    name: str
    epoch: int
    """The pass over the data to which the update belongs, counted from 1."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A moment in the middle of work that is no step, such as a test: a run may pause or end
    here. It is not counted, and a single step continues after it."""


class Trainer(ABC, Generic[ConfigT]):
    """A training that can be watched.

    A subclass does steps 1 to 4 in `__init__(config, device)`: it seeds torch, then makes the
    data, the model, the loss function and the optimizer, in the order of a plain script, so that
    a script with the same seed gives the same numbers. `steps()` is step 5, the loop. Everything
    else has a default.
    """

    Config: ClassVar[type[Config]]
    """The hyperparameters of this training."""
    live: ClassVar[frozenset[str]] = frozenset()
    """The settings that `adjust` can change during the training."""
    own: ClassVar[frozenset[str]] = frozenset()
    """The settings that name data of the learner's own; a preset does not replace them."""
    threads: ClassVar[int] = 1
    """How many threads PyTorch may use, where there are cores to spare: a tiny model trains twice
    as fast on one as on all."""

    config: ConfigT

    @abstractmethod
    def __init__(self, config: ConfigT, device: torch.device) -> None: ...

    @abstractmethod
    def steps(self) -> Iterator[Step]:
        """Train: yield a `Step` after every update of the parameters."""

    def turns(self) -> Iterator[Step | Phase | Rest]:
        """Train as `steps` does, and also yield where a run may pause between two steps."""
        return self.steps()

    def picture(self) -> Picture | None:
        """A copy of what the charts draw now; None where the loss is all there is."""
        return None

    def equations(self, step: Step | None) -> tuple[Equation, ...]:  # noqa: ARG002
        """The formulas of the last step with its numbers; `None` stands for no step yet."""
        return ()

    def parameters(self) -> NamedParameters:
        """The parameters, named as in the formulas; empty where there are too many to list."""
        return {}

    def predict(self, x: float) -> float:
        """The model's output for one input, for the presets that name inputs."""
        raise NotImplementedError(f"{type(self).__name__} has no method predict")

    @property
    def prediction(self) -> str:
        """What `predict(x)` is, for people, where x is not simply the input; it is in no JSON."""
        return ""

    def metrics(self) -> Mapping[str, float]:
        """How good the model is now, in plain numbers: `accuracy`, `r2`."""
        return {}

    @property
    def note(self) -> str:
        """What the learner has to know of this training, such as that other data stands in."""
        return ""

    @property
    def ending(self) -> str:
        """What to know at the end of the training, in a sentence: why it ended early, or what it
        saved. For people: it is in no JSON."""
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
