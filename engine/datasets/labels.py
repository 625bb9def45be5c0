"""The labels of a table as classes, or as numbers to predict; knows no file."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Literal, TypeAlias

import numpy as np

from engine.datasets.cells import (
    advice,
    has_decimal_comma,
    mended,
    missing,
    number,
    shown,
    trouble,
)
from engine.datasets.csv_file import Refused
from engine.pictures import Array

Labels: TypeAlias = Sequence[tuple[int, str]]
"""Each label with its line in the file."""
Target: TypeAlias = Literal["auto", "classes", "number"]

MOST_CLASSES = 100
EXACT = 2**53
"""From here on not every whole number is a float."""
FEW = 10
"""Up to so many different whole numbers are taken for classes, where nothing else is said and one
of them at least stands in several rows."""


def numbers_with_gaps(labels: Labels, target: Target) -> Set[int]:
    """The places where `-`, `none` or `missing` stands for a number; among words it is a class."""
    texts = {text for _, text in labels}
    gaps = set(filter(missing, texts))
    others = texts - gaps
    auto = target == "auto" and gaps and others and all(map(_like_a_number, others))
    if auto or target == "number":
        return {place for place, (_, text) in enumerate(labels) if text in gaps}
    return frozenset()


def labelled(
    labels: Labels, where: str, target: Target, otherwise: str
) -> tuple[Array, tuple[str, ...]]:
    """The labels as numbers of classes and their names, or as numbers to predict.

    `otherwise` says how to go on where this column can be no label.

    Raises:
        Refused: they are neither, or all of them are the same.
    """
    spelled = {text: number(text) for text in {text for _, text in labels}}
    values = [spelled[text] for _, text in labels]
    odd = next((place for place, value in enumerate(values) if value is None), None)
    if odd is not None and (target == "number" or (target == "auto" and _meant(labels, values))):
        line, text = labels[odd]
        why = _why_not(text, target, [label for _, label in labels])
        raise Refused(f"{where}, line {line}: '{shown(text)}' {why}")
    if target == "number" or (target == "auto" and odd is None and not _few_and_whole(values)):
        y = np.array(values, dtype=np.float64)
        if y.min() == y.max():
            raise Refused(
                f"{where}: every label is {y[0]:g}: there is nothing to predict; {otherwise}"
            )
        return y, ()
    return _classes([text for _, text in labels], where, otherwise)


def _meant(labels: Labels, values: Sequence[float | None]) -> bool:
    """Whether numbers are meant, though not every label is one: others are, or all but are."""
    return len(set(values)) > 1 or all(_like_a_number(text) for _, text in labels)


def _like_a_number(text: str) -> bool:
    """Whether it is a number, or would be with a point for its comma; 1_000 is a word."""
    return "_" not in text and mended(text) != ""


def _why_not(text: str, target: Target, every: Collection[str]) -> str:
    """What is wrong with a label that is no number; `every` is the text of each label."""
    fix = advice(text)
    if any(map(has_decimal_comma, set(every))):
        fix += ", or read every comma as a decimal point: --set decimal=comma"
    if target == "number":
        return f"{trouble(text)} to predict; {fix or 'write one, or leave it empty'}"
    others = f"; {fix}" if fix else ", and other labels are numbers; write one, or leave it empty"
    if len(set(every)) > min(MOST_CLASSES, len(every) - 1):  # as classes they are refused, too
        return f"{trouble(text)}{others}"
    return f"{trouble(text)}{others}; to take all of them for classes: --set target=classes"


def _few_and_whole(values: Sequence[float | None]) -> bool:
    different = set(values)
    if len(different) == len(values):
        return False  # a value of its own for each row: as prices are, and classes never
    return len(different) <= FEW and all(v is not None and v.is_integer() for v in different)


def _classes(labels: Sequence[str], where: str, otherwise: str) -> tuple[Array, tuple[str, ...]]:
    """Numbers in the order of numbers, before words in the order of the alphabet."""
    names = {text: _name(text) for text in set(labels)}
    different = sorted(set(names.values()), key=_order)
    if len(different) == 1:
        raise Refused(
            f"{where}: every label is '{shown(different[0])}': nothing to tell apart; {otherwise}"
        )
    if len(different) > MOST_CLASSES:
        raise Refused(
            f"{where}: {len(different):,} different labels, and {MOST_CLASSES} classes are the "
            f"most; {otherwise}"
        )
    if len(different) == len(labels) and None in map(number, different):
        raise Refused(f"{where}: every row has another label: they name the rows; {otherwise}")
    places = {name: place for place, name in enumerate(different)}
    y = np.array([places[names[text]] for text in labels], dtype=np.float64)
    return y, tuple(map(shown, different))


def _name(text: str) -> str:
    """1 and 1.0 are one class; of longer numbers than a float can hold, each is its own."""
    value = number(text)
    if value is None or abs(value) >= EXACT:
        return text
    return str(int(value)) if value.is_integer() else repr(value)


def _order(name: str) -> tuple[bool, float, str]:
    value = number(name)
    return value is None, value or 0.0, name
