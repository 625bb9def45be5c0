"""Parsing of an expression, its inputs and the initial gradient into the parts of a graph."""

from __future__ import annotations

import ast
import keyword
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from string import ascii_lowercase
from types import MappingProxyType
from typing import Literal

from engine.expression import (
    SIGNS,
    Refused,
    check_letters,
    mathematical,
    parse_assignment,
    replaced,
    source,
    suggesting,
)
from engine.graph.operations import (
    BINARY,
    FUNCTIONS,
    NEGATIVE,
    ROOTS,
    Canonical,
    Numbers,
    Operation,
    Value,
    module_of,
    short,
)
from engine.graph.refusals import DERIVED, Reason, example, misused, refusal, unknown
from engine.numerals import LONGEST, NUMBER, ascii_form, meant

MOST_NODES = 60
LONGEST_NAME = 12
LONGEST_VECTOR = 12
RESERVED = ("expression", "requires_grad", "gradient")
"""Names on the command line that are not inputs."""
WANTED = f"a number, such as −0.5 or 1e3, or a list of at most {LONGEST_VECTOR}, such as [1, 2, 3]"

_NAME = re.compile(r"[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9]*")
_TENSOR = re.compile(
    r"\s*(?:(?:torch|np|numpy)\.)?(?:tensor|array)\((.*?)(?:,\s*[a-z_]+\s*=.*)?\)\s*"
)
"""PyTorch's notation of a value: `torch.tensor([1.0], requires_grad=True)`."""
_DERIVATIVE = re.compile(
    r"\s*[d∂]\s*/\s*[d∂]\s*\w+(?:\s+(?=\w)|\s*(?=[([√]))(.+)"
    r"|\s*[d∂]\s*\((.+)\)\s*/\s*[d∂]\s*\w+\s*"
    r"|(.*\d)\s*\.\s*(?:backward\s*\(.*\)|grad)\s*"
)
"""`d/dx x**2`, `d(x**2)/dx` and `x**2.backward()`, which Python reads as `2.` and no method."""
_MOST_CHARACTERS = 400
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class GraphPart:
    """A node of the graph before it has a value."""

    name: str
    kind: Literal["input", "constant", "operation", "result"] = "input"
    constant: float | None = None
    operation: Operation | None = None  # None for a leaf: an input or a constant
    inputs: tuple[int, ...] = ()  # the indices of the parts that it is computed from
    exponent: float | None = None  # an exponent typed as a number belongs to its operation
    tree: ast.expr | None = None  # the place of the operation in the text
    formula: str = ""  # the operation with the names of its inputs: `a · y`; empty for a leaf


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """An expression, its inputs, and the initial gradient of backward.

    Raises:
        ValueError: a name or a value is not allowed; the message says what is.
        Refused: the expression is not on the whitelist, or does not fit the inputs.
    """

    expression: str
    inputs: Mapping[str, Numbers]
    """The inputs by name, in order: a float, or a tuple of floats for a vector."""
    requires_grad: tuple[str, ...] | None = None
    """The inputs that require a gradient; None means all, and is replaced by their names."""
    gradient: Numbers | None = None
    """The initial gradient of backward, required if the result is a vector."""
    parts: tuple[GraphPart, ...] = field(init=False, repr=False, compare=False)
    """The graph: each part after those that it is computed from, the result last."""

    def __post_init__(self) -> None:
        inputs = {checked_name(name): _checked(name, value) for name, value in self.inputs.items()}
        wanted = inputs if self.requires_grad is None else self.requires_grad
        for name in wanted:
            if name not in inputs:
                known = ", ".join(inputs) or "nothing"
                message = f"requires_grad = {name!r} is not allowed: the inputs are {known}"
                raise ValueError(message)
        gradient = None if self.gradient is None else _checked("gradient", self.gradient)
        with suggesting(_check):
            parts = _build(self.expression, inputs)
        for name, value in {
            "inputs": MappingProxyType(inputs),
            "requires_grad": tuple(name for name in inputs if name in wanted),
            "gradient": gradient,
            "parts": parts,
        }.items():
            object.__setattr__(self, name, value)  # the class is frozen

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> GraphSettings:
        """Make the settings from text by name, as on the command line; only `expression` is needed.

        `requires_grad` lists inputs, or is `all` or `none`; `gradient` is a value or `none`; every
        other name is an input.
        """
        if not settings.get("expression", "").strip():
            raise ValueError("an expression is wanted, such as expression=x*y*z")
        inputs = {
            checked_name(name): text for name, text in settings.items() if name not in RESERVED
        }
        required = settings.get("requires_grad", "all").strip()
        names = () if required in ("", "none") else required.split(",")
        gradient = settings.get("gradient", "none")
        return cls(
            settings["expression"],
            {name: parse_value(name, text) for name, text in inputs.items()},
            None if required == "all" else tuple(checked_name(name.strip()) for name in names),
            None if gradient.strip() in ("", "none") else parse_value("gradient", gradient),
        )

    def texts(self) -> dict[str, str]:
        """Return the settings as text by name, with all digits, for `of`."""
        texts = {"expression": self.expression}
        texts |= {name: str(Value.of(value).plain) for name, value in self.inputs.items()}
        if self.requires_grad != tuple(self.inputs):
            texts["requires_grad"] = ",".join(self.requires_grad or ()) or "none"
        if self.gradient is not None:
            texts["gradient"] = str(Value.of(self.gradient).plain)
        return texts


# Names and values.


def checked_name(name: str) -> str:
    """Return the name as Python reads it; raises `ValueError` if a value cannot have it."""
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
        (name in ROOTS and name != "F", "module of Python"),  # F may be a force
        (keyword.iskeyword(name), "word of Python"),
    ):
        if taken:
            raise ValueError(f"the name {name} is taken: it is a {what}")
    return name


def parse_value(name: str, text: str) -> Numbers:
    """Return the scalar or the vector that was typed for `name`.

    Raises `Refused` at the part that is no number; a value that the message suggests is accepted.
    """
    if len(text) > _MOST_CHARACTERS:
        length = f"{len(text):,} characters: too many"
        raise Refused(f"{name} has {length}; it must be {WANTED}", text[:_QUOTED], (0, _QUOTED))
    check_letters(text)
    with suggesting(lambda other: _value(name, other)):
        return _value(name, text)


def _value(name: str, text: str) -> Numbers:
    typed = text.translate(SIGNS)
    if not typed.strip().startswith("["):
        return _number(name, text, text, 0)
    if not typed.rstrip().endswith("]"):
        raise _refused(name, text, (0, len(text)), f"{typed.strip()}]")
    start, end = typed.index("[") + 1, typed.rindex("]")
    numbers = []
    for piece in typed[start:end].split(","):
        numbers.append(_number(name, text, text[start : start + len(piece)], start))
        start += len(piece) + 1
    if len(numbers) > LONGEST_VECTOR:
        whole = typed.index("["), end + 1
        raise Refused(f"{name} has {len(numbers)} numbers; it must be {WANTED}", text, whole)
    return tuple(numbers)


def _number(name: str, text: str, piece: str, start: int) -> float:
    word = ascii_form(piece)
    if NUMBER.fullmatch(word) and math.isfinite(float(word)):
        return float(word)
    instead = ""
    if likely := meant(piece):
        instead = f"{text[:start]}{likely}{text[start + len(piece) :]}".strip()
    elif not start or "," not in text:
        instead = _as_list(text)
    start += len(piece) - len(piece.lstrip())
    raise _refused(name, text, (start, start + max(1, len(word))), instead)


def _as_list(text: str) -> str:
    """Return several numbers in another notation as a list; empty if it is unknown."""
    inner = text.strip()
    if found := _TENSOR.fullmatch(inner):
        return found[1]
    inner = inner.strip("(){}[]") if inner[:1] in ("(", "{", "[") else inner
    parts = re.split(r"[,;\s]+", inner.strip())
    return f"[{', '.join(parts)}]" if len(parts) > 1 and len(inner) <= LONGEST else ""


def _refused(name: str, text: str, place: tuple[int, int], instead: str = "") -> Refused:
    quoted = text.strip() if len(text) <= _QUOTED else f"{text.strip()[:_QUOTED]}…"
    message = f"{name} = {quoted} is not allowed: it must be {WANTED}"
    return Refused(message, text, place, instead)


def _checked(name: str, value: Numbers) -> Numbers:
    numbers = Value.of(value).numbers
    if not 1 <= len(numbers) <= LONGEST_VECTOR or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{name} is not allowed: it must be {WANTED}")
    return tuple(map(float, numbers)) if isinstance(value, tuple) else float(value)


# The expression.


def read(text: str) -> tuple[str | None, ast.expr]:
    """Return the name before the `=`, if there is one, and the tree of the expression.

    Functions with a prefix and methods are read as functions. Raises `Refused` for other text.
    """
    text = mathematical(text)
    if found := _DERIVATIVE.fullmatch(text):
        raise Refused(DERIVED, text, (0, len(text)), next(filter(None, found.groups())))
    name, tree = parse_assignment(text)
    return name, Canonical().visit(tree)


def names_in(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names in an expression that need a value, in the order of the text.

    `known` are inputs: the refusal of a call of one says that it is no function. Raises `Refused`
    if the expression is not accepted with any values.
    """
    with suggesting(_check):
        return _check(text, known)


def _check(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names in the text if it is accepted with any values."""
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
    """Return the names in the tree that are neither functions nor modules, in order."""
    nodes = list(ast.walk(tree))
    others = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and module_of(node):
            others.update(map(id, ast.walk(node)))
    names = [
        node
        for node in nodes
        if isinstance(node, ast.Name) and id(node) not in others and node.id not in FUNCTIONS
    ]
    return sorted(names, key=lambda node: node.col_offset)


def _build(text: str, inputs: Iterable[str], known: Iterable[str] = ()) -> tuple[GraphPart, ...]:
    """Return the graph of `expression`, or of `name = expression`, with these inputs.

    A sub-expression that occurs twice becomes one node. A constant does not: two 2s are two numbers
    that happen to be equal, so every operation has its own.

    Raises:
        Refused: a part is not on the whitelist, a name has no value, an input is not used, or
            there are more than `MOST_NODES` nodes.
    """
    text = mathematical(text)
    name, tree = read(text)
    reader = _Reader(text, tuple(inputs), known)
    result = reader.result_name(name)
    reader.operand(tree)
    if not reader.parts or not reader.parts[-1].operation:
        raise Refused("nothing is computed here: an operation is wanted, as in 2*x", text, tree)
    for each in reader.inputs:
        if each not in reader.used:
            message = f"{each} has a value, but the expression does not use it: leave it out"
            raise Refused(message, text, (0, len(text)))
    own = _letters({*reader.inputs, result})
    made: list[GraphPart] = []
    for part in reader.parts:
        if part.operation:
            names = [made[index].name for index in part.inputs]
            formula = part.operation.write(names, part.exponent)
            if part is reader.parts[-1]:
                part = replace(part, name=result, kind="result", formula=formula)
            else:
                part = replace(part, name=next(own), formula=formula)
        made.append(part)
    return tuple(made)


class _Reader:
    """Converts trees to parts; a repeated sub-expression becomes the same part."""

    def __init__(self, text: str, inputs: tuple[str, ...], known: Iterable[str]) -> None:
        self.text = text
        self.inputs = inputs
        self.known = {*inputs, *known}
        self.parts = [GraphPart(name) for name in inputs]
        self.seen: dict[object, int] = {}
        self.used: set[str] = set()

    def operand(self, tree: ast.expr) -> int | float:
        """Return the index of the part that computes the tree; a float is a constant."""
        constant = self.constant(tree)
        if constant is not None:
            return constant
        match tree:
            case ast.Name(id=name):
                return self.input(name, tree)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.operand(operand)  # as in PyTorch, +x is x itself
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.operation(NEGATIVE, [operand], tree)
            case ast.BinOp(
                left=ast.Name(id=name),
                op=ast.Pow(),
                right=ast.Call(func=ast.Constant(value=int() as power), args=[argument]),
            ) if name in FUNCTIONS:  # sin²(x)
                power_behind = f"{name}({source(self.text, argument)})**{power}"
                reason = Reason("the power of a function stands behind its brackets", power_behind)
                raise self.refusal(reason, tree)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return self.operation(BINARY[type(op)], [left, right], tree)
            case ast.Call(func=ast.Name(id=name)):
                return self.operation(self.function(name, tree), tree.args, tree)
            case ast.Call(func=ast.Attribute() as function):
                raise self.refusal(refusal(tree, self.text), function, tree)
        raise self.refusal(refusal(tree, self.text), tree)

    def constant(self, tree: ast.expr) -> float | None:
        """Return the number that is typed here, with its sign; None for anything else."""
        match tree:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float() as value):
                if math.isinf(value):
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
        among = ", ".join(self.inputs) or "the inputs, of which there are none"
        raise Refused(f"{name} has no value: it is not among {among}", self.text, tree)

    def function(self, name: str, call: ast.Call) -> Operation:
        """Return the called function; raises `Refused` if it may not be called like that."""
        if name not in FUNCTIONS:
            raise self.refusal(unknown(call, name, self.known, self.text), call.func, call)
        if reason := misused(FUNCTIONS[name], call, self.text):
            raise self.refusal(reason, call)
        return BINARY[ast.MatMult] if name == "dot" else FUNCTIONS[name]

    def operation(self, operation: Operation, trees: list[ast.expr], tree: ast.expr) -> int:
        exponent = self.constant(trees[1]) if operation is BINARY[ast.Pow] else None
        operands = tuple(self.operand(tree) for tree in trees[: 1 if exponent is not None else 2])
        # As text, since Python considers the index 1 and the constant 1.0 equal, and 0 and −0.
        key = (operation.name, *map(repr, operands), exponent)
        if key not in self.seen:
            inputs = tuple(
                self.add(GraphPart(short(operand), "constant", operand), tree)
                if isinstance(operand, float)
                else operand
                for operand in operands
            )
            part = GraphPart("", "operation", None, operation, inputs, exponent, tree)
            self.seen[key] = self.add(part, tree)
        return self.seen[key]

    def add(self, part: GraphPart, tree: ast.expr) -> int:
        if len(self.parts) >= MOST_NODES:
            message = f"more than {MOST_NODES} nodes are not drawn: the graph is full here"
            raise Refused(message, self.text, tree)
        self.parts.append(part)
        return len(self.parts) - 1

    def result_name(self, name: str | None) -> str:
        """Return the name before the `=`; without one f, or the next free letter after it."""
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

    def refusal(self, reason: Reason, place: ast.expr, part: ast.expr | None = None) -> Refused:
        """Return the refusal at this place; the reason's fragment replaces the whole `part`."""
        instead = reason.line
        if reason.fragment:
            instead = replaced(self.text, part or place, reason.fragment)
        return Refused(reason.words, self.text, place, instead)


def _letters(taken: set[str]) -> Iterator[str]:
    """Yield a, b, c, … z, a1, b1, …, without the taken names."""
    names = (f"{letter}{number or ''}" for number in count() for letter in ascii_lowercase)
    return (name for name in names if name not in taken)
