"""A line of Python becomes a tree, or a refusal that points at the place; it is never run."""

from __future__ import annotations

import ast
import sys

import pytest
from rich.cells import cell_len

from engine.expression import DEEPEST, MOST_CHARACTERS, Refused, parse, parse_assignment
from tests.table import cells


def refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        parse_assignment(text)
    return caught.value


def place(text: str) -> str:
    """The part of the line that the refusal marks."""
    refusal = refused(text)
    return text[refusal.start : refusal.end]


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
    for text in ("", "   ", "# nothing"):
        assert "an expression is wanted" in str(refused(text))


SIGNS = {  # the place is that of the sign that the words are about, whatever stands around it
    "\\": "\\frac{x}{y}   x \\(U   x \\   (é \\(U   x[\\]   x + y \\\\",
    "$": "界 $ y   x + ５$   x\xa0+ $ y   x\u2003\u3000$   e\u0301 + $",
    "ｘ": "ｘ＋１）", "＋": "(x＋１", "😀": "😀 + x   x + 1 😀", "€": "x € (y   ( € y", "½": "½ x",
    "१": "x + १", "²": "x²²$   x² + (y", "(": "界 + (y   ﬁ + (y", "]": "(界]", "if": "x if 界",
    "for": "f(x for 界 in y, 1)", "*": "é + * y", "=": "界 = = y", "=>": "x => y", "&&": "x && y",
    "++": "界++", "+ =": "x + = 1",
}  # fmt: skip


def test_the_words_and_the_place_of_a_refusal_are_about_the_same_sign() -> None:
    for sign, lines in SIGNS.items():
        for (text,) in cells(lines):
            assert f"{sign} " in str(refused(text)), text
            assert place(text) == sign, text
    for text in ("x + 'é", "f'{x'", "“x”", "f'{é} {"):
        assert "a quotation mark" in str(refused(text))
        assert place(text) in "'“"
    for text, marked in (
        ("y = 2 界", "y ="),
        (">>> x", ">>>"),
        ("exp 界 + 1", "exp 界"),
        ("5%", "5%"),
    ):
        assert place(text) == marked


def test_the_marks_stand_below_the_place_on_the_screen() -> None:
    """A wide letter takes two cells of a terminal, and a combining one none."""
    for text, cells_before, marks in (("界 + $", 5, 1), ("e\u0301 + $", 4, 1), ("x + 😀", 4, 2)):
        assert refused(text).pointer == f"{text}\n{' ' * cells_before}{'^' * marks}"
        assert cells_before == cell_len(text[: refused(text).start])
    refusal = refused("界" * 5 + " + $")
    assert refusal.pointer_from(4, 9) == "界 + $\n     ^"


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
