"""Every data set: points made on the spot, and real data with its licence; knows no model.

The made points are handed on when one is asked for, and not before: they import torch, and the
catalog of the real data sets must not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.datasets.made import (
        SIX_LABELS,
        SIX_X,
        SIX_Y,
        Data,
        circles,
        clouds,
        moons,
        noisy_line,
        overlapping_labels,
        six_labels,
        six_points,
        spiral,
        xor,
    )

__all__ = (
    "SIX_LABELS",
    "SIX_X",
    "SIX_Y",
    "Data",
    "circles",
    "clouds",
    "moons",
    "noisy_line",
    "overlapping_labels",
    "six_labels",
    "six_points",
    "spiral",
    "xor",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:  # a module of this package, too, is looked for here first
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from engine.datasets import made

    return getattr(made, name)
