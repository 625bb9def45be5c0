"""Gradients from differences of values alone, in float64; knows nothing of backward."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from engine.graph.build import Graph
from engine.graph.functions import forward
from engine.graph.values import Value, short
from engine.graph.walk import CLOSE, Check, Compared

WIDTHS = 1e-2 * 8.0 ** -torch.arange(9, dtype=torch.float64)
"""The h that are tried where x lies between −1 and 1; a larger x has larger ones."""
_ROUNDING = 4 * torch.finfo(torch.float64).eps


def check(
    graph: Graph,
    inputs: Sequence[torch.Tensor],
    seed: torch.Tensor,
    gradients: Mapping[int, torch.Tensor],
) -> Check:
    """Compare gradients with the central differences (f(x + h) − f(x − h)) / 2h.

    `gradients` has the inputs that require one, by their places in `inputs`; the numbers of
    f are weighted by `seed`.
    """
    moved = {place: inputs[place].numel() for place in gradients}

    def f(x: torch.Tensor) -> torch.Tensor:
        pieces = dict(zip(moved, x.split(list(moved.values())), strict=True))
        beside = [
            pieces[place].reshape(each.shape) if place in pieces else each
            for place, each in enumerate(inputs)
        ]
        return (seed * forward(graph, beside)[-1]).sum()

    with torch.no_grad():
        slopes = _slopes(f, torch.cat([inputs[place].flatten() for place in moved]))
    compared, start = [], 0
    for place, gradient in gradients.items():
        own = slopes[start : start + moved[place]]
        compared.append(_compared(graph.parts[place].name, gradient, own))
        start += moved[place]
    return Check(tuple(compared))


@dataclass(frozen=True, slots=True)
class _Slope:
    """How f changes with one number."""

    central: float
    left: float
    right: float
    error: float
    """How far the central one may be off; infinite where there is none."""
    kink: bool
    """Whether left and right stay apart however narrow it gets."""


def _slopes(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> list[_Slope]:
    """The slope along each number of `x`, shape (numbers,).

    A wide h misses the curve, and a narrow one drowns in rounding: of a row of widths the
    one counts whose slope differs least from that of the next wider.
    """
    h = x.abs().clamp(min=1)[:, None] * WIDTHS
    up, down = x[:, None] + h, x[:, None] - h  # (numbers, widths), and so are all below
    after, before, here = _at(f, x, up), _at(f, x, down), f(x)
    central = (after - before) / (up - down)
    right, left = (after - here) / (up - x[:, None]), (here - before) / (x[:, None] - down)
    error = torch.full_like(h, math.inf)
    error[:, 1:] = (
        central.diff().abs() + (_ROUNDING * torch.maximum(after.abs(), before.abs()) / h)[:, 1:]
    )
    gap = (right - left).abs()
    kink = torch.zeros_like(h, dtype=torch.bool)
    kink[:, 1:] = gap[:, 1:] > gap[:, :-1] / 2  # a smooth curve's is an eighth of the wider one's
    kink &= gap > 10 * CLOSE * central.abs().clamp(min=1)
    best = error.nan_to_num(math.inf, math.inf).argmin(1, keepdim=True)
    columns = [
        each.gather(1, best).flatten().tolist() for each in (central, left, right, error, kink)
    ]
    return [_Slope(*row) for row in zip(*columns, strict=True)]


def _at(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, moved: torch.Tensor
) -> torch.Tensor:
    """f where one number of `x` is moved and the others are not, shape of `moved`.

    All in one pass: one after the other they would take a hundred times as long.
    """
    here = torch.eye(len(x), dtype=torch.bool)[:, None, :]
    rows = torch.where(here, moved[:, :, None], x)  # (numbers, widths, numbers)
    values: torch.Tensor = torch.func.vmap(f)(rows.flatten(0, 1))
    return values.reshape(moved.shape)


def _compared(name: str, gradient: torch.Tensor, slopes: Sequence[_Slope]) -> Compared:
    value = Value(tuple(gradient.shape), tuple(gradient.flatten().tolist()))
    for index, (number, slope) in enumerate(zip(value.numbers, slopes, strict=True)):
        reason = _reason(number, slope)
        if reason:
            where = f"at number {index + 1}: " if value.shape else ""
            return Compared(name, value, None, None, where + reason)
    estimate = Value(value.shape, tuple(slope.central for slope in slopes))
    pairs = zip(value.numbers, estimate.numbers, strict=True)
    return Compared(name, value, estimate, max(abs(a - b) for a, b in pairs))


def _reason(gradient: float, slope: _Slope) -> str:
    """Why there is nothing to compare the gradient with; nothing where there is."""
    if not math.isfinite(gradient):
        return "the gradient is not finite"
    if not math.isfinite(slope.error):
        return "the values beside it are not finite"
    if slope.kink:
        return (
            f"there is a kink: the slope is {short(round(slope.left, 3))} on the left and "
            f"{short(round(slope.right, 3))} on the right, and PyTorch takes {short(gradient)}"
        )
    if slope.error > CLOSE * max(1.0, abs(slope.central)):
        return "the values beside it are too rough for differences"
    return ""
