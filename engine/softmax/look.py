"""What there is to see of a vector of logits, as frozen values; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.softmax.scenes import NAMES, Scene

Numbers: TypeAlias = tuple[float, ...]
"""One for each class."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the learner sets."""

    z: Numbers
    """The logits, before anything is added to them."""
    chosen: int = 0
    """The class whose logit the keys move."""
    label: int = 1
    shift: float = 0.0
    """c: what is added to every logit."""
    temperature: float = 1.0
    """T: what every logit is divided by."""


@dataclass(frozen=True, slots=True)
class Look:
    """Logits in one of the scenes, in 32 bits."""

    scene: Scene
    given: Given
    z: Numbers
    """The logits with what was added."""
    p: Numbers
    """softmax(z/T)."""
    plain: Numbers
    """softmax of the logits as they were: nothing added, T = 1."""
    ways: Mapping[str, Numbers]
    """ln P by the names in `engine.softmax.logits.WAYS`."""
    losses: Mapping[str, float]
    """The loss of the label, by the names in `three_losses`."""
    gradient: Numbers
    """∂L/∂z of the label's loss, from `backward`."""
    temperatures: Numbers = ()
    """In the scene of that name: where its curves are computed."""
    curves: tuple[Numbers, ...] = ()
    """P of each class at each of the temperatures."""
    steps: int = 0
    """Steps that were made against the gradient."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the classes are called."""
        return NAMES[: len(self.z)]
