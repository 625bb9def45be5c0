"""The words that a line on tensors may use, and replacements for other words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """The relation between the cells of a result and the cells of the tensor."""

    PICK = auto()  # each cell of the result is a cell of the tensor: a view, or a copy of cells
    CELL = auto()  # the shape stays: each cell comes from the cell at its own place
    REDUCE = auto()  # each cell of the result comes from all cells along the reduced dimensions
    TELL = auto()  # the result is no tensor: a number, a truth value, a tuple of numbers


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a tensor, or a function of torch, that may be called."""

    kind: Kind
    usage: str  # an example of a correct call, shown after a wrong one
    keywords: tuple[str, ...] = ()
    """The arguments that may be given by name. Others are excluded: `out=` would write."""


def _methods(kind: Kind, usages: str, **keywords: str) -> dict[str, Method]:
    """Return one method for each line of `usages`, with the names of its keyword arguments."""
    names = {usage.partition(".")[2].partition("(")[0]: usage for usage in usages.splitlines()}
    return {
        name: Method(kind, usage, tuple(keywords.get(name, "").split()))
        for name, usage in names.items()
    }


METHODS: Mapping[str, Method] = {
    **_methods(
        Kind.PICK,
        "x.reshape(2, -1)\nx.view(2, -1)\nx.permute(1, 0)\nx.transpose(0, 1)\nx.t()\n"
        "x.squeeze(0)\nx.unsqueeze(0)\nx.flatten(1)\nx.unflatten(0, (2, 2))\n"
        "x.expand(3, -1)\nx.repeat(2, 1)\nx.flip(0)\nx.roll(1, 0)",
        transpose="dim0 dim1",
        squeeze="dim",
        unsqueeze="dim",
        flatten="start_dim end_dim",
        unflatten="dim sizes",
        flip="dims",
        roll="shifts dims",
    ),
    **_methods(
        Kind.CELL,
        "x.contiguous()\nx.clone()\nx.to(torch.float32)\nx.float()\nx.double()\nx.half()\n"
        "x.int()\nx.long()\nx.bool()\nx.abs()\nx.sqrt()\nx.exp()\nx.log()\nx.square()\n"
        "x.sin()\nx.cos()\nx.tanh()\nx.sigmoid()\nx.relu()\nx.round()\nx.floor()\nx.ceil()\n"
        "x.clamp(0, 1)",
        to="dtype",
        clamp="min max",
    ),
    **{
        name: Method(Kind.REDUCE, f"x.{name}(dim=0, keepdim=True)", ("dim", "keepdim"))
        for name in ("sum", "mean", "prod", "max", "min", "argmax", "argmin", "all", "any")
    },
    **{
        name: Method(
            Kind.REDUCE, f"x.{name}(dim=0, keepdim=True)", ("dim", "keepdim", "correction")
        )
        for name in ("std", "var")
    },
    **_methods(
        Kind.TELL,
        "x.item()\nx.size(0)\nx.dim()\nx.numel()\nx.stride()\nx.storage_offset()\n"
        "x.is_contiguous()",
        size="dim",
        stride="dim",
    ),
}
FUNCTIONS = _methods(
    Kind.PICK,
    "torch.cat([x, x], dim=0)\ntorch.stack([x, x], dim=0)\ntorch.where(x > 0, x, 0)\n"
    "torch.tensor([1, 2, 3])\ntorch.arange(0, 12, 2)\ntorch.zeros(2, 3)\ntorch.ones(2, 3)",
    cat="dim",
    stack="dim",
    tensor="dtype",
    arange="start end step dtype",
    zeros="dtype",
    ones="dtype",
)
"""Functions that may be called by name, with or without `torch.`."""
ONLY_METHODS = frozenset(
    (
        *("view", "expand", "repeat", "contiguous", "to", "float", "double", "half", "int", "long"),
        *("bool", "item", "size", "dim", "stride", "storage_offset", "is_contiguous"),
    )
)
"""The methods without a function in `torch`; for the others, `torch.sum(x)` is `x.sum()`."""
ATTRIBUTES = ("T", "mT", "shape", "ndim", "dtype", "device")
PAIR = ("values", "indices")  # the fields of the result of `x.max(dim=0)` and `x.min(dim=0)`
DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"),
    *("int", "long", "half", "float", "double"),
)
MODULES = frozenset(("torch", "np", "numpy", "F", "nn", "math", "functional", "jnp", "tf", "plt"))
CONSTANTS = {
    **dict.fromkeys(("pi", "π"), repr(math.pi)),
    "e": repr(math.e),
    "inf": "1e999",
    "newaxis": "None",
    "null": "None",
    "true": "True",
    "false": "False",
}
"""Names that stand for a number or a word of Python."""
KEYWORDS = {"axis": "dim", "keepdims": "keepdim"}  # NumPy's argument names, with PyTorch's


def _table(rows: str) -> dict[str, str]:
    """Return the text after the colon of each row, by each of the words before it."""
    found = {}
    for row in rows.strip().splitlines():
        words, _, text = row.partition(": ")
        found.update(dict.fromkeys(words.split(), text))
    return found


FORMS = _table("""
numpy tolist detach cpu cuda print list str repr asarray display data requires_grad_: {x}
array as_tensor: torch.tensor({all})
concatenate concat: torch.cat({all})
mm mv bmm dot vdot: {x} @ {y}
copy deepcopy: {x}.clone()
ravel: {x}.flatten()
swapaxes swapdims: {x}.transpose({rest})
absolute fabs: {x}.abs()
amax: {x}.max({rest})
amin: {x}.min({rest})
power: {x} ** {y}
float_power: {x}.double() ** {y}
floor_divide: {x} // {y}
remainder: {x} % {y}
clip: {x}.clamp({rest})
expand_dims: {x}.unsqueeze({rest})
neg negative: -{x}
len length __len__: {x}.shape[0]
nelement: {x}.numel()
byte: {x}.to(torch.uint8)
char: {x}.to(torch.int8)
short: {x}.to(torch.int16)
count_nonzero: ({x} != 0).sum({rest})
type astype: {x}.to({y})
zeros_like: torch.zeros({x}.shape, dtype={x}.dtype) or torch.zeros({x}.shape, {rest})
ones_like: torch.ones({x}.shape, dtype={x}.dtype) or torch.ones({x}.shape, {rest})
full: torch.tensor({y}).expand({x})
full_like: torch.tensor({y}, dtype={x}.dtype).expand({x}.shape)
eye: (torch.arange({x})[:, None] == torch.arange({x})).float()
ln: {x}.log()
log2: {x}.log() / 0.6931471805599453
log10: {x}.log() / 2.302585092994046
exp2: 2.0 ** {x}
tan: {x}.sin() / {x}.cos()
rsqrt: 1 / {x}.sqrt()
mse_loss: (({x} - {y}) ** 2).mean()
l1_loss: ({x} - {y}).abs().mean()
norm: ({x} ** 2).sum().sqrt()
softmax: ({x} - {x}.max({rest}, keepdim=True).values).exp() / \
({x} - {x}.max({rest}, keepdim=True).values).exp().sum({rest}, keepdim=True)
log_softmax: {x} - {x}.max({rest}, keepdim=True).values - \
({x} - {x}.max({rest}, keepdim=True).values).exp().sum({rest}, keepdim=True).log()
logsumexp: {x}.max({rest}).values + \
({x} - {x}.max({rest}, keepdim=True).values).exp().sum({rest}).log()
maximum: torch.where({x} > {y}, {x}, {y})
minimum: torch.where({x} < {y}, {x}, {y})
reshape_as: {x}.reshape({y}.shape)
view_as: {x}.view({y}.shape)
reciprocal: 1 / {x}
gt: {x} > {y}
lt: {x} < {y}
ge: {x} >= {y}
le: {x} <= {y}
eq: {x} == {y}
ne: {x} != {y}
logical_and: ({x} != 0) & ({y} != 0)
logical_or: ({x} != 0) | ({y} != 0)
logical_not: {x} == 0
""")
"""Functions and methods that are not in the vocabulary, with equivalent lines that are. `{x}` and
`{y}` are the first two arguments, including the owner of a method, `{rest}` those after the first,
`{all}` all. Of two forms the first one that uses every argument is given."""
MASK_FORMS = _table("""
logical_and: {x} & {y}
logical_or: {x} | {y}
logical_not: ~{x}
""")
"""Shorter forms if every argument is a comparison."""
BUILTIN_FORMS = {
    "sum": "{x}.sum(0)",
    "math.prod": "{x}.prod(0)",
    "range": "torch.arange({all})",
    "max": "{x}.max() or torch.where({x} > {y}, {x}, {y}).item()",
    "min": "{x}.min() or torch.where({x} < {y}, {x}, {y}).item()",
    "all": "{x}.all()",
    "any": "{x}.any()",
    "int": "{x}.long().item()",
    "float": "{x}.double().item()",
    "bool": "{x}.bool().item()",
}
"""Python's own functions of a tensor, if PyTorch's function of that name differs."""
OVER_ROWS = ("max", "min", "all", "any")
"""Functions of Python that compare rows; only for 1-D tensors they do what PyTorch's do."""
BUILTIN_HINTS = _table("""
max: Python's compares whole rows; the largest cell is x.max(), \
the larger of every two torch.where(x > y, x, y)
min: Python's compares whole rows; the smallest cell is x.min(), \
the smaller of every two torch.where(x < y, x, y)
all any: Python's asks whole rows; of all cells it is x.all() or x.any()
int float bool: Python's converts one cell; x.long(), x.double() and x.bool() convert every cell
""")
"""What to use for a tensor with more cells or dimensions than the function of Python takes."""
PYTHON_DTYPES = {"int": "int64", "float": "float64"}
"""Types of Python whose dtype has another name in PyTorch."""
LAYERS = ("relu", "sigmoid", "tanh", "softmax")
"""Modules of `torch.nn`, in lower case, that are functions of their input alone."""
DIFFERENT = ("size", "repeat", "std", "var", "reciprocal", "math.remainder")
"""Functions of NumPy and math with the name of a PyTorch function and another meaning."""
REASONS = _table("""
print display str repr: the result of a line is always shown
numpy tolist list: the numbers of a tensor are shown anyway
cpu cuda is_cuda: everything in this lab lies on the CPU
rand randn randint normal randperm rand_like randn_like: \
no random numbers are drawn here: a line gives the same each time
empty empty_like: what an empty tensor holds is left to chance
backward grad requires_grad requires_grad_ detach: gradients are the subject of the lesson autograd
load save open loadtxt: no file is read or written here
eval exec compile __import__: nothing that is typed is executed
type: the type of the cells is a dtype, as in x.dtype and x.to(torch.float32)
""")
"""The reasons why some of them are not accepted."""
