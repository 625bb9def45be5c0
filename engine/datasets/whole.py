"""Whether a data set is here, and whole; imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.datasets import catalog, idx
from engine.datasets.catalog import DataSet
from engine.datasets.unusable import Broken


@dataclass(frozen=True, slots=True)
class Standing:
    """How a data set stands in a folder."""

    place: Path | None = None
    """Where it lies whole; None where it does not."""
    fault: Broken | None = None
    """What is wrong with what lies there instead; None where there is nothing."""


def standing(data_set: DataSet, folder: Path) -> Standing:
    """Look for it, and into its files, as the loader does; that takes a moment."""
    if data_set.embedded:
        return Standing(catalog.where(data_set.name, folder))
    fault = None
    for place in catalog.places(data_set, folder):
        if any(catalog.at(place, file) for file in data_set.files):
            try:
                check(data_set, place)
            except Broken as error:  # another place may have it whole
                fault = fault or error
            else:
                return Standing(place)
    return Standing(fault=fault)


def check(data_set: DataSet, place: Path) -> None:
    """Raise `Broken` for the first file that is missing there, or not what it should be."""
    for file in data_set.files:
        idx.check(idx.path_of(place, file), file, data_set)
