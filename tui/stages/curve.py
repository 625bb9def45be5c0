"""What a lab of curves asks of its stage; knows no scene and no screen."""

from __future__ import annotations

from typing import Protocol


class CurveStage(Protocol):
    """What is played with: numbers in a scene, and what may be done with them."""

    @property
    def text(self) -> str:
        """What the keys move, as it could be typed."""

    @property
    def by_hand(self) -> bool:
        """Whether the learner brought about what there is to see; else it was played to here.

        Challenges are checked only then: playing a scene passes through what they ask for.
        """

    @property
    def ended(self) -> bool:
        """Whether there is no step to make."""

    def use(self, name: str) -> None:
        """Set the scene of that name, from its start."""

    def move(self, strides: int, *, large: bool = False) -> bool:
        """Go so many strides up or down; whether there was room."""

    def end(self, direction: int) -> None:
        """Go to an end: −1 for the lower one, 1 for the upper one."""

    def step(self) -> bool:
        """One step of what plays; whether there was one."""

    def rewind(self) -> None:
        """Go where playing can begin again."""

    def type(self, text: str) -> None:
        """Take what was typed, or raise `Refused`."""
