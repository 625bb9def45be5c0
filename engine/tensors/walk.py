"""The tree of a line, worked out part by part; what is not named here is refused."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import partial
from typing import Any

import torch

from engine.config import nearest
from engine.expression import parses
from engine.tensors import arithmetic, bounds, calls, explain, instead, operate, traced
from engine.tensors.line import Line
from engine.tensors.traced import Traced
from engine.tensors.vocabulary import DTYPES, FUNCTIONS, METHODS, ONLY_METHODS, OPERATORS

INSTEAD: Mapping[type[ast.AST], str] = {
    ast.BoolOp: "between masks write & and |, each in brackets: (x > 1) & (x < 5)",
    ast.Compare: "one comparison at a time, joined by &: (x > 1) & (x < 5)",
    ast.IfExp: "to choose cell by cell, write torch.where(x > 1, x, 0)",
    ast.Starred: "the star is not taken; write the sizes one by one",
    ast.NamedExpr: "nothing is given a name here; write one expression",
    ast.ListComp: "no loops: an operation on a tensor works on all its cells at once",
    ast.GeneratorExp: "no loops: an operation on a tensor works on all its cells at once",
    ast.JoinedStr: "no texts are used here",
    ast.Lambda: "no function is defined here",
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
        case ast.Attribute() if module := instead.module(line, node):
            return calls.dtype(line, node, module)
        case ast.Attribute():
            return calls.attribute(line, node, value(line, node.value))
        case ast.Call():
            return _call(line, node)
    raise line.correction(INSTEAD.get(type(node), ALLOWED), node, instead.of_syntax(line, node))


def _constant(line: Line, node: ast.Constant) -> Any:
    if node.value is None or node.value is ... or isinstance(node.value, bool):
        return node.value
    whole = line.source(node) == line.text.strip()
    if isinstance(node.value, str) and whole and parses(node.value):
        raise line.correction("a line is typed without quotes", node, node.value)
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
    if name in instead.MODULES:
        raise line.refusal(f"{name} is a module, no tensor; there are {_list(line)}", node)
    if name in DTYPES:
        raise line.refusal("a dtype is written as in x.to(torch.float32)", node)
    raise line.refusal(f"no tensor is called {name}; {nearest(name, line.tensors)}", node)


def _list(line: Line) -> str:
    return ", ".join(line.tensors)


def _end(line: Line, node: ast.expr) -> int | None:
    """Where a slice begins or ends; a tensor of one whole number counts as that number."""
    end = value(line, node)
    if isinstance(end, Traced) and end.value.ndim == 0 and end.value.dtype is torch.int64:
        return int(end.value)
    if end is None or (isinstance(end, int) and not isinstance(end, bool)):
        return end
    raise line.refusal("a slice goes from one whole number to another: x[1:3]", node)


def _call(line: Line, node: ast.Call) -> Any:
    function = node.func
    if isinstance(function, ast.Attribute) and instead.module(line, function) == "torch":
        same = _without_torch(node, function.attr)
        if same is not None:
            return value(line, same)
        if function.attr in OPERATORS and len(node.args) == 2 and not node.keywords:
            left, right = (value(line, arg) for arg in node.args)
            if isinstance(left, Traced) or (function.attr == "pow" and isinstance(right, Traced)):
                return _operator(line, node, function.attr, left, right)
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch"), attr=name) if (
            name in FUNCTIONS
        ):
            return calls.function(line, node, name, _arguments(line, node))
        case ast.Name(id=name):
            raise instead.of_function(line, node, name)
        case ast.Attribute() if instead.module(line, function):
            raise instead.of_module(line, node, function)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            raise instead.of_layer(line, node, name)
        case ast.Attribute(value=owner_node, attr=name):
            owner = value(line, owner_node)
            if name in OPERATORS and isinstance(owner, Traced) and _is_binary(node):
                return _operator(line, node, name, owner, value(line, node.args[0]))
            calls.check_method(line, node, owner)
            return calls.method(line, node, owner, _arguments(line, node))
    raise line.refusal("only functions and methods that have a name are called", function)


def _without_torch(node: ast.Call, name: str) -> ast.Call | None:
    """`torch.sum(x, 0)` as the method that it is, `x.sum(0)`; None where there is none."""
    known = name in METHODS and name not in ONLY_METHODS
    if not known or not node.args or isinstance(node.args[0], ast.Starred):
        return None
    function = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node.func)
    return ast.copy_location(ast.Call(function, node.args[1:], node.keywords), node)


def _is_binary(node: ast.Call) -> bool:
    return len(node.args) == 1 and not node.keywords


def _operator(line: Line, node: ast.Call, name: str, left: Any, right: Any) -> Any:
    """`x.add(y)` or `torch.add(x, y)`, as the sign that it is."""
    assert isinstance(node.func, ast.Attribute)
    first, second = (node.func.value, *node.args)[-2:]
    sign = ast.BinOp(first, OPERATORS[name](), second)
    return operate.binary(line, ast.copy_location(sign, node), left, right)


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
