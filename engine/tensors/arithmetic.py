"""Arithmetic on plain numbers that cannot freeze or grow without end; knows no tensor."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Number: TypeAlias = int | float

OPERATORS: Mapping[type[ast.AST], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
}
COMPARISONS: Mapping[type[ast.AST], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
SIGNS: Mapping[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}

LARGEST = 2**63 - 1
"""The largest whole number that a tensor of int64 holds."""


def calculate(kind: type[ast.AST], left: Number, right: Number) -> Number:
    """What `left kind right` is.

    Raises:
        ValueError: there is no such number, or none that a tensor could hold; the message says
            why. A power that would fill the memory is refused before it is made.
    """
    symbol, function = OPERATORS[kind]
    if kind is ast.Pow and _too_large(left, right):
        raise ValueError(f"{left} ** {right} is larger than any number that fits in 64 bits")
    try:
        return checked(function(left, right))
    except ZeroDivisionError:
        raise ValueError("these are plain numbers, and Python does not divide by 0") from None
    except OverflowError:
        raise ValueError(f"{left} {symbol} {right} is larger than any float") from None
    except TypeError:
        raise ValueError(f"{left} {symbol} {right} is not defined for plain numbers") from None


def checked(value: object) -> Number:
    """The value where it is a number that a tensor can hold.

    Raises:
        ValueError: it is complex, or a whole number that needs more than 64 bits.
    """
    if not isinstance(value, int | float):
        raise ValueError("the result is no real number")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError(f"whole numbers reach from −{LARGEST:,} to {LARGEST:,}: 64 bits")
    return value


def _too_large(base: Number, exponent: Number) -> bool:
    """Whether a power of whole numbers has more than 64 bits, from their lengths alone."""
    if not (isinstance(base, int) and isinstance(exponent, int)) or exponent < 0:
        return False
    return (abs(base).bit_length() - 1) * exponent > 63
