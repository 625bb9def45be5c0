"""Why PyTorch refused an operation, in our words and with what would work; does nothing itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from engine.numerals import counted
from engine.tensors.looks import Broadcast, Shape
from engine.tensors.vocabulary import FUNCTIONS, METHODS, Kind

ANYTHING = "PyTorch does not do this with tensors of these shapes and dtypes."


def anything(error: str) -> str:  # noqa: ARG001
    """What is left to say where nothing better is known."""
    return ANYTHING


def transposed(shape: Shape, error: str) -> str:  # noqa: ARG001
    """`x.mT`."""
    return f".mT exchanges the last two dimensions, and there {_dimensions(shape)}."


def cells(operands: Sequence[torch.Tensor], error: str, broadcast: Broadcast | None = None) -> str:
    """An operator between tensors, cell by cell."""
    if broadcast is not None and not broadcast.agrees:
        return (
            "Aligned at the right, "
            + "; ".join(sentence for sentence in broadcast.sentences if "must be equal" in sentence)
            + "."
        )
    if "ZeroDivision" in error:
        return "Whole numbers have no infinity: make them floats first, x.float() // 0."
    if "without overflow" in error:
        return "The number does not fit this dtype: make the cells floats first, x.float()."
    if "negative integer powers" in error:
        return "A negative power is a fraction: make the numbers floats first, x.float()."
    if "bitwise" in error or "invert" in error:
        return "&, | and ~ are for masks and whole numbers: compare first, (x > 1) & (x < 5)."
    if "bool" in error or any(operand.dtype is torch.bool for operand in operands):
        return "These are True and False: combine them with &, | and ~, or count: x.long()."
    return ANYTHING


def matmul(left: torch.Tensor, right: torch.Tensor, error: str) -> str:
    """`left @ right`."""
    if 0 in (left.ndim, right.ndim):
        return "@ needs at least one dimension on each side: for a single number write *."
    inner = right.shape[-2] if right.ndim > 1 else right.shape[0]
    if left.shape[-1] != inner:
        return (
            f"@ multiplies rows by columns: the last dimension of the left, {left.shape[-1]}, "
            f"must equal the {'last but one' if right.ndim > 1 else 'only one'} of the right, "
            f"{inner}. Perhaps one of them wants .mT."
        )
    if left.dtype != right.dtype:
        return "@ needs one dtype on both sides: make both float, x.float() @ y.float()."
    if "must match the size" in error:
        return "The dimensions before the last two are aligned at the right: equal, or one is 1."
    return anything(error)


def index(shape: Shape, items: Sequence[Any], error: str) -> str:
    """`x[…]`."""
    if not shape:
        return "This is a single number, 0-D: it has no dimension to index."
    if "too many indices" in error:
        return f"There {_dimensions(shape)}, and each takes one index at most."
    if "out of bounds" in error or "out of range" in error:
        sizes = ", ".join(f"dimension {dim}: 0 to {size - 1}" for dim, size in enumerate(shape))
        return f"Indices count from 0, or from −1 backwards. {sizes.capitalize()}."
    if "step must be" in error:
        return "Slices of a tensor only go forward; x.flip(0) turns a dimension around."
    if "mask" in error:
        return f"A mask needs the sizes of what it picks from, {_sizes(shape)}: x[x > 2]."
    if any(isinstance(item, float) for item in items) or "must be long" in error:
        return "An index is a whole number, a slice, a list of whole numbers or a mask."
    if "broadcast" in error:
        return "Lists in one index are paired up: first with first. They need equal lengths."
    return anything(error)


def method(name: str, tensor: torch.Tensor, args: Sequence[Any], error: str) -> str:
    """A method called on a tensor."""
    shape = tuple(tensor.shape)
    if name in ("reshape", "view"):
        return _reshape(tensor, args, error)
    if name in ("permute", "transpose", "t"):
        order = ", ".join(str(dim) for dim in reversed(range(len(shape))))
        return f"There {_dimensions(shape)}: each is named once, as in x.permute({order})."
    if name == "expand":
        return f"Only dimensions of size 1 can be stretched, and the shape is {_sizes(shape)}."
    if name == "repeat":
        return f"There {_dimensions(shape)}, so at least as many counts: {METHODS[name].usage}."
    if name == "unflatten":
        return f"The new sizes must multiply to the size they replace; shape {_sizes(shape)}."
    if name == "item":
        return f"Only a tensor of one element is one number; this has {tensor.numel()}."
    if "floating point" in error:
        return "A mean of whole numbers is a fraction: make them floats first, x.float().mean()."
    if "imension" in error and shape and METHODS[name].kind is not Kind.CELL:
        return f"There {_dimensions(shape)}: dim goes from 0 to {len(shape) - 1}, or −1 backwards."
    if not tensor.numel() and METHODS[name].kind is Kind.REDUCE:
        return "There is nothing in it: of no numbers there is no largest and no smallest."
    return f"It is used as in {METHODS[name].usage}."


def function(name: str, args: Sequence[Any], error: str) -> str:
    """A function of torch."""
    shapes = [tuple(part.shape) for part in _tensors(args)]
    told = ", ".join(_sizes(shape) for shape in shapes)
    if name == "cat" and shapes:
        return f"cat joins along one dimension; all other sizes must be equal. Shapes: {told}."
    if name == "stack" and shapes:
        return f"stack puts tensors of one and the same shape side by side. Shapes: {told}."
    if name == "where" and shapes:
        return f"The mask and both choices must fit each other by broadcasting. Shapes: {told}."
    if name == "tensor" and "expected sequence" in error:
        return "A tensor has no ragged edge: all its rows have the same length."
    return f"It is used as in {FUNCTIONS[name].usage}."


def _reshape(tensor: torch.Tensor, args: Sequence[Any], error: str) -> str:
    count = tensor.numel()
    if "not compatible" in error:
        return (
            f"A view only reads the same memory in other steps, and with strides "
            f"{tuple(tensor.stride())} there are none that fit. x.reshape(…) copies where it "
            f"must; x.contiguous().view(…) copies always."
        )
    asked = args[0] if args and isinstance(args[0], list | tuple) else args
    if not all(isinstance(size, int) for size in asked) or not asked:
        return "Sizes are whole numbers, and one of them may be −1: x.reshape(2, -1)."
    known = math.prod(size for size in asked if size != -1)
    if list(asked).count(-1) == 1:
        return f"{counted(count, 'element')} cannot be shared out evenly over {known:,}."
    if -1 in asked:
        return "Only one size may be −1: PyTorch works it out from the others."
    return (
        f"Sizes multiply to the number of elements: there are {count:,}, and these make {known:,}. "
        f"One size may be −1, and PyTorch works it out."
    )


def _tensors(part: Any) -> list[torch.Tensor]:
    if isinstance(part, list | tuple):
        return [tensor for inner in part for tensor in _tensors(inner)]
    return [part] if isinstance(part, torch.Tensor) else []


def _dimensions(shape: Shape) -> str:
    if not shape:
        return "are no dimensions"
    return "is 1 dimension" if len(shape) == 1 else f"are {len(shape)} dimensions"


def _sizes(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "a single number"
