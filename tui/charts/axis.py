"""Axes of charts: their ranges, and the positions and labels of their ticks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.pictures import Array

LARGEST = 1e300
"""The limits of an axis are clamped to ± this value, so that its span is a finite number."""
DECIMALS = 9
"""Decimals of a coordinate, in units of its axis, that decide its cell."""
FAR = 1e6
"""Coordinates beyond this are far outside the chart and are not rounded."""
APART = (2, 3, 4, 5, 6, 7, 8)
"""The possible distances between two ticks, in rows."""
GAP = 2
"""The minimum number of cells between two labels side by side."""
TICK = 0.05
"""The penalty for each row between two ticks, as a share of the axis that may be unused instead."""
FEW, SLACK, LONELY = 6, 0.25, 0.3
"""On an axis of at most `FEW` rows, a tick may be off its row by `SLACK` rows, and there may be a
single tick if a second would waste more than `LONELY` of the axis."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Scale(NamedTuple):
    """The range of values that an axis shows."""

    name: str
    """The text at the end of the axis; empty for an axis without a name."""
    low: float
    high: float
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its limits and its ticks."""

    low: float
    """The lowest value; on a logarithmic axis, its base-10 logarithm."""
    high: float
    ticks: tuple[tuple[float, str], ...]
    """The position of each tick (0 is `low`, 1 is `high`) and its label."""
    logarithmic: bool = False

    def place(self, values: ArrayLike) -> Array:
        """Return the positions of values: 0 at the low end, 1 at the high end.

        On a logarithmic axis a value without a logarithm is at minus infinity.
        """
        values = np.asarray(values, dtype=np.float64)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self.logarithmic:
                values = np.log10(np.where(values > 0, values, 0))
            return rounded((values - self.low) / (self.high - self.low))

    def values(self, count: int) -> Array:
        """Return evenly spaced values from end to end; on a logarithmic axis, their logarithms."""
        return self.low + np.linspace(0, 1, count) * (self.high - self.low)


def rounded(places: ArrayLike) -> Array:
    """Round coordinates in units of their axis to 1e-9 before they become cells.

    The last bit of a logarithm, a sigmoid or a matrix product differs between CPUs. A point on the
    boundary of two cells would be drawn in different cells on different machines.
    """
    places = np.asarray(places, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(places) < FAR
    if near.all():
        return places.round(DECIMALS)
    return np.where(near, np.where(near, places, 0.0).round(DECIMALS), places)


@lru_cache(maxsize=64)
def vertical(scale: Scale, rows: int) -> Axis:
    """Return an axis over `rows` rows, with evenly spaced ticks on whole rows.

    It is slightly longer than the scale: a row is a round step divided by the rows between two
    ticks, or nearly so if there are few rows. The name is in the highest row without a tick.
    """
    low, high, step, each = _logarithms(scale, rows) if scale.logarithmic else _rows(scale, rows)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    steps = range(first, last + 1)
    if scale.logarithmic:
        names = [power_of_ten(round(index * step)) for index in steps]
    else:
        names = labels([index * step for index in steps], step)
    places = [round((index * step - low) / (high - low), DECIMALS) for index in steps]
    ticks = list(zip(places, names, strict=True))
    if scale.name:
        top = 0 if not places or places[-1] < 1 - 0.5 / max(rows - 1, 1) else 1
        if each > 1 or not top:
            ticks.append((round(1 - top / max(rows - 1, 1), DECIMALS), scale.name))
    return Axis(low, high, tuple(ticks), scale.logarithmic)


def _rows(scale: Scale, rows: int) -> tuple[float, float, float, int]:
    """Return the limits of a linear axis, the step of its ticks, and the rows between two of them.

    The distance between ticks is chosen to waste little space and to have many ticks. Unused space
    is divided between both ends, unless the axis begins at 0.
    """
    low, high = _apart(scale.low, scale.high)
    gaps = max(rows - 1, 1)
    slack, lonely = (SLACK, LONELY) if rows <= FEW else (1e-6, 10.0)
    apart = APART if rows > FEW // 2 + 1 else (1, *APART)
    need = (high - low) / gaps
    found: list[tuple[float, int, float, int]] = []
    for each in apart:
        step = nice_step((high - low) / (gaps + 2 * slack) * each)
        while (math.floor(low / (step / each) + slack) + gaps + slack) * step / each < high:
            step = nice_step(step * 1.01)
        row = step / each
        bottom = math.floor(low / row + slack)
        if low:
            bottom -= (bottom + gaps - math.ceil(high / row - slack)) // 2
        ticks = (bottom + gaps) // each - -(-bottom // each) + 1
        waste = round(row / need, DECIMALS) + TICK * each + (0, lonely, 100)[max(2 - ticks, 0)]
        found.append((waste, each, step, bottom))
    _, each, step, bottom = min(found)
    ends = bottom * step / each, (bottom + gaps) * step / each
    if rows <= FEW:
        ends = min(ends[0], low), max(ends[1], high)
    return *ends, step, each


def _logarithms(scale: Scale, rows: int) -> tuple[float, float, float, int]:
    """Return the same for a logarithmic axis, with a decade or more between two ticks."""
    low, high = (math.log10(end) for end in _positive(scale.low, scale.high))
    if math.floor(high + 1e-9) - math.ceil(low - 1e-9) < 1:
        low = math.floor(low + 1e-9)
        high = max(math.ceil(high - 1e-9), low + 1)
    gaps = max(rows - 1, 1)
    each = max(math.floor(gaps / (high - low) + 1e-9), 2)
    step = 1.0
    while True:
        row = step / each
        bottom = math.floor(low / row + 1e-6)
        if (bottom + gaps) * row >= high - 1e-6 * row:
            return bottom * row, (bottom + gaps) * row, step, each
        if each > 2:
            each -= 1
        else:
            step = max(nice_step(step * 1.01), 1.0)


@lru_cache(maxsize=64)
def horizontal(scale: Scale, columns: int) -> Axis:
    """Return an axis over `columns` columns, with as many ticks as their labels leave room for.

    The name is at the right end or, if the last label ends there, after that label.
    """
    for axis in _candidates(scale, max(columns // 7, 2)):
        if (ticks := _fitting(axis, scale.name, columns)) is not None:
            return replace(axis, ticks=ticks)
    return axis


def _candidates(scale: Scale, most: int) -> Iterator[Axis]:
    """Yield axes with fewer and fewer ticks, then with the first and the last, then with one."""
    make = logarithmic if scale.logarithmic else linear
    axes = []
    for count in range(most, 0, -1):
        axes.append(make(scale.low, scale.high, count))
        if axes[-1].ticks[1:]:
            yield axes[-1]
    for axis in axes:
        if axis.ticks[1:]:
            yield replace(axis, ticks=(axis.ticks[0], axis.ticks[-1]))
    yield from axes


def _fitting(axis: Axis, name: str, columns: int) -> tuple[tuple[float, str], ...] | None:
    """Return the ticks with the name of the axis, or None if two labels would touch."""

    def cells(tick: tuple[float, str]) -> tuple[int, int]:
        place, label = tick
        middle = math.floor(place * (columns - 1) + 0.5)
        start = min(max(middle - len(label) // 2, 0), max(columns - len(label), 0))
        return start, start + len(label)

    ticks = list(axis.ticks)
    if name and (not ticks or columns - cells(ticks[-1])[1] >= len(name) + GAP):
        ticks.append((1.0, name))
    elif name:
        place, label = ticks[-1]
        ticks[-1] = (place, f"{label} {name}")
    if all(one[1] + GAP <= other[0] for one, other in pairwise(map(cells, ticks))):
        return tuple(ticks)
    return None


@lru_cache(maxsize=64)
def linear(low: float, high: float, ticks: int) -> Axis:
    """Return an axis from low to high with about `ticks` ticks, at multiples of 1, 2 or 5."""
    low, high = _apart(low, high)
    step = nice_step((high - low) / max(ticks, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [index * step for index in range(first, last + 1)]
    places = [round((value - low) / (high - low), DECIMALS) for value in values]
    return Axis(low, high, tuple(zip(places, labels(values, step), strict=True)))


@lru_cache(maxsize=64)
def logarithmic(low: float, high: float, ticks: int) -> Axis:
    """Return an axis over powers of ten, slightly wider than from low to high, both positive."""
    low, high = _positive(low, high)
    least = math.floor(math.log10(low) * 2 + 1e-9) / 2
    most = math.ceil(math.log10(high) * 2 - 1e-9) / 2
    if math.floor(most) - math.ceil(least) < 1:
        least, most = math.floor(least), max(math.ceil(most), math.floor(least) + 1)
    step = max(1, int(nice_step((most - least) / max(ticks, 1))))
    powers = range(math.ceil(least / step) * step, math.floor(most) + 1, step)
    places = [round((power - least) / (most - least), DECIMALS) for power in powers]
    names = [power_of_ten(power) for power in powers]
    return Axis(least, most, tuple(zip(places, names, strict=True)), logarithmic=True)


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        (factor * power for factor in (1, 2, 5) if factor * power >= least * (1 - 1e-9)), 10 * power
    )


def round_up(value: float) -> float:
    """Return the next higher round number; an axis that ends there seldom changes."""
    power = 10.0 ** math.floor(math.log10(value))
    factors = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    return next((f * power for f in factors if f * power >= value * (1 - 1e-9)), 10 * power)


def labels(values: list[float], step: float) -> list[str]:
    """Return labels for ticks that are `step` apart, with no more digits than tell them apart."""
    largest = max((abs(value) for value in values), default=0.0)
    decimals = -math.floor(math.log10(step))
    if largest >= 1e7 or (largest < 1e-3 and decimals > 4):
        digits = max(0, math.floor(math.log10(max(largest, step))) + decimals)
        return [_scientific(value, digits) for value in values]
    return [minus(f"{value + 0.0:,.{max(decimals, 0)}f}") for value in values]


def minus(text: str) -> str:
    """Return the text of a number with a true minus sign, and without one before a zero."""
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")


def power_of_ten(power: int) -> str:
    """Return a power of ten as text, for example `10⁻³`."""
    return f"10{str(power).translate(_SUPERSCRIPTS)}"


def _scientific(value: float, digits: int) -> str:
    mantissa, power = f"{value:.{digits}e}".split("e")
    if float(mantissa) == 0:
        return "0"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    if mantissa in ("1", "-1"):
        return minus(f"{mantissa[:-1]}{power_of_ten(int(power))}")
    return f"{minus(mantissa)}×{power_of_ten(int(power))}"


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return finite limits that are far enough apart to be distinguished."""
    low, high = (0.0 if math.isnan(end) else float(end) for end in (low, high))
    low, high = max(low, -LARGEST), min(high, LARGEST)
    low, high = min(low, LARGEST), max(high, -LARGEST)
    room = max(abs(low), abs(high)) * 1e-6 or 1.0
    if high - low < max(room, 1e-290):
        middle = low / 2 + high / 2
        room = max(room, 1e-290)
        return middle - room / 2, middle + room / 2
    return low, high


def _positive(low: float, high: float) -> tuple[float, float]:
    low, high = (end if 0 < end < math.inf else 1.0 for end in (low, high))
    return min(low, high), max(low, high)


def padded(low: float, high: float, share: float) -> tuple[float, float]:
    """Return the range with a margin at both ends: a share of its width, or a default."""
    room = share * (high - low) or 0.1 * abs(low) or 1.0
    return float(low - room), float(high + room)
