"""The base class of trainers on a table: split, scaling, evaluation and pictures."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from unicodedata import east_asian_width

import torch
from torch import nn

from engine.datasets.tables import Table
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import Belt, Measures, TablePicture
from engine.trainer import ConfigT, Step
from engine.trainers.sgd import SgdTrainer, rms, subscript, weights_of
from engine.trainers.workers import Crew

LONGEST = 16
"""The most terminal cells of a class name in a formula."""


class FeatureScale:
    """Fills gaps with the median and optionally scales each feature to mean 0 and deviation 1.

    Median, mean and deviation are those of the rows passed to the constructor. Computed from all
    rows, they would give the training information about the validation part.
    """

    def __init__(self, x: torch.Tensor, standardise: bool) -> None:
        """Compute the scale from x, shape (rows, features), float64; a gap is nan."""
        self._median = x.nanquantile(0.5, dim=0).nan_to_num()
        filled = self._filled(x)
        # Scaled by a power of two, which is exact: numbers such as 1e300 cannot be squared.
        low, high = filled.amin(dim=0), filled.amax(dim=0)
        largest = torch.maximum(low.abs(), high.abs())
        largest = torch.where(largest > 0, largest, 1)
        power = largest / (2 * largest.frexp().mantissa)
        self.mean = (filled / power).mean(dim=0) * power
        deviation = (filled / power).std(dim=0, correction=0) * power
        # A rounded mean would give a constant feature a deviation.
        self.deviation = torch.where(low < high, deviation, 0)
        self.unit = torch.where(self.deviation > 0, self.deviation, 1)
        """The divisor: 1 for a feature with the same value in every row."""
        self._standardise = standardise

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the rows as network inputs, float32."""
        x = self._filled(x)
        return ((x - self.mean) / self.unit if self._standardise else x).float()

    def typical(self, deviations: float) -> torch.Tensor:
        """Return a row, (1, features), with all features that many deviations above the mean."""
        return self((self.mean + deviations * self.deviation).reshape(1, -1))

    def _filled(self, x: torch.Tensor) -> torch.Tensor:
        return torch.where(x.isnan(), self._median, x)


class TableTrainer(SgdTrainer[ConfigT]):
    """The base class of trainers of a network on the rows of a table.

    A subclass sets the attributes declared here, then calls `open_books`; its loop calls
    `begin_epoch` before each pass and `count` after each step.
    """

    live = frozenset({"learning_rate"})

    device: torch.device
    table: Table
    scale: FeatureScale
    crew: Crew
    model: nn.Sequential
    loss_fn: nn.Module

    @property
    def note(self) -> str:
        undefined = "R² is not defined: all rows held out have the same number"
        notes = [undefined] if math.isnan(self.to_beat[1]) else []
        return "; ".join((*self.table.notes(), *notes))

    @property
    def task(self) -> str:
        return self.table.task(len(self.parts[1][1]))

    def steps(self) -> Iterator[Step]:
        return (made for made in self.turns() if isinstance(made, Step))

    # Before the training

    def split(self, y: torch.Tensor, held_out: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the training rows and the held-out rows, drawn at random, each in file order.

        The same share of every class is held out, rounded to whole rows: a class with a single row
        is used for training, unless about half of the rows or more are held out.
        """
        order = torch.randperm(len(y))
        if self.table.classes:
            groups = [order[y[order] == label] for label in range(len(self.table.classes))]
            # Spread the rows of each class evenly between 0 and 1, then merge the classes.
            places = [(torch.arange(len(group)) + 0.5) / len(group) for group in groups]
            order = torch.cat(groups)[torch.cat(places).argsort(stable=True)]
        return order[held_out:].sort().values, order[:held_out].sort().values

    def targets(self, y: torch.Tensor, train: torch.Tensor) -> torch.Tensor:
        """Return the labels for the loss function: (rows, 1), or (rows,) for many classes.

        Numbers to predict are scaled with the mean and deviation of the rows `train`.
        """
        classes, y = len(self.table.classes), y.reshape(-1, 1)
        if classes > 2:
            return y.flatten().long()
        self.y_scale = FeatureScale(y[train], standardise=classes == 0)
        return y.float() if classes else self.y_scale(y)

    def outputs(self) -> int:
        """Return the number of network outputs: one, or one per class for more than two classes."""
        classes = len(self.table.classes)
        return classes if classes > 2 else 1

    def open_books(self, *parts: tuple[torch.Tensor, torch.Tensor]) -> None:
        """Measure the model before its first step, on the training and the validation part."""
        self.parts = [(x.to(self.device), y.to(self.device)) for x, y in parts]
        self.index = torch.zeros(0, dtype=torch.long)
        self.measures = Path()
        self.guess, self.to_beat = self._guessing()
        self.begin_epoch(0)
        self.measure()

    # During the training

    def begin_epoch(self, epoch: int) -> None:
        """Begin an epoch in which no sample has been used yet."""
        self.epoch, self.number, self.waiting = epoch, 0, False
        self.seen = torch.zeros(len(self.parts[0][1]), dtype=torch.bool)

    def count(self, index: torch.Tensor) -> None:
        """Record the samples of a step; after the last step of an epoch, measure."""
        self.index, self.number, self.waiting = index, self.number + 1, False
        self.seen[index] = True
        if self.number == self.crew.batches:
            self.measure()

    def measure(self) -> None:
        """Record loss and score of both parts, and the confusion matrix of the validation part."""
        with torch.no_grad():
            outputs = [self.model(x) for x, _ in self.parts]
            self.measures.add(*self._judged(outputs))
            self.confusion = self._confusion(outputs[1], self.parts[1][1])

    def _judged(self, outputs: list[torch.Tensor]) -> Iterator[torch.Tensor]:
        """Yield loss and score of the training part, then of the validation part."""
        for output, (_, y) in zip(outputs, self.parts, strict=True):
            yield self.loss_fn(output, y)
            yield self._score(output, y)

    def _score(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the accuracy or, for numbers, R²: 1 − the share of unexplained variance.

        R² is nan if all numbers are equal: there is no variance to explain.
        """
        if self.table.classes:
            return (self.predicted(output) == y.flatten()).float().mean()
        left, spread = ((output - y) ** 2).sum(), ((y - y.mean()) ** 2).sum()
        return torch.where(y.max() > y.min(), 1 - left / spread, torch.nan)

    def predicted(self, output: torch.Tensor) -> torch.Tensor:
        """Return the predicted class number of each output, shape (rows,)."""
        if output.shape[1] == 1:
            return (output >= 0).long().flatten()  # P ≥ 0.5
        return output.argmax(dim=1)

    def _confusion(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        classes = len(self.table.classes)
        if not classes:
            return torch.zeros(0, 0, dtype=torch.long)
        cells = y.flatten().long() * classes + self.predicted(output)
        return torch.bincount(cells, minlength=classes**2).reshape(classes, classes)

    def _guessing(self) -> tuple[str, tuple[float, float]]:
        """Return the best answer that uses no feature, and its validation loss and score."""
        train, validation = self.parts[0][1], self.parts[1][1]
        classes = self.table.classes
        if not classes:
            output = train.mean().expand_as(validation)
            guess = f"the mean, {self.y_scale.mean.item():.4g}"
        else:
            counts = torch.bincount(train.flatten().long(), minlength=len(classes)).float()
            guess = classes[int(counts.argmax())]
            odds = (counts / counts.sum()).clamp(min=1e-7).log()
            best = odds[1:] - odds[:1] if train.dim() == 2 else odds
            output = best.expand(len(validation), -1)
        with torch.no_grad():
            loss = self.loss_fn(output, validation).item()
            return guess, (loss, self._score(output, validation).item())

    # Pictures, formulas and metrics

    def picture(self) -> TablePicture:
        last = self.measures.last
        assert last is not None
        # The last position of a path is the current one, which equals the last measure.
        values, epochs = self.measures.positions(last)[:-1].T, self.measures.reached()[:-1]
        sizes = ((layer, rms(layer.weight)) for layer in self.linear())
        return TablePicture(
            data=self.table.name,
            features=self.table.x.shape[1],
            score="accuracy" if self.table.classes else "R²",
            belt=Belt(
                seen=self.seen.numpy().copy(),
                batch=self.index.numpy().copy(),
                number=self.number,
                batches=self.crew.batches,
                waiting=self.waiting,
            ),
            measures=Measures(epochs, *values),
            loss_to_beat=self.to_beat[0],
            score_to_beat=self.to_beat[1],
            guess=self.guess,
            classes=self.table.classes,
            confusion=self.confusion.cpu().numpy().copy(),
            gradients=tuple(
                (f"{layer.in_features} → {layer.out_features}", size)
                for layer, size in sizes
                if size is not None
            ),
        )

    def linear(self) -> list[nn.Linear]:
        return [layer for layer in self.model if isinstance(layer, nn.Linear)]

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        loss = None if step is None else step.loss.item()
        score = "accuracy" if self.table.classes else "R²"
        bend = str(getattr(self.config, "activation", "")).replace("sigmoid", "σ")
        sizes = [counted(layer.out_features, "number") for layer in self.linear()]
        formula = "L = −mean(ln P(label))" if self.table.classes else "L = mean((z − y)²)"
        slopes = {subscript(i): rms(one.weight) for i, one in enumerate(self.linear(), start=1)}
        now = self.measures.last
        assert now is not None
        return (
            Equation("forward", f"a₁ = {bend}(W₁·x + b₁)", sizes[0], ""),
            Equation("forward", f"a₂ = {bend}(W₂·a₁ + b₂)", sizes[1], ""),
            Equation("forward", "z = W₃·a₂ + b₃", sizes[2], ""),
            Equation("loss", formula, "", number(loss)),
            *(Equation("backward", f"rms ∂L/∂W{i}", "", number(g)) for i, g in slopes.items()),
            Equation("check", f"{score}, validation", "", number(now[3].item())),
            Equation("check", f"to beat: {self.one_answer()}", "", number(self.to_beat[1])),
        )

    def one_answer(self) -> str:
        """Return the best answer that uses no feature, in a few words."""
        if not self.table.classes:
            return self.guess
        ends = list(accumulate(2 if east_asian_width(one) in "WF" else 1 for one in self.guess))
        if not ends or ends[-1] <= LONGEST:
            return f"all {self.guess}"
        return f"all {self.guess[: bisect_right(ends, LONGEST - 1)]}…"

    def parameters(self) -> NamedParameters:
        return weights_of(self.linear())

    def predict(self, x: float) -> float:
        """Return the prediction for a row whose features are all x deviations above their means.

        It is the probability of the second of two classes, the number of the likeliest of more
        classes, or the predicted number.
        """
        with torch.no_grad():
            output = self.model(self.scale.typical(x).to(self.device))
        if not self.table.classes:
            return float((output.cpu() * self.y_scale.unit + self.y_scale.mean).item())
        if output.shape[1] == 1:
            return torch.sigmoid(output).item()
        return float(self.predicted(output).item())

    @property
    def prediction(self) -> str:
        kind = {0: "the predicted number", 2: "P(second class)"}
        first = self.table.classes[0] if self.table.classes else ""
        what = kind.get(len(self.table.classes), f"the likeliest class, where 0 is {first},")
        return f"{what} at x standard deviations above each feature's mean"

    def metrics(self) -> Mapping[str, float]:
        """Return the current loss and score of both parts, and the validation score of `guess`."""
        with torch.no_grad():
            judged = self._judged([self.model(x) for x, _ in self.parts])
            train_loss, train, loss, validation = (value.item() for value in judged)
        score = "accuracy" if self.table.classes else "r2"
        return {
            f"train_{score}": train,
            f"validation_{score}": validation,
            f"{score}_to_beat": self.to_beat[1],
            "train_loss": train_loss,
            "validation_loss": loss,
        }
