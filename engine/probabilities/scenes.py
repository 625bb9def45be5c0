"""The scenes of the lab of probabilities: where the point may go, and by what; knows no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.config import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One way of looking at a logit."""

    name: str
    title: str
    start: float
    """Where the point stands at first: z."""
    reach: float = 8.0
    """z goes from −reach to reach."""
    small: float = 0.1
    """How far one press of an arrow key goes."""
    large: float = 1.0
    moves: str = "z"
    """What the arrow keys move: z or P."""
    labelled: bool = True
    """Whether the label plays a part."""


SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        scene.name: scene
        for scene in (
            Scene(
                name="sigmoid", title="from any number to a probability", start=1.0, labelled=False
            ),
            Scene(
                name="odds",
                title="probability, odds and log-odds",
                start=0.0,
                small=0.01,
                large=0.1,
                moves="P",
                labelled=False,
            ),
            Scene(name="cross-entropy", title="what a wrong answer costs", start=-2.0),
            Scene(name="gradients", title="what each loss would teach", start=-4.0),
            Scene(name="race", title="two losses lead one logit each", start=-6.0),
            Scene(
                name="saturation",
                title="where 32 bits run out",
                start=-20.0,
                reach=120.0,
                small=1.0,
                large=10.0,
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
