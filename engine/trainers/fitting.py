"""The base class of trainers that fit models to a curve: pictures, five steps and formulas."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from engine.equations import NONE_YET, Equation, factor, number, plain
from engine.frame import NamedParameters
from engine.history import Path
from engine.numerals import counted
from engine.pictures import Fit, FitsPicture, LossHistory, StageView
from engine.trainer import ModelStates, Phase, Step
from engine.trainers.sgd import SgdTrainer, copied

PHASES = ("data", "model", "loss", "optimizer", "loop")
"""The five steps in order."""
FIRST_WEIGHT = "W₁[0,0]"
"""The first weight of a network, which the formulas call w."""
TO_COME = "to come"
"""The text for a number that this update has not computed yet."""
PLACES = 241
"""The number of x at which a picture holds the curves."""
RULES = {
    "sgd": "Δw = −η·g",
    "momentum": "Δw = −η·v",
    "rmsprop": "Δw = −η·g/√s",
    "adam": "Δw = −η·m′/√v′",
}
"""The update rule of each optimizer for a weight; g is its gradient."""
KEPT: dict[str, dict[str, str]] = {
    "sgd": {},
    "momentum": {"momentum_buffer": "v ← μ·v + g"},
    "rmsprop": {"square_avg": "s ← 0.99·s + 0.01·g²"},
    "adam": {"exp_avg": "m ← 0.9·m + 0.1·g", "exp_avg_sq": "v ← 0.999·v + 0.001·g²"},
}
"""The optimizer state of a weight and its formula, by the names in `torch.optim`."""
LEAST = 5e-5
"""A relative size that is too small to change the four digits of a number."""


class CurveLearner:
    """A model with its optimizer, and the results of its last update."""

    output: torch.Tensor
    """ŷ of the last forward pass, shape (points, 1)."""
    loss: torch.Tensor
    """The loss of the last forward pass, shape ()."""

    def __init__(
        self, name: str, kind: str, model: nn.Module, optimizer: torch.optim.Optimizer
    ) -> None:
        """Store the model; `kind` is that of the optimizer: sgd, momentum, rmsprop or adam."""
        self.name, self.kind = name, kind
        self.model, self.optimizer = model, optimizer
        self.path = Path(capacity=256)
        """The weights before each update, followed by the loss there."""
        self.updates = 0

    def note(self) -> None:
        """Record the weights before the update, and the loss there."""
        self.path.add(*self.model.parameters(), self.loss)
        self.updates += 1

    @property
    def weight(self) -> torch.Tensor:
        """The tensor whose first element is the weight in the formulas."""
        return next(self.model.parameters())

    def weights(self) -> int:
        return sum(weight.numel() for weight in self.model.parameters())

    def slope(self) -> float | None:
        """Return the norm of the gradient of all weights; None before the first update."""
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        return torch.stack([g.norm() for g in gradients]).norm().item() if gradients else None

    def moved(self) -> float | None:
        """Return the distance that the last update moved all weights; None before the first."""
        if self.path.last is None:
            return None
        now = torch.cat([weight.detach().flatten() for weight in self.model.parameters()])
        return float((now - self.path.last[:-1]).norm())

    def change(self) -> float | None:
        """Return the change of the first weight in the last update; None before the first."""
        if self.path.last is None:
            return None
        return (self.weight.detach().flatten()[0] - self.path.last[0]).item()


class FittingTrainer(SgdTrainer[Any]):
    """The base class of trainers that fit models to points and show the five steps.

    A subclass sets `x` and `y`, both of shape (points, 1), the loss function and the learners; its
    `loop` yields a phase after each of the five steps except the last, and then a step. Pictures
    and equations describe one update and leave out numbers that it has not computed yet.
    """

    live = frozenset({"learning_rate", "momentum", "turn"})

    x: torch.Tensor
    y: torch.Tensor
    loss_fn: nn.Module
    learners: list[CurveLearner]
    lit = ""
    """The name of the last completed step of the five."""

    @abstractmethod
    def loop(self) -> Iterator[Step | Phase]:
        """Run the fifth step, which repeats the first four."""

    def steps(self) -> Iterator[Step]:
        return (made for made in self._made() if isinstance(made, Step))

    def turns(self) -> Iterator[Step | Phase]:
        """Yield after each of the five steps, or after all five, as the setting `turn` says."""
        for made in self._made():
            if isinstance(made, Step) or self.config.turn == "stage":
                yield made

    def _made(self) -> Iterator[Step | Phase]:
        for made in self.loop():
            self.lit = "loop" if isinstance(made, Step) else made.name
            yield made

    def reached(self, phase: str) -> bool:
        """Whether the current update has completed this one of the five steps."""
        return self.lit != "" and PHASES.index(self.lit) >= PHASES.index(phase)

    def picture(self) -> FitsPicture:
        grid = torch.linspace(self.x.min().item(), self.x.max().item(), PLACES).reshape(-1, 1)
        return FitsPicture(
            x=copied(self.x.flatten()),
            y=copied(self.y.flatten()),
            grid=copied(grid.flatten()),
            walks=tuple(self._fit(one, grid.to(self.x.device)) for one in self.learners),
            wave=self.config.model == "wave",
            stages=self._stages(),
            lit=self.lit,
        )

    def _fit(self, one: CurveLearner, grid: torch.Tensor) -> Fit:
        with torch.no_grad():
            curve = copied(one.model(grid).flatten())
        walked = one.path.positions(*one.model.parameters(), self.loss_now(one))
        path, heights = walked[:, :-1], walked[:, -1]
        losses = LossHistory(one.path.reached()[:-1] + 1, heights[:-1], heights[:-1])
        alone = len(self.learners) == 1
        return Fit(one.name, curve, None if alone else losses, one.updates, path, heights)

    def _stages(self) -> tuple[StageView, ...]:
        """Return the views of the five steps, without numbers for those that are still to come."""
        first, epochs = self.learners[0], self.config.epochs
        points, weights, alone = f"{tuple(self.x.shape)}", first.weights(), len(self.learners) == 1
        each = "" if alone else f" ×{len(self.learners)}"
        whose = () if alone else (f"of {first.name}",)
        output = first.output[0].item() if self.reached("model") else None
        before = None if first.path.last is None else first.path.last[-1].item()
        update = first.updates + (self.lit in PHASES[:3])  # the optimizer step increments it
        views = (
            (
                "x, y = data",
                counted(len(self.x), "point"),
                f"x, y {points}",
                (f"x₁ = {number(self.x[0].item(), 2)}", f"y₁ = {number(self.y[0].item(), 3)}"),
            ),
            (
                "output = model(x)",
                f"x {points}",
                f"ŷ {points}{each}",
                (f"ŷ₁ = {number(output, 3)}", *whose, f"{weights} weights"),
            ),
            (
                "loss = loss_fn(output, y)",
                f"ŷ, y {points}",
                f"L (){each}",
                (f"L = {self._loss(first)}", *whose, "mean((ŷ − y)²)"),
            ),
            (
                "loss.backward(); optimizer.step()",
                f"{weights} gradients",
                f"{weights} weights{each}",
                (_moved(first), f"slope {number(first.slope(), 3)}", *whose),
            ),
            (
                f"for epoch in range({epochs}):",
                f"update {update:,}",
                f"{epochs - update:,} to go",
                (f"L is {number(self.loss_now(first).item())}", f"was {number(before)}", *whose),
            ),
        )
        return tuple(
            StageView(name, *view[:3], view[3] if self.reached(name) else ())
            for name, view in zip(PHASES, views, strict=True)
        )

    def equations(self, step: Step | None) -> tuple[Equation, ...]:  # noqa: ARG002
        """Return the loss and the change of the first weight, as far as they are computed."""
        learners = self.learners
        named: tuple[Equation, ...] = ()
        if self.config.model == "network":
            start = learners[0].path.last if self.moved else learners[0].weight
            before = number(_first(start)) if len(learners) == 1 else "in each"
            named = (Equation("forward", f"w = {FIRST_WEIGHT}", "", before),)
        if len(learners) == 1:
            loss = Equation("loss", "L = mean((ŷ − y)²)", "", self._loss(learners[0]))
            return (*named, loss, *self._moves(learners[0]))
        differ = len({one.kind for one in learners}) > 1
        losses = (Equation("loss", f"L {one.name}", "", self._loss(one)) for one in learners)
        moves = (
            Equation(
                "update",
                f"{one.name}: {RULES[one.kind]}" if differ else f"Δw {one.name}",
                "",
                self._moved(one.change()),
            )
            for one in learners
        )
        return (*named, *losses, *moves)

    @property
    def moved(self) -> bool:
        """Whether the current update has moved the weights."""
        return self.reached("optimizer")

    def _loss(self, one: CurveLearner) -> str:
        """Return the loss of the current update's forward pass."""
        return number(one.loss.item()) if self.reached("loss") else self._missing()

    def _moved(self, value: float | None, digits: int = 4) -> str:
        """Return a number that the optimizer has computed in the current update."""
        return number(value, digits) if self.moved else self._missing()

    def _missing(self) -> str:
        return TO_COME if self.lit else NONE_YET

    def _moves(self, one: CurveLearner) -> tuple[Equation, ...]:
        """Return the gradient g of the first weight, its optimizer state, and its update."""
        weight, kept = one.weight, one.optimizer.state[one.weight]
        values = {name: kept.get(name) for name in KEPT[one.kind]}
        memory = (
            Equation("memory", KEPT[one.kind][name], "", self._moved(_first(value), 5))
            for name, value in values.items()
            if value is not None or not kept
        )
        rule, numbers = _step(one) if self.moved else (RULES[one.kind], "…")
        return (
            Equation("backward", "g = ∂L/∂w", "", self._moved(_first(weight.grad))),
            *memory,
            Equation("update", rule, numbers, self._moved(one.change())),
            Equation("update", "w ← w + Δw", "", self._moved(_first(weight))),
        )

    def parameters(self) -> NamedParameters:
        """Return every weight; with several models, the names end with the model's: `w_adam`."""
        letters = ("w", "b") if self.config.model == "wave" else ("W1", "b1", "W2", "b2")
        named: dict[str, float | list[float]] = {}
        for one in self.learners:
            end = "" if len(self.learners) == 1 else f"_{_key(one)}"
            for letter, weight in zip(letters, one.model.parameters(), strict=True):
                flat = weight.detach().flatten().tolist()
                named[f"{letter}{end}"] = flat[0] if len(flat) == 1 else flat
        return named

    def states(self) -> ModelStates:
        if len(self.learners) == 1:
            return {"": self.learners[0].model.state_dict(keep_vars=True)}
        return {_key(one): one.model.state_dict(keep_vars=True) for one in self.learners}

    def predict(self, x: float) -> float:
        """Return the prediction of the model with the least loss."""
        best = min(self.learners, key=lambda one: _numbers(self.loss_now(one)))
        with torch.no_grad():
            return float(best.model(torch.tensor([[float(x)]], device=self.x.device)))

    @property
    def prediction(self) -> str:
        return "y of the model with the least loss" if len(self.learners) > 1 else ""

    def metrics(self) -> Mapping[str, float]:
        """Return the loss of each model after the last update; for several also best and worst."""
        losses = {f"loss_{_key(one)}": self.loss_now(one).item() for one in self.learners}
        if len(losses) == 1:
            return losses
        order = torch.tensor(list(losses.values()), dtype=torch.float64).sort().values.tolist()
        return losses | {"best": order[0], "worst": order[-1]}  # nan comes last when sorted

    def optimizers(self, name: str) -> list[torch.optim.Optimizer]:
        learners = self.learners
        return [one.optimizer for one in learners if name != "momentum" or one.kind == "momentum"]

    def least_loss(self) -> torch.Tensor:
        """Return the loss of the last forward pass, shape (); for several models, the least.

        So a run continues while at least one model has not diverged.
        """
        losses = torch.stack([one.loss.detach() for one in self.learners])
        return losses[0] if len(losses) == 1 else _numbers(losses).min()

    def loss_now(self, one: CurveLearner) -> torch.Tensor:
        """Return the loss with the current weights, shape ()."""
        with torch.no_grad():
            loss: torch.Tensor = self.loss_fn(one.model(self.x), self.y)
        return loss


def _step(one: CurveLearner) -> tuple[str, str]:
    """Return the optimizer's rule, and the same with the numbers of the last update.

    The formulas are those of the documentation of `torch.optim`: Adam divides both means by 1 − βᵗ
    to correct their bias, and RMSprop does not. The ε that both add to the root is included if it
    is large enough to matter.
    """
    rule, weight = RULES[one.kind], one.weight
    if weight.grad is None:
        return rule, ""
    group, state = one.optimizer.param_groups[0], one.optimizer.state[weight]
    kept = {
        name: value.flatten()[0].item() for name, value in state.items() if name in KEPT[one.kind]
    }
    along, across = weight.grad.flatten()[0].item(), None
    if one.kind == "rmsprop":
        across = math.sqrt(kept["square_avg"])
    elif one.kind == "adam":
        slow, fast = (1 - beta ** state["step"].item() for beta in group["betas"])
        along, across = kept["exp_avg"] / slow, math.sqrt(kept["exp_avg_sq"] / fast)
    elif "momentum_buffer" in kept:
        along = kept["momentum_buffer"]
    moved = f"−{plain(group['lr'])}·{factor(along)}"
    if across is None:
        return rule, moved
    if group["eps"] < LEAST * across:
        return rule, f"{moved}/{number(across)}"
    above, _, root = rule.partition("/")
    return f"{above}/({root} + ε)", f"{moved}/({number(across)} + {plain(group['eps'])})"


def _first(tensor: torch.Tensor | None) -> float | None:
    return None if tensor is None else tensor.detach().flatten()[0].item()


def _moved(one: CurveLearner) -> str:
    distance = one.moved()
    return "not moved yet" if distance is None else f"moved {number(distance)}"


def _numbers(losses: torch.Tensor) -> torch.Tensor:
    """Return the losses with nan replaced by infinity."""
    return losses.nan_to_num(nan=torch.inf, posinf=torch.inf)


def _key(one: CurveLearner) -> str:
    """Return the learner's name for use in a longer name: `seed_0`, `sgd`."""
    return one.name.lower().replace(" ", "_")
