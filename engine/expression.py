"""Parser for an expression that a learner typed: read as Python, never executed."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

MOST_CHARACTERS = 200  # a longer line is refused before it is parsed, so that parsing stays fast
DEEPEST = 40  # the greatest depth of a tree; Python's own limit would end the program
MOST_CORRECTIONS = 6  # the most mistakes in one line that are corrected one after the other

SIGNS = str.maketrans(
    {
        **dict.fromkeys("−–—‐‑‒", "-"),
        **dict.fromkeys("×·\u0387⋅∙•∗", "*"),
        **dict.fromkeys("÷∕", "/"),
        # East Asian keyboards type letters, digits and signs in full width.
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
        **{chr(code): " " for code in range(0x2000, 0x200B)},
    }
)
"""Mathematical and typographic signs, each with the Python sign for it."""

Columns: TypeAlias = tuple[int, int]  # the first column and the one after the last, in characters
Correction: TypeAlias = tuple[str, str, Columns]
"""The corrected line, the reason and the place of the mistake."""
Place: TypeAlias = ast.expr | ast.stmt | ast.keyword | Columns
"""A part of the line: a node of its tree, or the first column and the one after the last."""


class Refused(ValueError):
    """The line cannot be accepted; the message says why and what is allowed.

    `text` is the line, `start` and `end` the columns of the place, in characters.
    """

    def __init__(
        self, message: str, text: str, place: Place, instead: str = "", hint: str = ""
    ) -> None:
        """Store the refusal; if there is no line `instead` to suggest, `hint` ends the message."""
        super().__init__(message)
        self.instead, self.hint, self.text = instead, hint, text
        self.start, self.end = place if isinstance(place, tuple) else columns(text, place)

    def pointer(self, first: int = 0, most: int | None = None) -> str:
        """Return the line from the column `first` on, and below it marks under the place."""
        shown = "".join(" " if _hidden(letter) else letter for letter in self.text[first:])[:most]
        start, end = self.start - first, self.end - first
        marks = "^" * max(1, _cells(shown[start:end]))
        return f"{shown}\n{' ' * _cells(shown[:start])}{marks}"


@contextmanager
def suggesting(accepts: Callable[[str], object]) -> Iterator[None]:
    """Complete a refusal raised in this context: it suggests a line only if that is accepted.

    `accepts` raises `Refused` for a line that is not accepted. A line that this refusal suggests is
    tried next, so several mistakes in one line are corrected together.
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
    """Return the tree of an expression; raises `Refused` if it is none, too long or too deep."""
    name, tree = parse_assignment(text)
    if name is not None:
        sign = text.index("=") + 1
        right = text[sign:].strip()
        raise Refused("only the right side is typed here, without =", text, (0, sign), right)
    return tree


def parse_assignment(text: str) -> tuple[str | None, ast.expr]:
    """Return the name before the `=` (None if there is none) and the tree of the expression.

    Raises `Refused` for any other statement, and for a line that is too long or too deeply nested.
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
    """Raise `Refused` at the first invisible character, which could disturb the screen."""
    for column, letter in enumerate(text):
        if _hidden(letter):
            message = f"a control character (U+{ord(letter):04X}) cannot stand here"
            raise Refused(message, text, (column, column + 1))


def _cells(text: str) -> int:
    """Return the width of the text in cells: 2 for a wide letter, 0 for a combining one."""
    marks = sum(unicodedata.category(letter) in ("Mn", "Me") for letter in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(each) in "WF" for each in text)


def _hidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _python(line: str) -> list[ast.stmt]:
    if _LETTERS.search(line.partition("#")[0]):
        raise SyntaxError("invalid syntax")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python would print its warnings across the screen
        return ast.parse(line).body


def _statements(text: str) -> list[ast.stmt]:
    line = text.strip()
    shift = text.index(line)
    try:
        body = _python(line)
    except SyntaxError:
        reason, place, instead = fault(text)
        raise Refused(reason, text, place, instead) from None
    except (MemoryError, RecursionError, ValueError):
        raise Refused("too deeply nested to be read", text, (0, len(text))) from None
    skipped = len(text[:shift].encode())
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.expr | ast.stmt | ast.keyword):
            node.col_offset += skipped
            node.end_col_offset = (node.end_col_offset or 0) + skipped
    return body


def _statement(text: str, statement: ast.stmt) -> tuple[str, str]:
    """Return why this is no expression, and the expression in it; empty if there is none."""
    if _PROMPT.match(text):
        return ", without the prompt", _PROMPT.sub("", text).strip()
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
    word = text.split()[0]
    return (f", and {word} is a statement" if keyword.iskeyword(word) else ""), ""


def _check_depth(text: str, tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise Refused(f"nested more than {DEEPEST} deep", text, (0, len(text)))


def columns(text: str, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
    """Return the place of the node in characters: Python counts the bytes of UTF-8."""
    line = text.encode()
    end = node.end_col_offset or len(line)
    return len(line[: node.col_offset].decode()), len(line[:end].decode())


def dotted(node: ast.expr) -> list[str]:
    """Return the names in `torch.nn.relu`, first to last; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


OPERATORS: Mapping[str, type[ast.operator]] = {
    "add": ast.Add,
    **dict.fromkeys(("sub", "subtract"), ast.Sub),
    **dict.fromkeys(("mul", "multiply"), ast.Mult),
    **dict.fromkeys(("div", "divide", "true_divide"), ast.Div),
    "pow": ast.Pow,
    "matmul": ast.MatMult,
}
"""PyTorch functions and methods that are equivalent to an operator."""

# Replacing a part of the line, for a suggestion.

_WHOLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)


def source(text: str, node: ast.expr | ast.keyword) -> str:
    """Return the part of `text` that was typed for this node of its tree."""
    start, end = columns(text, node)
    return text[start:end]


def factor(fragment: str) -> str:
    """Return the fragment for use beside any operator or before a dot, in parentheses if needed.

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
    """Return the line with this node replaced, in parentheses if it has neighbours."""
    start, end = columns(text, node)
    before, after = text[:start].rstrip(), text[end:].lstrip()
    alone = before[-1:] in ("", "(", "[", ",", "=") and after[:1] in ("", ")", "]", ",")
    return f"{text[:start]}{fragment if alone else factor(fragment)}{text[end:]}".strip()


_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


def decimal_point(fragment: str) -> str:
    """Return the fragment with `1.5` instead of `1,5`; empty if it has no such number."""
    changed = _DECIMAL_COMMA.sub(".", fragment)
    return changed if changed != fragment else ""


# Correcting a line that Python cannot parse.


def mathematical(text: str) -> str:
    """Return the text with mathematical signs and powers replaced by those of Python.

    >>> mathematical("2·x² − y")
    '2*x**2 - y'
    """
    return _POWER.sub(_power, text.translate(SIGNS))


def parses(text: str) -> bool:
    """Whether Python parses the text as one expression, or as `name = expression`."""
    try:
        body = _python(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    match body:
        case [ast.Expr()] | [ast.Assign(targets=[ast.Name()])]:
            return True
    return False


def fault(text: str) -> tuple[str, Columns, str]:
    """Return the error in a line that Python cannot parse, its place, and the corrected line or
    ''."""
    first: Correction | None = None
    line = text
    for correct in _CORRECTIONS:
        if found := correct(line):
            line, first = found[0], first or found
            if parses(line):
                return first[1], first[2], line.strip()
    return *_words(text.translate(SIGNS)), ""  # a known sign is not the error; same length


def _words(line: str) -> tuple[str, Columns]:
    """Return the error in a line that cannot be corrected, and its place."""
    if quotes := _QUOTES.search(line):
        return "a quotation mark stands here, and no text is used", quotes.span()
    if (column := _foreign(line)) is not None:
        return f"the sign {line[column]} is not taken here", (column, column + 1)
    if unbalanced := _balanced(line):
        return unbalanced[1:]
    for word in re.finditer(r"\w+", line):
        if keyword.iskeyword(word[0]) and word[0] not in _OPERATOR_WORDS:
            reason = f"{word[0]} is a word of Python: it cannot stand here, nor be a name"
            return reason, word.span()
    message, column = "invalid syntax", len(line)
    try:
        _python(line.strip())
    except SyntaxError as error:
        indent = len(line) - len(line.lstrip())
        message, column = error.msg, indent + max(0, (error.offset or 1) - 1)
    place, before, after = (column, column + 1), line[:column].rstrip(), line[column:]
    number = "decimal literal" in message and after[:1] != "_"
    if "invalid syntax" not in message and not number:
        return f"not Python: {message}", place
    if not after.strip():
        return f"something is missing at the end ({message})", place
    if number or (before[-1:].isalnum() and after[0].isalnum()):
        return f"a sign is missing: 2 times x is 2*x ({message})", place
    return f"{after[0]} cannot stand here ({message})", place


def _foreign(line: str) -> int | None:
    """Return the column of the first character that no Python expression contains, or None."""
    in_name = False
    for column, letter in enumerate(line.partition("#")[0]):
        in_name = letter.isidentifier() or (in_name and f"a{letter}".isidentifier())
        if letter == "\\" or not (in_name or letter.isascii() or letter.isspace()):
            return column
    return None


_OPERATOR_WORDS = ("and", "or", "not", "in", "is", "True", "False", "None")
_LETTERS = re.compile("[·\u0387ᵀ]")
"""Mathematical signs that Python accepts in names: it reads `x·y` as one name."""
_QUOTES = re.compile("[\"'“”„‘’]")
_POWER = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.|In ?\[\d*\]:)\s*")
_OTHER_SIGNS = {
    **dict.fromkeys(("≤", "=<"), "<="),
    **dict.fromkeys(("≥", "=>"), ">="),
    **dict.fromkeys(("≠", "<>"), "!="),
    "&&": "&",
    "||": "|",
    "∑": "torch.sum",  # Python's own sum adds up the rows of a matrix
    "Σ(": "torch.sum(",
    "∏": "torch.prod",
    "ᵀ": ".T",
}
_OPENING = {")": "(", "]": "[", "}": "{"}
_CLOSING = {opening: closing for closing, opening in _OPENING.items()}
_FUNCTIONS = (
    "exp|ln|log|log2|log10|log1p|sqrt|square|sin|cos|tan|tanh|sigmoid|relu|softplus|abs|sum|mean|"
    "prod|max|min|len|print"
)


def _power(found: re.Match[str]) -> str:
    return f"**{found[0].translate(_DIGITS)}"


def _right_side(text: str) -> Correction | None:
    """Return the text after the last `=`, `:=` or arrow, except in a comparison or an argument."""
    found = re.fullmatch(r"[^=]*?(?<![<>!=])(?::=|=|←|→|<-)(?!=)\s*(.+)", text)
    if not found or text[: found.start(1)].count("(") != text[: found.start(1)].count(")"):
        return None
    reason = "only the right side is typed here, without what stands before it"
    return found[1], reason, _stripped(text, (0, found.start(1)))


def _balanced(text: str) -> Correction | None:
    """Return the text with all brackets matched, and the first bracket without a partner."""
    opened: list[tuple[int, str]] = []
    kept, faults = "", []
    for column, letter in enumerate(text):
        if letter in _CLOSING:
            opened.append((column, letter))
        elif letter in _OPENING:
            if not opened or opened[-1][1] != _OPENING[letter]:
                kind = "of another kind" if opened else "that was never opened"
                faults.append((f"{letter} closes a bracket {kind}", (column, column + 1)))
                continue
            opened.pop()
        kept += letter
    faults += [(f"{each} is never closed", (column, column + 1)) for column, each in opened[::-1]]
    if not faults:
        return None
    return kept + "".join(_CLOSING[each] for _, each in reversed(opened)), *faults[0]


def _rule(
    pattern: str, replacement: str | Callable[[re.Match[str]], str], reason: str
) -> Callable[[str], Correction | None]:
    """Return a correction that replaces every match of a pattern; `{sign}` is the first match."""
    compiled = re.compile(pattern)

    def correct(text: str) -> Correction | None:
        if found := compiled.search(text):
            place = _stripped(text, found.span())
            sign = text[slice(*place)]
            return compiled.sub(replacement, text), reason.replace("{sign}", sign), place
        return None

    return correct


def _stripped(text: str, place: Columns) -> Columns:
    """Return the place without the spaces at its ends."""
    part = text[slice(*place)]
    start = place[0] + len(part) - len(part.lstrip())
    return start, start + max(1, len(part.strip()))


_NO_SIGN = "{sign} is not a sign of Python"
_NO_PRODUCT = "a sign is missing: a product is written with *"
_NO_CHANGE = "{sign} changes a value, and a line only computes"
_CORRECTIONS: tuple[Callable[[str], Correction | None], ...] = (
    _rule(_PROMPT.pattern, "", "the prompt is not a part of the line"),
    _rule("|".join(map(re.escape, _OTHER_SIGNS)), lambda sign: _OTHER_SIGNS[sign[0]], _NO_SIGN),
    _rule(r"(\*\*|//|[-+*/@%])\s+=(?!=)", r"\1", _NO_CHANGE),
    _rule(r"([-+])\1\s*$", r" \1 1", _NO_CHANGE),
    _right_side,
    _rule(
        f"[{re.escape(''.join(map(chr, SIGNS)))}]",
        lambda sign: sign[0].translate(SIGNS),
        _NO_SIGN,
    ),
    _rule(_POWER.pattern, _power, _NO_SIGN),
    _rule(
        r"√\s*([\w.]+|\((?:[^()]|\([^()]*\))*\))",
        lambda root: f"sqrt({root[1].removeprefix('(').removesuffix(')')})",
        "√ is not a sign of Python",
    ),
    _rule(r"\|([^|]+)\|", r"abs(\1)", "|…| is not a sign of Python"),
    _balanced,
    _rule(
        r"(?<![\w.])(\d+\.?\d*)\s*%(?=\s*(?:$|[)*/+\-,]))",
        lambda share: f"{float(share[1]) / 100:.12g}",
        "a percentage is written as a number",
    ),
    _rule(r"(?<![\w.])0+(?=\d)", "", "a whole number has no 0 in front"),
    _rule(rf"\b({_FUNCTIONS})\s+([\w.]+)", r"\1(\2)", "a function has its input in brackets"),
    _rule(
        r"[\[(][^()\[\]]*\d\s+\d[^()\[\]]*[\])]",
        lambda part: re.sub(r"(\d)\s+(?=\d)", r"\1, ", part[0]),
        "a comma is missing between two numbers",
    ),
    _rule(
        r"(\w+\s*(?:\*\*|\^)\s*\d+)\.(?=[a-z_]+\b)",
        r"(\1).",
        "the point belongs to the number before it: the power is put in brackets",
    ),
    # Two factors side by side: `2x`, `2 x`, `x y`, `(x)y`.
    _rule(
        r"(?<![\w.])(\d+\.?\d*|\.\d+)(?=[^\W\d_])(?![eE][+-]?\d|[jJ]\b|0?[xXbBoO][\da-fA-F])",
        r"\1*",
        _NO_PRODUCT,
    ),
    _rule(r"(?<![\w.])(\d+\.?\d*|\.\d+)\s+(?=[\w(])", r"\1*", _NO_PRODUCT),
    _rule(
        r"(\b(?!and\b|or\b|not\b|if\b|else\b|in\b|is\b|lambda\b|for\b)\w+|\))\s+(?=\w|\()",
        r"\1*",
        _NO_PRODUCT,
    ),
    _rule(r"(\))(?=\w)", r"\1*", _NO_PRODUCT),
)
"""Corrections of a line that Python cannot parse, tried in this order."""
