"""Images to train on: MNIST and what came after it, or the digits instead; knows no network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.datasets import catalog, idx, places
from engine.datasets.catalog import DataSet
from engine.datasets.digits import read_digits
from engine.datasets.unusable import Broken, NotHere, Unusable
from engine.datasets.whole import in_words, look

__all__ = ("Broken", "Images", "NotHere", "Unusable", "images_or_digits", "load_images")

SIDE = 28


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """A data set of images, on the CPU, as its makers divided it."""

    name: str
    train_x: torch.Tensor
    """(n, 28, 28), uint8: 0 is the ground, 255 the ink."""
    train_y: torch.Tensor
    """(n,), int64: the class of each."""
    test_x: torch.Tensor
    test_y: torch.Tensor
    classes: tuple[str, ...]
    note: str = ""
    """Where these stand in for others: a sentence that says so, and how to get the others."""


def load_images(name: str) -> Images:
    """The data set of that name; nothing is fetched, and nothing written.

    Raises:
        NotHere: it is not in the folder of the data sets.
        Broken: a file of it is not what it should be; the first one met.
        ValueError: there is no such data set of images.
    """
    data_set = catalog.find(name)
    if data_set.kind != "images":
        raise ValueError(f"{name} is a table, not images")
    if data_set.embedded:
        return _embedded(data_set)
    _, parts = look(data_set, places.folder(), idx.read)
    if not isinstance(parts, list):
        raise parts or NotHere(name, places.folder())
    shaped = [
        torch.frombuffer(part, dtype=torch.uint8).reshape(file.shape)
        for part, file in zip(parts, data_set.files, strict=True)
    ]
    train_x, train_y, test_x, test_y = shaped
    return Images(name, train_x, train_y.long(), test_x, test_y.long(), data_set.classes)


def images_or_digits(name: str) -> Images:
    """The data set of that name, or the digits with a note where it cannot be used.

    Raises:
        NotHere: not even the digits are there.
        ValueError: there is no such data set of images.
    """
    try:
        return load_images(name)
    except Unusable as why:
        return replace(load_images("digits"), note=_note(name, why))


def _note(name: str, why: Unusable) -> str:
    what = in_words(catalog.find(name), why if isinstance(why, Broken) else None)
    command = places.fetch_command(name)
    return f"{what}: scikit-learn's 1,797 digits stand in. To get it: {command}"


def _embedded(data_set: DataSet) -> Images:
    file = catalog.embedded(data_set)
    if file is None:
        raise NotHere(data_set.name, Path("this installation of scikit-learn"))
    return Images(data_set.name, *read_digits(file, side=SIDE), data_set.classes)
