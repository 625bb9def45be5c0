"""The base classes of trainers with SGD: live settings, a line, a decision boundary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from math import sqrt

import numpy as np
import torch
from torch import nn

from engine.config import Setting
from engine.equations import Equation, factor, number, plain, plus
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import Array, BoundaryPicture, Layer, LinePicture
from engine.trainer import ConfigT, ModelStates, Step, Trainer

OF_OPTIMIZER = {"learning_rate": "lr", "mean_learning_rate": "lr", "momentum": "momentum"}
"""The settings that belong to an optimizer, and their names in `torch.optim`."""
MOST_WEIGHTS = 100
"""The most weights of a network that `parameters` lists."""


def copied(tensor: torch.Tensor) -> Array:
    """Return a float64 copy on the CPU, same shape: `numpy()` alone would share the memory."""
    return tensor.detach().double().cpu().numpy().copy()


def gradient(parameter: torch.Tensor) -> float | None:
    """Return the gradient of a parameter with one element; None before the first step."""
    return None if parameter.grad is None else parameter.grad.item()


def rms(weight: torch.Tensor) -> float | None:
    """Return the root mean square of the gradient of a weight; None before the first step.

    The norm of a gradient grows with the number of weights; this value compares layers of any size.
    """
    grad = weight.grad
    return None if grad is None else grad.norm().item() / sqrt(grad.numel())


def update(
    name: str,
    parameter: torch.Tensor,
    before: float | None,
    optimizer: torch.optim.Optimizer,
    index: int = 0,
) -> tuple[Equation, ...]:
    """Return the SGD update of one element of a parameter; `before` is None before the first step.

    Without momentum this is one line; with momentum the velocity has its own line.
    """
    symbol = f"∂L/∂{name}"
    if before is None or parameter.grad is None:
        return (Equation("update", f"{name} ← {name} − η·{symbol}", "…", number(None)),)
    group, lines = optimizer.param_groups[0], []
    along = slope = parameter.grad.flatten()[index].item()
    velocity = optimizer.state[parameter].get("momentum_buffer")
    if group["momentum"] and velocity is not None:  # set after the step, it acts from the next on
        along = velocity.flatten()[index].item()
        last = (along - slope) / group["momentum"]
        numbers = f"{plain(group['momentum'])}·{factor(last)} {plus(slope)}"
        lines = [Equation("velocity", f"v ← μ·v + {symbol}", numbers, number(along))]
        symbol = "v"
    now = parameter.detach().flatten()[index].item()
    numbers = f"{number(before)} − {plain(group['lr'])}·{factor(along)}"
    return (*lines, Equation("update", f"{name} ← {name} − η·{symbol}", numbers, number(now)))


class SgdTrainer(Trainer[ConfigT]):
    """A trainer whose learning rate and momentum can be changed during the run."""

    live = frozenset({"learning_rate", "momentum"})

    model: nn.Module
    optimizer: torch.optim.Optimizer

    def states(self) -> ModelStates:
        return {"": self.model.state_dict(keep_vars=True)}

    def optimizers(self, name: str) -> Iterable[torch.optim.Optimizer]:  # noqa: ARG002
        """Return the optimizers that use the setting of this name."""
        return (self.optimizer,)

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        if name in OF_OPTIMIZER:
            for optimizer in self.optimizers(name):
                for group in optimizer.param_groups:
                    group[OF_OPTIMIZER[name]] = value


class LineTrainer(SgdTrainer[ConfigT]):
    """The base class of trainers of ŷ = w·x + b.

    A subclass sets `x` and `y`, each (points, 1), the parameters `w` and `b`, each with one
    element, and the optimizer; its loop adds the parameters before each step to `path`.
    """

    x: torch.Tensor
    y: torch.Tensor
    w: torch.Tensor
    b: torch.Tensor
    path: Path

    @property
    def reduction(self) -> str:
        """`mean` or `sum`: how the loss combines the squared errors."""
        return str(getattr(self.config, "reduction", "mean"))

    def picture(self) -> LinePicture:
        path = self.path.positions(self.w, self.b)
        return LinePicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            w=self.w.item(),
            b=self.b.item(),
            start=(float(path[0, 0]), float(path[0, 1])),
            path=path,
            reduction=self.reduction,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        w, b, mean = self.w.item(), self.b.item(), self.reduction
        if step is not None and self.path.last is not None:
            w, b = self.path.last.tolist()  # the values in the forward pass of the last step
        loss = None if step is None else step.loss.item()
        return (
            Equation("forward", "ŷ = w·x + b", f"{number(w)}·x {plus(b)}", ""),
            Equation("loss", f"L = {mean}((ŷ − y)²)", "", number(loss)),
            Equation("backward", f"∂L/∂w = {mean}(2(ŷ − y)x)", "", number(gradient(self.w))),
            Equation("backward", f"∂L/∂b = {mean}(2(ŷ − y))", "", number(gradient(self.b))),
            *update("w", self.w, None if step is None else w, self.optimizer),
            *update("b", self.b, None if step is None else b, self.optimizer),
        )

    def parameters(self) -> NamedParameters:
        return {"w": self.w.item(), "b": self.b.item()}

    def predict(self, x: float) -> float:
        return (self.w * x + self.b).item()

    def metrics(self) -> Mapping[str, float]:
        """Return `r2`, the share of the targets' variance that the line explains, at most 1."""
        x, y = copied(self.x.flatten()), copied(self.y.flatten())
        residual = np.sum((self.w.item() * x + self.b.item() - y) ** 2)
        spread = np.sum((y - y.mean()) ** 2)
        return {"r2": float(1 - residual / spread)} if spread > 0 else {}


class BoundaryTrainer(SgdTrainer[ConfigT]):
    """The base class of trainers of a decision boundary in the plane.

    A subclass sets `x`, shape (points, 2), `y`, shape (points, 1), the model, the name of its
    activation and the optimizer; its loop adds the parameters before each step to `path`, and
    stores the z of the last forward pass.
    """

    x: torch.Tensor
    y: torch.Tensor
    model: nn.Sequential
    activation: str
    path: Path
    z: torch.Tensor | None = None
    stopped_at: int | None = None
    """The step, counted from 0, at which the accuracy was high enough."""

    @property
    def ending(self) -> str:
        if self.stopped_at is None or self.z is None:
            return ""
        right, enough = round(self.right(self.z) / len(self.x), 6), asdict(self.config)
        return (
            f"ended at epoch {self.stopped_at + 1:,} of {enough['epochs']:,}: {plain(right)} of "
            f"the points are right (stop_above = {plain(enough['stop_above'])})"
        )

    def right(self, z: torch.Tensor) -> int:
        """Return the number of points classified correctly: P ≥ 0.5, that is z ≥ 0, for label 1."""
        return int(((z >= 0) == (self.y == 1)).sum().item())

    def _right_now(self) -> int:
        """Return the number of points that the current parameters classify correctly."""
        with torch.no_grad():
            return self.right(self.model(self.x))

    def linear(self) -> list[nn.Linear]:
        """Return the layers with weights, from the inputs to the output."""
        return [layer for layer in self.model if isinstance(layer, nn.Linear)]

    def picture(self) -> BoundaryPicture:
        return BoundaryPicture(
            x=copied(self.x),
            labels=copied(self.y).ravel(),
            layers=tuple(
                Layer(
                    copied(layer.weight),
                    copied(layer.bias),
                    None if layer.weight.grad is None else copied(layer.weight.grad),
                )
                for layer in self.linear()
            ),
            activation=self.activation,
            right=self._right_now(),
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:
        loss = None if step is None else step.loss.item()
        # Of the parameters after the step, as in the picture.
        right, points, deep = self._right_now(), len(self.x), len(self.linear()) > 1
        return (
            *(
                self._forward()
                if deep
                else [Equation("forward", "P = σ(w₁·x₁ + w₂·x₂ + b)", "", "")]
            ),
            Equation("loss", "L = −mean(ln P(label))", "", number(loss)),
            Equation("check", "accuracy = right/all", f"{right}/{points}", number(right / points)),
            *(self._lengths() if deep else (*self._gradients(), *self._moves(step))),
        )

    def _forward(self) -> Iterable[Equation]:
        """Yield the hidden layers, each the input of the next, and the output."""
        layers = self.linear()
        size, taken = counted(layers[0].out_features, "number"), "x"
        for i in map(subscript, range(1, len(layers))):
            formula = f"a{i} = {self.activation}(W{i}·{taken} + b{i})"
            yield Equation("forward", formula, size, "")
            taken = f"a{i}"
        last = subscript(len(layers))
        yield Equation("forward", f"P = σ(W{last}·{taken} + b{last})", "1 number", "")

    def _lengths(self) -> Iterable[Equation]:
        """Yield the norm of the gradient of each layer."""
        for place, layer in enumerate(self.linear(), start=1):
            grad = layer.weight.grad
            length = number(None if grad is None else grad.norm().item())
            yield Equation("backward", f"‖∂L/∂W{subscript(place)}‖", "", length)

    def _gradients(self) -> Iterable[Equation]:
        (layer,) = self.linear()
        gradients: list[float | None] = [None, None, None]
        if layer.weight.grad is not None:
            gradients = [*layer.weight.grad.flatten().tolist(), gradient(layer.bias)]
        formulas = ("mean((P − y)·x₁)", "mean((P − y)·x₂)", "mean(P − y)")
        for name, formula, value in zip(("w₁", "w₂", "b"), formulas, gradients, strict=True):
            yield Equation("backward", f"∂L/∂{name} = {formula}", "", number(value))

    def _moves(self, step: Step | None) -> Iterable[Equation]:
        """Yield the update of w₁, and the new values of w₂ and b, which are updated likewise."""
        (layer,) = self.linear()
        before: list[float | None] = [None, None, None]
        if step is not None and self.path.last is not None:
            before = self.path.last.tolist()
        yield from update("w₁", layer.weight, before[0], self.optimizer)
        second = update("w₂", layer.weight, before[1], self.optimizer, index=1)[-1]
        third = update("b", layer.bias, before[2], self.optimizer)[-1]
        yield from (replace(line, numbers="") for line in (second, third))

    def parameters(self) -> NamedParameters:
        layers = self.linear()
        if len(layers) == 1:
            return {"w": layers[0].weight.flatten().tolist(), "b": layers[0].bias.item()}
        return weights_of(layers)

    def predict(self, x: float) -> float:
        """Return P at the point (x, x): the diagonal goes through the centres of both clouds."""
        place = torch.full((1, 2), x, device=self.x.device)
        with torch.no_grad():
            return torch.sigmoid(self.model(place)).item()

    @property
    def prediction(self) -> str:
        return "P at the point (x, x)"

    def metrics(self) -> Mapping[str, float]:
        """Return `accuracy`, and `stopped_at`, the step, from 0, at which it was high enough."""
        stopped = {} if self.stopped_at is None else {"stopped_at": self.stopped_at}
        return {"accuracy": self._right_now() / len(self.x), **stopped}


def weights_of(layers: list[nn.Linear]) -> NamedParameters:
    """Return all weights of the layers, `W1`, `b1` and so on; empty for a large network."""
    if sum(layer.weight.numel() + layer.bias.numel() for layer in layers) > MOST_WEIGHTS:
        return {}
    named: dict[str, float | list[float]] = {}
    for place, layer in enumerate(layers, start=1):
        named[f"W{place}"] = layer.weight.flatten().tolist()
        named[f"b{place}"] = layer.bias.tolist()
    return named


def subscript(place: int) -> str:
    """Return the number of a layer, 1 to 9, as a subscript."""
    return chr(ord("₀") + place)
