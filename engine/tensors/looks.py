"""Frozen values that describe a tensor, a broadcast and the result of a typed line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.expression import Place, Refused

Numbers: TypeAlias = NDArray[Any]
Mask: TypeAlias = NDArray[np.bool_]  # True for the selected cells of a tensor of the same shape
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TensorLook:
    """The numbers of a tensor, and its memory layout."""

    shape: Shape
    strides: Shape  # the distance in elements between neighbours along each dimension
    dtype: str
    device: str
    storage_offset: int  # the index of its first element in the storage
    numbers: Numbers  # a copy, in the tensor's own shape and dtype


@dataclass(frozen=True, slots=True)
class TensorAxis:
    """The sizes of two operands along one dimension; None if an operand lacks it."""

    left: int | None
    right: int | None

    @property
    def agrees(self) -> bool:
        return self.left == self.right or None in (self.left, self.right) or 1 in self._sizes

    @property
    def result(self) -> int | None:
        """The size of the result; None if the sizes disagree."""
        if not self.agrees:
            return None
        return self._sizes[0] if self._sizes[1] == 1 else self._sizes[1]

    @property
    def stretched(self) -> tuple[bool, bool]:
        """Whether the only cell of the left and of the right operand is repeated."""
        left, right = self._sizes
        return self.agrees and left != self.result, self.agrees and right != self.result

    @property
    def _sizes(self) -> tuple[int, int]:
        """The sizes, with 1 for a missing dimension."""
        return 1 if self.left is None else self.left, 1 if self.right is None else self.right


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Two shapes aligned at the right for an element-wise operation."""

    operator: str
    left_text: str
    right_text: str  # the operands as they were typed
    left: Shape
    right: Shape

    @property
    def axes(self) -> tuple[TensorAxis, ...]:
        pairs = zip_longest(reversed(self.left), reversed(self.right))
        return tuple(TensorAxis(left, right) for left, right in pairs)[::-1]

    @property
    def agrees(self) -> bool:
        return all(axis.agrees for axis in self.axes)

    @property
    def stretches(self) -> bool:
        """Whether an operand is stretched; with equal shapes none is."""
        return any(any(axis.stretched) for axis in self.axes)

    @property
    def disagreements(self) -> tuple[str, ...]:
        return tuple(
            f"dimension {dim}: {self.left_text} has {axis.left}, {self.right_text} has "
            f"{axis.right}; they must be equal, or one of them 1"
            for dim, axis in enumerate(self.axes)
            if not axis.agrees
        )


@dataclass(frozen=True, slots=True, eq=False)
class LineResult:
    """The result of a line, and the cells that it comes from."""

    text: str
    look: TensorLook | None  # the tensor; None if the result is no tensor
    value: str  # another result, as Python prints it: `torch.Size([3, 4])`, `12`
    picked: Mapping[str, Mask]
    """The cells that the result comes from, in each tensor that the line reads, by name."""
    shares_storage_with: tuple[str, ...]
    """The tensors that share the memory of the result, even if the line does not read them."""
    broadcasts: tuple[Broadcast, ...]
    """Each element-wise operation on two tensors, in the order of evaluation."""
    came_from: Callable[[Sequence[Shape]], Mapping[str, Mask]] = field(repr=False)
    """Returns the cells that the cells of the result with these indices come from; as `picked`."""


class PyTorchRefused(Refused):
    """The line is in the vocabulary, but PyTorch raises an error; the message explains it."""

    def __init__(
        self, message: str, text: str, place: Place, error: str, broadcast: Broadcast | None
    ) -> None:
        super().__init__(message, text, place)
        self.error = error  # PyTorch's message: `IndexError: index 3 is out of…`
        self.broadcast = broadcast  # the two shapes, if they disagree


@dataclass(frozen=True, slots=True, eq=False)
class SceneLook:
    """The tensors of a scene, the last line, and its result."""

    scene: str  # the name of the scene
    sources: Mapping[str, TensorLook]
    text: str = ""  # the line; empty before the first
    result: LineResult | None = None
    refused: PyTorchRefused | None = None  # PyTorch's error, if the line has no result
