"""Image data sets for training: MNIST and its relatives, or scikit-learn's 1,797 digits instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from engine.datasets import registry, verify
from engine.datasets.registry import Broken, NotHere, Unusable

SIDE = 28
"""The side length of an image in pixels."""
HELD_OUT = 4
"""Every fourth of scikit-learn's digits is a test image."""


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """A data set of images on the CPU, with its publishers' split."""

    name: str
    train_x: torch.Tensor
    """Shape (n, 28, 28), uint8: 0 is the background, 255 the ink."""
    train_y: torch.Tensor
    """Shape (n,), int64: the class of each image."""
    test_x: torch.Tensor
    test_y: torch.Tensor
    classes: tuple[str, ...]
    note: str = ""
    """If these replace another data set: a sentence that says so, and how to get the other."""


def load_images(name: str) -> Images:
    """Return the data set of that name; nothing is downloaded or written.

    Raises:
        NotHere: it is not in the data folder.
        Broken: one of its files is damaged or wrong; the first one found.
        ValueError: there is no such data set of images.
    """
    data_set = registry.find(name)
    if data_set.kind != "images":
        raise ValueError(f"{name} is a table, not images")
    if data_set.embedded:
        file = registry.embedded(data_set)
        if file is None:
            raise NotHere(data_set)
        return Images(name, *read_digits(file, side=SIDE), data_set.classes)
    _, parts = verify.find_whole(data_set, registry.data_dir())
    if not isinstance(parts, list):
        raise parts or NotHere(data_set)
    train_x, train_y, test_x, test_y = (
        torch.frombuffer(verify.values(part, file), dtype=torch.uint8).reshape(file.shape)
        for part, file in zip(parts, data_set.files, strict=True)
    )
    return Images(name, train_x, train_y.long(), test_x, test_y.long(), data_set.classes)


def images_or_digits(name: str) -> Images:
    """Return the data set of that name, or the digits with a note if it cannot be used.

    Raises:
        NotHere: the digits are not there either.
        ValueError: there is no such data set of images.
    """
    try:
        return load_images(name)
    except Unusable as why:
        fault = why if isinstance(why, Broken) else None
        what = verify.problem_text(registry.find(name), fault)
        command = registry.fetch_command(name)
        note = f"{what}: scikit-learn's 1,797 digits stand in. To get it: {command}"
        return replace(load_images("digits"), note=note)


def read_digits(
    file: Path, *, side: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return training images, training labels, test images and test labels of the digits.

    Images are (n, side, side), uint8: the 8×8 pixels of 0 to 16 become 0 to 255 and are scaled
    bilinearly, each pixel counting as a square (`align_corners=False`). Of each digit, every fourth
    in the order of the file is a test image; nothing is random. So every writer is in both parts,
    and the test does not show the accuracy for new writers.
    """
    table = torch.from_numpy(np.loadtxt(file, delimiter=",", dtype=np.float32))
    images = table[:, :-1].reshape(-1, 1, 8, 8) * (255 / 16)
    scaled = torch.nn.functional.interpolate(images, size=(side, side), mode="bilinear")
    x, y = scaled.squeeze(1).round().to(torch.uint8), table[:, -1].long()
    test = torch.zeros(len(y), dtype=torch.bool)
    for label in y.unique():
        test[(y == label).nonzero().flatten()[HELD_OUT - 1 :: HELD_OUT]] = True
    return x[~test], y[~test], x[test], y[test]
