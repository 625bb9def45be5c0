"""What goes in and out of each of the five steps, in words and numbers; knows no loop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from engine.equations import Equation, factor, number, plain
from engine.numerals import counted
from engine.pictures import StageView

if TYPE_CHECKING:
    from engine.trainers.fitting import FittingTrainer, Learner

RULES = {
    "sgd": "Δw = −η·g",
    "momentum": "Δw = −η·v",
    "rmsprop": "Δw = −η·g/√s",
    "adam": "Δw = −η·m′/√v′",
}
"""How each optimizer moves a weight; g is its gradient."""
KEPT = {
    "momentum_buffer": "v ← μ·v + g",
    "square_avg": "s ← 0.99·s + 0.01·g²",
    "exp_avg": "m ← 0.9·m + 0.1·g",
    "exp_avg_sq": "v ← 0.999·v + 0.001·g²",
}
"""What an optimizer remembers of the gradients of a weight, as `torch.optim` calls it."""
LEAST = 5e-5
"""A share of a number that is too small to show in its four digits."""


def stages(trainer: FittingTrainer) -> tuple[StageView, ...]:
    """Data, model, loss, optimizer and loop, as each was done last."""
    first, epochs = trainer.learners[0], trainer.config.epochs
    points, weights, done = f"{tuple(trainer.x.shape)}", first.weights(), first.updates
    alone = len(trainer.learners) == 1
    each = "" if alone else f" ×{len(trainer.learners)}"
    whose = () if alone else (f"of {first.name}",)
    return (
        StageView(
            "data",
            "x, y = data",
            counted(len(trainer.x), "point"),
            f"x, y {points}",
            (f"x₁ = {number(trainer.x[0].item(), 2)}", f"y₁ = {number(trainer.y[0].item(), 3)}"),
        ),
        StageView(
            "model",
            "output = model(x)",
            f"x {points}",
            f"ŷ {points}{each}",
            (f"ŷ₁ = {number(_first_output(first), 3)}", *whose, f"{weights} weights"),
        ),
        StageView(
            "loss",
            "loss = loss_fn(output, y)",
            f"ŷ, y {points}",
            f"L (){each}",
            (f"L = {number(_loss(first))}", *whose, "mean((ŷ − y)²)"),
        ),
        StageView(
            "optimizer",
            "loss.backward(); optimizer.step()",
            f"{weights} gradients",
            f"{weights} weights{each}",
            (f"moved {number(first.moved())}", f"slope {number(first.slope(), 3)}", *whose),
        ),
        StageView(
            "loop",
            f"for epoch in range({epochs}):",
            f"update {done:,}",
            f"{epochs - done:,} to go",
            (
                f"L is {number(trainer.loss_now(first).item())}",
                f"was {number(_before(first))}",
                *whose,
            ),
        ),
    )


def equations(trainer: FittingTrainer) -> tuple[Equation, ...]:
    """The loss, and how the first weight was moved: by one optimizer, or for each of four."""
    learners = trainer.learners
    if len(learners) == 1:
        loss = Equation("loss", "L = mean((ŷ − y)²)", "", number(_loss(learners[0])))
        return (loss, *_moves(learners[0]))
    losses = (Equation("loss", f"L {one.name}", "", number(_loss(one))) for one in learners)
    differ = len({one.kind for one in learners}) > 1
    moves = (
        Equation("update", _rule(one) if differ else f"Δw {one.name}", "", number(_change(one)))
        for one in learners
    )
    return (*losses, *moves)


def _rule(one: Learner) -> str:
    return f"{one.name}: {RULES[one.kind]}"


def _moves(one: Learner) -> tuple[Equation, ...]:
    """The first weight: its gradient g, what the optimizer remembers, and the step."""
    weight = next(one.model.parameters())
    gradient = None if weight.grad is None else weight.grad.flatten()[0].item()
    kept = one.optimizer.state[weight]
    lines = [
        Equation("memory", formula, "", number(kept[name].flatten()[0].item(), 5))
        for name, formula in KEPT.items()
        if kept.get(name) is not None
    ]
    now = weight.detach().flatten()[0].item()
    return (
        Equation("backward", "g = ∂L/∂w", "", number(gradient)),
        *lines,
        Equation("update", *_step(one, weight), number(_change(one))),
        Equation("update", "w ← w + Δw", "", number(None if one.path.last is None else now)),
    )


def _step(one: Learner, weight: torch.Tensor) -> tuple[str, str]:
    """The rule of the optimizer, and that with the numbers of the last update, if there was one.

    The formulas are those of the documentation of `torch.optim`: Adam divides both of its means
    by what they lack at the beginning, 1 − βᵗ, and RMSprop does not. The ε that both add to the
    root is written where it shows.
    """
    rule = RULES[one.kind]
    if weight.grad is None:
        return rule, ""
    group, state = one.optimizer.param_groups[0], one.optimizer.state[weight]
    kept = {name: value.flatten()[0].item() for name, value in state.items() if name in KEPT}
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


def _change(one: Learner) -> float | None:
    """How far the last update moved the first weight."""
    if one.path.last is None:
        return None
    weight = next(one.model.parameters()).detach().flatten()[0]
    return (weight - one.path.last[0]).item()


def _loss(one: Learner) -> float | None:
    loss: torch.Tensor | None = getattr(one, "loss", None)
    return None if loss is None else loss.item()


def _before(one: Learner) -> float | None:
    """The loss that the last update started from; None before the first."""
    return None if one.path.last is None else float(one.path.last[-1])


def _first_output(one: Learner) -> float | None:
    output: torch.Tensor | None = getattr(one, "output", None)
    return None if output is None else output[0].item()
