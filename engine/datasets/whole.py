"""Whether a data set is here, and whole; imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.datasets import catalog, idx, places
from engine.datasets.catalog import DataSet, File
from engine.datasets.unusable import Broken, Foreign

T = TypeVar("T")

FIRST = "mnist"
"""Whose files those in a shared place are called when nothing in them says whose they are."""


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
        return Standing(catalog.embedded(data_set))
    place, found = look(data_set, folder, idx.check)
    return Standing(place, found if isinstance(found, Broken) else None)


def look(
    data_set: DataSet, folder: Path, take: Callable[[Path, File, DataSet, bool], T]
) -> tuple[Path | None, list[T] | Broken | None]:
    """The first place where every file is whole, and what `take` makes of each of them.

    `take` gets a candidate, which file it should be, the data set, and whether the place is a
    shared one; it raises `Broken` where the candidate is not that file. Without a whole place the
    first is None, and the second what is wrong, or None where no file of this data set is there.
    """
    fault: Broken | None = None
    for place in catalog.own_places(data_set, folder):
        taken, faults = _take_all(data_set, place, take, shared=False)
        if not faults:
            return place, taken
        if any(True for file in data_set.files for _ in catalog.candidates(place, file)):
            fault = fault or faults[0]  # another place may have it whole
    for place in catalog.shared_places(data_set, folder):
        taken, faults = _take_all(data_set, place, take, shared=True)
        if not faults:
            return place, taken
        if taken or _may_be_first(data_set, place, faults):
            fault = fault or faults[0]
    return None, fault


def why_not_used(name: str) -> str:
    """Why the data set of that name cannot be used, in words; empty where it can."""
    data_set, folder = catalog.find(name), places.folder()
    found = standing(data_set, folder)
    return "" if found.place else in_words(data_set, found.fault)


def in_words(data_set: DataSet, fault: Broken | None) -> str:
    """That it is not here, or what is wrong with the file that is."""
    if fault is not None:
        what = f"{fault.path.name}: expected {fault.expected}, found {fault.found}"
        return f"{data_set.title} is damaged ({what})"
    trouble = places.variable_trouble()
    return f"{data_set.title} is not here{f' ({trouble})' if trouble else ''}"


def _take_all(
    data_set: DataSet, place: Path, take: Callable[[Path, File, DataSet, bool], T], shared: bool
) -> tuple[list[T], list[Broken]]:
    """What can be taken of the files, and what is wrong with the others."""
    taken: list[T] = []
    faults: list[Broken] = []
    for file in data_set.files:
        try:
            taken.append(_take(data_set, place, file, take, shared))
        except Broken as fault:
            faults.append(fault)
            if not shared:
                break
    return taken, faults


def _take(
    data_set: DataSet,
    place: Path,
    file: File,
    take: Callable[[Path, File, DataSet, bool], T],
    shared: bool,
) -> T:
    """What can be taken of the first candidate that is whole, or `Broken` of the first of all."""
    first = None
    for path in catalog.candidates(place, file):
        try:
            return take(path, file, data_set, shared)
        except Broken as fault:
            first = first or fault
    raise first or Broken(place / file.packed, f"{file.size:,} bytes", "no such file")


def _may_be_first(data_set: DataSet, place: Path, faults: list[Broken]) -> bool:
    """Whether files that are nobody's by their checksums are called damaged ones of this set."""
    if data_set.name != FIRST or any(isinstance(fault, Foreign) for fault in faults):
        return False
    others = [other for other in catalog.DATA_SETS if other.layouts and other is not data_set]
    if any(place.absolute() in catalog.own_places(other, place) for other in others):
        return False
    return any(True for file in data_set.files for _ in catalog.candidates(place, file))
