"""Operators on the parts of a line: plain numbers, tensors, and one with the other."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.expression import factor
from engine.tensors import arithmetic, bounds, explain, traced
from engine.tensors.line import Line
from engine.tensors.looks import Broadcast
from engine.tensors.traced import Traced


def sign(line: Line, node: ast.UnaryOp, operand: Any) -> Any:
    """`-x`, `+x` or `~x`."""
    do = arithmetic.SIGNS.get(type(node.op))
    if do is None:
        message = "to turn a mask around, write ~ before it: ~(x > 1)"
        raise line.correction(message, node, f"~{factor(line.source(node.operand))}")
    if isinstance(operand, Traced):
        return line.attempt(
            node, lambda: traced.each_cell(do, operand), partial(explain.cells, [operand.value])
        )
    _expect_number(line, operand, node.operand)
    return line.allow(node, lambda: arithmetic.checked(do(operand)))


def binary(line: Line, node: ast.BinOp, left: Any, right: Any) -> Any:
    """`x + y` and its like; `@` too."""
    kind = type(node.op)
    if kind not in arithmetic.OPERATORS:
        allowed = " ".join(symbol for symbol, _ in arithmetic.OPERATORS.values())
        raise line.refusal(f"this operator is not taken; there are: {allowed}", node)
    for operand, place in ((left, node.left), (right, node.right)):
        if not isinstance(operand, Traced):
            _expect_number(line, operand, place)
    if not isinstance(left, Traced) and not isinstance(right, Traced):
        return line.allow(node, lambda: arithmetic.calculate(kind, left, right))
    symbol, do = arithmetic.OPERATORS[kind]
    if symbol == "@":
        return _matmul(line, node, left, right)
    return _each_cell(line, node, (node.left, node.right), symbol, do, left, right)


def compare(line: Line, node: ast.Compare, left: Any, right: Any) -> Any:
    """`x > y` and its like; shapes and dtypes can be compared too."""
    kind = type(node.ops[0])
    if kind not in arithmetic.COMPARISONS:
        allowed = " ".join(symbol for symbol, _ in arithmetic.COMPARISONS.values())
        raise line.refusal(f"this comparison is not taken; there are: {allowed}", node)
    symbol, do = arithmetic.COMPARISONS[kind]
    if isinstance(left, Traced) or isinstance(right, Traced):
        for operand, place in ((left, node.left), (right, node.comparators[0])):
            if not isinstance(operand, Traced):
                _expect_number(line, operand, place)
        places = node.left, node.comparators[0]
        return _each_cell(line, node, places, symbol, do, left, right)
    try:
        return do(left, right)
    except TypeError as error:
        raise line.refusal(f"these cannot be compared: {error}", node) from None


def _each_cell(
    line: Line,
    node: ast.expr,
    places: tuple[ast.expr, ast.expr],
    symbol: str,
    do: Callable[[Any, Any], Any],
    left: Any,
    right: Any,
) -> Traced:
    operands = [part.value for part in (left, right) if isinstance(part, Traced)]
    broadcast = None
    if len(operands) == 2:
        words, shapes = [line.words(place) for place in places], [part.shape for part in operands]
        broadcast = Broadcast(symbol, words[0], words[1], tuple(shapes[0]), tuple(shapes[1]))
        line.allow(node, lambda: bounds.check(bounds.of_broadcast(broadcast.left, broadcast.right)))
    why = partial(explain.cells, operands, broadcast=broadcast)
    disagreement = broadcast if broadcast and not broadcast.agrees else None
    result = line.attempt(node, lambda: traced.each_cell(do, left, right), why, disagreement)
    if broadcast:
        line.broadcasts.append(broadcast)
    return result


def _matmul(line: Line, node: ast.BinOp, left: Any, right: Any) -> Traced:
    for operand, place in ((left, node.left), (right, node.right)):
        if not isinstance(operand, Traced):
            raise line.refusal("@ multiplies two tensors; for a number write *", place)
    shapes = left.value.shape, right.value.shape
    line.allow(node, lambda: bounds.check(bounds.of_matmul(*shapes)))
    why = partial(explain.matmul, left.value, right.value)
    return line.attempt(node, lambda: traced.matmul(left, right), why)


def _expect_number(line: Line, operand: Any, place: ast.expr) -> None:
    """Only numbers meet tensors: a list times a whole number of PyTorch could fill the memory."""
    if isinstance(operand, list):
        raise line.refusal("a list is no tensor; write torch.tensor([1, 2, 3])", place)
    if not isinstance(operand, int | float):
        raise line.refusal("an operator stands between tensors and numbers", place)
