"""Evaluates a typed line on named tensors, operation by operation, from a whitelist.

The line is parsed by Python's `ast`, and only operations in the vocabulary are run, each by
PyTorch's own function: the text is never executed. Every accepted line means the same in a Python
session with tensors of these names.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import EllipsisType, NoneType
from typing import Any, TypeAlias

import torch

from engine.config import nearest
from engine.expression import (
    OPERATORS,
    Refused,
    columns,
    decimal_point,
    parse,
    parses,
    replaced,
    suggesting,
)
from engine.numerals import counted
from engine.tensors import limits, refusals, traced
from engine.tensors.looks import Broadcast, LineResult, PyTorchRefused, TensorLook
from engine.tensors.refusals import TensorLine
from engine.tensors.traced import TracedPair, TracedTensor, came_from
from engine.tensors.vocabulary import (
    ATTRIBUTES,
    CONSTANTS,
    DTYPES,
    FUNCTIONS,
    KEYWORDS,
    METHODS,
    MODULES,
    ONLY_METHODS,
    PAIR,
    PYTHON_DTYPES,
    Kind,
    Method,
)

Arguments: TypeAlias = tuple[list[Any], dict[str, Any]]

ADVICE: Mapping[type[ast.AST], str] = {
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
ALLOWED = "allowed are tensors, numbers, indices, operators and methods such as x.sum(dim=0)"
TWO_TENSORS = "two tensors: take .values or .indices first"


def evaluate(text: str, tensors: Mapping[str, torch.Tensor]) -> LineResult:
    """Return the result of the line, and the cells that it comes from.

    Raises `Refused` if the line is not accepted: the message says why and where, and a suggested
    line works; `PyTorchRefused` if the line is in the vocabulary, but PyTorch raises an error.
    """
    with suggesting(lambda other: _evaluate(other, tensors)):
        return _evaluate(text, tensors)


def look(tensor: torch.Tensor) -> TensorLook:
    """Return a frozen copy of a tensor and its layout."""
    return TensorLook(
        shape=tuple(tensor.shape),
        strides=tensor.stride(),
        dtype=str(tensor.dtype).removeprefix("torch."),
        device=str(tensor.device),
        storage_offset=int(tensor.storage_offset()),
        numbers=tensor.detach().cpu().numpy().copy(),
    )


def share_storage(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether both use the same memory, so that a change to one is visible in the other."""
    place = left.untyped_storage().data_ptr()
    return place != 0 and place == right.untyped_storage().data_ptr()


def _evaluate(text: str, tensors: Mapping[str, torch.Tensor]) -> LineResult:
    tree = parse(text)
    with warnings.catch_warnings(), torch.enable_grad():
        warnings.simplefilter("ignore")  # PyTorch would print its warnings across the screen
        line = TensorLine(text, {name: traced.leaf(tensor) for name, tensor in tensors.items()})
        value = _value(line, tree)
        if isinstance(value, TracedPair):
            values = f"{line.source(tree)}.values"
            raise line.correction("that gives two tensors: add .values or .indices", tree, values)
        if isinstance(value, tuple) and not all(isinstance(part, int) for part in value):
            words = "one result is wanted, without a comma"
            raise line.correction(words, tree, decimal_point(line.source(tree)))
        if isinstance(value, slice | list) or value is ...:
            raise line.refusal("that is no tensor and no number", tree)
        result = value if isinstance(value, TracedTensor) else None
        sources = {name: line.tensors[name] for name in tensors if name in line.read}
        # Without cells, a tensor may have a shape that no NumPy array can have.
        shown = line.allow(tree, lambda: look(result.value)) if result else None
        return LineResult(
            text=text.strip(),
            look=shown,
            value="" if result else str(value),
            picked=came_from(result, sources, ()),
            shares_storage_with=tuple(
                name for name in tensors if result and share_storage(result.value, tensors[name])
            ),
            broadcasts=tuple(line.broadcasts),
            came_from=partial(came_from, result, sources),
        )


def _value(line: TensorLine, node: ast.expr) -> Any:
    """Return the value of a part of the line: a traced tensor, a number, a tuple, a slice, …"""
    match node:
        case ast.Constant():
            return _constant(line, node)
        case ast.Name():
            return _name(line, node)
        case ast.Tuple():
            return tuple(_value(line, part) for part in node.elts)
        case ast.List():
            return [_value(line, part) for part in node.elts]
        case ast.Slice():
            ends = node.lower, node.upper, node.step
            return slice(*(None if end is None else _end(line, end) for end in ends))
        case ast.UnaryOp():
            return _sign(line, node, _value(line, node.operand))
        case ast.BinOp():
            return _binary(line, node, _value(line, node.left), _value(line, node.right))
        case ast.Compare(comparators=[right]):
            return _compare(line, node, _value(line, node.left), _value(line, right))
        case ast.Subscript():
            return _subscript(line, node)
        case ast.Attribute() if module := refusals.module(line, node):
            return _dtype(line, node, module)
        case ast.Attribute():
            return _attribute(line, node, _value(line, node.value))
        case ast.Call():
            return _call(line, node)
    words = ADVICE.get(type(node), ALLOWED)
    raise line.correction(words, node, refusals.other_syntax(line, node))


# Names, numbers and indices.


def _constant(line: TensorLine, node: ast.Constant) -> Any:
    if node.value is None or node.value is ... or isinstance(node.value, bool):
        return node.value
    whole = line.source(node) == line.text.strip()
    if isinstance(node.value, str) and whole and parses(node.value):
        raise line.correction("a line is typed without quotes", node, node.value)
    if isinstance(node.value, str | bytes):
        raise line.refusal("no texts are used here; names stand without quotes", node)
    return line.allow(node, lambda: limits.checked(node.value))


def _name(line: TensorLine, node: ast.Name) -> TracedTensor:
    name = node.id
    if name in line.tensors:
        line.read.add(name)
        return line.tensors[name]
    if name in FUNCTIONS:
        raise line.refusal(f"called with arguments: {FUNCTIONS[name].usage}", node)
    if name in MODULES:
        known = ", ".join(line.tensors)
        raise line.refusal(f"{name} is a module, no tensor; there are {known}", node)
    if name in CONSTANTS:
        words = f"{name} is no tensor; Python writes {CONSTANTS[name]}"
        raise line.correction(words, node, CONSTANTS[name])
    if name in DTYPES:
        dtype = f"torch.{PYTHON_DTYPES.get(name, name)}"
        raise line.correction("a dtype is one of PyTorch's", node, dtype)
    raise line.refusal(f"no tensor is called {name}; {nearest(name, line.tensors)}", node)


def _end(line: TensorLine, node: ast.expr) -> int | None:
    """Return one end of a slice; a tensor of one whole number counts as that number."""
    end = _value(line, node)
    if isinstance(end, TracedTensor) and end.value.ndim == 0 and end.value.dtype is torch.int64:
        return int(end.value)
    if end is None or (isinstance(end, int) and not isinstance(end, bool)):
        return end
    raise line.refusal("a slice goes from one whole number to another: x[1:3]", node)


def _subscript(line: TensorLine, node: ast.Subscript) -> Any:
    owner, index = _value(line, node.value), _value(line, node.slice)
    if isinstance(owner, TracedPair) and isinstance(index, int):  # x.max(dim=0)[0]
        owner = owner.values, owner.indices
    if isinstance(owner, TracedPair):
        raise line.refusal(TWO_TENSORS, node.value)
    if isinstance(owner, tuple) and isinstance(index, int | slice):  # x.shape[0]
        try:
            return owner[index]
        except (IndexError, ValueError):
            raise line.refusal(f"there are {len(owner)}, counted from 0", node.slice) from None
    if not isinstance(owner, TracedTensor):
        raise line.refusal("only tensors and shapes have an index", node.value)
    items = index if isinstance(index, tuple) else (index,)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice] * len(items)
    for item, part in zip(items, parts, strict=True):
        _check_item(line, item, part)
    shape, given = tuple(owner.value.shape), traced.values(items)
    line.allow(node.slice, lambda: limits.check_cells(limits.cells_of_index(shape, given)))
    why = partial(refusals.explain_index, shape, given)
    return line.attempt(node, lambda: traced.pick(owner, index), why)


def _check_item(line: TensorLine, item: Any, place: ast.expr) -> None:
    if isinstance(item, TracedTensor) and item.value.dtype is torch.uint8:
        raise line.refusal("a mask of uint8 is deprecated; write .bool() or .long()", place)
    if isinstance(item, list) and not all(isinstance(leaf, int) for leaf in limits.leaves(item)):
        raise line.refusal("a list in an index holds whole numbers: x[:, [0, 2]]", place)
    if not isinstance(item, int | float | slice | list | TracedTensor | NoneType | EllipsisType):
        raise line.refusal("an index is a number, a slice, a list, a mask, None or ...", place)


# Operators.


def _sign(line: TensorLine, node: ast.UnaryOp, operand: Any) -> Any:
    do = limits.SIGNS.get(type(node.op))
    if do is None:
        message = "to turn a mask around, write ~ before it: ~(x > 1)"
        mask = isinstance(operand, TracedTensor) and operand.value.dtype is torch.bool
        instead = f"~{line.factor(node.operand)}" if mask else ""
        raise line.correction(message, node, instead)
    _expect_operand(line, operand, node.operand)
    if not isinstance(operand, TracedTensor):
        return line.allow(node, lambda: limits.signed(type(node.op), operand))
    why = partial(refusals.explain_cells, [operand.value], broadcast=None)
    return line.attempt(node, lambda: traced.each_cell(do, operand), why)


def _binary(line: TensorLine, node: ast.BinOp, left: Any, right: Any) -> Any:
    kind = type(node.op)
    if kind not in limits.OPERATORS:
        allowed = " ".join(symbol for symbol, _ in limits.OPERATORS.values())
        raise line.refusal(f"this operator is not taken; there are: {allowed}", node)
    _expect_operand(line, left, node.left)
    _expect_operand(line, right, node.right)
    if not isinstance(left, TracedTensor) and not isinstance(right, TracedTensor):
        return line.allow(node, lambda: limits.calculate(kind, left, right))
    symbol, do = limits.OPERATORS[kind]
    if symbol == "@":
        return _matmul(line, node, left, right)
    return _each_cell(line, node, (node.left, node.right), symbol, do, left, right)


def _compare(line: TensorLine, node: ast.Compare, left: Any, right: Any) -> Any:
    """Return the result of `x > y` and the like; shapes and dtypes can be compared too."""
    kind, places = type(node.ops[0]), (node.left, node.comparators[0])
    if kind not in limits.COMPARISONS:
        allowed = " ".join(symbol for symbol, _ in limits.COMPARISONS.values())
        raise line.refusal(f"this comparison is not taken; there are: {allowed}", node)
    symbol, do = limits.COMPARISONS[kind]
    if isinstance(left, TracedTensor) or isinstance(right, TracedTensor):
        _expect_operand(line, left, places[0])
        _expect_operand(line, right, places[1])
        return _each_cell(line, node, places, symbol, do, left, right)
    try:
        return do(left, right)
    except TypeError as error:
        raise line.refusal(f"these cannot be compared: {error}", node) from None


def _each_cell(
    line: TensorLine,
    node: ast.expr,
    places: tuple[ast.expr, ast.expr],
    symbol: str,
    do: Callable[[Any, Any], Any],
    left: Any,
    right: Any,
) -> TracedTensor:
    operands = [part.value for part in (left, right) if isinstance(part, TracedTensor)]
    broadcast = None
    if len(operands) == 2:
        (one, other), shapes = map(line.source, places), [tuple(part.shape) for part in operands]
        broadcast = Broadcast(symbol, one, other, shapes[0], shapes[1])
        line.allow(node, lambda: limits.check_cells(limits.cells_of_broadcast(*shapes)))
    why = partial(refusals.explain_cells, operands, broadcast=broadcast, symbol=symbol)
    disagreement = broadcast if broadcast and not broadcast.agrees else None
    result = line.attempt(node, lambda: traced.each_cell(do, left, right), why, disagreement)
    if broadcast:
        line.broadcasts.append(broadcast)
    return result


def _matmul(line: TensorLine, node: ast.BinOp, left: Any, right: Any) -> TracedTensor:
    for operand, place in ((left, node.left), (right, node.right)):
        if not isinstance(operand, TracedTensor):
            raise line.refusal("@ multiplies two tensors; for a number write *", place)
    shapes = left.value.shape, right.value.shape
    line.allow(node, lambda: limits.check_cells(limits.cells_of_matmul(*shapes)))
    why = partial(refusals.explain_matmul, left.value, right.value)
    try:
        return line.attempt(node, lambda: traced.matmul(left, right), why)
    except PyTorchRefused as refused:
        floats = " @ ".join(f"{line.factor(each)}.float()" for each in (node.left, node.right))
        refused.instead = replaced(line.text, node, floats)
        raise


def _expect_operand(line: TensorLine, operand: Any, place: ast.expr) -> None:
    """Check that an operand is a number or a tensor: a repeated list could fill the memory."""
    if isinstance(operand, TracedPair):
        raise line.refusal(TWO_TENSORS, place)
    if isinstance(operand, list):
        raise line.refusal("a list is no tensor; write torch.tensor([1, 2, 3])", place)
    if not isinstance(operand, int | float | TracedTensor):
        raise line.refusal("an operator stands between tensors and numbers", place)


# Attributes, methods and functions.


def _dtype(line: TensorLine, node: ast.Attribute, module: str) -> torch.dtype:
    """Return `torch.float32` or another dtype of the vocabulary."""
    name = node.attr
    if name in CONSTANTS:
        word = "a word of Python" if name == "newaxis" else "a number"
        raise line.correction(f"{word} is typed", node, CONSTANTS[name])
    if module != "torch":
        dtype = f"torch.{name}" if name in DTYPES else ""
        other = "a dtype is one of PyTorch's" if dtype else "functions of a tensor are its methods"
        raise line.correction(f"{module} is not used here; {other}", node, dtype)
    if name in FUNCTIONS:
        raise line.refusal(f"called with arguments: {FUNCTIONS[name].usage}", node)
    if name in METHODS and name not in ONLY_METHODS:
        raise line.correction("called with a tensor", node, "", "", f": torch.{name}(x)")
    if name in MODULES:
        raise line.refusal(f"torch.{name} is a module, no tensor", node)
    if name not in DTYPES and isinstance(getattr(torch, name, None), torch.dtype):
        known = ", ".join(each for each in DTYPES if str(getattr(torch, each)) == f"torch.{each}")
        raise line.refusal(
            f"no cells of torch.{name} are shown here; there are {known}", node, name
        )
    if name not in DTYPES:
        raise line.refusal("".join(refusals.unknown(name, "word", "torch.")), node, name)
    found: torch.dtype = getattr(torch, name)
    return found


def _attribute(line: TensorLine, node: ast.Attribute, owner: Any) -> Any:
    """Return `x.T`, `x.shape` or another attribute of the vocabulary."""
    name = node.attr
    if isinstance(owner, TracedPair):
        if name in PAIR:
            return getattr(owner, name)
        raise line.refusal(TWO_TENSORS, node, name)
    if not isinstance(owner, TracedTensor):
        raise line.refusal("only tensors have attributes here", node, name)
    if name in METHODS:
        message = f"a method, called with (): {METHODS[name].usage}"
        raise line.correction(message, node, f"{line.source(node)}()", name)
    if name not in ATTRIBUTES:
        raise refusals.wrong_attribute(line, node)
    if name not in ("T", "mT"):
        return getattr(owner.value, name)
    if name == "T" and owner.value.ndim != 2:
        message = f".T is for matrices, and this has {counted(owner.value.ndim, 'dimension')}; "
        raise line.refusal(message + "use .mT or .permute(…)", node, name)
    why = refusals.explain_transposed(tuple(owner.value.shape))
    return line.attempt(node, lambda: traced.transposed(owner, name), lambda _: why)


def _call(line: TensorLine, node: ast.Call) -> Any:
    function = node.func
    names: set[str] = set()
    for keyword in node.keywords:
        name = KEYWORDS.get(keyword.arg or "", keyword.arg)
        if name in names:
            raise line.refusal(f"{name} is given twice", keyword)
        names.update([name] if name else [])
    if isinstance(function, ast.Attribute) and refusals.module(line, function) == "torch":
        name = function.attr
        method = name in METHODS and name not in ONLY_METHODS
        if method and node.args and not isinstance(node.args[0], ast.Starred):
            # torch.sum(x, 0) is the method x.sum(0).
            first = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), function)
            same = ast.Call(first, node.args[1:], node.keywords)
            return _value(line, ast.copy_location(same, node))
        if name in OPERATORS and len(node.args) == 2 and not node.keywords:
            left, right = (_value(line, arg) for arg in node.args)
            if isinstance(left, TracedTensor) or (
                name == "pow" and isinstance(right, TracedTensor)
            ):
                return _operator(line, node, name, left, right)
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch"), attr=name) if (
            name in FUNCTIONS
        ):
            return _function(line, node, name, _arguments(line, node))
        case ast.Name(id=name):
            line.first = _first(line, node)
            raise refusals.wrong_function(line, node, name)
        case ast.Attribute() if refusals.module(line, function):
            line.first = _first(line, node)
            raise refusals.wrong_function_of_module(line, node, function)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name[:1].isupper():
            raise refusals.wrong_layer(line, node, name)
        case ast.Attribute(value=owner_node, attr=name):
            owner = _value(line, owner_node)
            plain = len(node.args) == 1 and not node.keywords
            if name in OPERATORS and isinstance(owner, TracedTensor) and plain:
                return _operator(line, node, name, owner, _value(line, node.args[0]))
            return _method(line, node, function, owner)
    words, instead = "only functions and methods that have a name are called", ""
    if not node.args and not node.keywords:
        words, instead = "this is no function: nothing is called with ()", line.source(function)
    elif len(node.args) == 1 and not node.keywords and not isinstance(function, ast.Call):
        instead = " * ".join(map(line.factor, (function, node.args[0])))
    raise line.correction(words, node, instead)


def _first(line: TensorLine, call: ast.Call) -> Any:
    """Return the value of the first argument; None if there is none or it is refused."""
    with suppress(Refused):
        return _value(line, call.args[0]) if call.args else None


def _operator(line: TensorLine, node: ast.Call, name: str, left: Any, right: Any) -> Any:
    """Evaluate `x.add(y)` or `torch.add(x, y)` as the equivalent operator."""
    assert isinstance(node.func, ast.Attribute)
    first, second = (node.func.value, *node.args)[-2:]
    sign = ast.BinOp(first, OPERATORS[name](), second)
    return _binary(line, ast.copy_location(sign, node), left, right)


def _arguments(line: TensorLine, node: ast.Call) -> Arguments:
    args = [_value(line, part) for part in node.args]
    return args, {part.arg or "**": _value(line, part.value) for part in node.keywords}


def _method(line: TensorLine, node: ast.Call, function: ast.Attribute, owner: Any) -> Any:
    name = function.attr
    if isinstance(owner, TracedPair):
        raise line.refusal(TWO_TENSORS, function, name)
    if not isinstance(owner, TracedTensor):
        line.first = owner
        places = [function.value, *node.args]
        made = refusals.method_call(line, name, places, node.keywords) if name in METHODS else ""
        raise line.correction("only tensors have methods here", node, made, name)
    if name not in METHODS:
        raise refusals.wrong_method(line, node, function)
    if name == "to":
        refusals.check_place_to_move(line, node, function)
    for keyword in node.keywords:
        if keyword.arg in KEYWORDS:
            words = f"{keyword.arg}= is NumPy's word for {KEYWORDS[keyword.arg]}="
            corrected = refusals.method_call(
                line, name, [function.value, *node.args], node.keywords
            )
            refused = line.correction(words, node, corrected)
            refused.start, refused.end = columns(line.text, keyword)
            raise refused
    args, keywords = _arguments(line, node)
    if name in ("max", "min") and len(args) == 1 and isinstance(args[0], TracedTensor):
        raise refusals.cell_by_cell(line, node, [function.value, *node.args], f"{name}imum")
    method = METHODS[name]
    _check_arguments(line, node, method, (args, keywords), tensors=False)
    if name == "to" and [type(part) for part in (*args, *keywords.values())] != [torch.dtype]:
        raise line.refusal(f"one dtype is wanted: {method.usage}", node)
    if method.kind is Kind.REDUCE and args and isinstance(args[0], bool):
        raise line.refusal("dim is a whole number; write keepdim=True by name", node.args[0])
    if name in ("std", "var") and len(args) > 1:  # their second argument has another meaning
        raise line.refusal(f"only dim stands without a name: {method.usage}", node.args[1])
    if method.kind is not Kind.CELL:  # for Kind.CELL they are values, not sizes
        line.allow(node, lambda: limits.check_sizes([*args, *keywords.values()]))
    cells = partial(limits.cells_of_method, name, owner.value, args)
    line.allow(node, lambda: limits.check_cells(cells()))
    why = partial(refusals.explain_method, name, owner.value, args)
    return line.attempt(node, lambda: traced.call(name, owner, args, keywords), why)


def _function(line: TensorLine, node: ast.Call, name: str, arguments: Arguments) -> TracedTensor:
    args, keywords = arguments
    tensors = name in ("cat", "stack", "where")
    _check_arguments(line, node, FUNCTIONS[name], arguments, tensors=tensors)
    if name in ("cat", "stack") and args and isinstance(args[0], TracedTensor):
        places = list(zip(node.args, args, strict=True))
        given = [line.source(part) for part, each in places if isinstance(each, TracedTensor)]
        more = [line.source(part) for part, each in places if not isinstance(each, TracedTensor)]
        more += [line.source(keyword) for keyword in node.keywords]
        one = f"[{', '.join(given)}]"
        listed = f"torch.{name}({', '.join((one, *more))})" if len(given) > 1 else ""
        raise line.correction("the tensors stand in one list", node, listed)
    if name == "where" and not (len(args) == 3 and isinstance(args[0], TracedTensor)):
        raise line.refusal(f"a mask and two choices: {FUNCTIONS[name].usage}", node)
    given = traced.values(args)
    cells = partial(limits.cells_of_function, name, given, keywords)
    line.allow(node, lambda: limits.check_cells(cells()))
    why = partial(refusals.explain_function, name, given)
    return line.attempt(node, lambda: traced.function(name, args, keywords), why)


def _check_arguments(
    line: TensorLine, node: ast.Call, allowed: Method, arguments: Arguments, *, tensors: bool
) -> None:
    """Refuse arguments with an unknown name, and values that could mean something else."""
    args, keywords = arguments
    for keyword in node.keywords:
        if keyword.arg not in allowed.keywords:
            message = f"{keyword.arg}= is not taken here; it is used as in {allowed.usage}"
            raise line.refusal(message, keyword)
    places = *node.args, *(keyword.value for keyword in node.keywords)
    names = *(None for _ in args), *keywords
    for place, name, value in zip(places, names, (*args, *keywords.values()), strict=True):
        kinds: tuple[type, ...] = (int, float, NoneType)
        kinds += (TracedTensor,) if tensors else ()
        kinds += (torch.dtype,) if name == "dtype" or "torch.float32" in allowed.usage else ()
        if not all(isinstance(leaf, kinds) for leaf in limits.leaves(value)):
            raise line.refusal(f"this cannot stand here; it is used as in {allowed.usage}", place)
