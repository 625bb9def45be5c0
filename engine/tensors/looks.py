"""Frozen values that say what a tensor is and where a result came from; knows no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.expression import Place, Refused

Numbers: TypeAlias = NDArray[Any]
Mask: TypeAlias = NDArray[np.bool_]
"""True where a cell is lit; the shape of the tensor that it speaks of."""
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TensorLook:
    """A tensor, looked at: how it is laid out in memory, and its numbers."""

    shape: Shape
    strides: Shape
    """How many elements apart in memory two neighbours along each dimension are."""
    dtype: str
    device: str
    storage_offset: int
    """Where in its storage the first element is."""
    storage_elements: int
    """How many elements the storage behind it has room for."""
    contiguous: bool
    numbers: Numbers
    """A copy, in the tensor's own shape and dtype."""

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def elements(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of two operands and their result; None where there is no such dimension."""

    left: int | None
    right: int | None

    @property
    def agrees(self) -> bool:
        """Equal sizes, or one of them is 1 or missing."""
        return self.left == self.right or None in (self.left, self.right) or 1 in self._sizes

    @property
    def result(self) -> int | None:
        """The size that comes out; None where the sizes disagree."""
        if not self.agrees:
            return None
        return self._sizes[0] if self._sizes[1] == 1 else self._sizes[1]

    @property
    def stretches_left(self) -> bool:
        """Whether the left operand's one cell (or none) stands for several along here."""
        return self.agrees and self._sizes[0] != self.result

    @property
    def stretches_right(self) -> bool:
        """Whether the right operand's one cell (or none) stands for several along here."""
        return self.agrees and self._sizes[1] != self.result

    @property
    def _sizes(self) -> tuple[int, int]:
        """A dimension that is missing counts as one of size 1."""
        return 1 if self.left is None else self.left, 1 if self.right is None else self.right


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Two shapes aligned at the right, as an element-wise operation sees them."""

    operator: str
    left_text: str
    right_text: str
    """The operands as they were typed."""
    left: Shape
    right: Shape

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The dimensions, first to last."""
        pairs = zip_longest(reversed(self.left), reversed(self.right))
        return tuple(Axis(left, right) for left, right in pairs)[::-1]

    @property
    def agrees(self) -> bool:
        return all(axis.agrees for axis in self.axes)

    @property
    def stretches(self) -> bool:
        """Whether anything was stretched: operands of one shape need no broadcasting."""
        return any(axis.stretches_left or axis.stretches_right for axis in self.axes)

    @property
    def result(self) -> Shape | None:
        """The shape that comes out; None where the operands disagree."""
        sizes = tuple(axis.result for axis in self.axes)
        return tuple(size for size in sizes if size is not None) if self.agrees else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What happens along each dimension that is stretched or that disagrees."""
        return tuple(
            sentence
            for dim, axis in enumerate(self.axes)
            if (sentence := self._sentence(dim, axis))
        )

    def _sentence(self, dim: int, axis: Axis) -> str:
        if not axis.agrees:
            return (
                f"dimension {dim}: {self.left_text} has {axis.left}, {self.right_text} has "
                f"{axis.right}; they must be equal, or one of them 1"
            )
        if axis.stretches_left:
            return f"dimension {dim}: {_stretched(self.left_text, axis.left, axis.result)}"
        if axis.stretches_right:
            return f"dimension {dim}: {_stretched(self.right_text, axis.right, axis.result)}"
        return ""


def _stretched(operand: str, size: int | None, result: int | None) -> str:
    if size is None:
        return f"{operand} has none, so it counts as 1 and is stretched to {result}"
    return f"{operand} has 1, which is stretched to {result}"


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a line gave, and from where."""

    text: str
    look: TensorLook | None
    """The tensor that came out; None where it is no tensor."""
    value: str
    """What came out as PyTorch writes it, where it is no tensor: `torch.Size([3, 4])`, `12`."""
    picked: Mapping[str, Mask]
    """By the name of each tensor that the line reads: the cells that the result comes from."""
    shares_storage_with: tuple[str, ...]
    """The tensors whose memory the result lies in, whether the line reads them or not."""
    broadcasts: tuple[Broadcast, ...]
    """Each element-wise operation on two tensors, in the order in which they were done."""
    came_from: Callable[[Shape], Mapping[str, Mask]] = field(repr=False)
    """The cells that one cell of the result, by its index, comes from; as `picked`."""

    @property
    def is_tensor(self) -> bool:
        return self.look is not None


class PyTorchRefused(Refused):
    """The line was taken, but PyTorch cannot do it; the message says why in our words."""

    def __init__(
        self, message: str, text: str, place: Place, error: str, broadcast: Broadcast | None
    ) -> None:
        super().__init__(message, text, place)
        self.error = error
        """PyTorch's own words, after the name of the error: `IndexError: index 3 is out of…`."""
        self.broadcast = broadcast
        """The two shapes that disagree, where that is the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneLook:
    """The tensors of a scene, the line that was tried on them, and what came of it."""

    scene: str
    """Its name."""
    sources: Mapping[str, TensorLook]
    text: str = ""
    """The line; empty before the first."""
    result: Result | None = None
    refused: PyTorchRefused | None = None
    """PyTorch's refusal, where the line has no result."""
