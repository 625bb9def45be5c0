"""What a training on a table shows of itself; knows no loop: that is the trainer's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from unicodedata import east_asian_width

import torch
from torch import nn

from engine.config import Setting
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.numerals import counted
from engine.pictures import Belt, Measures, TablePicture
from engine.trainer import ConfigT, Step
from engine.trainers.gradient_size import rms
from engine.trainers.table_books import TableBooks

LONGEST = 16
"""Cells of what is said to all, where it stands in a formula."""
MOST_WEIGHTS = 100
"""A network of more is not written out."""


class TableTrainer(TableBooks[ConfigT]):
    """Shows a network on the rows of a table: its belt of batches, how good it is, its gradients.

    A subclass sets what `TableBooks` declares, and calls it as that says.
    """

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
        sizes = [(layer, rms(layer.weight)) for layer in self.linear()]
        return tuple(
            (f"{layer.in_features} → {layer.out_features}", size)
            for layer, size in sizes
            if size is not None
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        loss = None if step is None else step.loss.item()
        score = "accuracy" if self.table.classes else "R²"
        bend = str(getattr(self.config, "activation", ""))
        bend = "σ" if bend == "sigmoid" else bend
        sizes = [counted(layer.out_features, "number") for layer in self.linear()]
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
        if not self.table.classes:
            return self.guess
        ends = list(accumulate(2 if east_asian_width(one) in "WF" else 1 for one in self.guess))
        if not ends or ends[-1] <= LONGEST:
            return f"all {self.guess}"
        return f"all {self.guess[: bisect_right(ends, LONGEST - 1)]}…"

    def _loss_formula(self) -> str:
        if not self.table.classes:
            return "L = mean((z − y)²)"
        return "L = −mean(ln P(label))"

    def _slopes(self) -> Iterator[Equation]:
        for place, layer in enumerate(self.linear()):
            formula = f"rms ∂L/∂W{chr(ord('₁') + place)}"
            yield Equation("backward", formula, "", number(rms(layer.weight)))

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
