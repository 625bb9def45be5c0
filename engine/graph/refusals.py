"""Why a part of an expression is not taken, and what to write instead; knows no graph."""

from __future__ import annotations

import ast

from engine.config import nearest
from engine.graph.operations import ALLOWED, FUNCTIONS, Operation
from engine.graph.values import listed

_MODULES = ("torch", "F", "math", "np", "numpy")
_WORDS: dict[type[ast.AST], str] = {
    ast.Subscript: "an input is used whole, without […]",
    ast.Lambda: "a lambda cannot stand here",
    ast.Compare: "a comparison cannot stand here",
    ast.BoolOp: "and, or cannot stand here",
    ast.IfExp: "if cannot stand here: a graph has no branches",
    ast.List: "a list cannot stand here: give it to an input, such as x = [1, 2, 3]",
    ast.Tuple: "one result is wanted, without a comma",
    ast.NamedExpr: ":= cannot stand here: the result's name stands in front, with =",
    ast.Starred: "a star cannot stand in front of an input",
    ast.JoinedStr: "text cannot stand here",
    ast.BitXor: "^ is no power in Python: write **",
    ast.FloorDiv: "// is not taken: it has no gradient",
}


def refusal(tree: ast.expr) -> str:
    """Why this part is not taken, and what is."""
    match tree:
        case ast.Attribute(attr=name, value=ast.Name(id=module)) if module in _MODULES:
            if name in FUNCTIONS:
                return f"write {example(FUNCTIONS[name])}, without {module}."
            reason = f"there is no {module} here"
        case ast.Attribute(attr=name) if name in FUNCTIONS:
            return f"write {example(FUNCTIONS[name])}, without a dot"
        case ast.Attribute():
            reason = "nothing is taken out of a value with a dot"
        case ast.Constant(value=str() | bytes()):
            reason = "text cannot stand here"
        case ast.Constant(value=complex()):
            reason = "a complex number cannot stand here"
        case ast.Constant(value=bool() | None as value):
            reason = f"{value} is no number here"
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            reason = _WORDS.get(type(op), "this sign is not taken")
        case ast.Call():
            reason = "only a function can be called; for a product write *"
        case _:
            reason = _WORDS.get(type(tree), "this cannot stand here")
    return f"{reason}. Allowed are {ALLOWED}"


def unknown(name: str, bound: tuple[str, ...]) -> str:
    """Why `name(…)` is not taken."""
    if name in bound:
        return f"{name} is an input, no function; for a product write {name} * (…)"
    return f"there is no function {name}; {nearest(name, FUNCTIONS)}"


def miscounted(function: Operation, given: int) -> str:
    """Why a function is not taken with so many inputs."""
    message = f"{function.name} takes {function.arity}, as in {example(function)}, not {given}"
    if function.name in ("max", "min") and given == 2:
        message += f"; of two, {example(FUNCTIONS[function.name + 'imum'])} takes the "
        message += "larger" if function.name == "max" else "smaller"
    return message


def unbound(name: str, bound: tuple[str, ...]) -> str:
    """Why a name stands for nothing."""
    among = listed(bound, nothing="the inputs, of which there are none")
    return f"{name} has no value: it is not among {among}"


def example(function: Operation) -> str:
    """How a function is typed."""
    return function.write(["x", "y"][: function.arity])
