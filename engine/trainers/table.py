"""What a training on a table keeps and shows of itself; knows no loop: that is the trainer's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import torch
from torch import nn

from engine.config import Setting
from engine.datasets.tables import Table
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.history import Path
from engine.pictures_table import Belt, Measures, TablePicture
from engine.trainer import ConfigT, Step, Trainer
from engine.trainers.scale import Scale

if TYPE_CHECKING:
    from engine.trainers.dataloader import Rows
    from engine.trainers.workers import Crew

LONGEST = 16
"""Letters of what is said to all, where it stands in a formula."""
MOST_WEIGHTS = 100
"""A network of more is not written out."""


class TableTrainer(Trainer[ConfigT]):
    """Shows a network on the rows of a table: its belt of batches, how good it is, its gradients.

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
        return "; ".join(self.table.report)

    def steps(self) -> Iterator[Step]:
        return (made for made in self.turns() if isinstance(made, Step))

    def split(self, y: torch.Tensor, held_out: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows to train on and those held out, drawn at random, each in the file's order.

        Every class has the same share of both parts, as near as whole rows allow.
        """
        order = torch.randperm(len(y))
        if self.table.classes:
            groups = [order[y[order] == label] for label in range(len(self.table.classes))]
            places = [torch.linspace(0, 1, len(group) + 1)[:-1] for group in groups]
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

    def picture(self) -> TablePicture:
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
            measures=self._measures(),
            loss_to_beat=self.to_beat[0],
            score_to_beat=self.to_beat[1],
            guess=self.guess,
            classes=self.table.classes,
            confusion=self.confusion.cpu().numpy().copy(),
            gradients=self._gradients(),
        )

    def _measures(self) -> Measures:
        last = self.measures.last
        assert last is not None
        # A path ends where it stands now, and that is its last note.
        values, epochs = self.measures.positions(last)[:-1].T, self.measures.reached()[:-1]
        return Measures(epochs, *values)

    def linear(self) -> list[nn.Linear]:
        """The layers that have weights, from the inputs to the output."""
        return [layer for layer in self.model if isinstance(layer, nn.Linear)]

    def _gradients(self) -> tuple[tuple[str, float], ...]:
        return tuple(
            (f"{layer.in_features} → {layer.out_features}", layer.weight.grad.norm().item())
            for layer in self.linear()
            if layer.weight.grad is not None
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        loss = None if step is None else step.loss.item()
        score = "accuracy" if self.table.classes else "R²"
        bend = str(getattr(self.config, "activation", ""))
        bend = "σ" if bend == "sigmoid" else bend
        sizes = [_numbers(layer.out_features) for layer in self.linear()]
        now = self.measures.last
        assert now is not None
        return (
            Equation("forward", f"a₁ = {bend}(W₁·x + b₁)", sizes[0], ""),
            Equation("forward", f"a₂ = {bend}(W₂·a₁ + b₂)", sizes[1], ""),
            Equation("forward", "z = W₃·a₂ + b₃", sizes[2], ""),
            Equation("loss", self._loss_formula(), "", number(loss)),
            *self._slopes(),
            Equation("check", f"{score}, validation", "", number(now[3].item())),
            Equation("check", f"to beat: {self.one_answer()}", "", number(self.to_beat[1])),
        )

    def one_answer(self) -> str:
        """What is said without looking at a feature, in a few words."""
        guess = self.guess if len(self.guess) <= LONGEST else f"{self.guess[: LONGEST - 1]}…"
        return f"all {guess}" if self.table.classes else guess

    def _loss_formula(self) -> str:
        if not self.table.classes:
            return "L = mean((z − y)²)"
        return "L = −mean(ln P(label))"

    def _slopes(self) -> Iterator[Equation]:
        for place, layer in enumerate(self.linear()):
            gradient = layer.weight.grad
            length = None if gradient is None else gradient.norm().item()
            yield Equation("backward", f"‖∂L/∂W{chr(ord('₁') + place)}‖", "", number(length))

    def parameters(self) -> NamedParameters:
        if sum(parameter.numel() for parameter in self.model.parameters()) > MOST_WEIGHTS:
            return {}
        named: dict[str, float | list[float]] = {}
        for place, layer in enumerate(self.linear(), start=1):
            named[f"W{place}"] = layer.weight.flatten().tolist()
            named[f"b{place}"] = layer.bias.tolist()
        return named

    def predict(self, x: float) -> float:
        """What is said of a row whose features all lie x deviations above their means.

        The probability of the second of two classes; of more, the number of the likeliest; or
        the number that is predicted.
        """
        with torch.no_grad():
            output = self.model(self.scale.typical(x).to(self.device))
        if not self.table.classes:
            return float((output.cpu() * self.y_scale.unit + self.y_scale.mean).item())
        if output.shape[1] == 1:
            return torch.sigmoid(output).item()
        return float(self.said(output).item())

    def metrics(self) -> Mapping[str, float]:
        """Loss and score of both parts now, and the validation score of one answer for all."""
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

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        for group in self.optimizer.param_groups:
            group["lr"] = value


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
