"""`Table`: rows of numbers with labels; and the breast cancer data of scikit-learn as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.datasets.registry import Broken, NotHere, embedded, find
from engine.numerals import counted
from engine.pictures import Array

FEW_ROWS = 20
"""With fewer rows the score on the held-out rows is not reliable."""
MEASURES = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Numbers and labels to train on. Its texts contain nothing that a terminal interprets."""

    name: str
    x: Array
    """The features, shape (rows, features); nan for a value to be filled in."""
    y: Array
    """The class number, from 0, or the number to predict; shape (rows,)."""
    names: tuple[str, ...]
    label: str
    classes: tuple[str, ...]
    """The names of the classes in order; empty if a number is predicted."""
    report: tuple[str, ...] = ()
    """Sentences on what was left out or has to be filled in."""
    ignored: tuple[str, ...] = ()
    """The columns that the learner chose to leave out."""
    hint: str = ""
    """Another possible use of the label: whole numbers may be classes."""

    def __len__(self) -> int:
        return len(self.x)

    def constant(self) -> tuple[str, ...]:
        """Return the features with the same value in every row, which are useless."""
        low, high = np.fmin.reduce(self.x), np.fmax.reduce(self.x)
        return tuple(name for name, same in zip(self.names, low == high, strict=True) if same)

    def task(self, held_out: int) -> str:
        """Return the prediction task in one line; `held_out` is the number of validation rows."""
        target = f"a number from {self.y.min():,.6g} to {self.y.max():,.6g}"
        if self.classes:
            target = f"{counted(len(self.classes), 'class', 'classes')} ({listed(self.classes)})"
        label = f"predicts {self.label}: {target}{f' ({self.hint})' if self.hint else ''}"
        rows = f"{counted(len(self), 'row')}, {held_out:,} held out"
        ignored = [f"ignored: {listed(self.ignored)}"] if self.ignored else []
        return "; ".join([label, counted(len(self.names), "feature"), rows, *ignored])

    def notes(self) -> tuple[str, ...]:
        """Return the report, and a warning if there are few rows."""
        few = f"{len(self)} rows are few: the score on those held out says little"
        return (*self.report, few) if len(self) < FEW_ROWS else self.report


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return the names in one line, shortened after `most` of them."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def breast_cancer() -> Table:
    """Return 569 tumours: mean, error and worst of ten measures of their cells, and the class.

    Read from its file, because importing scikit-learn takes a second.

    Raises:
        NotHere, Broken: scikit-learn is not installed, or its file differs.
    """
    data_set = find("breast-cancer")
    path = embedded(data_set)
    if path is None:
        raise NotHere(data_set)
    shape = 569, 3 * len(MEASURES) + 1
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        rows = np.array([line.split(",") for line in lines], dtype=np.float64)
    except (OSError, ValueError) as error:
        raise Broken(path, f"{shape[0]} rows of {shape[1]} numbers", str(error)) from None
    if rows.shape != shape:
        raise Broken(path, f"numbers of shape {shape}", f"numbers of shape {rows.shape}")
    kinds = ("mean", "error of", "worst")
    return Table(
        name="breast cancer",
        x=rows[:, :-1],
        y=rows[:, -1],
        names=tuple(f"{kind} {measure}" for kind in kinds for measure in MEASURES),
        label="tumour",
        classes=data_set.classes,
    )
