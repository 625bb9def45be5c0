"""The 1,797 handwritten digits that travel inside scikit-learn, in the size of MNIST's images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

SIDE, GREYS = 8, 16
"""What an image of these is: 8×8 pixels, each from 0 to 16."""
HELD_OUT = 4
"""Every fourth image of each digit is kept for the test."""

Split = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def read_digits(file: Path, *, side: int) -> Split:
    """Training images, training labels, test images, test labels.

    Images are (n, side, side), uint8: pixels of 0 to 16 become 0 to 255, and the 8×8 are scaled
    bilinearly, each pixel counting as a square (`align_corners=False`). Nothing is drawn at
    random: of each digit, in the order of the file, every fourth is for the test. So every hand
    that wrote is in both parts, and the test says little about a hand that was never seen.
    """
    table = torch.from_numpy(np.loadtxt(file, delimiter=",", dtype=np.float32))
    images = table[:, :-1].reshape(-1, 1, SIDE, SIDE) * (255 / GREYS)
    scaled = torch.nn.functional.interpolate(images, size=(side, side), mode="bilinear")
    x, y = scaled.squeeze(1).round().to(torch.uint8), table[:, -1].long()
    test = held_out(y)
    return x[~test], y[~test], x[test], y[test]


def held_out(labels: torch.Tensor) -> torch.Tensor:
    """Which of the points are for the test: every fourth of each label, so all labels alike."""
    test = torch.zeros(len(labels), dtype=torch.bool)
    for label in labels.unique():
        test[(labels == label).nonzero().flatten()[HELD_OUT - 1 :: HELD_OUT]] = True
    return test
