"""One line of the table: what was measured, its target, and whether it is reached."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that a figure should keep."""

    bound: float
    at_least: bool = False
    """Whether more is better."""

    def holds(self, value: float) -> bool:
        """Whether the value keeps it."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, from the samples of one run of the benchmark."""

    name: str
    unit: str
    target: Target | None
    samples: Sequence[float] = field(default=())
    value: float | None = None
    """What stands in the table; None where it could not be measured."""
    remark: str = ""

    @classmethod
    def median(
        cls, name: str, unit: str, target: Target | None, samples: Sequence[float], remark: str = ""
    ) -> Figure:
        """The figure whose value is the median of its samples."""
        return cls(name, unit, target, samples, statistics.median(samples), remark)

    @property
    def reached(self) -> bool | None:
        """Whether the target is; None where there is none, or no value."""
        if self.target is None or self.value is None:
            return None
        return self.target.holds(self.value)

    def as_json(self) -> dict[str, object]:
        """Everything, for a machine to read."""
        target = {"target": str(self.target) if self.target else None, "reached": self.reached}
        return {**asdict(self), "samples": list(self.samples), **target}

    def as_line(self) -> str:
        """A line of the table."""
        value = "not measured" if self.value is None else f"{self.value:,.3g} {self.unit}".strip()
        if self.value is not None and abs(self.value) >= 1000:
            value = f"{self.value:,.0f} {self.unit}"
        spread = (
            f"{min(self.samples):.3g} to {max(self.samples):.3g}" if len(self.samples) > 1 else ""
        )
        sign = {True: "✓", False: "✗", None: " "}[self.reached]
        target = str(self.target or "")
        return (
            f"{sign} {self.name:<44} {value:>16}   {target:<8} {spread:<18} {self.remark}".rstrip()
        )
