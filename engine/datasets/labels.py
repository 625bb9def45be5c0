"""The labels of a table as classes, or as numbers to predict; knows no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from engine.datasets.cells import number, shown
from engine.datasets.csv_file import Refused
from engine.pictures import Array

Target: TypeAlias = Literal["auto", "classes", "number"]

MOST_CLASSES = 100
FEW = 10
"""Up to so many different whole numbers are taken for classes, where nothing else is said."""


def labelled(
    labels: Sequence[tuple[int, str]], where: str, target: Target
) -> tuple[Array, tuple[str, ...]]:
    """The labels, each with its line, as numbers of classes and their names, or as numbers.

    Raises:
        Refused: they are neither, or all of them are the same.
    """
    values = [number(text) for _, text in labels]
    odd = next((place for place, value in enumerate(values) if value is None), None)
    if target == "number" and odd is not None:
        line, text = labels[odd]
        raise Refused(f"{where}, line {line}: '{shown(text)}' is not a number to predict")
    if target == "auto" and odd is not None and len(set(values)) > 1:
        line, text = labels[odd]
        raise Refused(
            f"{where}, line {line}: '{shown(text)}' is not a number, and other labels are; "
            "to take all of them for classes, set target to classes"
        )
    if target == "number" or (target == "auto" and odd is None and not _few_and_whole(values)):
        y = np.array(values, dtype=np.float64)
        if y.min() == y.max():
            raise Refused(f"{where}: every label is {y[0]:g}: there is nothing to predict")
        return y, ()
    return _classes([text for _, text in labels], where)


def _few_and_whole(values: Sequence[float | None]) -> bool:
    different = set(values)
    return len(different) <= FEW and all(v is not None and v.is_integer() for v in different)


def _classes(labels: Sequence[str], where: str) -> tuple[Array, tuple[str, ...]]:
    """Numbers in the order of numbers, before words in the order of the alphabet."""
    names = {text: _name(text) for text in set(labels)}
    different = sorted(set(names.values()), key=_order)
    if len(different) == 1:
        raise Refused(f"{where}: every label is '{shown(different[0])}': nothing to tell apart")
    if len(different) > MOST_CLASSES:
        raise Refused(
            f"{where}: {len(different):,} different labels, and {MOST_CLASSES} classes are the "
            "most; is another column the label?"
        )
    places = {name: place for place, name in enumerate(different)}
    y = np.array([places[names[text]] for text in labels], dtype=np.float64)
    return y, tuple(map(shown, different))


def _name(text: str) -> str:
    """1 and 1.0 are one class."""
    value = number(text)
    return text if value is None else f"{value:.10g}"


def _order(name: str) -> tuple[bool, float, str]:
    value = number(name)
    return value is None, value or 0.0, name
