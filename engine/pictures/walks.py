"""Several trainings of one line, to be compared; knows no torch, no chart and no screen."""

from __future__ import annotations

from dataclasses import dataclass

from engine.frame import LossHistory
from engine.pictures import Array, LinePicture


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One of the trainings, and the way that its parameters have walked."""

    name: str
    """What it is called, in a word or two: it differs from the others by this."""
    w: float
    """The slope now."""
    b: float
    """The intercept now."""
    path: Array
    """The positions walked, oldest first, shape (positions, 2) for w, b."""
    losses: LossHistory | None
    """Its losses, by update; None for the training whose losses are the frame's own."""
    updates: int
    """How often its parameters were moved."""
    samples: int = 0
    """How many samples it has looked at, the same one again counted again."""
    seconds: float = 0.0
    """How long its updates took; 0 where nobody measured."""


@dataclass(frozen=True, slots=True, eq=False)
class WalksPicture:
    """Trainings of ŷ = w·x + b on the same points, all from one start.

    Every array is a copy: none shares memory with the weights that are being trained.
    """

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    start: tuple[float, float]
    """Slope and intercept before the first step."""
    walks: tuple[Walk, ...]
    """In the order in which they are drawn and named; three at most."""

    def walk(self, name: str) -> Walk:
        """The training of that name; a `KeyError` where there is none."""
        return {walk.name: walk for walk in self.walks}[name]

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """The mean squared error over all points at each (w, b)."""
        return self._line().loss_at(w, b)

    def least_loss(self) -> float:
        """The mean squared error of the best line: no training gets below it."""
        w, b = self._line().least_squares()
        return float(self.loss_at(self.x[:1] * 0 + w, b)[0])

    def _line(self) -> LinePicture:
        path = self.walks[0].path
        return LinePicture(self.x, self.y, *self.start, start=self.start, path=path)
