"""An expression read into the parts of its graph, before anything is computed."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from math import isinf
from string import ascii_lowercase

from engine.expression import Refused, mathematical, parse_assignment, replaced, suggesting
from engine.graph.operations import (
    FUNCTIONS,
    NEGATIVE,
    NOT_NAMES,
    SIGNS,
    Canonical,
    Operation,
    module_of,
    short,
)
from engine.graph.refusals import Reason, example, misused, refusal, unbound, unknown

MOST_NODES = 60
LONGEST_NAME = 12
RESERVED = ("expression", "requires_grad", "gradient")
"""Names on the command line that are not inputs."""

_NAME = re.compile(r"[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9]*")
_OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: SIGNS["+"],
    ast.Sub: SIGNS["-"],
    ast.Mult: SIGNS["*"],
    ast.Div: SIGNS["/"],
    ast.Pow: SIGNS["**"],
    ast.MatMult: SIGNS["@"],
}


@dataclass(frozen=True, slots=True)
class GraphPart:
    """One node of the graph, without a value yet."""

    name: str
    constant: float | None = None
    operation: Operation | None = None
    """None for a leaf: an input or a constant."""
    inputs: tuple[int, ...] = ()
    """The indices of the parts that it is computed from."""
    exponent: float | None = None
    """A power that is typed as a number belongs to its operation, as it does in PyTorch."""
    tree: ast.expr | None = None
    """Where the operation stands in the text."""


@dataclass(frozen=True, slots=True)
class ExpressionGraph:
    """An expression as parts, each after those that it is computed from, the result last."""

    text: str
    parts: tuple[GraphPart, ...]

    def formula(self, part: GraphPart) -> str:
        """The operation in the names of its inputs; empty for a leaf."""
        names = [self.parts[index].name for index in part.inputs]
        return part.operation.write(names, part.exponent) if part.operation else ""


def read(text: str) -> tuple[str | None, ast.expr]:
    """The name before the `=`, None where there is none, and the tree of the expression.

    Functions with a prefix and methods are read as the functions that they are.

    Raises:
        Refused: the text is not an expression.
    """
    name, tree = parse_assignment(mathematical(text))
    return name, Canonical().visit(tree)


def checked_name(name: str) -> str:
    """The name as Python reads it; raises `ValueError` unless a value may have it."""
    name = unicodedata.normalize("NFKC", name)  # as ast does: ϵ becomes ε
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        raise ValueError(
            f"the name {shown!r} is not allowed: at most {LONGEST_NAME} letters (Latin or "
            "Greek), digits and _, no digit in front"
        )
    for taken, what in (
        (name in FUNCTIONS, "function"),
        (name in RESERVED, "setting"),
        (name in NOT_NAMES, "module of Python"),
        (keyword.iskeyword(name), "word of Python"),
    ):
        if taken:
            raise ValueError(f"the name {name} is taken: it is a {what}")
    return name


def build(text: str, inputs: Iterable[str]) -> ExpressionGraph:
    """The graph of `expression`, or of `name = expression`, over these inputs.

    A sub-expression that occurs twice becomes one node. A constant does not: two 2s are two
    numbers that happen to be equal, so every operation has its own.

    Raises:
        Refused: what is not on the whitelist, at its place; a name without a value; an input
            that is not used; more than `MOST_NODES` nodes. Where the message suggests another
            line, that one is accepted.
    """
    with suggesting(_check):
        return _build(text, inputs)


def names_in(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in an expression that need a value, in the order of the text.

    `known` are names of inputs: a refusal says of a call of one that it is no function.

    Raises:
        Refused: the expression is not accepted, whatever values they have.
    """
    with suggesting(_check):
        return _check(text, known)


def _check(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in the text, if it is accepted with any values for them."""
    text = mathematical(text)
    names = []
    for node in free_names(read(text)[1]):
        try:
            names.append(checked_name(node.id))
        except ValueError as error:
            raise Refused(str(error), text, node) from None
    names = list(dict.fromkeys(names))
    _build(text, names, known)
    return tuple(names)


def free_names(tree: ast.expr) -> list[ast.Name]:
    """The names in the tree that are neither functions nor modules, first to last."""
    nodes = list(ast.walk(tree))
    others = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and module_of(node):
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            others.add(id(root))
    names = [
        node
        for node in nodes
        if isinstance(node, ast.Name) and id(node) not in others and node.id not in FUNCTIONS
    ]
    return sorted(names, key=lambda node: node.col_offset)


def _build(text: str, inputs: Iterable[str], known: Iterable[str] = ()) -> ExpressionGraph:
    text = mathematical(text)
    name, tree = read(text)
    reader = _Reader(text, tuple(inputs), known)
    result = reader.result_name(name)
    reader.operand(tree)
    *parts, last = reader.parts or [GraphPart("")]  # computed after all that it is made of
    if not last.operation:
        raise Refused("nothing is computed here: an operation is wanted, as in 2*x", text, tree)
    reader.check_used()
    own = _letters({*reader.inputs, result})
    named = [replace(part, name=next(own)) if part.operation else part for part in parts]
    return ExpressionGraph(text, (*named, replace(last, name=result)))


class _Reader:
    """Turns trees into parts, and a sub-expression that occurs again into the same part."""

    def __init__(self, text: str, inputs: tuple[str, ...], known: Iterable[str]) -> None:
        self.text = text
        self.inputs = inputs
        self.known = {*inputs, *known}
        self.parts = [GraphPart(name) for name in inputs]
        self.seen: dict[Hashable, int] = {}
        self.used: set[str] = set()

    def operand(self, tree: ast.expr) -> int | float:
        """The index of the part that computes the tree; a float is a constant."""
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
            case ast.Call(func=ast.Name(id=name)):
                return self.operation(self.function(name, tree), tree.args, tree)
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
                    message = "this number is larger than a float64 can hold"
                    raise Refused(message, self.text, tree)
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
            message = f"{name} is a function: write {example(FUNCTIONS[name])}"
            raise Refused(message, self.text, tree)
        raise Refused(unbound(name, self.inputs), self.text, tree)

    def function(self, name: str, call: ast.Call) -> Operation:
        """The function that is called, if it may be called like that."""
        if name not in FUNCTIONS:
            raise self.refusal(unknown(call, name, self.known, self.text), call.func, call)
        if reason := misused(FUNCTIONS[name], call, self.text):
            raise self.refusal(reason, call)
        return SIGNS["@"] if name == "dot" else FUNCTIONS[name]

    def operation(self, operation: Operation, trees: list[ast.expr], tree: ast.expr) -> int:
        exponent = self.constant(trees[1]) if operation is SIGNS["**"] else None
        operands = tuple(self.operand(tree) for tree in trees[: 1 if exponent is not None else 2])
        # As text, since Python takes the part 1 and the constant 1.0 for equal, and 0 for −0.
        key = (operation.name, *map(repr, operands), exponent)
        if key not in self.seen:
            inputs = tuple(
                self.add(GraphPart(short(operand), operand), tree)
                if isinstance(operand, float)
                else operand
                for operand in operands
            )
            part = GraphPart("", None, operation, inputs, exponent, tree)
            self.seen[key] = self.add(part, tree)
        return self.seen[key]

    def add(self, part: GraphPart, tree: ast.expr) -> int:
        if len(self.parts) >= MOST_NODES:
            message = f"more than {MOST_NODES} nodes are not drawn: the graph is full here"
            raise Refused(message, self.text, tree)
        self.parts.append(part)
        return len(self.parts) - 1

    def result_name(self, name: str | None) -> str:
        """The name before the `=`; without one f, or the next free letter after it."""
        if name is None:
            return next(letter for letter in _letters(set(self.inputs)) if letter >= "f")
        sign = self.text.index("=")
        place, right = (0, len(self.text[:sign].rstrip())), self.text[sign + 1 :].strip()
        try:
            if name not in self.inputs:
                return checked_name(name)
            message = f"{name} is an input already: give the result another name"
        except ValueError as error:
            message = str(error)
        raise Refused(message, self.text, place, right)

    def check_used(self) -> None:
        for name in self.inputs:
            if name not in self.used:
                message = f"{name} has a value, but the expression does not use it: leave it out"
                raise Refused(message, self.text, (0, len(self.text)))

    def refusal(self, reason: Reason, place: ast.expr, part: ast.expr | None = None) -> Refused:
        """The refusal of what stands at the place; a fragment stands for the whole `part`."""
        instead = reason.line
        if reason.fragment:
            instead = replaced(self.text, part or place, reason.fragment)
        return Refused(reason.words, self.text, place, instead)


def _letters(taken: set[str]) -> Iterator[str]:
    """a, b, c, … z, a1, b1, …, without those that are taken."""
    for number in count():
        for letter in ascii_lowercase:
            name = f"{letter}{number or ''}"
            if name not in taken:
                yield name
