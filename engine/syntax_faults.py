"""Why Python cannot parse a typed line, in plain words, and the corrected line; runs nothing."""

from __future__ import annotations

import ast
import keyword
import re
import warnings

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
"""The signs of mathematics and of other keyboards, each with the one that Python has for it."""

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


def mathematical(text: str) -> str:
    """The text with the signs and the powers of a page of mathematics as Python writes them.

    >>> mathematical("2·x² − y")
    '2*x**2 - y'
    """
    return _POWER.sub(lambda power: "**" + power[0].translate(_DIGITS), text.translate(SIGNS))


def parses(text: str) -> bool:
    """Whether Python reads the text as one expression, or as `name = expression`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own would be written across the screen
            body = ast.parse(text.strip()).body
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
    for change, words in (
        (_without_prompt, "the prompt is not a part of the line"),
        (_right_side, "only the right side is typed here, without what stands before ="),
        (mathematical, "{sign} is not a sign of Python"),
        (_root, "√ is not a sign of Python"),
        (_bars, "|…| is not a sign of Python"),
        (_other_signs, "{sign} is not a sign of Python"),
        (_closed, ""),
        (_percent, "a percentage is written as a number"),
        (_applied, "a function has its input in brackets"),
        (_multiplied, "a sign is missing: a product is written with *"),
    ):
        changed = change(line)
        if changed != line:
            sign = next((old for old, new in zip(line, changed, strict=False) if old != new), "")
            found = found or words.replace("{sign}", sign) or _brackets(text)
            line = changed
            if parses(line):
                return found, line.strip()
    return _words(text, message, column), ""


def _words(text: str, message: str, column: int) -> str:
    """What Python's message means, where that is known."""
    before, after = text[:column].rstrip(), text[column:]
    brackets = _brackets(text)
    if "string literal" in message or any(quote in text for quote in "“”„‘’"):
        return "a quotation mark stands here, and no text is used"
    if brackets:
        return brackets
    if "invalid character" in message or "unexpected character after line" in message:
        sign = "\\" if "line continuation" in message else text[column : column + 1]
        return f"the sign {sign} is not taken here"
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


def _without_prompt(text: str) -> str:
    return _PROMPT.sub("", text)


def _right_side(text: str) -> str:
    """What stands behind the last `=`, `:=` or arrow, if it is no comparison and no argument."""
    found = re.fullmatch(r"[^=]*?(?<![<>!=])(?::=|=|←|→|<-)(?!=)\s*(.+)", text)
    if not found or text[: found.start(1)].count("(") != text[: found.start(1)].count(")"):
        return text
    return found[1]


def _root(text: str) -> str:
    return _ROOT.sub(lambda root: f"sqrt({root[1].removeprefix('(').removesuffix(')')})", text)


def _bars(text: str) -> str:
    return _BARS.sub(r"abs(\1)", text)


def _other_signs(text: str) -> str:
    for sign, word in _OTHER_SIGNS.items():
        text = text.replace(sign, word)
    return text


def _percent(text: str) -> str:
    return _PERCENT.sub(lambda share: f"{float(share[1]) / 100:.12g}", text)


def _applied(text: str) -> str:
    return _APPLIED.sub(r"\1(\2)", text)


def _multiplied(text: str) -> str:
    for product in _PRODUCTS:
        text = product.sub(r"\1*", text)
    return text


def _closed(text: str) -> str:
    """With every bracket closed at the end, and without those that close nothing."""
    open_ones: list[str] = []
    kept = []
    for letter in text:
        if letter in _CLOSING:
            open_ones.append(letter)
        elif letter in _OPENING:
            if not open_ones or open_ones[-1] != _OPENING[letter]:
                continue
            open_ones.pop()
        kept.append(letter)
    return "".join(kept) + "".join(_CLOSING[opening] for opening in reversed(open_ones))


def _brackets(text: str) -> str:
    """Which bracket has no partner, in words; nothing where all have one."""
    open_ones: list[str] = []
    for letter in text:
        if letter in _CLOSING:
            open_ones.append(letter)
        elif letter in _OPENING:
            if not open_ones:
                return f"{letter} closes a bracket that was never opened"
            if open_ones.pop() != _OPENING[letter]:
                return f"{letter} closes a bracket of another kind"
    return f"{open_ones[-1]} is never closed" if open_ones else ""
