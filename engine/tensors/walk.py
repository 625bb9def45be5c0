"""The tree of a line, worked out part by part; what is not named here is refused."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch

from engine.config import nearest
from engine.tensors import arithmetic, bounds, calls, explain, operate, traced
from engine.tensors.line import Line
from engine.tensors.traced import Traced
from engine.tensors.vocabulary import DTYPES, FUNCTIONS

INSTEAD: Mapping[type[ast.AST], str] = {
    ast.BoolOp: "between masks write & and |, each in brackets: (x > 1) & (x < 5)",
    ast.Compare: "one comparison at a time, joined by &: (x > 1) & (x < 5)",
    ast.IfExp: "to choose cell by cell, write torch.where(x > 1, x, 0)",
    ast.Starred: "the star is not taken; write the sizes one by one",
    ast.NamedExpr: "nothing is given a name here; write one expression",
    ast.ListComp: "no loops: an operation on a tensor works on all its cells at once",
    ast.GeneratorExp: "no loops: an operation on a tensor works on all its cells at once",
    ast.JoinedStr: "no texts are used here",
}
ITEMS = (int, float, slice, list, Traced)
ALLOWED = "allowed are tensors, numbers, indices, operators and methods such as x.sum(dim=0)"


def value(line: Line, node: ast.expr) -> Any:
    """What a part of the line is: a `Traced` tensor, a number, a tuple, a slice, …

    Raises:
        Refused: it is not in the vocabulary, or would be too large.
        PyTorchRefused: PyTorch cannot do it.
    """
    match node:
        case ast.Constant():
            return _constant(line, node)
        case ast.Name():
            return _name(line, node)
        case ast.Tuple():
            return tuple(value(line, part) for part in node.elts)
        case ast.List():
            return [value(line, part) for part in node.elts]
        case ast.Slice():
            ends = node.lower, node.upper, node.step
            return slice(*(None if end is None else _end(line, end) for end in ends))
        case ast.UnaryOp():
            return operate.sign(line, node, value(line, node.operand))
        case ast.BinOp():
            return operate.binary(line, node, value(line, node.left), value(line, node.right))
        case ast.Compare(comparators=[right]):
            return operate.compare(line, node, value(line, node.left), value(line, right))
        case ast.Subscript():
            return _subscript(line, node)
        case ast.Attribute(value=ast.Name(id="torch")) if "torch" not in line.tensors:
            return calls.dtype(line, node)
        case ast.Attribute():
            return calls.attribute(line, node, value(line, node.value))
        case ast.Call():
            return _call(line, node)
    raise line.refusal(INSTEAD.get(type(node), ALLOWED), node)


def _constant(line: Line, node: ast.Constant) -> Any:
    if node.value is None or node.value is ... or isinstance(node.value, bool):
        return node.value
    if isinstance(node.value, str | bytes):
        raise line.refusal("no texts are used here; names stand without quotes", node)
    return line.allow(node, lambda: arithmetic.checked(node.value))


def _name(line: Line, node: ast.Name) -> Traced:
    name = node.id
    if name in line.tensors:
        line.read.add(name)
        return line.tensors[name]
    if name in FUNCTIONS:
        raise line.refusal(f"called with arguments: {FUNCTIONS[name].usage}", node)
    if name in DTYPES or name == "torch":
        raise line.refusal("a dtype is written as in x.to(torch.float32)", node)
    raise line.refusal(f"no tensor is called {name}; {nearest(name, line.tensors)}", node)


def _end(line: Line, node: ast.expr) -> int | None:
    """Where a slice begins or ends; a tensor of one whole number counts as that number."""
    end = value(line, node)
    if isinstance(end, Traced) and end.value.ndim == 0 and end.value.dtype is torch.int64:
        return int(end.value)
    if end is None or (isinstance(end, int) and not isinstance(end, bool)):
        return end
    raise line.refusal("a slice goes from one whole number to another: x[1:3]", node)


def _call(line: Line, node: ast.Call) -> Any:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch"), attr=name):
            calls.check_function(line, node, name)
            return calls.function(line, node, name, _arguments(line, node))
        case ast.Attribute(value=owner_node):
            owner = value(line, owner_node)
            calls.check_method(line, node.func, owner)
            return calls.method(line, node, owner, _arguments(line, node))
    raise line.refusal("only functions and methods that have a name are called", node.func)


def _arguments(line: Line, node: ast.Call) -> calls.Arguments:
    args = [value(line, part) for part in node.args]
    return args, {part.arg or "**": value(line, part.value) for part in node.keywords}


def _subscript(line: Line, node: ast.Subscript) -> Any:
    owner, index = value(line, node.value), value(line, node.slice)
    if isinstance(owner, tuple) and isinstance(index, int | slice):  # x.shape[0]
        try:
            return owner[index]
        except (IndexError, ValueError):
            raise line.refusal(f"there are {len(owner)}, counted from 0", node.slice) from None
    if not isinstance(owner, Traced):
        raise line.refusal("only tensors and shapes have an index", node.value)
    items = index if isinstance(index, tuple) else (index,)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice] * len(items)
    for item, part in zip(items, parts, strict=True):
        _check_item(line, item, part)
    shape, given = tuple(owner.value.shape), traced.values(items)
    line.allow(node.slice, lambda: bounds.check(bounds.of_index(shape, given)))
    why = partial(explain.index, shape, given)
    return line.attempt(node, lambda: traced.pick(owner, index), why)


def _check_item(line: Line, item: Any, place: ast.expr) -> None:
    if isinstance(item, Traced) and item.value.dtype is torch.uint8:
        raise line.refusal("a mask of uint8 is deprecated; write .bool() or .long()", place)
    if isinstance(item, list) and not all(isinstance(leaf, int) for leaf in calls.leaves(item)):
        raise line.refusal("a list in an index holds whole numbers: x[:, [0, 2]]", place)
    if not (item is None or item is ... or isinstance(item, ITEMS)):
        raise line.refusal("an index is a number, a slice, a list, a mask, None or ...", place)
