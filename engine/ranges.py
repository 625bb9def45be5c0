"""The range of numbers that a setting accepts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a field may hold: from `low` to `high`, or strictly above `low`."""

    low: float
    high: float
    above: bool = False

    def __contains__(self, value: float) -> bool:
        return (self.low < value if self.above else self.low <= value) and value <= self.high

    def __str__(self) -> str:
        if self.above:
            return f"above {self.low:,g} and at most {self.high:,.10g}"
        return f"from {self.low:,.10g} to {self.high:,.10g}"
