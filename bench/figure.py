"""One line of the table: a measured value, its target, and whether the target is met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A limit for a figure."""

    bound: float
    at_least: bool = False
    """Whether higher values are better."""

    def holds(self, value: float) -> bool:
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
    """The value in the table; None if it could not be measured."""
    remark: str = ""

    @classmethod
    def median(
        cls, name: str, unit: str, target: Target | None, samples: Sequence[float], remark: str = ""
    ) -> Figure:
        return cls(name, unit, target, samples, statistics.median(samples), remark)

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None if there is no target or no value."""
        if self.target is None or self.value is None:
            return None
        return self.target.holds(self.value)

    def as_json(self) -> dict[str, object]:
        target = {"target": str(self.target) if self.target else None, "reached": self.reached}
        return {**asdict(self), "samples": list(self.samples), **target}

    def as_line(self) -> str:
        """Return the line of the table."""
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
