"""A small network on the rows of a table, batch by batch, by a `DataLoader`."""

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
"""By the number of classes; a number to predict has none, and more than two are the rule."""
WAYS = frozenset({"label", "ignore", "header", "separator", "decimal", "missing", "target"})
"""The settings that say how to read a file."""
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}

Sample: TypeAlias = tuple[int, torch.Tensor, torch.Tensor]

OWN_TABLE = When(csv=str)
"""With which the settings that say how to read a file have an effect."""


@dataclass(frozen=True, kw_only=True)
class DataLoaderConfig(Config):
    """Hyperparameters of `TableLearner`."""

    learning_rate: Rate = 0.01
    """η: how far one step follows the gradient."""
    optimizer: Literal["sgd", "adam"] = "adam"
    """What makes a step of the gradients; Adam gives each weight a step of about η."""
    standardise: Literal["yes", "no"] = "yes"
    """Whether each feature is shifted and scaled to mean 0 and deviation 1."""
    batch_size: Annotated[int, Range(1, 10_000)] = 32
    """How many samples a step looks at."""
    shuffle: Literal["yes", "no"] = "yes"
    """Whether the samples come in a new order in every epoch, or in that of the file."""
    drop_last: Literal["yes", "no"] = "no"
    """Whether the last batch of an epoch is left out where it is smaller than the others."""
    workers: Annotated[int, Range(0, 8)] = 0
    """Processes that make the batches; without any, the training makes them itself."""
    epochs: Epochs = 100
    """Passes over the training part."""
    activation: Literal["sigmoid", "tanh", "relu"] = "sigmoid"
    """What bends the outputs of the hidden layers."""
    hidden_1: Annotated[int, Range(1, 256)] = 6
    """Units in the first hidden layer."""
    hidden_2: Annotated[int, Range(1, 256)] = 4
    """Units in the second hidden layer."""
    validation: Annotated[float, Range(0.05, 0.9)] = 0.25
    """The share of the rows that are never trained on, and show what was learned."""
    csv: str | None = None
    """A file of your own; none takes the breast cancer data."""
    label: Annotated[str | None, OWN_TABLE] = None
    """The column to predict, by its name; none takes the last."""
    ignore: Annotated[str | None, OWN_TABLE] = None
    """The columns to leave out, by their names, with commas between them."""
    header: Annotated[Header, OWN_TABLE] = "auto"
    """Whether the first line of the file names the columns."""
    separator: Annotated[Separator, OWN_TABLE] = "auto"
    """What stands between two values in the file."""
    decimal: Annotated[Decimal, OWN_TABLE] = "point"
    """What stands before the decimals of a number in the file."""
    missing: Annotated[Missing, OWN_TABLE] = "drop"
    """Whether a row with a gap is left out, or its gaps filled with the median."""
    target: Annotated[Target, OWN_TABLE] = "auto"
    """Whether the labels are classes, or numbers to predict."""

    def __post_init__(self) -> None:
        super().__post_init__()
        # A file that is no table is refused here, before anything is given up for it.
        rows = len(self.table()) if self.csv or self.drop_last == "yes" else self.batch_size
        train = rows - self.held_out(rows)
        if self.drop_last == "yes" and self.batch_size > train:
            raise ValueError(
                f"batch_size = {self.batch_size} leaves no batch where drop_last is yes: "
                f"there {'is' if train == 1 else 'are'} {counted(train, 'row')} to train on"
            )

    def but(self, name: str, value: Setting) -> Self:
        """As every config; another file is read anew where it can't be read as the last one was."""
        try:
            return super().but(name, value)
        except ValueError:
            if name != "csv" or self.csv is None:  # what was set was set for this file
                raise
            anew = {way: getattr(type(self), way) for way in WAYS}  # the defaults
            with suppress(ValueError):
                return replace(self, **{**anew, name: value})
            raise

    def table(self) -> Table:
        """The data: the learner's own file, or what is always there.

        Raises:
            ValueError: the file is no table that can be learnt from.
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
        """How many of the rows are for validation: one at least, and not all."""
        return min(max(round(self.validation * rows), 1), rows - 1)


class TableRows(Dataset[Sample]):
    """The rows of a table, with their labels."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """x of shape (rows, features); y of shape (rows, 1), or (rows,) with a class each."""
        self.x = x
        self.y = y

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> Sample:
        """One sample; it says which it is, so that the belt can show it."""
        return index, self.x[index], self.y[index]


class TableLearner(TableTrainer[DataLoaderConfig]):
    """Learn to predict the label of a row."""

    Config = DataLoaderConfig
    own = frozenset({"csv", *WAYS})

    def __init__(self, config: DataLoaderConfig, device: torch.device) -> None:
        self.config = config
        self.device = device
        torch.manual_seed(config.seed)

        # 1. Data: some of the rows are held out, and never trained on
        self.table = config.table()
        x, y = torch.from_numpy(self.table.x), torch.from_numpy(self.table.y)
        train, validation = self.split(y, config.held_out(len(x)))
        # Mean and deviation are those of the training part alone.
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

        # 3. Loss function: the last sigmoid, or the softmax, is part of it
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
