"""Gradients from differences of values alone, in float64, to check those of backward."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch

from engine.graph.operations import Value, short
from engine.graph.walk import CLOSE, ComparedGradient, GradientCheck

WIDTHS = 1e-2 * 8.0 ** -torch.arange(9, dtype=torch.float64)
"""The h that are tried where x lies between −1 and 1; a larger x has larger ones."""
_ROUNDING = 4 * torch.finfo(torch.float64).eps


def check(
    function: Callable[[Sequence[torch.Tensor]], torch.Tensor],
    names: Sequence[str],
    inputs: Sequence[torch.Tensor],
    seed: torch.Tensor,
    gradients: Mapping[int, torch.Tensor],
) -> GradientCheck:
    """Compare gradients with the central differences (f(x + h) − f(x − h)) / 2h.

    `gradients` has the inputs that require one, by their index in `inputs`; f is the sum of the
    function's numbers, weighted by `seed`.
    """
    sizes = {index: inputs[index].numel() for index in gradients}

    def f(x: torch.Tensor) -> torch.Tensor:
        pieces = dict(zip(sizes, x.split(list(sizes.values())), strict=True))
        moved = [
            pieces[index].reshape(each.shape) if index in pieces else each
            for index, each in enumerate(inputs)
        ]
        return (seed * function(moved)).sum()

    with torch.no_grad():
        slopes = iter(_slopes(f, torch.cat([inputs[index].flatten() for index in sizes])))
    return GradientCheck(
        _compared(names[index], gradient, [next(slopes) for _ in range(sizes[index])])
        for index, gradient in gradients.items()
    )


class _Slope(NamedTuple):
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

    A wide h misses the curve, and a narrow one drowns in rounding: of several widths the one
    counts whose slope differs least from that of the next wider.
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


def _compared(name: str, gradient: torch.Tensor, slopes: Sequence[_Slope]) -> ComparedGradient:
    value = Value(tuple(gradient.shape), tuple(gradient.flatten().tolist()))
    for index, (number, slope) in enumerate(zip(value.numbers, slopes, strict=True)):
        if reason := _reason(number, slope):
            where = f"at number {index + 1}: " if value.shape else ""
            return ComparedGradient(name, value, None, None, where + reason)
    estimate = Value(value.shape, tuple(slope.central for slope in slopes))
    pairs = zip(value.numbers, estimate.numbers, strict=True)
    return ComparedGradient(name, value, estimate, max(abs(a - b) for a, b in pairs))


def _reason(gradient: float, slope: _Slope) -> str:
    """Why there is nothing to compare the gradient with; empty where there is."""
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
