"""A line that a learner typed: read as Python and never run, or refused with place and advice."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

MOST_CHARACTERS = 200
"""A longer line is refused before it is parsed, so that parsing stays fast."""
DEEPEST = 40
"""How deep a tree may be; Python's own limit would end the program."""
MOST_CORRECTIONS = 6
"""How many mistakes in one line are corrected one after the other."""

SIGNS = str.maketrans(
    {
        **dict.fromkeys("−–—‐‑‒", "-"),
        **dict.fromkeys("×·⋅∙•∗", "*"),
        **dict.fromkeys("÷∕", "/"),
        # A Chinese or Japanese keyboard types letters, digits and signs in their full width.
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        "\u3000": " ",
        "\u00a0": " ",
    }
)
"""Signs of mathematics and of other keyboards, each with Python's sign for it."""

Place: TypeAlias = ast.expr | ast.stmt | tuple[int, int]
"""A part of the line: a node of its tree, or the first column and the one after the last."""


class Refused(ValueError):
    """A line cannot be accepted; the message says why and what is allowed.

    `text` is the line; `start` and `end` are the columns of the place, in characters.
    """

    def __init__(
        self, message: str, text: str, place: Place, instead: str = "", hint: str = ""
    ) -> None:
        """`instead` is a line that may be accepted in place of this one; see `suggesting`.

        `hint` is added to the message where there is no such line.
        """
        super().__init__(message)
        self.instead, self.hint, self.text = instead, hint, text
        self.start, self.end = place if isinstance(place, tuple) else columns(text, place)

    @property
    def pointer(self) -> str:
        """The line, and under it marks below the place."""
        shown = "".join(" " if _hidden(letter) else letter for letter in self.text)
        return f"{shown}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


@contextmanager
def suggesting(accepts: Callable[[str], object]) -> Iterator[None]:
    """Complete a refusal raised in this context: it suggests a line only if that is accepted.

    `accepts` raises `Refused` for a line that is not accepted. A line suggested by that refusal
    is tried in turn, so several mistakes in one line are corrected together.
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
        Refused: it is not an expression, or it is too long or too deeply nested.
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
        Refused: it is neither `name = expression` nor an expression, or it is too long or too
            deeply nested.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"{len(text):,} characters are too many; at most {MOST_CHARACTERS} are taken"
        raise Refused(message, text[:MOST_CHARACTERS], (MOST_CHARACTERS - 1, MOST_CHARACTERS))
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


def check_letters(text: str) -> None:
    """Raise `Refused` at the first invisible character: it could upset the screen."""
    for column, letter in enumerate(text):
        if _hidden(letter):
            message = f"a control character (U+{ord(letter):04X}) cannot stand here"
            raise Refused(message, text, (column, column + 1))


def _hidden(letter: str) -> bool:
    """Whether a terminal would obey it or show nothing."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _python(line: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's own would be written across the screen
        return ast.parse(line).body


def _statements(text: str) -> list[ast.stmt]:
    line = text.strip()
    shift = text.index(line)
    try:
        body = _python(line)
    except SyntaxError as error:
        start = shift + max(0, (error.offset or 1) - 1)
        if "line continuation" in error.msg:  # it points at what stands behind the backslash
            start = max(0, text.rfind("\\", 0, start + 1))
        reason, instead = fault(text, error.msg, start)
        raise Refused(reason, text, (start, start + 1), instead) from None
    except (MemoryError, RecursionError, ValueError):
        raise Refused("too deeply nested to be read", text, (0, len(text))) from None
    skipped = len(text[:shift].encode())
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.expr | ast.stmt):
            node.col_offset += skipped
            node.end_col_offset = (node.end_col_offset or 0) + skipped
    return body


def _statement(text: str, statement: ast.stmt) -> tuple[str, str]:
    """Why this is not an expression, and the expression in it; empty where there is none."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return ", and nothing has to be imported", ""
        case ast.AugAssign(target=target, value=value):
            sign = text[columns(text, target)[1] : columns(text, value)[0]].strip()
            changed = f"{source(text, target)} {sign.removesuffix('=')} {source(text, value)}"
            return f": {sign} changes a value, and a line only computes", changed
        case ast.Assign(targets=[ast.Subscript() as target]):
            return ", and a line changes no cell", source(text, target)
        case ast.Assign(value=value) | ast.Return(value=ast.expr() as value):
            return ", the right side alone", source(text, value)
        case ast.AnnAssign(value=ast.expr() as value):
            return ", the right side alone", source(text, value)
        case ast.AnnAssign(annotation=value):
            return ", without a colon", source(text, value)
        case ast.FunctionDef(body=[ast.Return(value=ast.expr() as value)]):
            return ", and no function is defined", source(text, value)
        case ast.For() | ast.While():
            return ", and no loop", ""
        case ast.Expr(value=value):
            return ", one at a time", source(text, value)
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


# Replacing a part of the line, for a suggestion.

_WHOLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)


def source(text: str, node: ast.expr) -> str:
    """What was typed for this node of the tree of `text`."""
    start, end = columns(text, node)
    return text[start:end]


def factor(fragment: str) -> str:
    """The fragment as it may stand beside any operator or before a dot, in brackets if needed.

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


# Correcting a line that Python cannot parse.


def mathematical(text: str) -> str:
    """The text with the signs and the powers of mathematics as Python writes them.

    >>> mathematical("2·x² − y")
    '2*x**2 - y'
    """
    return _POWER.sub(lambda power: "**" + power[0].translate(_DIGITS), text.translate(SIGNS))


def parses(text: str) -> bool:
    """Whether Python reads the text as one expression, or as `name = expression`."""
    try:
        body = _python(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    match body:
        case [ast.Expr()] | [ast.Assign(targets=[ast.Name()])]:
            return True
    return False


def fault(text: str, message: str, column: int) -> tuple[str, str]:
    """What is wrong with the line, in words, and the corrected line; empty where none is known.

    `message` is Python's own, about what stands at `column`, counted from 0.
    """
    found, line = "", text
    for change, words in _CORRECTIONS:
        changed = change(line)
        if changed != line:
            sign = next((old for old, new in zip(line, changed, strict=False) if old != new), "")
            found = found or words.replace("{sign}", sign) or _balanced(text)[1]
            line = changed
            if parses(line):
                return found, line.strip()
    return _words(text, message, column), ""


def _words(text: str, message: str, column: int) -> str:
    """What Python's message means, where that is known."""
    before, after = text[:column].rstrip(), text[column:]
    if "string literal" in message or any(quote in text for quote in "“”„‘’"):
        return "a quotation mark stands here, and no text is used"
    if brackets := _balanced(text)[1]:
        return brackets
    if "invalid character" in message or "unexpected character after line" in message:
        return f"the sign {text[column : column + 1]} is not taken here"
    word = next((w for w in re.findall(r"\w+", text) if keyword.iskeyword(w)), "")
    if word and word not in ("and", "or", "not", "in", "is", "True", "False", "None"):
        return f"{word} is a word of Python: it cannot stand here, nor be a name"
    if "invalid syntax" not in message and "decimal" not in message:
        return f"not Python: {message}"
    if not after.strip():
        return f"something is missing at the end ({message})"
    if "decimal" in message or (before[-1:].isalnum() and after[0].isalnum()):
        return f"a sign is missing: 2 times x is 2*x ({message})"
    return f"{after[0]} cannot stand here ({message})"


_POWER = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.|In \[\d*\]:)\s*")
_OPENING = {")": "(", "]": "[", "}": "{"}
_CLOSING = {opening: closing for closing, opening in _OPENING.items()}
_PRODUCTS = (
    re.compile(
        r"(?<![\w.])(\d+\.?\d*|\.\d+)(?=[^\W\d_])(?![eE][+-]?\d|[jJ]\b|0?[xXbBoO][\da-fA-F])"
    ),
    re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)\s+(?=[\w(])"),
    re.compile(r"(\b(?!and\b|or\b|not\b|if\b|else\b|in\b|is\b|lambda\b|for\b)\w+|\))\s+(?=\w|\()"),
    re.compile(r"(\))(?=\w)"),
)
"""Two factors side by side: `2x`, `2 x`, `x y`, `(x)y`."""
_ROOT = re.compile(r"√\s*([\w.]+|\((?:[^()]|\([^()]*\))*\))")
_BARS = re.compile(r"\|([^|]+)\|")
_PERCENT = re.compile(r"(?<![\w.])(\d+\.?\d*)\s*%(?=\s*(?:$|[)*/+\-,]))")
_APPLIED = re.compile(r"\b(exp|log|sqrt|sin|cos|tanh|sigmoid|relu|abs|sum|mean)\s+([\w.]+)")
_OTHER_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "∑": "sum", "Σ(": "sum(", "∏": "prod"}
_OTHER = re.compile("|".join(map(re.escape, _OTHER_SIGNS)))


def _right_side(text: str) -> str:
    """What stands behind the last `=`, `:=` or arrow, unless it is a comparison or an argument."""
    found = re.fullmatch(r"[^=]*?(?<![<>!=])(?::=|=|←|→|<-)(?!=)\s*(.+)", text)
    if not found or text[: found.start(1)].count("(") != text[: found.start(1)].count(")"):
        return text
    return found[1]


def _multiplied(text: str) -> str:
    for product in _PRODUCTS:
        text = product.sub(r"\1*", text)
    return text


def _balanced(text: str) -> tuple[str, str]:
    """The text with every bracket matched, and the first bracket without a partner, in words."""
    open_ones: list[str] = []
    kept, words = "", ""
    for letter in text:
        if letter in _CLOSING:
            open_ones.append(letter)
        elif letter in _OPENING:
            if not open_ones or open_ones[-1] != _OPENING[letter]:
                kind = "of another kind" if open_ones else "that was never opened"
                words = words or f"{letter} closes a bracket {kind}"
                continue
            open_ones.pop()
        kept += letter
    if open_ones:
        words = words or f"{open_ones[-1]} is never closed"
    return kept + "".join(_CLOSING[opening] for opening in reversed(open_ones)), words


_CORRECTIONS: tuple[tuple[Callable[[str], str], str], ...] = (
    (partial(_PROMPT.sub, ""), "the prompt is not a part of the line"),
    (_right_side, "only the right side is typed here, without what stands before ="),
    (mathematical, "{sign} is not a sign of Python"),
    (
        partial(_ROOT.sub, lambda root: f"sqrt({root[1].removeprefix('(').removesuffix(')')})"),
        "√ is not a sign of Python",
    ),
    (partial(_BARS.sub, r"abs(\1)"), "|…| is not a sign of Python"),
    (
        partial(
            re.compile("|".join(map(re.escape, _OTHER_SIGNS))).sub, lambda m: _OTHER_SIGNS[m[0]]
        ),
        "{sign} is not a sign of Python",
    ),
    (lambda text: _balanced(text)[0], ""),
    (
        partial(_PERCENT.sub, lambda share: f"{float(share[1]) / 100:.12g}"),
        "a percentage is written as a number",
    ),
    (partial(_APPLIED.sub, r"\1(\2)"), "a function has its input in brackets"),
    (_multiplied, "a sign is missing: a product is written with *"),
)
"""What to try on a line that Python cannot parse, each with the reason to give."""
