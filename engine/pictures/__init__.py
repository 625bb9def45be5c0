"""Frozen values to draw: numbers and numpy only; knows no torch, no chart and no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.pictures.boundary import BoundaryPicture
    from engine.pictures.curve import CurvePicture
    from engine.pictures.digits import DigitsPicture
    from engine.pictures.fits import FitsPicture
    from engine.pictures.table import TablePicture
    from engine.pictures.walks import WalksPicture

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LinePicture:
    """A straight line among its points, and the way its parameters have walked.

    Every array is a copy: none shares memory with the weights that are being trained.
    """

    x: Array
    """The inputs, shape (points,)."""
    y: Array
    """The targets, shape (points,)."""
    w: float
    """The slope now."""
    b: float
    """The intercept now; 0 for a model that has none."""
    start: tuple[float, float]
    """Slope and intercept before the first step."""
    path: Array
    """The positions walked, oldest first, shape (positions, 1) for w or (positions, 2) for w, b."""
    sample: int | None = None
    """Which point the last step looked at, where a step looks at one point alone."""
    reduction: str = "mean"
    """Whether the loss is the mean or the sum over the points."""

    def loss_at(self, w: Array, b: Array | float) -> Array:
        """The squared error over all points at each (w, b); broadcasts w against b.

        Written out, mean((w·x + b − y)²) is a quadratic in w and b whose coefficients are
        means over the data, so the points are summed once and not once a grid cell.
        """
        x, y = self.x, self.y
        mean = (
            w * w * np.mean(x * x)
            + 2 * w * b * np.mean(x)
            + b * b
            - 2 * w * np.mean(x * y)
            - 2 * b * np.mean(y)
            + np.mean(y * y)
        )
        return np.asarray(mean * (len(x) if self.reduction == "sum" else 1))

    def least_squares(self) -> tuple[float, float]:
        """The (w, b) where the loss is least; b stays 0 for a model that has none."""
        if self.path.shape[1] == 1:
            return float(self.x @ self.y / (self.x @ self.x)), 0.0
        w, b = np.polyfit(self.x, self.y, 1)
        return float(w), float(b)


Picture: TypeAlias = (
    "LinePicture | BoundaryPicture | CurvePicture | WalksPicture | DigitsPicture | FitsPicture"
    " | TablePicture"
)
"""Every kind of picture that a trainer makes; a new kind joins with `|`."""
