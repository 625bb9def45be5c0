"""Cut a curve at the edges of the unit square; knows no figure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array

FARTHEST = 1e300
"""Differences of coordinates up to here are finite numbers."""


def inside(x: Array, y: Array) -> NDArray[np.intp]:
    """The indices of the points within the unit square, its edges included."""
    return np.flatnonzero((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))


def clip(x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """The stretches of a curve that lie within the unit square, cut exactly at its edges.

    Liang and Barsky's method, for all pieces of the curve at once: along each axis a piece
    enters at one share of its length and leaves at another. A piece that has an end which is
    not a number is left out.
    """
    points = np.clip(np.stack([x, y], axis=1), -FARTHEST, FARTHEST)
    starts, along = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.stack([-starts / along, (1 - starts) / along])
    # A piece that runs exactly on an edge divides 0 by 0, and that edge does not cut it.
    stands = np.isnan(edges) & ~np.isnan(starts) & ~np.isnan(along)
    enter = np.where(stands, -np.inf, edges).min(axis=0).max(axis=1).clip(0, None)
    leave = np.where(stands, np.inf, edges).max(axis=0).min(axis=1).clip(None, 1)
    kept = np.flatnonzero(enter <= leave)
    heads = starts[kept] + enter[kept, None] * along[kept]
    tails = starts[kept] + leave[kept, None] * along[kept]
    broken = (np.diff(kept) > 1) | (enter[kept[1:]] > 0)
    for run in np.split(np.arange(len(kept)), np.flatnonzero(broken) + 1):
        if len(run):
            stretch = np.concatenate([heads[run[:1]], tails[run]]).clip(0, 1)
            yield stretch[:, 0], stretch[:, 1]
