"""The frozen picture of a training on the rows of a table; knows no torch, no chart, no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array
from engine.throughput import Throughput


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """Which samples have come by in this epoch, and which are in the batch of the last step."""

    seen: NDArray[np.bool_]
    """Of every sample of the training part, whether it has come in this epoch; shape (samples,)."""
    batch: NDArray[np.int64]
    """The samples in the batch, in its order; empty before the first step."""
    number: int
    """Which batch of the epoch it is, counted from 1."""
    batches: int
    """How many an epoch has."""
    waiting: bool = False
    """Whether the processes that make the next batch are not ready yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """How good the model was after each epoch, and before the first."""

    epochs: Array
    """Shape (measures,), from 0; of many epochs, some."""
    train_loss: Array
    train_score: Array
    """The accuracy or, where a number is predicted, R²."""
    validation_loss: Array
    validation_score: Array


@dataclass(frozen=True, slots=True, eq=False)
class TablePicture:
    """A network on its way through the rows of a table. Every array is a copy."""

    data: str
    """What the table is called."""
    features: int
    """How many numbers a row has beside its label."""
    score: str
    """What the score is: accuracy or R²."""
    belt: Belt
    measures: Measures
    loss_to_beat: float
    """The validation loss of whoever knows the labels of the training part and no feature."""
    score_to_beat: float
    """The validation score of always saying the commoner class, or the mean."""
    guess: str
    """What that is: the name of the class, or the mean."""
    classes: tuple[str, ...]
    """Empty where a number is predicted."""
    confusion: NDArray[np.int64]
    """How often row's class was taken for the column's in the validation part, at the last
    measure; shape (classes, classes)."""
    gradients: tuple[tuple[str, float], ...]
    """Of each layer, from the inputs to the loss: its name and the typical size (root mean
    square) of the gradient of one of its weights at the last step; empty before the first."""
    throughput: tuple[Throughput, ...] = ()
    """What was measured of the loader, where somebody asked for it."""
    timing: bool = False
    """Whether that measurement is still going on."""
