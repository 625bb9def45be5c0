"""The scenes of the lab of softmax: what the keys move, and how far; knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from engine.config import nearest

NAMES = ("cat", "dog", "fox", "hen", "owl")
"""What the classes are called, as many as there are logits."""
LEAST_CLASSES = 2
MOST_SHIFT = 80.0
"""How much may be added to every logit."""
COLDEST, HOTTEST = 0.05, 100.0
"""The temperatures between which the scene goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One way of looking at a vector of logits."""

    name: str
    title: str
    start: tuple[float, ...] = (2.0, 1.0, 0.0, -1.0)
    """The logits at first."""
    reach: float = 10.0
    """Each logit lies between −reach and reach."""
    small: float = 0.1
    large: float = 1.0
    moves: Literal["logit", "shift", "temperature"] = "logit"
    """What the arrow keys move: the chosen logit, all of them together, or the temperature."""
    labelled: bool = False
    """Whether one class is the label."""


SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        scene.name: scene
        for scene in (
            Scene(name="bars", title="from logits to probabilities"),
            Scene(name="shift", title="the same number added to each", moves="shift"),
            Scene(name="temperature", title="sharper and flatter", moves="temperature"),
            Scene(
                name="cross-entropy", title="the loss of a label, and its gradient", labelled=True
            ),
            Scene(
                name="overflow",
                title="logits too large for e to their power",
                start=(60.0, 20.0, 0.0, -40.0),
                reach=500.0,
                small=1.0,
                large=20.0,
            ),
        )
    }
)


def find(name: str) -> Scene:
    """The scene of that name.

    Raises:
        ValueError: there is none; the message offers the nearest.
    """
    if name not in SCENES:
        raise ValueError(f"no scene {name!r}; {nearest(name, SCENES)}")
    return SCENES[name]
