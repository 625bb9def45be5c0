"""A range of numbers laid along an axis, with its ticks and their labels; knows no figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from engine.pictures import Array

LARGEST = 1e300
"""Nothing beyond this is drawn where it is: the span of an axis must be a finite number."""
DECIMALS = 9
"""How many decimals of a coordinate, in units of its axis, decide the cell."""
FAR = 1e6
"""Coordinates beyond this are far off the chart and are not rounded."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """A range, and where its ticks stand in it."""

    low: float
    """On a logarithmic axis, the logarithm of the least value."""
    high: float
    ticks: tuple[tuple[float, str], ...]
    """Where (0 is `low`, 1 is `high`), and what is written there."""
    logarithmic: bool = False

    def place(self, values: ArrayLike) -> Array:
        """Where values stand: 0 at the low end, 1 at the high end, beyond these outside.

        On a logarithmic axis a value that has no logarithm stands at minus infinity.
        """
        values = np.asarray(values, dtype=np.float64)
        if self.logarithmic:
            values = np.where(values > 0, values, 0)
            with np.errstate(divide="ignore"):
                values = np.log10(values)
        return rounded((values - self.low) / (self.high - self.low))

    def named(self, name: str, least: float) -> Axis:
        """This axis with its name for the last tick; ticks nearer than `least` make room."""
        ticks = tuple(tick for tick in self.ticks if tick[0] <= 1 - least)
        return Axis(self.low, self.high, (*ticks, (1.0, name)), self.logarithmic)


def rounded(places: ArrayLike) -> Array:
    """Coordinates in units of their axis, rounded to 1e-9 before they become cells.

    The last bit of a logarithm, a sigmoid or a matrix product differs between CPUs. A point on
    the boundary of two cells would stand in one on this machine and in the other on the next.
    """
    places = np.asarray(places, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(places) < FAR
    return np.where(near, np.round(np.where(near, places, 0.0), DECIMALS), places)


@lru_cache(maxsize=64)
def linear(low: float, high: float, ticks: int) -> Axis:
    """An axis from low to high with about so many ticks, at multiples of 1, 2 or 5."""
    low, high = _apart(low, high)
    step = nice_step((high - low) / max(ticks, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [index * step for index in range(first, last + 1)]
    places = [round((value - low) / (high - low), DECIMALS) for value in values]
    return Axis(low, high, tuple(zip(places, labels(values, step), strict=True)))


@lru_cache(maxsize=64)
def logarithmic(low: float, high: float, ticks: int) -> Axis:
    """An axis over powers of ten, from low to high, both positive, made a little wider."""
    least = math.floor(math.log10(low) * 2 + 1e-9) / 2
    most = math.ceil(math.log10(high) * 2 - 1e-9) / 2
    if most - least < 1:
        least, most = math.floor(least), math.ceil(max(most, least + 1))
    step = max(1, int(nice_step((most - least) / max(ticks, 1))))
    powers = range(math.ceil(least / step) * step, math.floor(most) + 1, step)
    places = [round((power - least) / (most - least), DECIMALS) for power in powers]
    names = [power_of_ten(power) for power in powers]
    return Axis(least, most, tuple(zip(places, names, strict=True)), logarithmic=True)


def nice_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        (factor * power for factor in (1, 2, 5) if factor * power >= least * (1 - 1e-9)), 10 * power
    )


def round_up(value: float) -> float:
    """The next number that is round to one and a half digits: an axis that seldom moves."""
    power = 10.0 ** math.floor(math.log10(value))
    ladder = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    return next((f * power for f in ladder if f * power >= value * (1 - 1e-9)), 10 * power)


def labels(values: list[float], step: float) -> list[str]:
    """Label ticks that are `step` apart with just the digits that tell them apart."""
    largest = max((abs(value) for value in values), default=0.0)
    decimals = -math.floor(math.log10(step))
    if largest >= 1e7 or (largest < 1e-3 and decimals > 4):
        digits = max(0, math.floor(math.log10(max(largest, step))) + decimals)
        return [_scientific(value, digits) for value in values]
    return [minus(f"{value + 0.0:,.{max(decimals, 0)}f}") for value in values]


def minus(text: str) -> str:
    """The text of a number with a true minus sign, and none before a zero."""
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")


def power_of_ten(power: int) -> str:
    """`10⁻³`."""
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
    """Finite limits that lie far enough apart to be told from one another."""
    low, high = max(low, -LARGEST), min(high, LARGEST)
    low, high = min(low, LARGEST), max(high, -LARGEST)
    room = max(abs(low), abs(high)) * 1e-6 or 1.0
    if high - low < max(room, 1e-290):
        middle = low / 2 + high / 2
        room = max(room, 1e-290)
        return middle - room / 2, middle + room / 2
    return low, high


def padded(low: float, high: float, share: float) -> tuple[float, float]:
    """The range with room at both ends: a share of its width, or some where it has none."""
    room = share * (high - low) or 0.1 * abs(low) or 1.0
    return float(low - room), float(high + room)
