"""What there is to see of a logit, as frozen values; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.pictures import Array
from engine.probabilities.scenes import Scene


@dataclass(frozen=True, slots=True)
class LossAt:
    """A loss at one z."""

    loss: float
    gradient: float
    """∂L/∂z, from `backward`."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A loss over a range of z; both arrays have its shape."""

    loss: Array
    gradient: Array


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """All that is drawn as a curve over z, for one label."""

    z: Array
    p: Array
    losses: Mapping[str, Curve]


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """The way of one logit while a loss leads it: every array begins before the first step."""

    p: Array
    """The probability of the label 1."""
    loss: Array


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """Two logits from one start, each led by its own loss."""

    rate: float
    """η, the same for both."""
    walks: Mapping[str, Walk]

    @property
    def steps(self) -> int:
        """How many steps each has made."""
        return len(next(iter(self.walks.values())).p) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A logit in one of the scenes."""

    scene: Scene
    z: float
    label: int
    p: float
    """P = σ(z), in 32 bits as everything here."""
    odds: float
    """P/(1 − P) = eᶻ."""
    losses: Mapping[str, LossAt]
    """By the names in `engine.probabilities.logit.LOSSES`."""
    curves: Curves
    race: Race | None = None
    """In the scene of that name."""

    @property
    def given(self) -> float:
        """The probability that the label was given."""
        return self.p if self.label else 1 - self.p

    def reached(self, walk: Walk) -> Array:
        """The probability of the label, step by step."""
        return walk.p if self.label else 1 - walk.p
