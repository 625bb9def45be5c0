"""Tensors that remember which cells they came from; knows no line of text.

Beside each tensor runs its shadow: float64, of the same shape, in which every operation is
replaced by one that only adds up whatever the operation reads. The gradient of a cell of the
shadow is then positive at exactly the cells that it came from, whatever the numbers are, zeros,
whole numbers and truths among them, and it is autograd that finds the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engine.tensors.looks import Mask, Shape
from engine.tensors.vocabulary import METHODS, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A tensor and its shadow."""

    value: torch.Tensor
    shadow: torch.Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """What a maximum along a dimension gives: the values, and where they were."""

    values: Traced
    indices: Traced


def leaf(value: torch.Tensor) -> Traced:
    """A tensor that was there before; its shape must hold in memory twice."""
    shadow = torch.zeros(value.shape, dtype=torch.float64, requires_grad=True)
    return Traced(value, shadow)


def constant(value: torch.Tensor) -> Traced:
    """A tensor that the line makes out of numbers: it came from no cell."""
    return Traced(value, torch.zeros(value.shape, dtype=torch.float64))


def values(part: Any) -> Any:
    """An argument as PyTorch takes it."""
    return _each(part, lambda traced: traced.value)


def call(name: str, tensor: Traced, args: list[Any], keywords: dict[str, Any]) -> Any:
    """The method `name` of the vocabulary; the errors are PyTorch's own."""
    value = getattr(tensor.value, name)(*args, **keywords)
    match METHODS[name].kind:
        case Kind.TELL:
            return value
        case Kind.CELL:
            return Traced(value, tensor.shadow)
        case Kind.REDUCE:
            shadow = _sum(tensor.shadow, args, keywords)
            if isinstance(value, torch.Tensor):
                return Traced(value, shadow)
            return Pair(Traced(value.values, shadow), Traced(value.indices, shadow))
        case Kind.PICK:
            # The shadow may lie otherwise in memory: a view of it need not be possible.
            same = "reshape" if name == "view" else name
            return Traced(value, getattr(tensor.shadow, same)(*args, **keywords))


def function(name: str, args: list[Any], keywords: dict[str, Any]) -> Traced:
    """The function `name` of the vocabulary; the errors are PyTorch's own."""
    value = getattr(torch, name)(*values(args), **keywords)
    if name not in ("cat", "stack", "where"):
        return constant(value)
    if name == "where":
        args = [values(args[0]), *args[1:]]  # what decides is not what is picked
    return Traced(value, getattr(torch, name)(*_shadows(args), **keywords))


def pick(tensor: Traced, index: Any) -> Traced:
    """`tensor[index]`. What stands in the index decides; it is not what is picked."""
    return Traced(tensor.value[values(index)], tensor.shadow[values(index)])


def transposed(tensor: Traced, name: str) -> Traced:
    """`tensor.T` or `tensor.mT`."""
    return Traced(getattr(tensor.value, name), getattr(tensor.shadow, name))


def each_cell(do: Callable[..., Any], *operands: Any) -> Traced:
    """An operation cell by cell on one or two operands, of which one may be a plain number."""
    value = do(*values(operands))
    shadows = [operand.shadow for operand in operands if isinstance(operand, Traced)]
    return Traced(value, shadows[0] if len(shadows) == 1 else shadows[0] + shadows[1])


def matmul(left: Traced, right: Traced) -> Traced:
    """`left @ right`: each cell comes from a row of the left and a column of the right."""
    value = left.value @ right.value
    rows = left.shadow @ torch.ones_like(right.shadow)
    return Traced(value, rows + torch.ones_like(left.shadow) @ right.shadow)


def came_from(
    shadow: torch.Tensor, sources: Mapping[str, Traced], cell: Shape | None = None
) -> Mapping[str, Mask]:
    """Where each source's cells enter one cell of the shadow, or any of them."""
    seed = torch.ones_like(shadow)
    if cell is not None:
        seed = torch.zeros_like(shadow)
        seed[cell] = 1
    if not sources or not shadow.requires_grad:
        return {name: np.zeros(source.value.shape, np.bool_) for name, source in sources.items()}
    leaves = [source.shadow for source in sources.values()]
    gradients = torch.autograd.grad(
        shadow, leaves, seed, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return {name: (way > 0).numpy() for name, way in zip(sources, gradients, strict=True)}


def _sum(shadow: torch.Tensor, args: list[Any], keywords: dict[str, Any]) -> torch.Tensor:
    """The sum along the dimensions that a reduction was asked for."""
    asked = {**dict(zip(("dim", "keepdim"), args, strict=False)), **keywords}
    return shadow.sum(dim=asked.get("dim"), keepdim=asked.get("keepdim", False))


def _shadows(part: Any) -> Any:
    return _each(part, lambda traced: traced.shadow)


def _each(part: Any, seen: Callable[[Traced], torch.Tensor]) -> Any:
    """The argument with a tensor in place of each `Traced` in it."""
    if isinstance(part, Traced):
        return seen(part)
    if type(part) in (list, tuple):
        return type(part)(_each(inner, seen) for inner in part)
    if isinstance(part, slice):
        return slice(*(_each(inner, seen) for inner in (part.start, part.stop, part.step)))
    return part
