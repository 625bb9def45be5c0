"""The interface of a trainer: `Trainer`, and the steps that it yields."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeAlias, TypeVar

from engine.config import Config, Setting

if TYPE_CHECKING:
    import torch

    from engine.equations import Equation
    from engine.frame import NamedParameters
    from engine.pictures import Picture

ConfigT = TypeVar("ConfigT", bound=Config)

ModelStates: TypeAlias = "Mapping[str, Mapping[str, torch.Tensor]]"
"""The trained tensors of each model, by the names of the model and of the tensor."""


@dataclass(frozen=True, slots=True)
class Step:
    """One update of the parameters."""

    step: int
    epoch: int
    """The pass over the data that contains this step, counted from 1."""
    loss: torch.Tensor
    """The loss before the update: detached, of shape (), still on its device, so that a step never
    waits for a GPU."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of an update that has run, such as the forward pass; a run may pause after it."""

    name: str
    epoch: int
    """The pass over the data that contains the update, counted from 1."""
    updated: bool = False
    """Whether the parameters are updated: a setting changed now counts from the next update on."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A point inside longer work, such as a test, at which a run may pause or end.

    It is not counted as a step: a single step continues after it.
    """


class Trainer(ABC, Generic[ConfigT]):
    """The base class of all trainers.

    A subclass does steps 1 to 4 in `__init__(config, device)`: it seeds torch, then makes the data,
    the model, the loss function and the optimizer, in the order of a plain script, so that a script
    with the same seed gives the same numbers. `steps()` is step 5, the training loop. Everything
    else has a default.
    """

    Config: ClassVar[type[Config]]
    live: ClassVar[frozenset[str]] = frozenset()
    """The settings that `adjust` can change during the training."""
    own: ClassVar[frozenset[str]] = frozenset()
    """The settings that name the learner's own data; a preset does not replace them."""

    config: ConfigT

    @abstractmethod
    def __init__(self, config: ConfigT, device: torch.device) -> None: ...

    @abstractmethod
    def steps(self) -> Iterator[Step]:
        """Train: yield a `Step` after every update of the parameters."""

    def turns(self) -> Iterator[Step | Phase | Rest]:
        """Train as `steps` does, and also yield wherever a run may pause between two steps."""
        return self.steps()

    def picture(self) -> Picture | None:
        """Return a copy of the data that the charts draw; None if only the loss is drawn."""
        return None

    def equations(self, step: Step | None) -> tuple[Equation, ...]:  # noqa: ARG002
        """Return the formulas of the last step with its numbers; `step` is None before the
        first."""
        return ()

    def parameters(self) -> NamedParameters:
        """Return the parameters, named as in the formulas; empty if there are too many to list."""
        return {}

    def states(self) -> ModelStates:
        """Return the tensors of each model, named as in its `state_dict`, for a file.

        A single model has the empty name. The tensors are not copies, so they have gradients.
        """
        return {}

    def predict(self, x: float) -> float:
        """Return the model's output for one input, for presets that name inputs."""
        raise NotImplementedError(f"{type(self).__name__} has no method predict")

    @property
    def prediction(self) -> str:
        """The meaning of `predict(x)`, if x is not simply the input. Not part of the JSON."""
        return ""

    def metrics(self) -> Mapping[str, float]:
        """Return the quality of the model now as plain numbers: `accuracy`, `r2`."""
        return {}

    def held_out_metrics(self) -> Mapping[str, float]:
        """Return what was measured on held-out data during the training, unless it is among the
        metrics. Not part of the JSON."""
        return {}

    @property
    def note(self) -> str:
        """Information that the learner needs, for example that another data set is used."""
        return ""

    @property
    def ending(self) -> str:
        """A sentence for the end: why the training ended early, or what it saved. Not part of the
        JSON."""
        return ""

    @property
    def task(self) -> str:
        """The prediction task in one line; empty if the lesson describes it."""
        return ""

    def adjust(self, name: str, value: Setting) -> None:
        """Change a live hyperparameter from the next step on.

        Raises:
            ValueError: the setting is not live, or the value is not allowed; nothing changes.
        """
        if name not in self.live:
            raise ValueError(f"{name} cannot change while the training goes on")
        self.config = self.config.adjusted(name, value)
