"""How many cells a result will have, before it is made; makes nothing itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

MOST_CELLS = 30_000
"""More than that in one tensor is refused: it could not be seen. From 32,768 on PyTorch works in
several threads, and a screen would wait for them where the processor is busy."""


def check(cells: float) -> None:
    """Refuse a result of so many cells, before it is made.

    Raises:
        ValueError: they are too many.
    """
    if cells > MOST_CELLS:
        count = f"{cells:,}" if cells < 1e15 else "more than 10¹⁵"
        raise ValueError(f"that makes {count} cells; at most {MOST_CELLS:,} are made here")


def of_broadcast(*shapes: Sequence[int]) -> int:
    """The cells of an element-wise result; 0 where the shapes disagree, which PyTorch will say."""
    try:
        return math.prod(torch.broadcast_shapes(*map(tuple, shapes)))
    except RuntimeError:
        return 0


def of_matmul(left: Sequence[int], right: Sequence[int]) -> int:
    """The cells of `left @ right`: rows × columns, for each of the broadcast batches."""
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    return of_broadcast(left[:-2], right[:-2]) * math.prod((*rows, *columns))


def of_method(name: str, tensor: torch.Tensor, args: Sequence[Any]) -> int:
    """The cells of a call; only `expand` and `repeat` can make more than there were.

    Raises:
        ValueError: a size that means nothing, which PyTorch would take.
    """
    if name not in ("expand", "repeat"):
        return tensor.numel()
    given = args[0] if args and isinstance(args[0], list | tuple) else args
    sizes = [size for size in given if isinstance(size, int)]
    if name == "repeat":
        return tensor.numel() * math.prod(max(0, size) for size in sizes)
    if any(size < -1 for size in sizes):
        raise ValueError("a size is a whole number, or -1 to keep the size that is there")
    there = (*([1] * (len(sizes) - tensor.ndim)), *tensor.shape)
    sizes = [old if new == -1 else new for old, new in zip(there, sizes, strict=False)]
    return math.prod(sizes)


def of_arange(args: Sequence[Any], keywords: dict[str, Any]) -> float:
    """The cells of `arange(start, end, step)`; 0 where PyTorch will refuse it."""
    given = [*args, *(keywords[name] for name in ("start", "end", "step") if name in keywords)]
    numbers = [value for value in given if isinstance(value, int | float)]
    start, end, step = {1: (0, *numbers, 1), 2: (*numbers, 1), 3: (*numbers,)}.get(
        len(numbers), (0, 0, 1)
    )
    if not step:
        return 0
    cells = abs((end - start) / step)
    return math.ceil(cells) if math.isfinite(cells) else math.inf


def of_index(shape: Sequence[int], items: Sequence[Any]) -> int:
    """The cells of `x[items]`: what the slices leave, times what the lists and tensors pick."""
    rest = [slice(None)] * max(0, len(shape) - sum(_dimensions(item) for item in items))
    dots = next((place for place, item in enumerate(items) if item is ...), len(items))
    kept, picked, dim = 1, [], 0
    for item in (*items[:dots], *rest, *items[dots + 1 :]):
        if isinstance(item, slice) and dim < len(shape) and (item.step or 1) > 0:
            kept *= len(range(*item.indices(shape[dim])))
        elif isinstance(item, list | torch.Tensor):
            picked.append(_picked(item))
        dim += _dimensions(item)
    return kept * of_broadcast(*picked)


def _dimensions(item: Any) -> int:
    """How many dimensions of the tensor one item of an index uses up."""
    if item is None or item is ... or isinstance(item, bool):
        return 0
    return item.ndim if _is_mask(item) else 1


def _picked(item: list[Any] | torch.Tensor) -> Sequence[int]:
    """The shape that one list or tensor of an index picks."""
    if _is_mask(item):
        return (int(item.sum()),)  # type: ignore[union-attr]
    if isinstance(item, torch.Tensor):
        return item.shape
    try:
        return torch.as_tensor(item).shape
    except ValueError:
        return (0,)  # rows of different lengths: PyTorch will say so


def _is_mask(item: Any) -> bool:
    return isinstance(item, torch.Tensor) and item.dtype is torch.bool
