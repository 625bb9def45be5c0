"""The names that a value may have, and how an expression is read; knows no graph."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata

from engine.expression import mathematical, parse_assignment
from engine.graph.operations import FUNCTIONS
from engine.graph.spelling import NOT_NAMES, canonical

LONGEST_NAME = 12
RESERVED = ("expression", "requires_grad", "gradient")
"""What a command line calls something that is not an input."""

_NAME = re.compile(r"[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9]*")


def typed(text: str) -> str:
    """The text with the signs of a page of mathematics as Python writes them."""
    return mathematical(text)


def read(text: str) -> tuple[str | None, ast.expr]:
    """The name before the `=`, None where there is none, and the tree of the expression.

    Functions with a prefix and methods are read as the functions that they are.

    Raises:
        Refused: the text is no expression.
    """
    name, tree = parse_assignment(typed(text))
    return name, canonical(tree)


def checked_name(name: str) -> str:
    """The name as Python reads it; raises `ValueError` unless a value may have it."""
    name = unicodedata.normalize("NFKC", name)  # as ast does: ϵ becomes ε
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        raise ValueError(
            f"the name {shown!r} is not allowed: at most {LONGEST_NAME} letters (Latin or "
            "Greek), digits and _, no digit in front"
        )
    if name in FUNCTIONS:
        raise ValueError(f"the name {name} is taken: it is a function")
    if name in RESERVED:
        raise ValueError(f"the name {name} is taken: it is a setting")
    if name in NOT_NAMES:
        raise ValueError(f"the name {name} is taken: it is a module of Python")
    if keyword.iskeyword(name):
        raise ValueError(f"the name {name} is taken: it is a word of Python")
    return name
