"""Lines through many points: the parts inside a chart, and the corners that show their shape."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from tui.charts.axis import rounded

FARTHEST = 1e300
"""Coordinates are clipped to ± this, so that their differences are finite numbers."""
MOST = 80
"""The most groups of neighbouring points of a line; of each, the lowest and highest are drawn."""
STRAIGHT = 0.3
"""A corner less than this number of dots off a straight line is left out."""
SPLITS = 6
"""The most times that a line is split to find its corners."""
TIE = 1e-6
"""Corners whose distances from a line differ less are equally far from it."""


def dots(x: Array, y: Array, columns: int, rows: int) -> tuple[Array, Array]:
    """Return positions in braille dots, (across, down): 0.5 is the centre of the first."""
    with np.errstate(over="ignore", invalid="ignore"):
        across = (x * (columns - 1) + 0.5) * 2
        return across, ((1 - y) * (rows - 1) + 0.5) * 4


def corners(x: Array, y: Array, columns: int, rows: int) -> NDArray[np.intp]:
    """Return the indices of the points that a line needs to look the same: two a column.

    A point costs plotext some 20 µs, so that otherwise frames would become slower during a run.
    """
    if len(x) < 3:
        return np.arange(len(x))
    group = np.floor(x * min(columns, MOST))
    begins = np.append(True, group[1:] != group[:-1])
    starts = np.flatnonzero(begins)
    kept = np.arange(len(x))
    if len(x) > 2 * len(starts):
        order = np.lexsort((y, np.cumsum(begins)))
        ends = np.append(starts[1:], len(x)) - 1
        shown = np.zeros(len(x), dtype=bool)
        shown[[0, -1]] = shown[order[starts]] = shown[order[ends]] = True
        kept = np.flatnonzero(shown)
    across, down = dots(x[kept], y[kept], columns, rows)
    return kept[bends(across + 1j * down)]


def bends(corners: NDArray[np.complex128]) -> NDArray[np.intp]:
    """Return the indices of the corners without which a line would be `STRAIGHT` dots off.

    Douglas and Peucker's method: the line from the first to the last corner is split at the corner
    farthest from it, as is each part that is not straight, all parts at once. After `SPLITS` times
    all corners of such a part are kept: those of noise, which has few straight parts.
    """
    kept = np.zeros(len(corners), dtype=bool)
    kept[[0, -1]] = True
    for split in range(SPLITS + 1):
        ends = np.flatnonzero(kept)
        part = np.cumsum(kept[:-1]) - 1
        here = corners[:-1] - corners[ends[part]]
        way = corners[ends[part + 1]] - corners[ends[part]]
        share = (here * way.conj()).real / np.where(way, np.abs(way), 1) ** 2
        off = np.abs(here - share.clip(0, 1) * way)
        most = np.maximum.reduceat(off, ends[:-1])[part]
        bent = most >= STRAIGHT
        if not bent.any():
            break
        kept[:-1] |= bent & (off > most - TIE) if split < SPLITS else bent
    return np.flatnonzero(kept)


def inside(x: Array, y: Array) -> NDArray[np.intp]:
    """Return the indices of the positions within the unit square, its edges included."""
    return np.flatnonzero((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1))


def clip(x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """Yield the parts of a curve within the unit square, cut exactly at its edges.

    Liang and Barsky's method, for all segments at once: along each axis a segment enters at one
    share of its length and leaves at another. A segment with an end that is not a number is left
    out.
    """
    if 1 < len(x) == len(inside(x, y)):
        yield x, y  # most curves are inside: nothing to cut
        return
    points = np.clip(np.stack([x, y], axis=1), -FARTHEST, FARTHEST)
    starts, along = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.stack([-starts / along, (1 - starts) / along])
    # A segment exactly on an edge divides 0 by 0: that edge does not cut it.
    stands = np.isnan(edges) & ~np.isnan(starts) & ~np.isnan(along)
    enter = np.where(stands, -np.inf, edges).min(axis=0).max(axis=1).clip(0, None)
    leave = np.where(stands, np.inf, edges).max(axis=0).min(axis=1).clip(None, 1)
    kept = np.flatnonzero(enter <= leave)
    heads = starts[kept] + enter[kept, None] * along[kept]
    tails = starts[kept] + leave[kept, None] * along[kept]
    broken = (np.diff(kept) > 1) | (enter[kept[1:]] > 0)
    for run in np.split(np.arange(len(kept)), np.flatnonzero(broken) + 1):
        if len(run):
            stretch = rounded(np.concatenate([heads[run[:1]], tails[run]]).clip(0, 1))
            yield stretch[:, 0], stretch[:, 1]
