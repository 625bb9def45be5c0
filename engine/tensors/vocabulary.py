"""The operations that a line on tensors may use; a table, knows no torch."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How the cells of a result come from the cells of the tensor."""

    PICK = auto()
    """Each cell of the result is a cell of the tensor: a view, or a copy of cells."""
    CELL = auto()
    """The shape stays: each cell comes from the cell at its own place."""
    REDUCE = auto()
    """Each cell of the result comes from all cells along the reduced dimensions."""
    TELL = auto()
    """The result is no tensor: a number, a truth, a tuple of numbers."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method that may be called on a tensor."""

    kind: Kind
    usage: str
    """How it is written, for whoever wrote it wrongly."""
    keywords: tuple[str, ...] = ()
    """The arguments that may be given by name. None of PyTorch's others: `out=` would write."""


def _reduction(name: str, keywords: tuple[str, ...] = ("dim", "keepdim")) -> Method:
    return Method(Kind.REDUCE, f"x.{name}(dim=0, keepdim=True)", keywords)


METHODS: Mapping[str, Method] = {
    "reshape": Method(Kind.PICK, "x.reshape(2, -1)"),
    "view": Method(Kind.PICK, "x.view(2, -1)"),
    "permute": Method(Kind.PICK, "x.permute(1, 0)"),
    "transpose": Method(Kind.PICK, "x.transpose(0, 1)", ("dim0", "dim1")),
    "t": Method(Kind.PICK, "x.t()"),
    "squeeze": Method(Kind.PICK, "x.squeeze(0)", ("dim",)),
    "unsqueeze": Method(Kind.PICK, "x.unsqueeze(0)", ("dim",)),
    "flatten": Method(Kind.PICK, "x.flatten(1)", ("start_dim", "end_dim")),
    "unflatten": Method(Kind.PICK, "x.unflatten(0, (2, 2))", ("dim", "sizes")),
    "expand": Method(Kind.PICK, "x.expand(3, -1)"),
    "repeat": Method(Kind.PICK, "x.repeat(2, 1)"),
    "flip": Method(Kind.PICK, "x.flip(0)", ("dims",)),
    "roll": Method(Kind.PICK, "x.roll(1, 0)", ("shifts", "dims")),
    "contiguous": Method(Kind.CELL, "x.contiguous()"),
    "clone": Method(Kind.CELL, "x.clone()"),
    "to": Method(Kind.CELL, "x.to(torch.float32)", ("dtype",)),
    "float": Method(Kind.CELL, "x.float()"),
    "double": Method(Kind.CELL, "x.double()"),
    "half": Method(Kind.CELL, "x.half()"),
    "int": Method(Kind.CELL, "x.int()"),
    "long": Method(Kind.CELL, "x.long()"),
    "bool": Method(Kind.CELL, "x.bool()"),
    "abs": Method(Kind.CELL, "x.abs()"),
    "sqrt": Method(Kind.CELL, "x.sqrt()"),
    "exp": Method(Kind.CELL, "x.exp()"),
    "log": Method(Kind.CELL, "x.log()"),
    "square": Method(Kind.CELL, "x.square()"),
    "sin": Method(Kind.CELL, "x.sin()"),
    "cos": Method(Kind.CELL, "x.cos()"),
    "tanh": Method(Kind.CELL, "x.tanh()"),
    "sigmoid": Method(Kind.CELL, "x.sigmoid()"),
    "relu": Method(Kind.CELL, "x.relu()"),
    "round": Method(Kind.CELL, "x.round()"),
    "floor": Method(Kind.CELL, "x.floor()"),
    "ceil": Method(Kind.CELL, "x.ceil()"),
    "clamp": Method(Kind.CELL, "x.clamp(0, 1)", ("min", "max")),
    "sum": _reduction("sum"),
    "mean": _reduction("mean"),
    "prod": _reduction("prod"),
    "max": _reduction("max"),
    "min": _reduction("min"),
    "argmax": _reduction("argmax"),
    "argmin": _reduction("argmin"),
    "all": _reduction("all"),
    "any": _reduction("any"),
    "std": _reduction("std", ("dim", "keepdim", "correction")),
    "var": _reduction("var", ("dim", "keepdim", "correction")),
    "item": Method(Kind.TELL, "x.item()"),
    "size": Method(Kind.TELL, "x.size(0)", ("dim",)),
    "dim": Method(Kind.TELL, "x.dim()"),
    "numel": Method(Kind.TELL, "x.numel()"),
    "stride": Method(Kind.TELL, "x.stride()", ("dim",)),
    "storage_offset": Method(Kind.TELL, "x.storage_offset()"),
    "is_contiguous": Method(Kind.TELL, "x.is_contiguous()"),
}

FUNCTIONS: Mapping[str, Method] = {
    "cat": Method(Kind.PICK, "torch.cat([x, x], dim=0)", ("dim",)),
    "stack": Method(Kind.PICK, "torch.stack([x, x], dim=0)", ("dim",)),
    "where": Method(Kind.PICK, "torch.where(x > 0, x, 0)"),
    "tensor": Method(Kind.PICK, "torch.tensor([1, 2, 3])", ("dtype",)),
    "arange": Method(Kind.PICK, "torch.arange(0, 12, 2)", ("start", "end", "step", "dtype")),
    "zeros": Method(Kind.PICK, "torch.zeros(2, 3)", ("dtype",)),
    "ones": Method(Kind.PICK, "torch.ones(2, 3)", ("dtype",)),
}
"""What may be called by name, with `torch.` before it or without."""

ONLY_METHODS = frozenset(
    (
        "view",
        "expand",
        "repeat",
        "contiguous",
        "to",
        "float",
        "double",
        "half",
        "int",
        "long",
        "bool",
        "item",
        "size",
        "dim",
        "stride",
        "storage_offset",
        "is_contiguous",
    )
)
"""The methods that `torch` has no function for: of the others, `torch.sum(x)` is `x.sum()`."""
OPERATORS: Mapping[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "subtract": ast.Sub,
    "mul": ast.Mult,
    "multiply": ast.Mult,
    "div": ast.Div,
    "divide": ast.Div,
    "true_divide": ast.Div,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
}
"""What `torch` and its tensors have for a sign, as a function and as a method."""

ATTRIBUTES = ("T", "mT", "shape", "ndim", "dtype", "device")
PAIR = ("values", "indices")
"""What `x.max(dim=0)` and `x.min(dim=0)` consist of."""
DTYPES = (
    *("bool", "uint8", "int32", "int64", "float16", "float32", "float64"),
    *("int", "long", "half", "float", "double"),
)
