"""One line of Python, read and never run: its tree, or a refusal that points at the place."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from engine.syntax_faults import fault

MOST_CHARACTERS = 200
"""A longer line is refused before it is read: reading time stays far below a blink."""
DEEPEST = 40
"""How deep a tree may be; Python's own limit would end the program."""

MOST_CORRECTIONS = 6
"""How many faults of one line are corrected one after the other."""

Place: TypeAlias = ast.expr | ast.stmt | tuple[int, int]
"""A part of the line: a node of its tree, or the first column and the one after the last."""


class Refused(ValueError):
    """A line cannot be taken; the message says why and what is allowed.

    `text` is the line; `start` and `end` are the columns of the place, in characters.
    """

    def __init__(
        self, message: str, text: str, place: Place, instead: str = "", hint: str = ""
    ) -> None:
        """`instead` is a line that may be accepted in place of this one; see `suggesting`.

        `hint` is added to the message where there is no such line.
        """
        super().__init__(message)
        self.instead = instead
        self.hint = hint
        self.text = text
        self.start, self.end = place if isinstance(place, tuple) else columns(text, place)

    @property
    def pointer(self) -> str:
        """The line, and under it marks below the place."""
        shown = "".join(" " if _hidden(letter) else letter for letter in self.text)
        return f"{shown}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


@contextmanager
def suggesting(accepts: Callable[[str], object]) -> Iterator[None]:
    """Complete a refusal that is raised in here: it names a line only if that line is accepted.

    `accepts` raises `Refused` for a line that is not. What such a refusal suggests in turn is
    tried as well, so that the line that is named at last is right as a whole.
    """
    try:
        yield
    except Refused as refused:
        line, refused.instead = refused.instead, ""
        for _ in range(MOST_CORRECTIONS):
            if not line:
                break
            try:
                accepts(line)
            except Refused as again:
                line = again.instead
            else:
                refused.instead = line
                break
        more = f": write {refused.instead}" if refused.instead else refused.hint
        refused.args = (f"{refused}{more}",)
        raise


def parse(text: str) -> ast.expr:
    """The tree of an expression.

    Raises:
        Refused: it is no expression, or longer or deeper than anybody needs.
    """
    name, tree = parse_assignment(text)
    if name is not None:
        sign = text.index("=") + 1
        right = text[sign:].strip()
        raise Refused("only the right side is typed here, without =", text, (0, sign), right)
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
            reason, instead = _statement(text, statement)
            raise Refused(f"only one expression is taken here{reason}", text, statement, instead)
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
        reason, instead = fault(text, error.msg, start)
        raise Refused(reason, text, (start, start + 1), instead) from None
    except (MemoryError, RecursionError, ValueError):
        raise Refused("too deeply nested to be read", text, (0, len(text))) from None
    skipped = len(text[:shift].encode())
    for node in ast.walk(module):
        if isinstance(node, ast.expr | ast.stmt):
            node.col_offset += skipped
            node.end_col_offset = (node.end_col_offset or 0) + skipped
    return module.body


def _statement(text: str, statement: ast.stmt) -> tuple[str, str]:
    """Why this statement is none, and the expression in it; empty where there is none."""

    def source(node: ast.expr) -> str:
        start, end = columns(text, node)
        return text[start:end]

    match statement:
        case ast.Import() | ast.ImportFrom():
            return ", and nothing has to be imported", ""
        case ast.AugAssign(target=target, value=value):
            sign = text[columns(text, target)[1] : columns(text, value)[0]].strip()
            changed = f"{source(target)} {sign.removesuffix('=')} {source(value)}"
            return f": {sign} changes a value, and a line only computes", changed
        case ast.Assign(targets=[ast.Subscript() as target]):
            return ", and a line changes no cell", source(target)
        case ast.Assign(value=value) | ast.Return(value=ast.expr() as value):
            return ", the right side alone", source(value)
        case ast.AnnAssign(value=ast.expr() as value):
            return ", the right side alone", source(value)
        case ast.AnnAssign(annotation=value):
            return ", without a colon", source(value)
        case ast.FunctionDef(body=[ast.Return(value=ast.expr() as value)]):
            return ", and no function is defined", source(value)
        case ast.For() | ast.While():
            return ", and no loop", ""
        case ast.Expr(value=value):
            return ", one at a time", source(value)
    return "", ""


def _check_depth(text: str, tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise Refused(f"nested more than {DEEPEST} deep", text, (0, len(text)))


def columns(text: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Where the node stands, in characters: Python counts the bytes of UTF-8."""
    line = text.encode()
    end = node.end_col_offset or len(line)
    return len(line[: node.col_offset].decode()), len(line[:end].decode())
