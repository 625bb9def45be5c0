"""What a part of the lab of tensors has: a scene, the NumPy session, the map; does nothing."""

from __future__ import annotations

from typing import Protocol

from rich.text import Text
from textual.widget import Widget

from tui.widgets.tensor_view import TensorView


class Part(Protocol):
    """One rung of the ladder, as the keys find it."""

    @property
    def takes_lines(self) -> bool:
        """Whether a line can be typed on it."""

    @property
    def runs(self) -> bool:
        """Whether there is anything to play, or to go through step by step."""

    @property
    def offer(self) -> str | None:
        """What to put into the line to be changed; None for what stands there."""

    @property
    def first(self) -> Widget:
        """What the keys go to first."""

    @property
    def words(self) -> Text:
        """What there is to say of it."""

    @property
    def progress(self) -> str:
        """How far it was gone through, in a few words."""

    @property
    def state(self) -> str:
        """In a word, what goes on, or what to press."""

    def begin(self, name: str) -> None:
        """Set it up as the preset of that name has it.

        Raises:
            FileNotFoundError: what it shows is not on this machine; everything stays as it was.
        """

    def play(self) -> bool:
        """Play, hold or run the next lines; whether there is something else to show then."""

    def step(self, direction: int) -> bool:
        """One slice, statement or module on, or back; whether there is something else to show."""

    def hold(self) -> bool:
        """Play no further; whether it was playing."""

    def show(self, wide: bool) -> None:
        """Show all that there is to see of it now."""

    def point(self, view: TensorView) -> Text | None:
        """Light what the chosen cell of this view goes with, and say what it is."""
