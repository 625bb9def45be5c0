"""An image in another size, each of its pixels the mean of what it covers; knows no screen."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array


def resized(image: NDArray[np.generic], rows: int, columns: int) -> Array:
    """The image (or images, shape (…, rows, columns)) in this many rows and columns.

    A pixel that is covered in part counts for that part. So a smaller image is anti-aliased, a
    larger one keeps its edges, and twice as large is every pixel four times.
    """
    down, across = _shares(image.shape[-2], rows), _shares(image.shape[-1], columns)
    return np.asarray(down @ image.astype(np.float64) @ across.T)


@lru_cache(maxsize=128)
def _shares(before: int, after: int) -> Array:
    """How much of each old pixel goes into each new one, shape (after, before); rows sum to 1."""
    old, new = np.arange(before) / before, np.arange(after)[:, None] / after
    covered = np.minimum(old + 1 / before, new + 1 / after) - np.maximum(old, new)
    shares = covered.clip(min=0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
