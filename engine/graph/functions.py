"""What PyTorch calls each operation of the whitelist; one pass of a graph through it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

import torch
from torch.nn import functional

from engine.expression import Refused
from engine.graph.build import Graph, Part

FUNCTIONS: Mapping[str, Callable[..., torch.Tensor]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "@": torch.dot,
    "negative": operator.neg,
    "exp": torch.exp,
    "log": torch.log,
    "log1p": torch.log1p,
    "sqrt": torch.sqrt,
    "square": torch.square,
    "abs": torch.abs,
    "sin": torch.sin,
    "cos": torch.cos,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": functional.softplus,
    "silu": functional.silu,
    "gelu": functional.gelu,
    "sum": torch.sum,
    "mean": torch.mean,
    "prod": torch.prod,
    "max": torch.max,
    "min": torch.min,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}


def forward(graph: Graph, inputs: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """A tensor for every part of the graph, computed one after the other.

    A constant is a tensor as well: PyTorch would make two nodes of `2 / x` with a number.

    Raises:
        Refused: shapes that do not fit, with PyTorch's own words.
    """
    tensors = list(inputs)
    for part in graph.parts[len(tensors) :]:
        if part.constant is not None:
            tensors.append(torch.tensor(part.constant, dtype=torch.float64))
            continue
        operands = [tensors[index] for index in part.inputs]
        try:
            tensors.append(apply(part, operands))
        except RuntimeError as error:
            raise _misfit(graph, part, operands, error) from None
    return tensors


def apply(part: Part, operands: Sequence[torch.Tensor]) -> torch.Tensor:
    """The operation of this part on these operands."""
    assert part.operation is not None
    function = FUNCTIONS[part.operation.name]
    return function(*operands) if part.exponent is None else function(*operands, part.exponent)


def _misfit(
    graph: Graph, part: Part, operands: Sequence[torch.Tensor], error: RuntimeError
) -> Refused:
    names = [graph.parts[index].name for index in part.inputs]
    shapes = " and ".join(
        f"{name} is {_words(operand)}" for name, operand in zip(names, operands, strict=True)
    )
    says = str(error).splitlines()[0]
    message = f"{graph.formula(part)} cannot be computed: {shapes}. PyTorch says: {says}"
    return Refused(message, graph.text, part.tree or (0, len(graph.text)))


def _words(tensor: torch.Tensor) -> str:
    return f"a vector of {len(tensor)}" if tensor.ndim else "a scalar"
