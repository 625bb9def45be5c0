"""What a training on a table keeps of itself: its rows, and how good it has been; knows no loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import nn

from engine.datasets.tables import Table
from engine.history import Path
from engine.trainer import ConfigT, Step, Trainer
from engine.trainers.scale import Scale

if TYPE_CHECKING:
    from engine.trainers.dataloader import Rows
    from engine.trainers.workers import Crew


class TableBooks(Trainer[ConfigT]):
    """Prepares the rows, and notes what came by on the belt and how good the network was.

    A subclass sets what is declared here, then calls `open_books`; its loop calls `begin_epoch`
    before each pass and `count` after each step.
    """

    live = frozenset({"learning_rate"})

    device: torch.device
    table: Table
    scale: Scale
    train: Rows
    validation: Rows
    crew: Crew
    model: nn.Sequential
    loss_fn: nn.Module
    optimizer: torch.optim.Optimizer

    @property
    def note(self) -> str:
        return "; ".join(self.table.notes())

    @property
    def task(self) -> str:
        return self.table.task(len(self.validation))

    def steps(self) -> Iterator[Step]:
        return (made for made in self.turns() if isinstance(made, Step))

    def split(self, y: torch.Tensor, held_out: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows to train on and those held out, drawn at random, each in the file's order.

        Of every class the same share is held out, rounded to whole rows: a class of a single row
        is trained on, unless about half of the rows or more are held out.
        """
        order = torch.randperm(len(y))
        if self.table.classes:
            groups = [order[y[order] == label] for label in range(len(self.table.classes))]
            # Each row stands in the middle of its share of the line from 0 to 1.
            places = [(torch.arange(len(group)) + 0.5) / len(group) for group in groups]
            order = torch.cat(groups)[torch.cat(places).argsort(stable=True)]
        return order[held_out:].sort().values, order[:held_out].sort().values

    def targets(self, y: torch.Tensor, train: torch.Tensor) -> torch.Tensor:
        """The labels as the loss function wants them: (rows, 1), or (rows,) of many classes.

        Numbers to predict are brought to mean 0 and deviation 1, as the rows `train` have them.
        """
        classes, y = len(self.table.classes), y.reshape(-1, 1)
        if classes > 2:
            return y.flatten().long()
        self.y_scale = Scale(y[train], standardise=classes == 0)
        return y.float() if classes else self.y_scale(y)

    def outputs(self) -> int:
        """One number, or of many classes one for each."""
        classes = len(self.table.classes)
        return classes if classes > 2 else 1

    def open_books(self) -> None:
        """Note how good the model is before its first step."""
        self.parts = [
            (part.x.to(self.device), part.y.to(self.device))
            for part in (self.train, self.validation)
        ]
        self.index = torch.zeros(0, dtype=torch.long)
        self.measures = Path()
        self.guess, self.to_beat = self._guessing()
        self.begin_epoch(0)
        self.measure()

    def begin_epoch(self, epoch: int) -> None:
        """No sample has come by in this epoch."""
        self.epoch, self.number, self.waiting = epoch, 0, False
        self.seen = torch.zeros(len(self.train), dtype=torch.bool)

    def count(self, index: torch.Tensor) -> None:
        """The samples of this index were in the step; after the last of an epoch, measure."""
        self.index, self.number, self.waiting = index, self.number + 1, False
        self.seen[index] = True
        if self.number == self.crew.batches:
            self.measure()

    def measure(self) -> None:
        """Note loss and score of both parts, and the confusion in the validation part."""
        with torch.no_grad():
            outputs = [self.model(x) for x, _ in self.parts]
            self.measures.add(*self._judged(outputs))
            self.confusion = self._confusion(outputs[1], self.parts[1][1])

    def _judged(self, outputs: list[torch.Tensor]) -> Iterator[torch.Tensor]:
        """Loss and score of the training part, and of the validation part."""
        for output, (_, y) in zip(outputs, self.parts, strict=True):
            yield self.loss_fn(output, y)
            yield self._score(output, y)

    def _score(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The share of right answers or, of numbers, R²: 1 − the share left unexplained."""
        if self.table.classes:
            return (self.said(output) == y.flatten()).float().mean()
        left, spread = ((output - y) ** 2).sum(), ((y - y.mean()) ** 2).sum()
        return 1 - left / spread

    def said(self, output: torch.Tensor) -> torch.Tensor:
        """The number of the class that each output stands for, shape (rows,)."""
        if output.shape[1] == 1:
            return (output >= 0).long().flatten()  # P ≥ 0.5
        return output.argmax(dim=1)

    def _confusion(self, output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        classes = len(self.table.classes)
        if not classes:
            return torch.zeros(0, 0, dtype=torch.long)
        cells = y.flatten().long() * classes + self.said(output)
        return torch.bincount(cells, minlength=classes**2).reshape(classes, classes)

    def _guessing(self) -> tuple[str, tuple[float, float]]:
        """What to say without looking at a feature; and the validation loss and score of that."""
        train, validation = self.parts[0][1], self.parts[1][1]
        classes = self.table.classes
        if not classes:
            output = train.mean().expand_as(validation)
            mean = self.y_scale.mean.item()
            guess = f"the mean, {mean:.4g}"
        else:
            counts = torch.bincount(train.flatten().long(), minlength=len(classes)).float()
            guess = classes[int(counts.argmax())]
            odds = (counts / counts.sum()).clamp(min=1e-7).log()
            best = odds[1:] - odds[:1] if train.dim() == 2 else odds
            output = best.expand(len(validation), -1)
        with torch.no_grad():
            loss = self.loss_fn(output, validation).item()
            return guess, (loss, self._score(output, validation).item())
