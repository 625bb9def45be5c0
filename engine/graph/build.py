"""An expression read into the nodes of its graph, before anything is computed; knows no torch."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from math import isinf
from string import ascii_lowercase

from engine.expression import Place, Refused, replaced, suggesting
from engine.graph.names import checked_name, read, typed
from engine.graph.operations import FUNCTIONS, NEGATIVE, SIGNS, Operation
from engine.graph.refusals import (
    Reason,
    example,
    miscounted,
    named_arguments,
    refusal,
    unbound,
    unknown,
)
from engine.graph.spelling import module_of
from engine.graph.values import short

MOST_NODES = 60

_OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: SIGNS["+"],
    ast.Sub: SIGNS["-"],
    ast.Mult: SIGNS["*"],
    ast.Div: SIGNS["/"],
    ast.Pow: SIGNS["**"],
    ast.MatMult: SIGNS["@"],
    ast.USub: NEGATIVE,
}


class Unbound(Refused):
    """A name in the expression has no value; `name` says which."""

    def __init__(self, name: str, bound: tuple[str, ...], text: str, place: Place) -> None:
        super().__init__(unbound(name, bound), text, place)
        self.name = name


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the graph, without a value yet."""

    name: str
    constant: float | None = None
    operation: Operation | None = None
    """None for a leaf: an input or a constant."""
    inputs: tuple[int, ...] = ()
    """The parts that it is made of, by their places in the graph."""
    exponent: float | None = None
    """A power that is typed as a number belongs to its operation, as it does in PyTorch."""
    tree: ast.expr | None = None
    """Where the operation stands in the text."""


@dataclass(frozen=True, slots=True)
class Graph:
    """An expression as parts, each after those that it is made of, the result last."""

    text: str
    parts: tuple[Part, ...]

    def formula(self, part: Part) -> str:
        """The operation in the names of its inputs; nothing for a leaf."""
        names = [self.parts[index].name for index in part.inputs]
        return part.operation.write(names, part.exponent) if part.operation else ""


def build(text: str, inputs: Iterable[str]) -> Graph:
    """The graph of `expression`, or of `name = expression`, over these inputs.

    A sub-expression that stands there twice becomes one node. A constant does not: two 2s
    are two numbers that happen to be equal, so every operation has its own.

    Raises:
        Refused: what is not on the whitelist, at its place; a name without a value
            (`Unbound`); an input that is not used; more than `MOST_NODES` nodes. Where the
            message suggests another line, that one is accepted.
    """
    with suggesting(_check):
        return _build(text, inputs)


def names_in(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in an expression that want a value, in the order in which they stand there.

    `known` are names of inputs: a refusal says of a call of one that it is no function.

    Raises:
        Refused: the expression is not accepted, whatever values they have.
    """
    with suggesting(_check):
        return _check(text, known)


def _check(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in the text, if it is accepted with any values for them."""
    text = typed(text)
    _, tree = read(text)
    names = []
    for node in free_names(tree):
        try:
            names.append(checked_name(node.id))
        except ValueError as error:
            raise Refused(str(error), text, node) from None
    names = list(dict.fromkeys(names))
    _build(text, names, known)
    return tuple(names)


def free_names(tree: ast.expr) -> list[ast.Name]:
    """Where names stand in the tree that are neither functions nor modules, first to last."""
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    roots = {id(_root(node)) for node in nodes if isinstance(node, ast.Attribute)}
    names = [
        node
        for node in nodes
        if isinstance(node, ast.Name)
        and id(node) not in called | roots
        and node.id not in FUNCTIONS
    ]
    return sorted(names, key=lambda node: node.col_offset)


def _root(node: ast.Attribute) -> ast.expr | None:
    """The name of the module at the beginning; None where there is another value."""
    if not module_of(node):
        return None
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return root


def _build(text: str, inputs: Iterable[str], known: Iterable[str] = ()) -> Graph:
    text = typed(text)
    name, tree = read(text)
    reader = _Reader(text, tuple(inputs), known)
    result = reader.result_name(name)
    reader.operand(tree)
    if not reader.parts or not reader.parts[-1].operation:
        raise Refused("nothing is computed here: an operation is wanted, as in 2*x", text, tree)
    reader.check_used()
    own = _free_names({*reader.inputs, result})
    parts = [
        replace(part, name=next(own)) if part.operation else part for part in reader.parts[:-1]
    ]
    parts.append(replace(reader.parts[-1], name=result))  # computed after all that it is made of
    return Graph(text, tuple(parts))


class _Reader:
    """Turns trees into parts, a sub-expression that it has seen before into the same part."""

    def __init__(self, text: str, inputs: tuple[str, ...], known: Iterable[str]) -> None:
        self.text = text
        self.inputs = inputs
        self.known = {*inputs, *known}
        self.parts = [Part(name) for name in inputs]
        self.seen: dict[Hashable, int] = {}
        self.used: set[str] = set()

    def operand(self, tree: ast.expr) -> int | float:
        """The part that computes the tree, by its place; a float is a constant."""
        constant = self.constant(tree)
        if constant is not None:
            return constant
        match tree:
            case ast.Name(id=name):
                return self.input(name, tree)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.operand(operand)  # in PyTorch, too, +x is x itself
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.operation(NEGATIVE, [operand], tree)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self.operation(_OPERATORS[type(op)], [left, right], tree)
            case ast.Call(func=ast.Name()):
                return self.operation(self.function(tree), tree.args, tree)
            case ast.Call(func=ast.Attribute() as function):
                raise self.refusal(refusal(tree, self.text), function, tree)
        raise self.refusal(refusal(tree, self.text), tree)

    def constant(self, tree: ast.expr) -> float | None:
        """The number that is typed here, with its sign; None where something else is."""
        match tree:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float() as value):
                if isinf(value):
                    raise self.refused("this number is larger than a float64 can hold", tree)
                return float(value)  # at most 200 digits, so it fits
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
                number = self.constant(operand)
                return None if number is None else -number
        return None

    def input(self, name: str, tree: ast.expr) -> int:
        if name in self.inputs:
            self.used.add(name)
            return self.inputs.index(name)
        if name in FUNCTIONS:
            raise self.refused(f"{name} is a function: write {example(FUNCTIONS[name])}", tree)
        raise Unbound(name, self.inputs, self.text, tree)

    def function(self, call: ast.Call) -> Operation:
        """The function that is called, if it may be called like that."""
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        if name not in FUNCTIONS:
            raise self.refusal(unknown(call, self.known, self.text), call.func, call)
        function = FUNCTIONS[name]
        if call.keywords:
            raise self.refusal(named_arguments(function, call, self.text), call)
        if len(call.args) != function.arity and not any(
            isinstance(argument, ast.Starred) for argument in call.args
        ):
            raise self.refusal(miscounted(function, call, self.text), call)
        return SIGNS["@"] if name == "dot" else function

    def operation(self, operation: Operation, trees: list[ast.expr], tree: ast.expr) -> int:
        exponent = self.constant(trees[1]) if operation is SIGNS["**"] else None
        operands = tuple(self.operand(tree) for tree in trees[: 1 if exponent is not None else 2])
        # As text, since Python takes the part 1 and the constant 1.0 for equal, and 0 for −0.
        key = (operation.name, *map(repr, operands), exponent)
        if key not in self.seen:
            inputs = tuple(
                self.add(Part(short(operand), operand), tree)
                if isinstance(operand, float)
                else operand
                for operand in operands
            )
            part = Part("", None, operation, inputs, exponent, tree)
            self.seen[key] = self.add(part, tree)
        return self.seen[key]

    def add(self, part: Part, tree: ast.expr) -> int:
        if len(self.parts) >= MOST_NODES:
            raise self.refused(
                f"more than {MOST_NODES} nodes are not drawn: the graph is full here", tree
            )
        self.parts.append(part)
        return len(self.parts) - 1

    def result_name(self, name: str | None) -> str:
        """What the result is called: f, or a letter after it, unless a name stands in front."""
        if name is None:
            return next(letter for letter in _free_names(set(self.inputs)) if letter >= "f")
        sign = self.text.index("=")
        place, right = (0, len(self.text[:sign].rstrip())), self.text[sign + 1 :].strip()
        if name in self.inputs:
            message = f"{name} is an input already: give the result another name"
            raise Refused(message, self.text, place, right)
        try:
            return checked_name(name)
        except ValueError as error:
            raise Refused(str(error), self.text, place, right) from None

    def check_used(self) -> None:
        for name in self.inputs:
            if name not in self.used:
                message = f"{name} has a value, but the expression does not use it: leave it out"
                raise Refused(message, self.text, (0, len(self.text)))

    def refused(self, message: str, place: ast.expr) -> Refused:
        return Refused(message, self.text, place)

    def refusal(self, reason: Reason, place: ast.expr, part: ast.expr | None = None) -> Refused:
        """The refusal of what stands at the place; a fragment stands for the whole `part`."""
        instead = reason.line
        if reason.fragment:
            instead = replaced(self.text, part or place, reason.fragment)
        return Refused(reason.words, self.text, place, instead)


def _free_names(taken: set[str]) -> Iterator[str]:
    """a, b, c, … z, a1, b1, …, without those that are taken."""
    for number in count():
        for letter in ascii_lowercase:
            name = f"{letter}{number or ''}"
            if name not in taken:
                yield name
