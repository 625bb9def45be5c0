"""A typed line with a part of it replaced by other text: what a refusal suggests; runs nothing."""

from __future__ import annotations

import ast

from engine.expression import columns
from engine.syntax_faults import parses

_WHOLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)


def source(text: str, node: ast.expr) -> str:
    """What was typed for this node of the tree of `text`."""
    start, end = columns(text, node)
    return text[start:end]


def factor(fragment: str) -> str:
    """The fragment as it may stand beside any operator, and before a dot: in brackets if need be.

    >>> factor("x"), factor("x + 1"), factor("-2")
    ('x', '(x + 1)', '(-2)')
    """
    if not parses(fragment):
        return fragment
    match ast.parse(fragment.strip()).body:
        case [ast.Expr(value=ast.Tuple())] if not fragment.strip().startswith("("):
            return f"({fragment})"
        case [ast.Expr(value=node)] if isinstance(node, _WHOLE):
            return fragment
        case [ast.Expr(value=ast.Constant(value=value))] if not isinstance(value, str):
            return fragment
    return f"({fragment})"


def replaced(text: str, node: ast.expr, fragment: str) -> str:
    """The line with this node replaced, in brackets where it has neighbours."""
    start, end = columns(text, node)
    before, after = text[:start].rstrip(), text[end:].lstrip()
    alone = before[-1:] in ("", "(", "[", ",", "=") and after[:1] in ("", ")", "]", ",")
    return f"{text[:start]}{fragment if alone else factor(fragment)}{text[end:]}".strip()
