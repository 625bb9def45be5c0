"""The frozen picture of a network that reads digits; knows no torch, no chart and no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array

if TYPE_CHECKING:
    from engine.reader import Reader

Pixels: TypeAlias = NDArray[np.uint8]
"""Grey values from 0, the paper, to 255, the ink."""
Counts: TypeAlias = NDArray[np.int64]
Weights: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class HardDigits:
    """The test images with the greatest loss at the last test, the hardest first.

    The loss of an image is −ln P(its label): what the network was surest of, and wrong, comes
    first. It may well be right on the later ones.
    """

    images: Pixels
    """Shape (digits, 28, 28); none of them before the first test."""
    labels: Counts
    """What each is, an index into the classes, shape (digits,)."""
    said: Counts
    """What the network says that it is, shape (digits,)."""
    sure: Array
    """P of what it says, shape (digits,)."""
    likely: Array
    """P of the label, shape (digits,)."""

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """What one layer of the network makes of one image."""

    name: str
    """The layer in a word or two: `512 relu`, `8 maps`."""
    values: Weights
    """Shape (units,), or (channels, rows, columns) behind a convolution."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitWalk:
    """One test image on its way through the layers, as the network is now."""

    index: int
    """Which of the test images it is; the setting `digit` chooses it."""
    image: Pixels
    """Shape (28, 28)."""
    label: int
    """What it is, an index into the classes."""
    layers: tuple[Activation, ...]
    """All but the last one, from the image on."""
    probabilities: Array
    """What the last one says, through softmax, shape (classes,)."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitsPicture:
    """A network that reads digits: what it gets wrong, what it looks for, what it costs.

    Every array is a copy. What only a test finds out is made once a test: the same objects stand
    in every picture until the next, so whoever draws them may compare them by identity.
    """

    data: str
    """The name of the data set in use: `digits` too where another was wanted and is not here."""
    classes: tuple[str, ...]
    """What each label is called: `0` to `9`, or `T-shirt` and so on."""
    accuracies: Array
    """The share of the test images that is right, by epoch: the first is that of the network
    before its training; shape (tests,)."""
    hardest: HardDigits
    confusion: Counts
    """How many test images of each label (row) were taken for each class (column) at the last
    test, shape (classes, classes); zeros before the first."""
    weights: Weights
    """What the first units of the first layer look for: shape (units, 28, 28), or (channels, 5, 5)
    of a convolution; live."""
    walk: DigitWalk
    """The chosen digit; live."""
    gradients: tuple[tuple[str, float], ...]
    """Of each layer, from the images to the output: its name and the typical size (root mean
    square) of the gradient of one of its weights at the last step; empty before the first."""
    seconds: tuple[tuple[str, float], ...]
    """Where the time of a step goes, in the mean over the steps so far: `load`, `normalise`,
    `forward`, `backward` and `update`, each in seconds; empty before the first step."""
    pipeline: str
    """How the batches are made: `indexed` or `dataloader`."""
    other: tuple[tuple[str, float], ...]
    """What the same parts took with the other pipeline, when the same network was last trained
    that way since the program began; empty if it never was."""
    batches: int
    """How many steps an epoch has."""
    reader: Reader
    """A copy of the network as it is now: nobody trains it, and any thread may ask it."""
    walks: Callable[[int], DigitWalk]
    """Any test image on its way through that copy; a number beyond the last begins again."""
