"""A typed line on named tensors, worked out part by part from a whitelist; nothing is executed.

The line is read by Python's `ast`, and only what stands in the vocabulary is done, each operation
by PyTorch's own function. Every line that is taken means the same in a Python session where the
tensors have these names.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import partial

import numpy as np
import torch

from engine.expression import parse, suggesting
from engine.tensors import walk
from engine.tensors.line import Line
from engine.tensors.looks import Mask, Result, Shape, TensorLook
from engine.tensors.traced import Pair, Traced, came_from, leaf


def evaluate(text: str, tensors: Mapping[str, torch.Tensor]) -> Result:
    """What the line gives, and from which cells.

    Raises:
        Refused: the line is not taken: the message says why, and where in it. A line that it
            suggests is taken, and PyTorch can do it.
        PyTorchRefused: the line was taken, but PyTorch cannot do it.
    """
    with suggesting(lambda other: _evaluate(other, tensors)):
        return _evaluate(text, tensors)


def _evaluate(text: str, tensors: Mapping[str, torch.Tensor]) -> Result:
    tree = parse(text)
    with warnings.catch_warnings(), torch.enable_grad():
        warnings.simplefilter("ignore")  # PyTorch's would be written across the screen
        line = Line(text, {name: leaf(tensor) for name, tensor in tensors.items()})
        value = walk.value(line, tree)
        if isinstance(value, Pair):
            values = f"{line.source(tree)}.values"
            raise line.correction("that gives two tensors: add .values or .indices", tree, values)
        if isinstance(value, tuple) and not all(isinstance(part, int) for part in value):
            raise line.refusal("one result is wanted, without a comma", tree)
        if isinstance(value, slice | list) or value is ...:
            raise line.refusal("that is no tensor and no number", tree)
        sources = {name: line.tensors[name] for name in tensors if name in line.read}
        traced = value if isinstance(value, Traced) else None
        origin = partial(_origin, traced, sources)
        return Result(
            text=text.strip(),
            look=look(traced.value) if traced else None,
            value="" if traced else str(value),
            picked=origin(),
            shares_storage_with=_sharing(traced, tensors),
            broadcasts=tuple(line.broadcasts),
            came_from=origin,
        )


def look(tensor: torch.Tensor) -> TensorLook:
    """A copy of what there is to see of a tensor."""
    return TensorLook(
        shape=tuple(tensor.shape),
        strides=tensor.stride(),
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        storage_offset=int(tensor.storage_offset()),
        storage_elements=tensor.untyped_storage().nbytes() // tensor.itemsize,
        contiguous=tensor.is_contiguous(),
        numbers=tensor.detach().cpu().numpy().copy(),
    )


def share_storage(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether both lie in the same memory, so that a change to one can be seen in the other."""
    place = left.untyped_storage().data_ptr()
    return place != 0 and place == right.untyped_storage().data_ptr()


def _sharing(traced: Traced | None, tensors: Mapping[str, torch.Tensor]) -> tuple[str, ...]:
    if traced is None:
        return ()
    return tuple(name for name, tensor in tensors.items() if share_storage(traced.value, tensor))


def _origin(
    traced: Traced | None, sources: Mapping[str, Traced], cell: Shape | None = None
) -> Mapping[str, Mask]:
    if traced is None:
        return {name: np.zeros(source.value.shape, np.bool_) for name, source in sources.items()}
    return came_from(traced.shadow, sources, cell)
