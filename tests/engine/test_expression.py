"""A line of Python becomes a tree, or a refusal that points at the place; it is never run."""

from __future__ import annotations

import ast
import sys

import pytest

from engine.expression import DEEPEST, MOST_CHARACTERS, Refused, parse, parse_assignment
from tests.table import cells


def refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_assignment(text)
    return caught.value


def place(text: str) -> str:
    """The part of the line that the refusal marks."""
    line, marks = refused(text).pointer.split("\n")
    return line[marks.index("^") : len(marks)]


def test_an_expression_becomes_the_tree_that_python_makes_of_it() -> None:
    for text in ("x", " x*y ", "f(x)[:, -1]", "x if y else z", "été + 1"):
        assert ast.dump(parse(text)) == ast.dump(ast.parse(text.strip(), mode="eval").body)


def test_a_name_may_stand_before_it() -> None:
    name, tree = parse_assignment("loss = w*x")
    assert name == "loss"
    assert ast.unparse(tree) == "w * x"
    assert parse_assignment("w*x")[0] is None


def test_where_only_an_expression_may_stand_a_name_is_refused() -> None:
    with pytest.raises(Refused, match="without =") as caught:
        parse("f = x")
    assert caught.value.pointer == "f = x\n^^^"


REFUSED = [
    *cells("""
    import os → import os → only one expression   x; y → x → only one expression
    x = y = 2 → x = y = 2 → only one expression   x.y = 2 → x.y = 2 → only one expression
    x += 1 → x += 1 → only one expression   del x → del x → only one expression
    x, y = 1, 2 → x, y = 1, 2 → only one expression   (x + y → ( → ( is never closed
    é + (y → ( → never closed   x $ y → $ → invalid syntax   2x → 2 → a product is written with *
"""),
    ("   x + )", ")", "never opened"),
]


def test_what_is_no_expression_is_refused_at_its_place() -> None:
    for text, marked, words in REFUSED:
        assert words in str(refused(text))
        assert place(text) == marked
    for text in ("\\frac{x}{y}", "x + \\sigma"):  # the backslash, not what stands behind it
        assert place(text) == "\\"
    for text in ("", "   ", "# nothing"):
        assert "an expression is wanted" in str(refused(text))


def test_a_line_that_is_too_long_or_too_deep_is_refused() -> None:
    for text in ("(" * 10_000, "[" * 10_000, "-" * 10_000 + "x", "9" * 10_000):
        assert f"10,00{len(text) - 10_000} characters are too many" in str(refused(text))
    for text in (
        "-" * 150 + "x",
        "+".join("x" * 90),
        "x" + ".T" * 90,
        "not " * 49 + "x",
        "f(" * 99,
    ):
        assert len(text) <= MOST_CHARACTERS
        refused(text)


def test_the_deepest_tree_is_taken() -> None:
    def depth(node: ast.AST) -> int:
        return 1 + max((depth(child) for child in ast.iter_child_nodes(node)), default=0)

    deepest = max((f"{'-' * n}x" for n in range(60)), key=lambda text: taken(text) * len(text))
    assert depth(ast.parse(deepest, mode="eval").body) == DEEPEST


def taken(text: str) -> bool:
    try:
        parse(text)
    except Refused:
        return False
    return True


def test_a_hidden_letter_is_named_and_not_shown() -> None:
    for letter in ("\x00", "\x07", "\x1b", "\n", "\x9b", "\u202e", "\u200b", "\ud800"):
        refusal = refused(f"x{letter}+y")
        assert f"U+{ord(letter):04X}" in str(refusal)
        assert refusal.pointer == "x +y\n ^"


def test_python_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    parse("1if x else y")
    parse("'\\d'")
    parse("1(2)")
    assert not recwarn.list


def test_nothing_is_run() -> None:
    ran = []
    watching = True
    sys.addaudithook(lambda event, _: ran.append(event) if watching else None)
    parse("__import__('os').system('true')")
    parse("open('/etc/passwd').read()")
    watching = False
    assert {"import", "open", "os.system", "exec"}.isdisjoint(ran)
    assert "compile" in ran
