"""What a person may type for a graph, and what is refused, at its place, with nothing run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
import torch

from engine.expression import Refused
from engine.graph.build import MOST_NODES, names_in
from engine.graph.operations import FUNCTIONS, Numbers
from engine.graph.settings import LONGEST_VECTOR, GraphSettings, parse_value
from engine.graph.take_apart import take_apart
from tests.table import cells

INPUTS: Mapping[str, Numbers] = {"x": 2.0, "y": 3.0}


def refused(expression: str, inputs: Mapping[str, Numbers] = INPUTS) -> Refused:
    with pytest.raises(Refused) as caught:
        GraphSettings(expression, inputs)
    return caught.value


def place(refusal: Refused) -> str:
    """The part of the line that is marked; a control character is shown as a space."""
    return refusal.pointer.split("\n")[0][refusal.start : refusal.end]


def value_of(expression: str, **inputs: Numbers) -> Numbers | list[float]:
    return take_apart(GraphSettings(expression, inputs)).result.value.plain


def test_a_value_is_a_number_or_a_list_of_them() -> None:
    for text, value in (
        *(("2", 2.0), ("-0.5", -0.5), ("−2", -2.0), (" 1e3 ", 1000.0), ("+.5", 0.5), ("3.", 3.0)),
        *(("[1, 2, 3]", (1.0, 2.0, 3.0)), (" [ −1.5,2e-1 ] ", (-1.5, 0.2)), ("[7]", (7.0,))),
    ):
        assert parse_value("x", text) == value


OTHER_VALUES = cells("""
    two → two   1 2 → 1 2   [1, two, 3] → two   [1,, 2] → ,   [] → ]   [1, 2 → [1, 2   1, 2 → 1, 2
    [[1], [2]] → [1]   nan → nan   [1, inf] → inf   1e999 → 1e999   1_000 → 1_000   0x10 → 0x10
    True → True   2j → 2j   1+1 → 1+1   [1]*1000000 → [1]*1000000   [0 for _ in x] → 0 for _ in x
    __import__('os') → __import__('os')   ١٢ → ١٢
    [1,2,3,4,5,6,7,8,9,10,11,12,13] → [1,2,3,4,5,6,7,8,9,10,11,12,13]
""")


def test_any_other_value_is_refused_at_its_place() -> None:
    for text, marked in OTHER_VALUES:
        with pytest.raises(Refused, match=r"x .* must be a number, such as −0\.5") as caught:
            parse_value("x", text)
        assert place(caught.value) == marked
    for text, instead in cells("[1 2 3] → [1, 2, 3]   (1;2) → [1, 2]   np.array([1, 2]) → [1, 2]"):
        with pytest.raises(Refused) as caught:
            parse_value("x", text)
        assert caught.value.instead == instead
    for text in ("", "  "):
        with pytest.raises(Refused, match="must be a number"):
            parse_value("x", text)
    for text in ("\x1b[31m2", "[1, \x07]", "2\u202e"):
        with pytest.raises(Refused, match=r"control character \(U\+") as caught:
            parse_value("x", text)
        assert str(caught.value).isprintable()


def test_a_million_numbers_are_refused_unread() -> None:
    with pytest.raises(Refused, match="2,000,001 characters: too many") as caught:
        parse_value("x", f"[{'1,' * 999_999}1]")
    assert len(str(caught.value)) < 200
    assert len(caught.value.text) < 100


def test_the_command_line_names_everything() -> None:
    texts = {"expression": "f = w*x + b", "w": "[1, −2]", "x": "3", "b": "0.5"}
    settings = GraphSettings.of(texts | {"requires_grad": "b, w", "gradient": "[1, 10]"})
    assert dict(settings.inputs) == {"w": (1.0, -2.0), "x": 3.0, "b": 0.5}
    assert settings.requires_grad == ("w", "b")
    assert settings.gradient == (1.0, 10.0)
    given = {"expression": "x*y", "x": "2", "y": "3"}
    assert GraphSettings.of(given).requires_grad == ("x", "y")
    for text, required in (("all", ("x", "y")), ("none", ()), ("", ()), ("y", ("y",))):
        assert GraphSettings.of(given | {"requires_grad": text}).requires_grad == required


def test_settings_can_be_written_and_read_again() -> None:
    for settings in (
        {"expression": "x*y", "x": "0.1", "y": "[1.0, 2.5]"},
        {"expression": "f = x*2", "x": "1.0", "requires_grad": "none"},
        {"expression": "x*y", "x": "[1.0]", "y": "-3e-07", "requires_grad": "y"},
        {"expression": "x*2", "x": "[1.0, 2.0]", "gradient": "[1.0, 10.0]"},
    ):
        made = GraphSettings.of(settings)
        assert made.texts() == settings
        assert GraphSettings.of(made.texts()) == made


UNFIT = {
    ("expression", " "): "an expression is wanted",
    ("requires_grad", "z"): "'z' is not .*: the inputs are x",
    ("gradient", "one"): "gradient = one is not allowed",
    ("lambda", "1"): "lambda is taken: it is a word of Py",
    ("exp", "1"): "exp is taken: it is a function",
    ("2x", "1"): "the name '2x' is not allowed: at most 12",
    ("", "1"): "the name '' is not allowed",
    ("x y", "1"): "the name 'x y' is not allowed",
    ("n" * 13, "1"): "the name 'nnnnnnnnnnnn…' is not",
    ("\x1b", "1"): r"the name '\\x1b' is not allowed",
    ("é", "1"): "Latin or Greek",
    ("z", "1"): "z has a value, but .* does not use it",
}


def test_what_does_not_fit_is_refused_in_words() -> None:
    for (name, value), words in UNFIT.items():
        with pytest.raises(ValueError, match=words) as caught:
            GraphSettings.of({"expression": "x*2", "x": "1", name: value})
        assert str(caught.value).isprintable()
    with pytest.raises(ValueError, match="x has no value: it is not among the inputs, of which"):
        GraphSettings.of({"expression": "x*2"})
    with pytest.raises(ValueError, match="an expression is wanted"):
        GraphSettings.of({})


def test_values_that_were_not_typed_are_checked_too() -> None:
    nan, inf = float("nan"), float("inf")
    values: tuple[Numbers, ...] = (nan, inf, (), (1.0, nan), (0.0,) * (LONGEST_VECTOR + 1))
    for value in values:
        with pytest.raises(ValueError, match="x is not allowed: it must be a number"):
            GraphSettings("x*2", {"x": value})
        with pytest.raises(ValueError, match="gradient is not allowed"):
            GraphSettings("x*2", {"x": 1.0}, gradient=value)


def test_the_names_that_an_expression_needs() -> None:
    assert names_in("loss = mean((w*x + b − y)**2) + w") == ("w", "x", "b", "y")
    assert names_in("exp(2)") == ()
    assert names_in("torch.exp(x) + y.pow(2) + math.pi") == ("x", "y")
    with pytest.raises(Refused):
        names_in("x +")
    refusal = refused("x*y + zeta")
    assert str(refusal) == "zeta has no value: it is not among x, y"
    assert place(refusal) == "zeta"
    assert value_of("μ*σ", μ=2.0, σ=3.0) == 6
    # The micro sign, as a keyboard types it, is for Python the Greek letter.
    assert take_apart(GraphSettings("µ*2", {"µ": 2.0})).nodes[0].name == "μ"


ALLOWED = "Allowed are numbers, the inputs"
HOSTILE = [
    *cells("""
    __import__('os') → __import__ → no function __import__
    __import__('os').system('true') → __import__('os').system → no function system
    x.grad → x.grad → the gradient is what the walk computes
    x * y.data → y.data → .data is not taken   torch.load(x) → torch.load → no function torch.load
    lambda: x → lambda: x → a lambda cannot stand here
    x < y → x < y → a comparison cannot stand here   x if x else y → x if x else y → no branches
    x * 'a' → 'a' → text cannot stand here   f'{x}' → f'{x}' → text cannot stand here
    b'x' * x → b'x' → text cannot stand here   x * True → True → True is no number here
    x ** True → True → True is no number here   None → None → None is no number here
    2j * x → 2j → a complex number   1e999 * x → 1e999 → larger than a float64 can hold
    x ** -1e999 → 1e999 → larger than a float64 can hold   x // y → x // y → no gradient
    x % y → x % y → % is not taken   x ^ 2 * y → x ^ 2 * y → write x ** 2 * y
    x << 2 → x << 2 → this sign is not taken   [x, y] → [x, y] → give it to an input
    x, y → x, y → one result   (z := x) → z := x → :=   sum(*x) → *x → star
    exp(**x) → exp(**x) → exp takes no names with =
    sum(x, dim=0) → sum(x, dim=0) → dim= is not needed
    exp() → exp() → exp takes 1, as in exp(x), not 0
    dot(x) → dot(x) → dot takes 2, as in dot(x, y), not 1
    max(x, y) → max(x, y) → maximum(x, y) takes the larger
    sigmod(x) → sigmod → the nearest is sigmoid   eval(x) → eval → no function eval
    x(y) → x → for a product write x * (…)   2(x) → 2(x) → for a product write *
    exp * x → exp → exp is a function: write exp(x)   x → x → an operation is wanted
    +x → +x → an operation is wanted   3 → 3 → an operation is wanted
    x = x * y → x → x is an input already   exp = x * y → exp → it is a function
    gradient = x * y → gradient → it is a setting   import os → import os → only one expression
    x; y → x → only one expression
"""),
    *(
        (text, marked, ALLOWED)
        for text, marked in cells("""
        ().__class__.__bases__[0] → ().__class__.__bases__[0]   x.__class__ → x.__class__
        torch.hub → torch.hub   x[0] → x[0]   x + (lambda: 1)() → (lambda: 1)()   x and y → x and y
        not x → not x   ~x → ~x   ... → ...   {x} → {x}   {x: y} → {x: y}
        [x for x in y] → [x for x in y]   sum(x for x in y) → (x for x in y)   await x → await x
    """)
    ),
    ("x*y\x1b[2J", " ", "control character (U+001B)"),
    ("x*\x00y", " ", "control character (U+0000)"),
    ("(" * 10_000 + "x" + ")" * 10_000, "(", "20,001 characters are too many"),
    ("(" * 99 + "x*y" + ")" * 98, "(", ""),
    ("-" * 150 + "x", "-" * 150 + "x", "nested more than"),
    ("9" * 199, "9" * 199, "an operation is wanted"),
]

FORBIDDEN = {"exec", "import", "open", "os.system", "subprocess.Popen", "object.__getattr__"}
events: list[str] | None = None


def watch(event: str, arguments: tuple[object, ...]) -> None:
    # Python itself looks for the line of a syntax error in the file that it came from, which
    # has this name where there is none.
    if events is not None and (event, *arguments[:1]) != ("open", "<unknown>"):
        events.append(event)


sys.addaudithook(watch)  # there is no way to take it away again


@contextmanager
def watched() -> Iterator[list[str]]:
    """What Python reports of itself meanwhile."""
    global events
    events = []
    try:
        yield events
    finally:
        events = None


def test_what_is_not_on_the_whitelist_is_refused_and_not_run() -> None:
    for expression, marked, words in HOSTILE:
        with watched() as seen:
            refusal = refused(expression)
        assert FORBIDDEN.isdisjoint(seen), expression
        assert words in str(refusal)
        assert str(refusal).isprintable()
        assert place(refusal).startswith(marked)


def test_what_is_accepted_is_not_run_as_python_either() -> None:
    value_of("x*y", **INPUTS)  # PyTorch imports a part of itself the first time
    with watched() as seen:
        value_of("mean((x + y)**2) / exp(x)", **INPUTS)
    assert FORBIDDEN.isdisjoint(seen)
    with watched() as seen:  # the watch sees what is run
        eval("__import__('os')")
    assert "exec" in seen


def test_large_numbers_are_floats_before_anything_is_computed() -> None:
    assert value_of("9**9**9 + x", x=1.0) == float("inf")
    assert value_of("x" + "**9" * 28, x=9.0) == float("inf")
    assert value_of(f"0x{'f' * 150} * x", x=1.0) == float(int("f" * 150, 16))


def test_a_graph_may_be_full_but_no_larger() -> None:
    # Every term is a node for its constant and one for the product, and all but the first
    # one more for the sum: three a term, and one for x.
    def terms(count: int) -> str:
        return "+".join(f"{number}*x" for number in range(2, 2 + count))

    assert len(GraphSettings(terms(20), {"x": 1.0}).graph.parts) == MOST_NODES
    assert "more than 60 nodes" in str(refused(terms(21), {"x": 1.0}))
    many = {f"x{number}": 1.0 for number in range(MOST_NODES + 5)}
    assert "more than 60 nodes" in str(refused("x1 + x2", many))


UNFITTING: list[tuple[str, Numbers, Numbers, str]] = [
    ("x + y", (1.0, 2.0), (1.0, 2.0, 3.0), "x is a vector of 2 and y is a vector of 3"),
    ("2*(x @ y)", 1.0, (1.0,), "x is a scalar and y is a vector of 1"),
    ("2*(x @ y)", (1.0, 2.0), (1.0,), "x is a vector of 2 and y is a vector of 1"),
]


def test_shapes_that_do_not_fit_are_refused_with_the_words_of_pytorch() -> None:
    for expression, x, y, words in UNFITTING:
        with pytest.raises(Refused, match=words) as caught:
            take_apart(GraphSettings(expression, {"x": x, "y": y}))
        a, b = (torch.tensor(each, dtype=torch.float64) for each in (x, y))
        with pytest.raises(RuntimeError) as raised:
            a @ b if "@" in expression else a + b
        assert "PyTorch says: " in str(caught.value)
        assert str(raised.value)[:20] in str(caught.value) or "@" in expression
        assert place(caught.value) == expression.removeprefix("2*(").removesuffix(")")


def test_every_function_may_be_called() -> None:
    for function in FUNCTIONS.values():
        arguments = ", ".join(["x", "y"][: function.arity])
        inputs = dict.fromkeys(arguments.split(", "), (0.5, 0.25))
        assert GraphSettings(f"{function.name}({arguments})", inputs).graph.parts[-1].operation


def test_what_a_screen_reads_imports_no_torch() -> None:
    script = """
import sys, engine.graph.settings, engine.graph.walk, engine.graph.programs
heavy = {"torch", "numpy", "textual", "rich"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
