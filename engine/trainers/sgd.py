"""The lines that say how SGD moved one number; knows no model and no loop."""

from __future__ import annotations

import torch

from engine.equations import Equation, factor, number, plain, plus
from engine.pictures import Array


def copied(tensor: torch.Tensor) -> Array:
    """A float64 copy on the CPU, of the same shape: `numpy()` alone would share the memory."""
    return tensor.detach().double().cpu().numpy().copy()


def update(
    name: str,
    parameter: torch.Tensor,
    before: float | None,
    optimizer: torch.optim.Optimizer,
    index: int = 0,
) -> tuple[Equation, ...]:
    """How one element of a parameter went from `before` to where it is now.

    Without momentum that is one line; with momentum the velocity has a line of its own.
    `before` is None as long as there was no step.
    """
    symbol = f"∂L/∂{name}"
    if before is None or parameter.grad is None:
        return (Equation("update", f"{name} ← {name} − η·{symbol}", "…", number(None)),)
    group = optimizer.param_groups[0]
    gradient = parameter.grad.flatten()[index].item()
    now = parameter.detach().flatten()[index].item()
    if not group["momentum"]:
        return (_move(name, symbol, before, gradient, now, group["lr"]),)
    velocity = optimizer.state[parameter]["momentum_buffer"].flatten()[index].item()
    last = (velocity - gradient) / group["momentum"]
    return (
        Equation(
            "velocity",
            f"v ← μ·v + {symbol}",
            f"{plain(group['momentum'])}·{factor(last)} {plus(gradient)}",
            number(velocity),
        ),
        _move(name, "v", before, velocity, now, group["lr"]),
    )


def _move(name: str, symbol: str, before: float, along: float, now: float, rate: float) -> Equation:
    return Equation(
        "update",
        f"{name} ← {name} − η·{symbol}",
        f"{number(before)} − {plain(rate)}·{factor(along)}",
        number(now),
    )
