"""The names that a value may have, and those that an expression wants; knows no graph."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata

from engine.expression import Refused, parse_assignment
from engine.graph.operations import FUNCTIONS

LONGEST_NAME = 12
RESERVED = ("expression", "requires_grad", "gradient")
"""What a command line calls something that is not an input."""

_NAME = re.compile(r"[A-Za-zΑ-Ωα-ω_][A-Za-zΑ-Ωα-ω_0-9]*")
_TYPED = str.maketrans("−·×÷", "-**/")


def typed(text: str) -> str:
    """The text with the signs of a page of mathematics as Python writes them."""
    return text.translate(_TYPED)


def read(text: str) -> tuple[str | None, ast.expr]:
    """The name before the `=`, None where there is none, and the tree of the expression.

    Raises:
        Refused: the text is no expression; Python's words are put so that they help.
    """
    try:
        return parse_assignment(typed(text))
    except Refused as refused:
        raise Refused(_kinder(refused), refused.text, (refused.start, refused.end)) from None


def _kinder(refused: Refused) -> str:
    """What is most likely meant where Python calls something invalid."""
    words = str(refused)
    if "invalid syntax" not in words and "invalid decimal" not in words:
        return words
    before, after = refused.text[: refused.start].rstrip(), refused.text[refused.start :]
    if not after.strip():
        return f"something is missing at the end ({words})"
    if "decimal" in words or (before[-1:].isalnum() and after[0].isalnum()):
        return f"a sign is missing: 2 times x is 2*x ({words})"
    return words


def names_in(text: str) -> tuple[str, ...]:
    """The names in an expression that want a value, in the order in which they stand there.

    Raises:
        Refused: the text is no expression.
    """
    _, tree = read(text)
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    names.sort(key=lambda name: name.col_offset)
    return tuple(dict.fromkeys(name.id for name in names if name.id not in FUNCTIONS))


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
    if keyword.iskeyword(name):
        raise ValueError(f"the name {name} is taken: it is a word of Python")
    return name
