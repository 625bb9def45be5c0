"""The colours of the charts, and what the learner chose to see in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

RGB: TypeAlias = tuple[int, int, int]
Depth: TypeAlias = Literal["colours", "greys", "letters"]


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """A palette, and what the learner chose to see.

    The colours are those of Okabe and Ito, which stay apart for colour-blind eyes, made
    lighter or darker until each stands out from its background by 4.5 to 1.
    """

    text: RGB
    """Notes and the names of axes."""
    dim: RGB
    """Frames and ticks."""
    line: RGB
    """What is being trained, now."""
    start: RGB
    """What it was before the first step."""
    points: RGB
    """The data."""
    sample: RGB
    """The one sample at work, and the gradient there."""
    residual: RGB
    """How far a prediction is from its target; and every warning."""
    minimum: RGB
    """The best there is."""
    path: RGB
    """The path over the surface, and where it has come to."""
    ramp: tuple[RGB, ...]
    """From the least loss to the greatest; the luminance goes one way."""
    contour: RGB
    """The lines of equal loss on the surface: mixed half and half with the ramp's colour."""
    logarithmic: bool = False
    """Whether the loss stands on a logarithmic scale."""
    residuals: bool = False
    """Whether residuals are drawn."""
    depth: Depth = "colours"
    """What a picture of pixels may use: `greys` under NO_COLOR, and `letters` where there are
    only 16 colours, which everybody sets as they like."""
    places: dict[tuple[object, ...], tuple[int, int]] | None = field(default=None, compare=False)
    """Where each legend stood in the frame before, for charts drawn again and again: the column
    and the row of its block, counted from the right and from below where negative."""

    @property
    def is_dark(self) -> bool:
        """Whether it is for a dark background: the text is then light."""
        return sum(self.text) > 3 * 128

    @property
    def background(self) -> RGB:
        """Nearly black below light text, nearly white below dark."""
        return (18, 18, 20) if self.is_dark else (248, 248, 248)

    def tint(self, colour: RGB, share: float) -> RGB:
        """The background with a share of a colour."""
        return mix(self.background, colour, share)

    @classmethod
    def dark(cls) -> Self:
        """For light text on a dark background."""
        return cls(
            text=(222, 222, 222),
            dim=(128, 128, 136),
            line=(86, 180, 233),
            start=(150, 150, 158),
            points=(240, 173, 30),
            sample=(240, 228, 66),
            residual=(255, 126, 80),
            minimum=(64, 214, 165),
            path=(255, 255, 255),
            ramp=((24, 20, 56), (30, 52, 96), (24, 92, 108), (48, 124, 92), (122, 134, 50)),
            contour=(255, 255, 255),
        )

    @classmethod
    def light(cls) -> Self:
        """For dark text on a light background."""
        return cls(
            text=(40, 40, 40),
            dim=(97, 97, 103),
            line=(0, 96, 160),
            start=(84, 84, 92),
            points=(164, 68, 0),
            sample=(146, 52, 108),
            residual=(178, 52, 14),
            minimum=(0, 112, 80),
            path=(16, 16, 24),
            ramp=(
                (255, 252, 214),
                (206, 234, 190),
                (150, 212, 196),
                (122, 178, 206),
                (140, 140, 200),
            ),
            contour=(30, 40, 70),
        )


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """A colour between two: `share` is how much there is of the other."""
    share = round(share, 9)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
