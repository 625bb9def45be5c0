"""The trainer of a small network on the rows of a table, with a `DataLoader`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias

import torch
from torch import nn
from torch.utils.data import Dataset

from engine.config import Config, Epochs, Range, Rate, Setting, When
from engine.datasets.csv_file import Separator
from engine.datasets.csv_layout import Header
from engine.datasets.csv_table import Decimal, Missing, Target, read_table
from engine.datasets.tables import Table, breast_cancer
from engine.numerals import counted
from engine.trainer import Rest, Step
from engine.trainers.table import FeatureScale, TableTrainer
from engine.trainers.workers import Crew, loader

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
LOSSES = {0: nn.MSELoss(), 2: nn.BCEWithLogitsLoss()}
"""By number of classes: 0 for a number to predict; with more than 2 it is cross-entropy."""
WAYS = frozenset({"label", "ignore", "header", "separator", "decimal", "missing", "target"})
"""The settings that control how a file is read."""
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}

Sample: TypeAlias = tuple[int, torch.Tensor, torch.Tensor]

OWN_TABLE = When(csv=str)
"""The condition under which the settings for reading a file have an effect."""


@dataclass(frozen=True, kw_only=True)
class DataLoaderConfig(Config):
    """Hyperparameters of `TableLearner`."""

    learning_rate: Rate = 0.01
    """η: the step size along the gradient."""
    optimizer: Literal["sgd", "adam"] = "adam"
    """The optimizer; Adam moves each weight by about η in a step."""
    standardise: Literal["yes", "no"] = "yes"
    """Whether each feature is scaled to mean 0 and standard deviation 1."""
    batch_size: Annotated[int, Range(1, 10_000)] = 32
    """The number of samples in a batch."""
    shuffle: Literal["yes", "no"] = "yes"
    """Whether the order of the samples is new in every epoch, or always that of the file."""
    drop_last: Literal["yes", "no"] = "no"
    """Whether the last batch of an epoch is dropped if it is smaller than the others."""
    workers: Annotated[int, Range(0, 8)] = 0
    """The number of worker processes that make the batches; with 0 the training process does."""
    epochs: Epochs = 100
    """Passes over the training part."""
    activation: Literal["sigmoid", "tanh", "relu"] = "sigmoid"
    hidden_1: Annotated[int, Range(1, 256)] = 6
    hidden_2: Annotated[int, Range(1, 256)] = 4
    validation: Annotated[float, Range(0.05, 0.9)] = 0.25
    """The share of the rows that is held out for validation."""
    csv: str | None = None
    """A file of the learner; None uses the breast cancer data."""
    label: Annotated[str | None, OWN_TABLE] = None
    """The name of the column to predict; None uses the last column."""
    ignore: Annotated[str | None, OWN_TABLE] = None
    """The names of the columns to leave out, separated by commas."""
    header: Annotated[Header, OWN_TABLE] = "auto"
    """Whether the first line of the file contains the column names."""
    separator: Annotated[Separator, OWN_TABLE] = "auto"
    """The separator between two values in the file."""
    decimal: Annotated[Decimal, OWN_TABLE] = "point"
    """The decimal separator of numbers in the file."""
    missing: Annotated[Missing, OWN_TABLE] = "drop"
    """Whether a row with a missing value is dropped, or filled with the medians."""
    target: Annotated[Target, OWN_TABLE] = "auto"
    """Whether the labels are classes, or numbers to predict."""

    def __post_init__(self) -> None:
        super().__post_init__()
        # A file that is no table is refused here, before a running training is replaced.
        rows = len(self.table()) if self.csv or self.drop_last == "yes" else self.batch_size
        train = rows - self.held_out(rows)
        if self.drop_last == "yes" and self.batch_size > train:
            raise ValueError(
                f"batch_size = {self.batch_size} leaves no batch where drop_last is yes: "
                f"there {'is' if train == 1 else 'are'} {counted(train, 'row')} to train on"
            )

    def but(self, name: str, value: Setting) -> Self:
        """Override `Config.but`: a new file that does not fit the reading settings resets them."""
        try:
            return super().but(name, value)
        except ValueError:
            if name != "csv" or self.csv is None:  # the settings are meant for this file
                raise
            anew = {way: getattr(type(self), way) for way in WAYS}  # the defaults
            with suppress(ValueError):
                return replace(self, **{**anew, name: value})
            raise

    def table(self) -> Table:
        """Return the data: the learner's own file, or the built-in table.

        Raises:
            ValueError: the file is no table that a model can be trained on.
        """
        if self.csv is None:
            return breast_cancer()
        return read_table(
            self.csv,
            header=self.header,
            separator=self.separator,
            decimal=self.decimal,
            label=self.label,
            ignore=self.ignore,
            missing=self.missing,
            target=self.target,
        )

    def held_out(self, rows: int) -> int:
        """Return the number of rows for validation: at least one, and not all."""
        return min(max(round(self.validation * rows), 1), rows - 1)


class TableRows(Dataset[Sample]):
    """The rows of a table, with their labels."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """Store x, shape (rows, features), and y, shape (rows, 1), or (rows,) with classes."""
        self.x = x
        self.y = y

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> Sample:
        """Return one sample with its index, which the batch belt shows."""
        return index, self.x[index], self.y[index]


class TableLearner(TableTrainer[DataLoaderConfig]):
    """Trains a network to predict the label of a row."""

    Config = DataLoaderConfig
    own = frozenset({"csv", *WAYS})

    def __init__(self, config: DataLoaderConfig, device: torch.device) -> None:
        self.config = config
        self.device = device
        torch.manual_seed(config.seed)

        # 1. Data: some of the rows are held out and never used for training
        self.table = config.table()
        x, y = torch.from_numpy(self.table.x), torch.from_numpy(self.table.y)
        train, validation = self.split(y, config.held_out(len(x)))
        # Mean and standard deviation are computed from the training part only.
        self.scale = FeatureScale(x[train], standardise=config.standardise == "yes")
        y = self.targets(y, train)
        self.train = TableRows(self.scale(x[train]), y[train])
        self.validation = TableRows(self.scale(x[validation]), y[validation])
        self.crew = Crew(
            loader(
                self.train,
                workers=config.workers,
                shuffle=config.shuffle == "yes",
                batch_size=config.batch_size,
                drop_last=config.drop_last == "yes",
            )
        )

        # 2. Model
        sizes = [x.shape[1], config.hidden_1, config.hidden_2]
        hidden: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            hidden += [nn.Linear(inputs, outputs), ACTIVATIONS[config.activation]()]
        self.model = nn.Sequential(*hidden, nn.Linear(sizes[-1], self.outputs()))
        self.model.to(device)

        # 3. Loss function: includes the last sigmoid or the softmax
        self.loss_fn = LOSSES.get(len(self.table.classes), nn.CrossEntropyLoss())

        # 4. Optimizer
        self.optimizer = OPTIMIZERS[config.optimizer](
            self.model.parameters(), lr=config.learning_rate
        )
        self.open_books((self.train.x, self.train.y), (self.validation.x, self.validation.y))

    def turns(self) -> Iterator[Step | Rest]:
        # 5. Loop
        step = 0
        try:
            for epoch in range(1, self.config.epochs + 1):
                self.begin_epoch(epoch)
                for batch in self.crew.epoch():
                    if batch is None:  # the workers are not ready yet
                        self.waiting = True
                        yield Rest()
                        continue
                    index, x, y = batch
                    output = self.model(x.to(self.device))
                    loss = self.loss_fn(output, y.to(self.device))
                    self.optimizer.zero_grad()
                    loss.backward()
                    self.optimizer.step()
                    self.count(index)
                    step += 1
                    yield Step(step=step, epoch=epoch, loss=loss.detach())
        finally:
            self.crew.close()
