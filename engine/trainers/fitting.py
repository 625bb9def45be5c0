"""What models that are fitted to a curve show of themselves; knows no loop: the trainer's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine.config import Setting
from engine.equations import Equation
from engine.frame import NamedParameters
from engine.history import Path
from engine.pictures import Fit, FitsPicture, LossHistory
from engine.trainer import Phase, Step, Trainer
from engine.trainers import fitting_words
from engine.trainers.sgd import copied

if TYPE_CHECKING:
    from engine.trainers.five_steps import FiveStepsConfig

LOOP = Phase("loop")
PLACES = 241
"""At how many x a picture knows the curves."""


class Learner:
    """A model with its optimizer, and what the loop has made of it so far."""

    output: torch.Tensor
    """ŷ, as the last forward pass gave it, shape (points, 1)."""
    loss: torch.Tensor
    """How far that was from y, shape ()."""

    def __init__(
        self, name: str, kind: str, model: nn.Module, optimizer: torch.optim.Optimizer
    ) -> None:
        """`kind` is that of the optimizer: sgd, momentum, rmsprop or adam."""
        self.name, self.kind = name, kind
        self.model, self.optimizer = model, optimizer
        self.path = Path(capacity=256)
        """Every position has the weights, and after them the loss there."""
        self.updates = 0

    def note(self) -> None:
        """Remember where the weights stand before they are moved, and the loss there."""
        self.path.add(*self.model.parameters(), self.loss)
        self.updates += 1

    def weights(self) -> int:
        """How many there are."""
        return sum(weight.numel() for weight in self.model.parameters())

    def slope(self) -> float | None:
        """The length of the gradient of all weights; None before the first."""
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        return torch.stack([g.norm() for g in gradients]).norm().item() if gradients else None

    def moved(self) -> float | None:
        """How far the last update moved the weights; None before the first."""
        if self.path.last is None:
            return None
        now = torch.cat([weight.detach().flatten() for weight in self.model.parameters()])
        return float((now - self.path.last[:-1]).norm())


class FittingTrainer(Trainer[Any]):
    """Shows models among the points: the picture, the five steps, the formulas, the losses.

    A subclass sets `x` and `y`, both of shape (points, 1), the loss function and the learners;
    its `loop` yields a stage after each of the five steps but the last, and there a step.
    """

    live = frozenset({"learning_rate", "momentum", "turn"})

    config: FiveStepsConfig
    x: torch.Tensor
    y: torch.Tensor
    loss_fn: nn.Module
    learners: list[Learner]
    lit = Phase("")
    """What was done last."""

    @abstractmethod
    def loop(self) -> Iterator[Step | Phase]:
        """The fifth step, which makes the first four over and over."""

    def steps(self) -> Iterator[Step]:
        return (made for made in self._made() if isinstance(made, Step))

    def turns(self) -> Iterator[Step | Phase]:
        """One of the five steps at a time, or all five, as the setting `turn` says."""
        for made in self._made():
            if isinstance(made, Step) or self.config.turn == "stage":
                yield made

    def _made(self) -> Iterator[Step | Phase]:
        """The loop, and a note of what was done last."""
        for made in self.loop():
            self.lit = LOOP if isinstance(made, Step) else made
            yield made

    def picture(self) -> FitsPicture:
        grid = torch.linspace(self.x.min().item(), self.x.max().item(), PLACES).reshape(-1, 1)
        return FitsPicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            grid=copied(grid.flatten()),
            walks=tuple(self._fit(one, grid.to(self.x.device)) for one in self.learners),
            wave=self.config.model == "wave",
            stages=fitting_words.stages(self),
            lit=self.lit.name,
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:  # noqa: ARG002
        """Those of the last update, or of as much of the first as was made."""
        return fitting_words.equations(self)

    def parameters(self) -> NamedParameters:
        """Every weight, with the name of its model where there are four: `w`, or `w_adam`."""
        letters = ("w", "b") if self.config.model == "wave" else ("W1", "b1", "W2", "b2")
        named: dict[str, float | list[float]] = {}
        for one in self.learners:
            end = "" if len(self.learners) == 1 else f"_{_key(one)}"
            for letter, weight in zip(letters, one.model.parameters(), strict=True):
                flat = weight.detach().flatten().tolist()
                named[f"{letter}{end}"] = flat[0] if len(flat) == 1 else flat
        return named

    def predict(self, x: float) -> float:
        """What the model with the least loss says."""
        best = min(self.learners, key=lambda one: _numbers(self.loss_now(one)))
        with torch.no_grad():
            return float(best.model(torch.tensor([[float(x)]], device=self.x.device)))

    def metrics(self) -> Mapping[str, float]:
        """The loss of each model after the last update; of four, the best and the worst too."""
        losses = {f"loss_{_key(one)}": self.loss_now(one).item() for one in self.learners}
        if len(losses) == 1:
            return losses
        order = torch.tensor(list(losses.values()), dtype=torch.float64).sort().values.tolist()
        return losses | {"best": order[0], "worst": order[-1]}  # sorted, not a number comes last

    def adjust(self, name: str, value: Setting) -> None:
        super().adjust(name, value)
        key = "lr" if name == "learning_rate" else name
        for one in self.learners:
            if key == "lr" or one.kind == key:
                one.optimizer.param_groups[0][key] = value

    def least_loss(self) -> torch.Tensor:
        """The loss of the last forward pass, shape (); of four, the least.

        So a run goes on as long as one of them is not lost.
        """
        losses = torch.stack([one.loss.detach() for one in self.learners])
        return losses[0] if len(losses) == 1 else _numbers(losses).min()

    def loss_now(self, one: Learner) -> torch.Tensor:
        """The loss with the weights as they are, shape ()."""
        with torch.no_grad():
            loss: torch.Tensor = self.loss_fn(one.model(self.x), self.y)
        return loss

    def _fit(self, one: Learner, grid: torch.Tensor) -> Fit:
        with torch.no_grad():
            curve = copied(one.model(grid).flatten())
        walked = one.path.positions(*one.model.parameters(), self.loss_now(one))
        path, heights = walked[:, :-1], walked[:, -1]
        losses = LossHistory(one.path.reached() + 1, heights, heights)
        alone = len(self.learners) == 1
        return Fit(one.name, curve, None if alone else losses, one.updates, path, heights)


def _numbers(losses: torch.Tensor) -> torch.Tensor:
    """The losses, with infinity where there is no number."""
    return losses.nan_to_num(nan=torch.inf, posinf=torch.inf)


def _key(one: Learner) -> str:
    """The learner's name as a part of a longer one: `seed_0`, `sgd`."""
    return one.name.lower().replace(" ", "_")
