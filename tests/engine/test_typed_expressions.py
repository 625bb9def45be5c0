"""How learners write an expression: accepted, or corrected by a line that is accepted."""

from __future__ import annotations

import importlib
import math
import re

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.expression import Refused
from engine.graph.build import names_in
from engine.graph.operations import FUNCTIONS, METHODS, MODULES, OPERATORS, SAME
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import take_apart
from engine.numerals import meant
from tests.table import cells

REAL = {"torch": torch, "nn": nn, "F": functional, "np": np, "numpy": np, "math": math}
X, Y = 0.5, 1.25


def value(expression: str) -> float:
    names = names_in(expression)
    walk = take_apart(GraphSettings(expression, {name: {"x": X, "y": Y}[name] for name in names}))
    result = walk.result.value.plain
    assert isinstance(result, float)
    return result


def refusal(expression: str) -> Refused:
    with pytest.raises(Refused) as caught:
        names_in(expression)
    return caught.value


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


@pytest.mark.filterwarnings("ignore:__array_wrap__")  # NumPy's, about PyTorch's tensors
def test_a_function_is_accepted_as_pytorch_numpy_and_python_spell_it() -> None:
    names = {"x": torch.tensor(X, dtype=torch.float64), "y": torch.tensor(Y, dtype=torch.float64)}
    for expression in SPELLINGS:
        real = float(eval(expression, {**REAL, **names}))
        assert value(expression) == pytest.approx(real, rel=1e-15), expression
    # A dot product is of vectors.
    vectors = GraphSettings("torch.matmul(x, y)", {"x": (X,), "y": (Y,)})
    assert take_apart(vectors).result.value.plain == pytest.approx(X * Y, rel=1e-15)


def test_only_what_a_module_has_is_accepted_from_it() -> None:
    for module, functions in MODULES.items():
        root, *path = module.split(".")
        real = importlib.import_module(module) if module == "torch.special" else REAL[root]
        for part in path if module != "torch.special" else ():
            real = getattr(real, part)
        missing = {name for name in functions if not hasattr(real, name)}
        assert missing <= ({"pow"} if real is np else set()), module  # NumPy has it since 2.1
    assert not [name for name in METHODS if not hasattr(torch.Tensor, name)]
    for functions in (*MODULES.values(), METHODS):
        assert functions <= {*FUNCTIONS, *OPERATORS, *SAME}


def test_a_module_is_said_to_lack_only_what_it_lacks() -> None:
    """Every known function that is refused from a module because that has none of the name."""
    for module in MODULES:
        for name in {*FUNCTIONS, *OPERATORS, *SAME} - MODULES[module]:
            try:
                names_in(f"{module}.{name}(x, y)")
            except Refused as refused:
                if f"{module} has no {name}" in str(refused):
                    root, *path = module.split(".")
                    real = REAL[root]
                    for part in path:
                        real = getattr(real, part)
                    assert not hasattr(real, name), f"{module}.{name}"


SIGNS = cells("""
    x × y → x*y   x · y ÷ 2 − 1 → x*y/2 - 1   3*x² + x³ → 3*x**2 + x**3   x⁻¹ → x**-1
    ｅｘｐ（ｘ）＋１ → exp(x) + 1   2*x + 1 → 2*x + 1
""")


def test_the_signs_of_mathematics_are_accepted() -> None:
    for typed, python in SIGNS:
        assert value(typed) == value(python)


CORRECTED = cells("""
    2x → 2*x   2 x → 2*x   x y → x*y   2(x + 1) → 2*(x + 1)   (x + 1)(y + 2) → (x + 1)*(y + 2)
    (x)y → (x)*y   3x² + 2x → 3*x**2 + 2*x   x^2 → x**2   -x^2 + y^2 → -x**2 + y**2   x // 2 → x / 2
    √x → sqrt(x)   √(x + 1) * 2 → sqrt(x + 1) * 2   |x - y| → abs(x - y)   ∑(x) → sum(x)
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
    nn.Softmax(dim=0)(x) → exp(x) / sum(exp(x))   nn.MSELoss()(x, y) → mean((x - y)**2)
""")


def test_a_slip_is_refused_with_a_line_that_is_accepted() -> None:
    for typed, line in CORRECTED:
        refused = refusal(typed)
        assert refused.instead == line
        assert str(refused).endswith(f": write {line}")
        names_in(line)


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
    floor(x) → its gradient would be 0   x ** 1e400 → larger than a float64   “x” → a quotation mark
"""),
    ("\\sigma(x)", "the sign \\ is not taken here"),
    ("", "an expression is wanted"),
    ("a" * 13 + " * 2", "at most 12 letters"),
]


def test_what_cannot_be_meant_is_refused_for_its_own_reason() -> None:
    for typed, words in WORDS:
        refused = refusal(typed)
        assert words in str(refused)
        assert refused.instead == ""
        assert re.search(r"\bwrite \S+$", str(refused)) is None


def test_what_a_formula_is_made_of_gives_what_pytorch_gives() -> None:
    """Each function that is offered as a formula, compared with PyTorch's own on a vector."""
    x, y = (torch.tensor(v, dtype=torch.float64) for v in ([0.5, -1.5, 2.0], [1.0, 0.25, -3.0]))
    two = {"mse_loss", "l1_loss", "hypot"}
    names = (
        "tan exp2 expm1 log2 log10 rsqrt reciprocal sinh cosh softmax log_softmax logsumexp "
        "logsigmoid leaky_relu relu6 softsign norm mse_loss l1_loss hypot"
    )
    for name in names.split():
        line = refusal(f"{name}({'x, y' if name in two else 'x'})").instead
        if name in ("softmax", "log_softmax", "logsumexp"):
            for typed in (f"torch.{name}(x, 0)", f"F.{name}(x, dim=0)", f"x.{name}(-1)"):
                assert refusal(typed).instead == line
        else:  # what another argument changes is not left out
            assert "made of others, as in" in str(refusal(f"F.{name}(x, y, 2, z)"))
            assert "made of others, as in" in str(refusal(f"F.{name}(x, reduction='sum')"))
        here = x.abs() if name in ("log2", "log10", "rsqrt") else x
        inputs = {"x": tuple(here.tolist()), "y": tuple(y.tolist())}
        ours = take_apart(GraphSettings(line, {n: inputs[n] for n in names_in(line)}))
        function = getattr(torch, name, None) or getattr(functional, name)
        arguments = {"dim": 0} if name in ("softmax", "log_softmax", "logsumexp") else {}
        real = function(here, *([y] if name in two else []), **arguments)
        assert ours.result.value.numbers == pytest.approx(real.flatten().tolist(), rel=1e-12), name


def test_a_call_of_an_input_is_a_product_and_f_may_be_a_name() -> None:
    with pytest.raises(Refused, match=r"x is an input, no function.*: write x \* \(y \+ 1\)"):
        names_in("x(y + 1)", known=("x",))
    assert names_in("F * s") == ("F", "s")


NUMBERS = [
    ("0,01", "0.01", ""),
    ("0,001", "0.001", ""),
    ("1,000", "1000", "1000"),
    ("1/2", "0.5", ""),
    ("50%", "0.5", ""),
    ("1_000", "1000", "1000"),
    ("1 000 000", "1000000", "1000000"),
    ("1e3", "1000", "1000"),
    ("3.0", "3", "3"),
    ("２．５", "2.5", ""),
    ("−0,5", "-0.5", ""),
    ("1.5×10⁻³", "0.0015", ""),
    ("10^-3", "0.001", ""),
    ("2k", "2000", "2000"),
    ("'0.1'", "0.1", ""),
    ("rate = 0.1", "0.1", ""),
    ("0x10", "16", "16"),
    *(
        (text, "", "")
        for text in ("nan", "inf", "", " ", "ten", "1/0", "9**9999", "1,5,3", "1e999")
    ),
]


def test_the_number_that_is_meant() -> None:
    for text, number, whole in NUMBERS:
        assert meant(text) == number
        assert meant(text, whole=True) == whole
