"""Images to train on: MNIST and what came after it, or the digits instead; knows no network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.datasets import catalog, idx, places
from engine.datasets.catalog import DataSet
from engine.datasets.digits import read_digits
from engine.datasets.unusable import Broken, NotHere, Unusable

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
    broken = None
    for place in catalog.places(data_set, places.folder()):
        if any(catalog.at(place, file) for file in data_set.files):
            try:
                return _read(data_set, place)
            except Broken as error:  # another place may have it whole
                broken = broken or error
    raise broken or NotHere(name, places.folder())


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
    title = catalog.find(name).title
    what = f"{title} is not here"
    if isinstance(why, Broken):
        file = why.path.name
        what = f"{title} is damaged ({file}: expected {why.expected}, found {why.found})"
    return f"{what}: scikit-learn's 1,797 digits stand in. To get it: dltui data fetch {name}"


def _read(data_set: DataSet, place: Path) -> Images:
    parts = []
    for file in data_set.files:
        path = idx.path_of(place, file)
        values = torch.frombuffer(idx.read(path, file, data_set), dtype=torch.uint8)
        parts.append(values.reshape(file.shape))
    train_x, train_y, test_x, test_y = parts
    classes = data_set.classes
    return Images(data_set.name, train_x, train_y.long(), test_x, test_y.long(), classes)


def _embedded(data_set: DataSet) -> Images:
    file = catalog.where(data_set.name, places.folder())
    if file is None:
        raise NotHere(data_set.name, Path("this installation of scikit-learn"))
    return Images(data_set.name, *read_digits(file, side=SIDE), data_set.classes)
