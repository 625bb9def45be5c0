"""What every training of a straight line shows of itself; knows no loop: that is the trainer's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from engine.config import Setting
from engine.equations import Equation, number, plus
from engine.frame import NamedParameters
from engine.history import Path
from engine.pictures import LinePicture
from engine.trainer import ConfigT, Step, Trainer
from engine.trainers.sgd import copied, update


class LineTrainer(Trainer[ConfigT]):
    """Shows ŷ = w·x + b: the picture, the formulas, the parameters and the prediction.

    A subclass sets `x` and `y`, each (points, 1), the parameters `w` and `b`, each of one
    element, and the optimizer; then its loop notes in `path` where each step starts.
    """

    live = frozenset({"learning_rate", "momentum"})

    x: torch.Tensor
    y: torch.Tensor
    w: torch.Tensor
    b: torch.Tensor
    optimizer: torch.optim.Optimizer
    path: Path

    def picture(self) -> LinePicture:
        path = self.path.positions(self.w, self.b)
        return LinePicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            w=self.w.item(),
            b=self.b.item(),
            start=(float(path[0, 0]), float(path[0, 1])),
            path=path,
            reduction=str(getattr(self.config, "reduction", "mean")),
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        mean = str(getattr(self.config, "reduction", "mean"))
        w, b = self._position(step)
        loss = None if step is None else step.loss.item()
        return (
            Equation("forward", "ŷ = w·x + b", f"{number(w)}·x {plus(b)}", ""),
            Equation("loss", f"L = {mean}((ŷ − y)²)", "", number(loss)),
            Equation("backward", f"∂L/∂w = {mean}(2(ŷ − y)x)", "", number(_gradient(self.w))),
            Equation("backward", f"∂L/∂b = {mean}(2(ŷ − y))", "", number(_gradient(self.b))),
            *update("w", self.w, None if step is None else w, self.optimizer),
            *update("b", self.b, None if step is None else b, self.optimizer),
        )

    def parameters(self) -> NamedParameters:
        return {"w": self.w.item(), "b": self.b.item()}

    def predict(self, x: float) -> float:
        return (self.w * x + self.b).item()

    def metrics(self) -> Mapping[str, float]:
        """`r2`: the share of the targets' variance that the line explains, 1 at best."""
        x, y = copied(self.x.flatten()), copied(self.y.flatten())
        residual = np.sum((self.w.item() * x + self.b.item() - y) ** 2)
        spread = np.sum((y - y.mean()) ** 2)
        return {"r2": float(1 - residual / spread)} if spread > 0 else {}

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        for group in self.optimizer.param_groups:
            group["lr" if name == "learning_rate" else name] = value

    def _position(self, step: Step | None) -> tuple[float, float]:
        """w and b as the forward pass of the last step used them."""
        if step is None or self.path.last is None:
            return self.w.item(), self.b.item()
        w, b = self.path.last.tolist()
        return w, b


def _gradient(parameter: torch.Tensor) -> float | None:
    return None if parameter.grad is None else parameter.grad.item()
