"""Colours and display options of the charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

RGB: TypeAlias = tuple[int, int, int]
Depth: TypeAlias = Literal["colours", "greys", "letters"]


@dataclass(frozen=True, slots=True)
class ChartStyle:
    """A colour palette and the display options that the learner chose.

    The colours are those of Okabe and Ito, which colour-blind readers can distinguish, made lighter
    or darker until the contrast with the background is at least 4.5 to 1.
    """

    text: RGB
    """Notes and the names of axes."""
    dim: RGB
    """Frames and ticks."""
    line: RGB
    """The current state of the model."""
    start: RGB
    """The model before the first step."""
    points: RGB
    """The data."""
    sample: RGB
    """The current sample, and the gradient there."""
    residual: RGB
    """The error of a prediction, and warnings."""
    minimum: RGB
    """The best value or parameters."""
    path: RGB
    """The path over the loss surface, and the current position."""
    ramp: tuple[RGB, ...]
    """The colours from the lowest to the highest loss; the luminance is monotonic."""
    contour: RGB
    """The contour lines of the loss surface, mixed with the colour of the ramp."""
    logarithmic: bool = False
    """Whether the loss has a logarithmic axis."""
    residuals: bool = False
    """Whether residuals are drawn."""
    depth: Depth = "colours"
    """The palette of pixel pictures: `greys` with NO_COLOR, `letters` on terminals with only 16
    colours, which users can redefine."""
    places: dict[tuple[object, ...], tuple[int, int]] | None = field(default=None, compare=False)
    """The column and row of each legend in the last frame, counted from the right and from below if
    negative; for charts that are drawn repeatedly."""

    @property
    def is_dark(self) -> bool:
        """Whether the background is dark and the text is light."""
        return sum(self.text) > 3 * 128

    @property
    def background(self) -> RGB:
        """The background colour: nearly black or nearly white."""
        return (18, 18, 20) if self.is_dark else (248, 248, 248)

    def tint(self, colour: RGB, share: float) -> RGB:
        """Return the background mixed with a share of a colour."""
        return mix(self.background, colour, share)

    @classmethod
    def dark(cls) -> Self:
        """Return the style for light text on a dark background."""
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
        """Return the style for dark text on a light background."""
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
    """Return the mixture of two colours; `share` is the proportion of the other."""
    share = round(share, 9)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
