"""The frozen picture of a probability over one feature; knows no torch, no chart, no screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.pictures import Array


def sigmoid(z: Array) -> Array:
    """σ(z) = 1/(1 + e⁻ᶻ), which for large |z| is 0 or 1 and no warning."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=np.float64))))


@dataclass(frozen=True, slots=True, eq=False)
class CurvePicture:
    """The curve P = σ(w·x + b) among points that are labelled 0 or 1.

    Every array is a copy: none shares memory with the weights that are being trained.
    """

    x: Array
    """The inputs, shape (points,)."""
    labels: Array
    """The class of each point, 0 or 1, shape (points,)."""
    w: float
    b: float
    start: tuple[float, float]
    """w and b before the first step."""
    at: float
    """The x at which the learner asks for the odds."""

    def log_odds(self, x: Array | float) -> Array:
        """z = w·x + b."""
        return np.asarray(self.w * np.asarray(x, dtype=np.float64) + self.b)

    def probability(self, x: Array | float) -> Array:
        """P = σ(z): how likely label 1 is at each x."""
        return sigmoid(self.log_odds(x))

    def odds(self, x: float) -> float:
        """P/(1 − P), which is eᶻ; infinite from where a float can hold it no more."""
        z = float(self.log_odds(x))
        return math.exp(z) if z < 709 else math.inf

    def threshold(self) -> float | None:
        """The x where P = 0.5; None for a curve that is flat, or so nearly that there is none."""
        at = -self.b / self.w if self.w else math.nan
        return at if math.isfinite(at) else None

    def right(self) -> int:
        """How many points lie on the side of the threshold where their label belongs."""
        return int(np.sum((self.log_odds(self.x) >= 0) == (self.labels == 1)))

    def loss(self, w: float, b: float) -> float:
        """The mean cross-entropy: ln(1 + eᶻ) − y·z, which is the same and never overflows."""
        z = w * self.x + b
        return float(np.mean(np.logaddexp(0, z) - self.labels * z))

    def separable(self) -> bool:
        """Whether a threshold tells the labels apart: then no w is the best, larger is better."""
        zeros, ones = self.x[self.labels == 0], self.x[self.labels == 1]
        if not len(zeros) or not len(ones):
            return True
        return bool(zeros.max() <= ones.min() or ones.max() <= zeros.min())

    def best(self) -> tuple[float, float] | None:
        """The (w, b) of the least loss, by Newton's method; None where no w is the largest.

        Each step solves H·d = g, with the gradient g = Σ (P − y)·(x, 1) and the Hessian
        H = Σ P·(1 − P)·(x, 1)(x, 1)ᵀ. The step is halved as long as it would raise the loss.
        """
        if self.separable():
            return None
        inputs, at = np.stack([self.x, np.ones_like(self.x)], axis=1), np.zeros(2)
        for _ in range(50):
            p = sigmoid(inputs @ at)
            gradient = inputs.T @ (p - self.labels)
            step = np.linalg.lstsq((inputs.T * (p * (1 - p))) @ inputs, gradient, rcond=None)[0]
            while self.loss(*(at - step)) > self.loss(*at) + 1e-12:
                step = step / 2
            at = at - step
        return float(at[0]), float(at[1])
