"""What a training of two classes in the plane shows of itself; knows no loop: the trainer's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import nn

from engine.config import Setting
from engine.equations import Equation, number
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import BoundaryPicture, Layer
from engine.trainer import ConfigT, Step, Trainer
from engine.trainers.sgd import copied, update


class BoundaryTrainer(Trainer[ConfigT]):
    """Shows P over the plane: the picture, the formulas, the parameters and the accuracy.

    A subclass sets `x`, shape (points, 2), `y`, shape (points, 1), the model, its activation by
    name and the optimizer; its loop notes where each step starts in `path`, and keeps the z of
    the last forward pass.
    """

    live = frozenset({"learning_rate", "momentum"})

    x: torch.Tensor
    y: torch.Tensor
    model: nn.Sequential
    activation: str
    optimizer: torch.optim.Optimizer
    path: Path
    z: torch.Tensor | None = None
    stopped_at: int | None = None

    def right(self, z: torch.Tensor) -> int:
        """How many points have z ≥ 0, and so P ≥ 0.5, just where their label is 1."""
        return int(((z >= 0) == (self.y == 1)).sum().item())

    def linear(self) -> list[nn.Linear]:
        """The layers that have weights, from the inputs to the output."""
        return [layer for layer in self.model if isinstance(layer, nn.Linear)]

    def hidden(self) -> bool:
        """Whether there is more than the one layer that draws a line."""
        return len(self.linear()) > 1

    def picture(self) -> BoundaryPicture:
        with torch.no_grad():
            right = self.right(self.model(self.x))
        return BoundaryPicture(
            x=copied(self.x),
            labels=copied(self.y).ravel(),
            layers=tuple(_copied(layer) for layer in self.linear()),
            activation=self.activation,
            right=right,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        loss = None if step is None else step.loss.item()
        right = None if self.z is None else self.right(self.z)
        share = "" if right is None else f"{right}/{len(self.x)}"
        return (
            *self._forward(),
            Equation("loss", "L = −mean(ln P(label))", "", number(loss)),
            Equation("check", "accuracy = right/all", share, number(right and right / len(self.x))),
            *self._gradients(),
            *(() if self.hidden() else self._update(step)),
        )

    def _forward(self) -> tuple[Equation, ...]:
        if not self.hidden():
            return (Equation("forward", "P = σ(w₁·x₁ + w₂·x₂ + b)", "", ""),)
        bend, size = self.activation, counted(self.linear()[0].out_features, "number")
        sub = [chr(ord("₁") + layer) for layer in range(len(self.linear()))]
        hidden = [
            Equation(
                "forward", f"a{i} = {bend}(W{i}·{'x' if i == '₁' else f'a{h}'} + b{i})", size, ""
            )
            for h, i in zip(["", *sub], sub[:-1], strict=False)
        ]
        last = Equation("forward", f"P = σ(W{sub[-1]}·a{sub[-2]} + b{sub[-1]})", "1 number", "")
        return (*hidden, last)

    def _gradients(self) -> tuple[Equation, ...]:
        if self.hidden():
            return tuple(
                Equation(
                    "backward", f"‖∂L/∂W{chr(ord('₁') + i)}‖", "", number(_length(layer.weight))
                )
                for i, layer in enumerate(self.linear())
            )
        layer = self.linear()[0]
        gradients: list[float | None] = [None, None, None]
        if layer.weight.grad is not None and layer.bias.grad is not None:
            gradients = [*layer.weight.grad.flatten().tolist(), layer.bias.grad.item()]
        formulas = ("mean((P − y)·x₁)", "mean((P − y)·x₂)", "mean(P − y)")
        return tuple(
            Equation("backward", f"∂L/∂{name} = {formula}", "", number(gradient))
            for name, formula, gradient in zip(("w₁", "w₂", "b"), formulas, gradients, strict=True)
        )

    def _update(self, step: Step | None) -> tuple[Equation, ...]:
        """How w₁ moved; w₂ and b move likewise, and only where they came to is shown."""
        layer = self.linear()[0]
        before = (None, None, None) if step is None else self._position(step)
        first = update("w₁", layer.weight, before[0], self.optimizer)
        second = update("w₂", layer.weight, before[1], self.optimizer, index=1)[-1]
        third = update("b", layer.bias, before[2], self.optimizer)[-1]
        return (*first, *(replace(line, numbers="") for line in (second, third)))

    def _position(self, step: Step | None) -> tuple[float, float, float]:
        """w₁, w₂ and b as the forward pass of the last step used them."""
        if step is None or self.path.last is None:
            layer = self.linear()[0]
            w1, w2 = layer.weight.flatten().tolist()
            return w1, w2, layer.bias.item()
        w1, w2, b = self.path.last.tolist()
        return w1, w2, b

    def parameters(self) -> NamedParameters:
        layers = self.linear()
        if len(layers) == 1:
            return {"w": layers[0].weight.flatten().tolist(), "b": layers[0].bias.item()}
        if sum(parameter.numel() for parameter in self.model.parameters()) > 100:
            return {}
        named: dict[str, float | list[float]] = {}
        for index, layer in enumerate(layers, start=1):
            named[f"W{index}"] = layer.weight.flatten().tolist()
            named[f"b{index}"] = layer.bias.tolist()
        return named

    def predict(self, x: float) -> float:
        """P at the point (x, x): the diagonal goes through the middles of both clouds."""
        place = torch.full((1, 2), x, device=self.x.device)
        with torch.no_grad():
            return torch.sigmoid(self.model(place)).item()

    def metrics(self) -> Mapping[str, float]:
        """`accuracy`; and `stopped_at`: the step, counted from 0, at which that was enough."""
        stopped = {} if self.stopped_at is None else {"stopped_at": self.stopped_at}
        with torch.no_grad():
            return {"accuracy": self.right(self.model(self.x)) / len(self.x), **stopped}

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        for group in self.optimizer.param_groups:
            group["lr" if name == "learning_rate" else name] = value


def _copied(layer: nn.Linear) -> Layer:
    gradient = layer.weight.grad
    return Layer(
        copied(layer.weight), copied(layer.bias), None if gradient is None else copied(gradient)
    )


def _length(parameter: torch.Tensor) -> float | None:
    return None if parameter.grad is None else parameter.grad.norm().item()
