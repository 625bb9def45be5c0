"""Models that are fitted to a curve, one or several; knows no torch, no chart and no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.frame import LossHistory
from engine.pictures import Array


@dataclass(frozen=True, slots=True)
class StageView:
    """One of the five steps, and what the last pass through it did."""

    name: str
    code: str
    """The line of a plain script that does it."""
    taken: str
    """What went in, with its shape."""
    given: str
    """What came out, with its shape."""
    numbers: tuple[str, ...]
    """Some of what came out, in numbers: those of the first model, where there are four."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One of the models, and the way that its weights have walked."""

    name: str
    """What it is called, in a word or two: it differs from the others by this."""
    curve: Array
    """What it says at each x of the picture's `grid`, shape (places,)."""
    losses: LossHistory | None
    """Its losses, by update; None for the model whose losses are the frame's own."""
    updates: int
    """How often its weights were moved."""
    path: Array
    """Where its weights were, oldest first, shape (positions, weights)."""
    heights: Array
    """The loss over all points at each of these positions, shape (positions,)."""

    @property
    def loss(self) -> float:
        """The loss over all points now."""
        return float(self.heights[-1])

    def distances(self) -> Array:
        """How far each position is from the first, in a straight line, shape (positions,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.linalg.norm(self.path - self.path[0], axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class FitsPicture:
    """Models that are fitted to the same points.

    Every array is a copy: none shares memory with the weights that are being trained.
    """

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    grid: Array
    """The inputs at which the curves are known, from the least to the greatest."""
    walks: tuple[Fit, ...]
    """In the order in which they are drawn and named; four at most."""
    wave: bool
    """Whether the model is ŷ = sin(w·x + b), whose loss lies over w and b as over a map."""
    stages: tuple[StageView, ...]
    """The five steps, in order."""
    lit: str
    """The name of the one that ran last; empty before the first."""

    def walk(self, name: str) -> Fit:
        """The model of that name; a `KeyError` where there is none."""
        return {walk.name: walk for walk in self.walks}[name]


def wave_losses(x: Array, y: Array, w: Array, b: Array) -> Array:
    """The mean of (sin(w·x + b) − y)² for each w and each b, shape (bs, ws); a row a b.

    sin(w·x + b) = sin(w·x)·cos b + cos(w·x)·sin b, so that the points are summed once for each
    w, and not once for each cell of the map.
    """
    inner = np.outer(w, x)
    sine, cosine = np.sin(inner), np.cos(inner)
    ss, sc, cc = (
        np.mean(a * c, axis=1) for a, c in ((sine, sine), (sine, cosine), (cosine, cosine))
    )
    sy, cy = np.mean(sine * y, axis=1), np.mean(cosine * y, axis=1)
    up, over = np.sin(b)[:, None], np.cos(b)[:, None]
    squares = ss * over**2 + 2 * sc * over * up + cc * up**2
    return np.asarray(squares - 2 * (sy * over + cy * up) + np.mean(y * y))
