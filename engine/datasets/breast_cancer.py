"""The breast cancer data that travel inside scikit-learn, as a table; imports no torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.datasets.catalog import embedded, find
from engine.datasets.tables import Table
from engine.datasets.unusable import Broken, NotHere

MEASURES = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)
ROWS = 569


def breast_cancer() -> Table:
    """569 tumours: mean, error and worst of ten measures of their cells, malignant or benign.

    Read from its file: to import scikit-learn takes a second.

    Raises:
        NotHere, Broken: scikit-learn is not installed, or its file is not what it was.
    """
    path = embedded(find("breast-cancer"))
    if path is None:
        raise NotHere("breast-cancer", Path("this installation of scikit-learn"))
    shape = ROWS, 3 * len(MEASURES) + 1
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
        classes=find("breast-cancer").classes,
    )
