"""Typed expressions and values: accepted, corrected or refused; nothing is executed."""

from __future__ import annotations

import ast
import builtins
import importlib
import math
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from rich.cells import cell_len
from torch import nn
from torch.nn import functional

from engine.expression import DEEPEST, MOST_CHARACTERS, Refused, parse, parse_assignment
from engine.graph.operations import FUNCTIONS, METHODS, MODULES, OPERATORS, SAME, Numbers
from engine.graph.refusals import FORMULAS, LAYERS
from engine.graph.settings import LONGEST_VECTOR, MOST_NODES, GraphSettings, names_in, parse_value
from engine.graph.take_apart import take_apart
from engine.numerals import meant
from tests.engine.audit import FORBIDDEN, seen
from tests.table import cells

REAL = {"torch": torch, "nn": nn, "F": functional, "np": np, "numpy": np, "math": math}
GIVEN: dict[str, Numbers] = {"x": 0.5, "y": 1.25}


def refused(text: str, take: Callable[[str], object] = parse_assignment) -> Refused:
    """Return the error of the text; nothing was executed for it."""
    caught: list[Refused] = []

    def attempt() -> None:
        with pytest.raises(Refused) as raised:
            take(text)
        caught.append(raised.value)

    assert FORBIDDEN.isdisjoint(seen(attempt)), text
    assert str(caught[0]).isprintable()
    return caught[0]


def place(refusal: Refused) -> str:
    """Return the marked part of the line, with control characters as spaces."""
    return refusal.pointer().split("\n")[0][refusal.start : refusal.end]


def value(expression: str, **inputs: Numbers) -> Numbers | list[float]:
    given = {name: {**GIVEN, **inputs}[name] for name in names_in(expression)}
    return take_apart(GraphSettings(expression, given)).result.value.plain


def of_xy(text: str) -> GraphSettings:
    return GraphSettings(text, {"x": 2.0, "y": 3.0})


# Lines, independent of their meaning.


def test_a_line_becomes_the_tree_that_python_makes_of_it(recwarn: pytest.WarningsRecorder) -> None:
    for text in ("x", " x*y ", "f(x)[:, -1]", "x if y else z", "été + 1"):
        assert ast.dump(parse(text)) == ast.dump(ast.parse(text.strip(), mode="eval").body)
    name, tree = parse_assignment("loss = w*x")
    assert (name, ast.unparse(tree)) == ("loss", "w * x")
    assert parse_assignment("w*x")[0] is None
    assert refused("f = x", parse).pointer() == "f = x\n^^^"
    for text in ("1if x else y", "'\\d'", "1(2)"):  # no warnings of Python
        parse(text)
    assert not recwarn.list


SIGN_AT = {  # the position is that of the sign in the message, whatever surrounds it
    "\\": "\\frac{x}{y}   x \\(U   x \\   (é \\(U   x[\\]   x + y \\\\",
    "$": "界 $ y   x + ５$   x\xa0+ $ y   x\u2003\u3000$   e\u0301 + $   x $ y",
    "ｘ": "ｘ＋１）", "＋": "(x＋１", "😀": "😀 + x   x + 1 😀", "€": "x € (y   ( € y", "½": "½ x",
    "१": "x + १", "²": "x²²$   x² + (y", "(": "界 + (y   ﬁ + (y   (x + y   é + (y", "]": "(界]",
    "if": "x if 界", "for": "f(x for 界 in y, 1)", "*": "é + * y", "=": "界 = = y", "=>": "x => y",
    "&&": "x && y", "++": "界++", "+ =": "x + = 1", ")": "   x + )",
}  # fmt: skip


def test_the_words_and_the_place_of_a_refusal_are_about_the_same_sign() -> None:
    for sign, lines in SIGN_AT.items():
        for (text,) in cells(lines) if sign != ")" else [(lines,)]:
            assert f"{sign} " in str(refused(text)), text
            assert place(refused(text)) == sign, text
    for text in ("x + 'é", "f'{x'", "“x”", "f'{é} {"):
        assert "a quotation mark" in str(refused(text))
        assert place(refused(text)) in "'“"
    for text, marked in cells("y = 2 界 → y =   >>> x → >>>   exp 界 + 1 → exp 界   5% → 5%"):
        assert place(refused(text)) == marked
    for (text,) in cells("import os   x; y   x = y = 2   x.y = 2   x += 1   del x   x, y = 1, 2"):
        assert "only one expression" in str(refused(text))
        assert place(refused(text)) == text.partition(";")[0]
    for text in ("", "   ", "# nothing"):
        assert "an expression is wanted" in str(refused(text))
    # A wide character takes two cells of a terminal, and a combining one none.
    for text, cells_before, marks in (("界 + $", 5, 1), ("e\u0301 + $", 4, 1), ("x + 😀", 4, 2)):
        assert refused(text).pointer() == f"{text}\n{' ' * cells_before}{'^' * marks}"
        assert cells_before == cell_len(text[: refused(text).start])
    assert refused("界" * 5 + " + $").pointer(4, 9) == "界 + $\n     ^"
    for letter in ("\x00", "\x07", "\x1b", "\n", "\x9b", "\u202e", "\u200b", "\ud800"):
        refusal = refused(f"x{letter}+y")
        assert f"U+{ord(letter):04X}" in str(refusal)
        assert refusal.pointer() == "x +y\n ^"


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

    def depth(node: ast.AST) -> int:
        return 1 + max((depth(child) for child in ast.iter_child_nodes(node)), default=0)

    def taken(text: str) -> bool:
        try:
            return bool(parse(text))
        except Refused:
            return False

    deepest = max((f"{'-' * n}x" for n in range(60)), key=lambda text: taken(text) * len(text))
    assert depth(ast.parse(deepest, mode="eval").body) == DEEPEST


# Expressions.

SPELLINGS = [
    text
    for (text,) in cells("""
    torch.exp(x)   torch.sigmoid(x * y)   torch.pow(x, 2)
    torch.add(x, y) - torch.sub(x, y)   torch.mul(x, torch.neg(y))   torch.true_divide(x, y)
    torch.maximum(x, y)   torch.special.expit(x)   torch.Tensor.exp(x)   F.relu(x - y)
    F.silu(x) + F.gelu(y)   nn.functional.softplus(x)   torch.nn.functional.softplus(x)
    torch.tanh(torch.sin(x)) * math.pi   np.exp(x)   numpy.sqrt(y)   np.power(x, 3)   math.sqrt(x)
    math.log(x) + math.e   math.pow(x, 2)   x.exp()   x.sin().cos()   x.pow(2)   (x * y).mean()
    (x - y).abs().sqrt()   x.mul(y).sigmoid()   abs(x - y)   pow(x, y)
""")
]


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # a warning of NumPy about PyTorch's tensors
def test_a_function_is_accepted_as_pytorch_numpy_and_python_spell_it() -> None:
    names = {name: torch.tensor(each, dtype=torch.float64) for name, each in GIVEN.items()}
    for expression in SPELLINGS:
        real = float(eval(expression, {**REAL, **names}))
        assert value(expression) == pytest.approx(real, rel=1e-15), expression
    # A dot product needs vectors.
    assert value("torch.matmul(x, y)", x=(0.5,), y=(1.25,)) == pytest.approx(0.625, rel=1e-15)
    for typed, python in SIGNS:
        assert value(typed) == value(python)
    for function in FUNCTIONS.values():
        arguments = ", ".join(["x", "y"][: function.arity])
        value(f"{function.name}({arguments})", x=(0.5, 0.25), y=(0.5, 0.25))


def real_module(module: str) -> object:
    if module == "torch.special":
        return importlib.import_module(module)
    root, *path = module.split(".")
    found: object = REAL[root]
    for part in path:
        found = getattr(found, part)
    return found


def test_only_what_a_module_has_is_accepted_from_it() -> None:
    assert not [name for name in METHODS if not hasattr(torch.Tensor, name)]
    for module, functions in MODULES.items():
        real = real_module(module)
        missing = {name for name in functions if not hasattr(real, name)}
        assert missing <= ({"pow"} if real is np else set()), module  # new in NumPy 2.1
        assert {*functions, *METHODS} <= {*FUNCTIONS, *OPERATORS, *SAME}
        for name in {*FUNCTIONS, *OPERATORS, *SAME} - functions:
            words = ""
            try:
                names_in(f"{module}.{name}(x, y)")
            except Refused as refusal:
                words = str(refusal)
            if f"{module} has no {name}" in words:  # only if that is true
                assert not hasattr(real, name)


SIGNS = cells("""
    x × y → x*y   x · y ÷ 2 − 1 → x*y/2 - 1   3*x² + x³ → 3*x**2 + x**3   x⁻¹ → x**-1
    ｅｘｐ（ｘ）＋１ → exp(x) + 1   2*x + 1 → 2*x + 1
""")
CORRECTED = cells("""
    2x → 2*x   2 x → 2*x   x y → x*y   2(x + 1) → 2*(x + 1)   (x + 1)(y + 2) → (x + 1)*(y + 2)
    (x)y → (x)*y   3x² + 2x → 3*x**2 + 2*x   x^2 → x**2   -x^2 + y^2 → -x**2 + y**2
    x**2.sum() → (x**2).sum()
    √x → sqrt(x)   √(x + 1) * 2 → sqrt(x + 1) * 2   |x - y| → abs(x - y)   ∑(x) → torch.sum(x)
    exp x → exp(x)   5%*x → 0.05*x   0,5*x → 0.5*x   (x + y → (x + y)   x + y) → x + y
    (x + y] → (x + y)   sin(cos(x) → sin(cos(x))   z := x*y → x*y   f(x) = x**2 → x**2
    x = x*y → x*y   exp = x*y → x*y   x = 2x → 2*x   a = b = x*2 → x*2   x += 1 → x + 1
    x *= y → x * y   return x*2 → x*2   def f(x): return x**2 → x**2   lambda x: x**2 → x**2
    >>> x*y → x*y   'x*y' → x*y   x*y; y → x*y   print(x*2) → x*2   sum(x, dim=0) → sum(x)
    torch.mean(x, dim=0, keepdim=True) → mean(x)   torch.pow(x, exponent=2) → pow(x, 2)
    max(x, y) → maximum(x, y)   torch.min(x, y) → minimum(x, y)   math.log(x, 2) → log(x) / log(2)
    math.relu(x) → relu(x)   x.softplus() → softplus(x)   nn.ReLU()(x) → relu(x)
    torch.nn.Sigmoid()(x*y) → sigmoid(x*y)   torch.tensor(2.0)*x → 2.0*x   (x*y).backward() → x*y
    x.item() * y → x * y   x.T @ y → x @ y   sigmod(x) → sigmoid(x)   torch.sigmod(2x → sigmoid(2*x)
    torch.tan(x) → sin(x) / cos(x)   jnp.exp(x) → exp(x)   Torch.exp(x) → exp(x)
    cmath.exp(x) → exp(x)   EXP(x) → exp(x)   keras.relu(x) → relu(x)   print 2*x → 2*x
    x + = 1 → x + 1   x++ → x + 1   x + 007 → x + 7   In [1]: x*y → x*y   x.reshape(-1)*2 → x*2
    x.mean(0) → mean(x)   x.sum((0, 1)) → sum(x)   x.add_(1) → add(x, 1)
    sin²(x) → sin(x)**2   2*cos^3(x + y) → 2*(cos(x + y)**3)   x + tanh**2(x) → x + (tanh(x)**2)
    x**2.backward() → x**2   2*x^2.backward() → 2*x**2   d/dx x² → x**2   d/dx (x**2) → (x**2)
    d(x*y)/dx → x*y   torch.autograd.grad(x**2, x) → x**2   ln x + 1 → log(x) + 1   float(x)*2 → x*2
    x.max(0)[0]*2 → max(x)*2   x.max(0).values*2 → max(x)*2   sympy.sin(x) → sin(x)
    torch.lerp(x, y, 0.5) → x + 0.5*(y - x)   torch.nn.Parameter(x)*2 → x*2
    nn.Softmax(dim=0)(x) → exp(x) / sum(exp(x))   nn.MSELoss()(x, y) → mean((x - y)**2)
""")
WORDS = [
    *cells("""
    lambda*x → lambda is a word of Python   class + x → class is a word of Python
    [i for i in x] → a loop cannot stand here   sum(i for i in x) → a loop cannot stand here
    x == 2 → a comparison cannot stand here   x % 2 → % is not taken   x! → ! cannot stand here
    $x$ → $ cannot stand here   x + → something is missing at the end
    import torch → nothing has to be imported   for i in x: i → no loop
    torch → the name torch is taken: it is a module   np * x → the name np is taken: it is a module
    torch.randn(3) * x → makes a tensor   x.detach() * y → which inputs require a gradient
    x.sort() → an expression has no function sort. There are   with a: b → with is a statement
    x.long() → its gradient would be 0   len(x)*2 → its gradient would be 0
    nn.Linear(3, 1)(x) → a module is not taken, a function is   x && y → && is not a sign
    x.unsqueeze(0)*x → one vector   x.view(-1, 1)*x → one vector
    nn.LeakyReLU(0.1)(x) → a function is
    torch.where(x > 0, x, y) → those have no slope; maximum(x, y)   x // 2 → / divides
    F.cross_entropy(x, 1) → with a probability for each class   torch.median(x) → There are exp
    floor(x) → its gradient would be 0   x ** 1e400 → larger than a float64   “x” → a quotation mark
"""),
    ("\\sigma(x)", "the sign \\ is not taken here"),
    ("", "an expression is wanted"),
    ("a" * 13 + " * 2", "at most 12 letters"),
]


def test_a_slip_is_refused_with_a_line_that_is_accepted_or_for_its_own_reason() -> None:
    for typed, line in CORRECTED:
        refusal = refused(typed, names_in)
        assert refusal.instead == line
        assert str(refusal).endswith(f": write {line}")
        names_in(line)
    for typed, words in WORDS:
        refusal = refused(typed, names_in)
        assert words in str(refusal)
        assert refusal.instead == ""
        assert re.search(r"\bwrite \S+$", str(refusal)) is None
    with pytest.raises(Refused, match=r"x is an input, no function.*: write x \* \(y \+ 1\)"):
        names_in("x(y + 1)", known=("x",))


ALLOWED = "Allowed are numbers, the inputs"
HOSTILE = [
    *cells("""
    __import__('os') → __import__ → no function __import__
    __import__('os').system('true') → __import__('os').system → no function system
    x.grad → x.grad → the walk computes the derivatives
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


def test_what_is_not_on_the_whitelist_is_refused_and_not_run() -> None:
    for expression, marked, words in HOSTILE:
        refusal = refused(expression, of_xy)
        assert words in str(refusal)
        assert place(refusal).startswith(marked)
    value("x*y")  # PyTorch imports modules at the first call
    assert FORBIDDEN.isdisjoint(seen(lambda: value("mean((x + y)**2) / exp(x)")))
    assert "exec" in seen(lambda: eval("__import__('os')"))  # the audit hook reports executed code


def test_what_a_formula_is_made_of_gives_what_pytorch_gives() -> None:
    """Compare each function offered in formulas with PyTorch's own on a vector."""
    x, y = (torch.tensor(v, dtype=torch.float64) for v in ([0.5, -1.5, 2.0], [1.0, 0.25, -3.0]))
    two = {"mse_loss", "l1_loss", "hypot"}
    names = (
        "tan exp2 expm1 log2 log10 rsqrt reciprocal sinh cosh softmax log_softmax logsumexp "
        "logsigmoid leaky_relu relu6 softsign norm mse_loss l1_loss hypot"
    )
    for name in names.split():
        line = refused(f"{name}({'x, y' if name in two else 'x'})", names_in).instead
        if name in ("softmax", "log_softmax", "logsumexp"):
            for typed in (f"torch.{name}(x, 0)", f"F.{name}(x, dim=0)", f"x.{name}(-1)"):
                assert refused(typed, names_in).instead == line
        else:  # arguments that change the result are shown
            for more in ("y, 2, z", "reduction='sum'"):
                assert "others, as in" in str(refused(f"F.{name}(x, {more})", names_in))
        here = x.abs() if name in ("log2", "log10", "rsqrt") else x
        ours = value(line, x=tuple(here.tolist()), y=tuple(y.tolist()))
        function = getattr(torch, name, None) or getattr(functional, name)
        arguments = {"dim": 0} if name in ("softmax", "log_softmax", "logsumexp") else {}
        real = function(here, *([y] if name in two else []), **arguments)
        assert ours == pytest.approx(real.tolist(), rel=1e-12), name
    for other, same in (("log_2", "log2"), ("ld", "log2"), ("lg", "log10"), ("log_10", "log10")):
        assert refused(f"{other}(x)", names_in).instead == refused(f"{same}(x)", names_in).instead
    assert refused("σ(x)", names_in).instead == "sigmoid(x)"


def known_calls() -> Iterator[str]:
    """Functions of one word, those that a formula is offered for, and layers, on x and y."""
    for prefix in ("", "math.", "torch.", "F.", "np."):
        for name in filter(str.islower, dir(REAL.get(prefix[:-1], builtins))):
            if "_" not in name.rstrip("_") or name in FORMULAS:
                yield from (f"{prefix}{name}({arguments})" for arguments in ("x", "x, y", "x, 0"))
    yield from (f"x.{name}()" for name in dir(torch.Tensor) if "_" not in name.rstrip("_"))
    for layer in LAYERS:
        yield from (f"nn.{layer}({arguments})(x)" for arguments in ("", "0", "0.1", "dim=0"))
        yield from (f"nn.{layer}({arguments})(x, y)" for arguments in ("", "reduction='sum'"))


@pytest.mark.filterwarnings("ignore")  # of PyTorch, about what is typed
def test_a_suggestion_computes_what_the_typed_text_computes_or_is_not_given() -> None:
    """Both on a vector and on a number; what PyTorch refuses is not compared."""
    compared = 0
    inputs: list[dict[str, Numbers]] = [
        {"x": (0.5, 0.25, 0.125), "y": (0.75, 0.5, 0.25)},
        {"x": 0.5, "y": 0.75},
    ]
    for typed in known_calls():
        try:
            names_in(typed)
            continue
        except Refused as refusal:
            suggested = refusal.instead
        if not suggested or typed.startswith(("print", "torch.binary_cross_entropy")):
            continue
        for given in inputs:
            tensors = {name: torch.tensor(each).double() for name, each in given.items()}
            try:
                expected = eval(typed, {**REAL, **tensors})
            except (RuntimeError, IndexError, TypeError, AttributeError, ValueError):
                continue
            if isinstance(expected, tuple):  # of the values and the places of a maximum
                expected = expected[0]
            ours = value(suggested, **{name: given[name] for name in names_in(suggested)})
            real = torch.as_tensor(expected).flatten().tolist()
            numbers = torch.as_tensor(ours).flatten().tolist()
            assert numbers == pytest.approx(real, rel=1e-5, abs=1e-7), (typed, suggested)
            compared += 1
    assert compared > 150


def test_the_names_that_an_expression_needs() -> None:
    assert names_in("loss = mean((w*x + b − y)**2) + w") == ("w", "x", "b", "y")
    assert names_in("torch.exp(x) + y.pow(2) + math.pi + exp(2)") == ("x", "y")
    assert names_in("F * s") == ("F", "s")
    refusal = refused("x*y + zeta", of_xy)
    assert str(refusal) == "zeta has no value: it is not among x, y"
    assert place(refusal) == "zeta"
    assert value("μ*σ", μ=2.0, σ=3.0) == 6
    # The micro sign of keyboards equals the Greek letter in Python.
    assert GraphSettings("µ*2", {"µ": 2.0}).parts[0].name == "μ"


def test_large_numbers_and_graphs() -> None:
    assert value("9**9**9 + x") == value("x" + "**9" * 28, x=9.0) == math.inf
    assert value(f"0x{'f' * 150} * x", x=1.0) == float(int("f" * 150, 16))

    # A term has a node for its constant and one for the product; all but the first have one
    # more for the sum: three per term, and one for x.
    def terms(count: int) -> str:
        return "+".join(f"{number}*x" for number in range(2, 2 + count))

    assert len(GraphSettings(terms(20), {"x": 1.0}).parts) == MOST_NODES
    many = {f"x{number}": 1.0 for number in range(MOST_NODES + 5)}
    for text, inputs in ((terms(21), {"x": 1.0}), ("x1 + x2", many)):
        with pytest.raises(Refused, match="more than 60 nodes"):
            GraphSettings(text, inputs)


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


# Values and settings.

OTHER_VALUES = cells("""
    two → two   1 2 → 1 2   [1, two, 3] → two   [1,, 2] → ,   [] → ]   [1, 2 → [1, 2   1, 2 → 1, 2
    [[1], [2]] → [1]   nan → nan   [1, inf] → inf   1e999 → 1e999   1_000 → 1_000   0x10 → 0x10
    True → True   2j → 2j   1+1 → 1+1   [1]*1000000 → [1]*1000000   [0 for _ in x] → 0 for _ in x
    __import__('os') → __import__('os')   ١٢ → ١٢
    [1,2,3,4,5,6,7,8,9,10,11,12,13] → [1,2,3,4,5,6,7,8,9,10,11,12,13]
""")


def test_a_value_is_a_number_or_a_list_and_any_other_is_refused_at_its_place() -> None:
    for text, number in (
        *(("2", 2.0), ("-0.5", -0.5), ("−2", -2.0), (" 1e3 ", 1000.0), ("+.5", 0.5), ("3.", 3.0)),
        *(("[1, 2, 3]", (1.0, 2.0, 3.0)), (" [ −1.5,2e-1 ] ", (-1.5, 0.2)), ("[7]", (7.0,))),
    ):
        assert parse_value("x", text) == number

    def refusal(text: str) -> Refused:
        return refused(text, lambda typed: parse_value("x", typed))

    for text, marked in OTHER_VALUES:
        assert re.search(r"x .* must be a number, such as −0\.5", str(refusal(text)))
        assert place(refusal(text)) == marked
    for text, instead in cells("[1 2 3] → [1, 2, 3]   (1;2) → [1, 2]   np.array([1, 2]) → [1, 2]"):
        assert refusal(text).instead == instead
    for text in ("", "  "):
        assert "must be a number" in str(refusal(text))
    for text in ("\x1b[31m2", "[1, \x07]", "2\u202e"):
        assert "control character (U+" in str(refusal(text))
    long = refusal(f"[{'1,' * 999_999}1]")  # not parsed at all
    assert "2,000,001 characters: too many" in str(long)
    assert len(str(long)) < 200 > 2 * len(long.text)
    nan, inf = math.nan, math.inf
    values: tuple[Numbers, ...] = (nan, inf, (), (1.0, nan), (0.0,) * (LONGEST_VECTOR + 1))
    for number in values:  # values that were not typed are checked too
        with pytest.raises(ValueError, match="x is not allowed: it must be a number"):
            GraphSettings("x*2", {"x": number})
        with pytest.raises(ValueError, match="gradient is not allowed"):
            GraphSettings("x*2", {"x": 1.0}, gradient=number)


def test_settings_are_read_from_texts_and_written_again() -> None:
    texts = {"expression": "f = w*x + b", "w": "[1, −2]", "x": "3", "b": "0.5"}
    settings = GraphSettings.of(texts | {"requires_grad": "b, w", "gradient": "[1, 10]"})
    assert dict(settings.inputs) == {"w": (1.0, -2.0), "x": 3.0, "b": 0.5}
    assert (settings.requires_grad, settings.gradient) == (("w", "b"), (1.0, 10.0))
    given = {"expression": "x*y", "x": "2", "y": "3"}
    assert GraphSettings.of(given).requires_grad == ("x", "y")
    for text, required in (("all", ("x", "y")), ("none", ()), ("", ()), ("y", ("y",))):
        assert GraphSettings.of(given | {"requires_grad": text}).requires_grad == required
    for written in (
        {"expression": "x*y", "x": "0.1", "y": "[1.0, 2.5]"},
        {"expression": "f = x*2", "x": "1.0", "requires_grad": "none"},
        {"expression": "x*y", "x": "[1.0]", "y": "-3e-07", "requires_grad": "y"},
        {"expression": "x*2", "x": "[1.0, 2.0]", "gradient": "[1.0, 10.0]"},
    ):
        made = GraphSettings.of(written)
        assert made.texts() == written
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
    for (name, text), words in UNFIT.items():
        with pytest.raises(ValueError, match=words) as caught:
            GraphSettings.of({"expression": "x*2", "x": "1", name: text})
        assert str(caught.value).isprintable()
    for texts in ({"expression": "x*2"}, {}):
        words = "x has no value: it is not among the inputs, of" if texts else "an expression is wa"
        with pytest.raises(ValueError, match=words):
            GraphSettings.of(texts)


NUMBERS = [
    *(
        (*cell, "")
        for cell in cells("""
    0,01 → 0.01   0,001 → 0.001   1/2 → 0.5   50% → 0.5   ２．５ → 2.5   −0,5 → -0.5
    1.5×10⁻³ → 0.0015   10^-3 → 0.001   '0.1' → 0.1   rate = 0.1 → 0.1
    """)
    ),
    *(
        (text, number, number)
        for text, number in cells("""
    1,000 → 1000   1_000 → 1000   1 000 000 → 1000000   1e3 → 1000   3.0 → 3   2k → 2000
    0x10 → 16
    """)
    ),
    *(
        (text, "", "")
        for text in ("nan", "inf", "", " ", "ten", "1/0", "9**9999", "1,5,3", "1e999")
    ),
]


def test_the_number_that_is_meant() -> None:
    for text, number, whole in NUMBERS:
        assert (meant(text), meant(text, whole=True)) == (number, whole)
