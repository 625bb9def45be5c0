"""Tensors that record which cells they came from.

Each tensor has a shadow: a float64 tensor of the same shape, in which every operation is replaced
by a sum of the cells that the operation reads. The gradient of a cell of the shadow, computed by
autograd, is then positive at exactly the cells that it came from, for all values: zeros, whole
numbers and truth values too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np
import torch

from engine.tensors.looks import Mask, Shape
from engine.tensors.vocabulary import METHODS, Kind


@dataclass(frozen=True, slots=True, eq=False)
class TracedTensor:
    """A tensor and its shadow."""

    value: torch.Tensor
    shadow: torch.Tensor


@dataclass(frozen=True, slots=True, eq=False)
class TracedPair:
    """The result of a maximum along a dimension: the values and their indices."""

    values: TracedTensor
    indices: TracedTensor


def leaf(value: torch.Tensor) -> TracedTensor:
    """Return a traced tensor for one that the line reads."""
    shadow = torch.zeros(value.shape, dtype=torch.float64, requires_grad=True)
    return TracedTensor(value, shadow)


def values(part: Any) -> Any:
    """Return an argument with each traced tensor replaced by its value, for PyTorch."""
    return _each(part, lambda traced: traced.value)


def call(name: str, tensor: TracedTensor, args: list[Any], keywords: dict[str, Any]) -> Any:
    """Call the method `name` of the vocabulary; the errors are PyTorch's own."""
    value = getattr(tensor.value, name)(*args, **keywords)
    match METHODS[name].kind:
        case Kind.TELL:
            return value
        case Kind.CELL:
            return _traced(value, lambda: tensor.shadow)
        case Kind.REDUCE if isinstance(value, torch.Tensor):
            return _traced(value, lambda: _reduced(tensor, value.shape, args, keywords))
        case Kind.REDUCE:
            shadow = partial(_reduced, tensor, value.values.shape, args, keywords)
            return TracedPair(_traced(value.values, shadow), _traced(value.indices, shadow))
        case Kind.PICK:
            # The shadow may have another memory layout, of which no view is possible.
            same = "reshape" if name == "view" else name
            return _traced(value, lambda: getattr(tensor.shadow, same)(*args, **keywords))


def function(name: str, args: list[Any], keywords: dict[str, Any]) -> TracedTensor:
    """Call the function `name` of the vocabulary; the errors are PyTorch's own."""
    value = getattr(torch, name)(*values(args), **keywords)
    if name not in ("cat", "stack", "where"):  # made from numbers: it came from no cell
        return TracedTensor(value, _nothing(value))
    if name == "where":
        args = [values(args[0]), *args[1:]]  # the condition does not count as an origin
    shadows = _each(args, lambda traced: traced.shadow)
    return _traced(value, lambda: getattr(torch, name)(*shadows, **keywords))


def pick(tensor: TracedTensor, index: Any) -> TracedTensor:
    """Return `tensor[index]`. Tensors in the index do not count as an origin."""
    return _traced(tensor.value[values(index)], lambda: tensor.shadow[values(index)])


def transposed(tensor: TracedTensor, name: str) -> TracedTensor:
    """Return `tensor.T` or `tensor.mT`."""
    return _traced(getattr(tensor.value, name), lambda: getattr(tensor.shadow, name))


def each_cell(do: Callable[..., Any], *operands: Any) -> TracedTensor:
    """Apply an element-wise operation to one or two operands, one of which may be a number."""
    shadows = [operand.shadow for operand in operands if isinstance(operand, TracedTensor)]
    return _traced(do(*values(operands)), lambda: reduce(operator.add, shadows))


def matmul(left: TracedTensor, right: TracedTensor) -> TracedTensor:
    """Return `left @ right`: each cell comes from a row of the left and a column of the right."""
    return _traced(
        left.value @ right.value,
        lambda: (
            left.shadow @ torch.ones_like(right.shadow)
            + torch.ones_like(left.shadow) @ right.shadow
        ),
    )


def came_from(
    result: TracedTensor | None, sources: Mapping[str, TracedTensor], cells: Sequence[Shape]
) -> Mapping[str, Mask]:
    """Return the cells of each source that contribute to these of the result; () means all."""
    if result is None or not sources or not result.shadow.requires_grad:
        return {name: np.zeros(source.value.shape, np.bool_) for name, source in sources.items()}
    seed = torch.ones_like(result.shadow)
    if cells:
        seed = torch.zeros_like(result.shadow)
        for cell in cells:
            seed[cell] = 1
    leaves = [source.shadow for source in sources.values()]
    try:
        gradients = torch.autograd.grad(
            *(result.shadow, leaves, seed),
            retain_graph=True,
            allow_unused=True,
            materialize_grads=True,
        )
    except RuntimeError:  # the operation has no gradient
        gradients = tuple(torch.zeros_like(leaf) for leaf in leaves)
    return {name: (way > 0).numpy() for name, way in zip(sources, gradients, strict=True)}


def _traced(value: torch.Tensor, shadow: Callable[[], torch.Tensor]) -> TracedTensor:
    """Return the value with its shadow, or with an empty one if none of the same shape exists."""
    try:
        made = shadow()
    except (RuntimeError, IndexError, TypeError, ValueError):
        return TracedTensor(value, _nothing(value))
    return TracedTensor(value, made if made.shape == value.shape else _nothing(value))


def _nothing(value: torch.Tensor) -> torch.Tensor:
    return torch.zeros(value.shape, dtype=torch.float64)


def _reduced(
    tensor: TracedTensor, shape: torch.Size, args: list[Any], keywords: dict[str, Any]
) -> torch.Tensor:
    """Return the sum of the shadow along the same dimensions, for a result of this shape."""
    if shape == tensor.shadow.shape:  # all() and any() of no dimensions reduce nothing
        return tensor.shadow
    asked = {**dict(zip(("dim", "keepdim"), args, strict=False)), **keywords}
    return tensor.shadow.sum(dim=asked.get("dim"), keepdim=asked.get("keepdim", False))


def _each(part: Any, chosen: Callable[[TracedTensor], torch.Tensor]) -> Any:
    """Return the argument with each traced tensor in it replaced by the chosen one."""
    if isinstance(part, TracedTensor):
        return chosen(part)
    if type(part) in (list, tuple):
        return type(part)(_each(inner, chosen) for inner in part)
    if isinstance(part, slice):
        return slice(*(_each(inner, chosen) for inner in (part.start, part.stop, part.step)))
    return part
