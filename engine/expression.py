"""One line of Python, read and never run: its tree, or a refusal that points at the place."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from typing import TypeAlias

MOST_CHARACTERS = 200
"""A longer line is refused before it is read: reading time stays far below a blink."""
DEEPEST = 40
"""How deep a tree may be; Python's own limit would end the program."""

Place: TypeAlias = ast.expr | ast.stmt | tuple[int, int]
"""A part of the line: a node of its tree, or the first column and the one after the last."""


class Refused(ValueError):
    """A line cannot be taken; the message says why and what is allowed.

    `text` is the line; `start` and `end` are the columns of the place, in characters.
    """

    def __init__(self, message: str, text: str, place: Place) -> None:
        super().__init__(message)
        self.text = text
        self.start, self.end = place if isinstance(place, tuple) else _columns(text, place)

    @property
    def pointer(self) -> str:
        """The line, and under it marks below the place."""
        shown = "".join(" " if _hidden(letter) else letter for letter in self.text)
        return f"{shown}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


def parse(text: str) -> ast.expr:
    """The tree of an expression.

    Raises:
        Refused: it is no expression, or longer or deeper than anybody needs.
    """
    name, tree = parse_assignment(text)
    if name is not None:
        raise Refused("an expression stands here, without =", text, (0, text.index("=") + 1))
    return tree


def parse_assignment(text: str) -> tuple[str | None, ast.expr]:
    """The name before the `=`, None where there is none, and the tree of the expression.

    Raises:
        Refused: it is neither `name = expression` nor an expression, or longer or deeper than
            anybody needs.
    """
    _check_length(text)
    check_letters(text)
    match _statements(text):
        case [ast.Expr(value=tree)]:
            name = None
        case [ast.Assign(targets=[ast.Name(id=name)], value=tree)]:
            pass
        case []:
            raise Refused("nothing stands here; an expression is wanted", text, (0, len(text)))
        case [statement, *_]:
            raise Refused("only one expression is taken here", text, statement)
    _check_depth(text, tree)
    return name, tree


def _check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        message = f"{len(text):,} characters are too many; at most {MOST_CHARACTERS} are taken"
        raise Refused(message, text[:MOST_CHARACTERS], (MOST_CHARACTERS - 1, MOST_CHARACTERS))


def check_letters(text: str) -> None:
    """Raise `Refused` at the first letter that is not to be seen, and would upset a screen."""
    for column, letter in enumerate(text):
        if _hidden(letter):
            message = f"a control character (U+{ord(letter):04X}) cannot stand here"
            raise Refused(message, text, (column, column + 1))


def _hidden(letter: str) -> bool:
    """Whether it would move the cursor, or be taken for nothing at all."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _statements(text: str) -> list[ast.stmt]:
    line = text.strip()
    shift = text.index(line)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own would be written across the screen
            module = ast.parse(line)
    except SyntaxError as error:
        start = shift + max(0, (error.offset or 1) - 1)
        raise Refused(f"not Python: {error.msg}", text, (start, start + 1)) from None
    except (MemoryError, RecursionError, ValueError):
        raise Refused("too deeply nested to be read", text, (0, len(text))) from None
    skipped = len(text[:shift].encode())
    for node in ast.walk(module):
        if isinstance(node, ast.expr | ast.stmt):
            node.col_offset += skipped
            node.end_col_offset = (node.end_col_offset or 0) + skipped
    return module.body


def _check_depth(text: str, tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise Refused(f"nested more than {DEEPEST} deep", text, (0, len(text)))


def _columns(text: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Where the node stands, in characters: Python counts the bytes of UTF-8."""
    line = text.encode()
    end = node.end_col_offset or len(line)
    return len(line[: node.col_offset].decode()), len(line[:end].decode())
