"""Limits on the numbers and tensors of a line, checked before anything is computed."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import torch

Number: TypeAlias = int | float
Operation: TypeAlias = tuple[str, Callable[[Any, Any], Any]]

OPERATORS: Mapping[type[ast.AST], Operation] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
}
COMPARISONS: Mapping[type[ast.AST], Operation] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
SIGNS: Mapping[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}

LARGEST = 2**63 - 1  # the largest whole number in a tensor of int64
LARGEST_SIZE = 2**60
"""PyTorch's arithmetic with sizes and shifts does not overflow up to here."""
MOST_CELLS = 30_000
"""The most cells of a tensor; more could not be shown. From 32,768 on PyTorch uses several threads,
and on a busy processor the screen would wait for them."""


def calculate(kind: type[ast.AST], left: Number, right: Number) -> Number:
    """Return the result of an operator between two plain numbers.

    Raises `ValueError` if there is none or a tensor could not hold it; a power that would fill the
    memory is refused before it is computed.
    """
    symbol, function = OPERATORS[kind]
    whole = isinstance(left, int) and isinstance(right, int)
    if kind is ast.Pow and whole and right >= 0 and (abs(int(left)).bit_length() - 1) * right > 63:
        raise ValueError(f"{left} ** {right} is larger than any number that fits in 64 bits")
    try:
        return checked(function(left, right))
    except ZeroDivisionError:
        raise ValueError("these are plain numbers, and Python does not divide by 0") from None
    except OverflowError:
        raise ValueError(f"{left} {symbol} {right} is larger than any float") from None
    except TypeError:
        raise ValueError(f"{left} {symbol} {right} is not defined for plain numbers") from None


def signed(kind: type[ast.AST], operand: Number) -> Number:
    """Return a plain number with a sign before it; `ValueError` if no tensor could hold it."""
    try:
        return checked(SIGNS[kind](operand))
    except TypeError:
        raise ValueError("~ is for masks and whole numbers") from None


def checked(value: object) -> Number:
    """Return the value; `ValueError` if it is complex, or a whole number of more than 64 bits."""
    if not isinstance(value, int | float):
        raise ValueError("the result is no real number")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError(f"whole numbers reach from −{LARGEST:,} to {LARGEST:,}: 64 bits")
    return value


def check_cells(cells: float) -> None:
    """Raise `ValueError` for a result with too many cells."""
    if cells > MOST_CELLS:
        count = f"{cells:,}" if cells < 1e15 else "more than 10¹⁵"
        raise ValueError(f"that makes {count} cells; at most {MOST_CELLS:,} are made here")


def check_sizes(arguments: Sequence[Any]) -> None:
    """Raise `ValueError` for a size, a dimension or a shift that is too large."""
    for size in leaves(list(arguments)):
        if isinstance(size, int) and abs(size) > LARGEST_SIZE:
            raise ValueError(f"{size:,} is too large here; at most {LARGEST_SIZE:,} is taken")


def cells_of_broadcast(*shapes: Sequence[int]) -> int:
    """Return the cells of an element-wise result; 0 if the shapes disagree and PyTorch fails."""
    try:
        return math.prod(torch.broadcast_shapes(*map(tuple, shapes)))
    except RuntimeError:
        return 0


def cells_of_matmul(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the cells of `left @ right`: rows × columns for each of the broadcast batches."""
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    return cells_of_broadcast(left[:-2], right[:-2]) * math.prod((*rows, *columns))


def cells_of_method(name: str, tensor: torch.Tensor, args: Sequence[Any]) -> int:
    """Return the cells of a call; only `expand` and `repeat` can make more than the tensor has.

    Raises `ValueError` for a size below −1, which PyTorch would accept.
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
    return math.prod(old if new == -1 else new for old, new in zip(there, sizes, strict=False))


def cells_of_function(name: str, args: list[Any], keywords: dict[str, Any]) -> float:
    """Return the cells of a call of a function with tensors of PyTorch."""
    parts = [part for part in leaves(args) if isinstance(part, torch.Tensor)]
    if name == "where":
        return cells_of_broadcast(*(part.shape for part in parts))
    if name in ("cat", "stack"):
        return sum(part.numel() for part in parts)
    if name == "arange":
        return _cells_of_arange(args, keywords)
    if name == "tensor":
        return 0  # a line is too short for many numbers
    return math.prod(size for size in leaves(args) if isinstance(size, int) and size >= 0)


def cells_of_index(shape: Sequence[int], items: Sequence[Any]) -> int:
    """Return the cells of `x[items]`: those of the slices, times those of the lists and tensors."""
    rest = [slice(None)] * max(0, len(shape) - sum(_dimensions(item) for item in items))
    dots = next((place for place, item in enumerate(items) if item is ...), len(items))
    kept, picked, dim = 1, [], 0
    for item in (*items[:dots], *rest, *items[dots + 1 :]):
        if isinstance(item, slice) and dim < len(shape) and (item.step or 1) > 0:
            kept *= len(range(*item.indices(shape[dim])))
        elif isinstance(item, list | torch.Tensor):
            picked.append(_picked(item))
        dim += _dimensions(item)
    return kept * cells_of_broadcast(*picked)


def leaves(value: Any) -> Iterator[Any]:
    """Yield the contents of lists and tuples at any depth."""
    if not isinstance(value, list | tuple):
        yield value
        return
    for part in value:
        yield from leaves(part)


def _cells_of_arange(args: Sequence[Any], keywords: dict[str, Any]) -> float:
    """Return the cells of `arange(start, end, step)`; 0 for arguments that PyTorch refuses."""
    given = [*args, *(keywords[name] for name in ("start", "end", "step") if name in keywords)]
    numbers = [value for value in given if isinstance(value, int | float)]
    start, end, step = {1: (0, *numbers, 1), 2: (*numbers, 1), 3: (*numbers,)}.get(
        len(numbers), (0, 0, 1)
    )
    if not step:
        return 0
    cells = abs((end - start) / step)
    return math.ceil(cells) if math.isfinite(cells) else math.inf


def _dimensions(item: Any) -> int:
    """Return the number of dimensions of the tensor that an item of an index uses."""
    if item is None or item is ... or isinstance(item, bool):
        return 0
    return item.ndim if _is_mask(item) else 1


def _picked(item: list[Any] | torch.Tensor) -> Sequence[int]:
    if _is_mask(item):
        return (int(item.sum()),)  # type: ignore[union-attr]
    if isinstance(item, torch.Tensor):
        return item.shape
    try:
        return torch.as_tensor(item).shape
    except ValueError:
        return (0,)  # rows of different lengths: PyTorch refuses them


def _is_mask(item: Any) -> bool:
    return isinstance(item, torch.Tensor) and item.dtype is torch.bool
