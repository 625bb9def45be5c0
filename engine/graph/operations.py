"""The values and operations of an expression: their notation, and other ways to type them."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from typing import TypeAlias

from engine import expression
from engine.equations import number

MOST_SHOWN = 4  # longer vectors are shortened in small spaces; their shape gives the length

Numbers: TypeAlias = float | tuple[float, ...]
"""A scalar or a vector, as in Python."""

_ZEROS = re.compile(r"\.0+(?=×|$)|(?<=[1-9])0+(?=×|$)")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Value:
    """The numbers of a tensor of at most one dimension."""

    shape: tuple[int, ...]  # as in PyTorch: `()` is a scalar, `(3,)` a vector of three numbers
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, numbers: Numbers) -> Value:
        """Return a scalar from a float, a vector from a tuple."""
        if isinstance(numbers, tuple):
            return cls((len(numbers),), numbers)
        return cls((), (numbers,))

    @property
    def plain(self) -> float | list[float]:
        """The value in Python and JSON."""
        return list(self.numbers) if self.shape else self.numbers[0]

    @property
    def finite(self) -> bool:
        return all(map(math.isfinite, self.numbers))

    @property
    def text(self) -> str:
        """The whole value: `6`, `[1, 2, 3]`."""
        return self._written(len(self.numbers))

    @property
    def brief(self) -> str:
        """The value, shortened to fit into a box: `[1, 2, 3, …]`."""
        return self._written(MOST_SHOWN)

    def __add__(self, other: Value) -> Value:
        pairs = zip(self.numbers, other.numbers, strict=True)
        return Value(self.shape, tuple(a + b for a, b in pairs))

    def __mul__(self, other: Value) -> Value:
        """Return the element-wise product; a scalar is stretched."""
        shape = max(self.shape, other.shape, key=math.prod)
        pairs = zip(cycle(self.numbers), cycle(other.numbers), range(math.prod(shape)))
        return Value(shape, tuple(a * b for a, b, _ in pairs))

    def _written(self, most: int) -> str:
        if not self.shape:
            return short(self.numbers[0])
        cut = len(self.numbers) > most
        texts = [short(number) for number in self.numbers[: most - 1 if cut else most]]
        return f"[{', '.join(texts + ['…'] * cut)}]"


@lru_cache(maxsize=4096)  # a walk shows the same numbers repeatedly
def short(value: float) -> str:
    """Return the number without trailing zeros, unless they show that it is rounded.

    >>> short(6.0), short(0.73106), short(1e9), short(0.99999)
    ('6', '0.7311', '1×10⁹', '1.0000')
    """
    text = number(value)
    rounded = float(f"{value:.3e}" if "×" in text else f"{value:.4f}")
    return _ZEROS.sub("", text) if math.isclose(value, rounded, rel_tol=1e-12) else text


def operand(text: str) -> str:
    """Return the text as an operand: in parentheses if it has a sign or a space of its own."""
    alone = text.startswith("[") or not (text.startswith("−") or " " in text or "×" in text)
    return text if alone else f"({text})"


def names(text: str) -> tuple[str, ...]:
    """Return the words of the text: a short way to write a list of names."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that an expression may use."""

    name: str  # as it is typed: `*` or `sigmoid`
    arity: int
    sign: str = ""  # the mathematical sign between the inputs, or before the only one

    def write(self, inputs: Sequence[str], exponent: float | None = None) -> str:
        """Return the operation with these inputs, names or numbers: `a · (−2)`, `exp(a)`, `a²`."""
        if exponent is not None:
            whole = exponent.is_integer() and abs(exponent) < 1000
            power = str(int(exponent)).translate(_SUPERSCRIPTS) if whole else ""
            return operand(inputs[0]) + (power or f"^{operand(short(exponent))}")
        if not self.sign:
            return f"{self.name}({', '.join(inputs)})"
        return self.sign * (self.arity == 1) + self.sign.join(map(operand, inputs))


BINARY: dict[type[ast.AST], Operation] = {
    ast.Add: Operation("+", 2, " + "),
    ast.Sub: Operation("-", 2, " − "),
    ast.Mult: Operation("*", 2, " · "),
    ast.Div: Operation("/", 2, " / "),
    ast.Pow: Operation("**", 2, "^"),
    ast.MatMult: Operation("@", 2, " @ "),
}
SIGNS = {operation.name: operation for operation in BINARY.values()}
NEGATIVE = Operation("negative", 1, "−")
_ONE_INPUT = names(
    "exp log log1p sqrt square abs sin cos sigmoid tanh relu softplus silu gelu "
    "sum mean prod max min"
)
FUNCTIONS = {name: Operation(name, 1) for name in _ONE_INPUT}
FUNCTIONS |= {name: Operation(name, 2) for name in ("dot", "maximum", "minimum")}

ALLOWED = (
    f"numbers, the inputs, {' '.join(SIGNS)}, brackets and functions such as "
    "exp, log, relu, sigmoid, mean"
)
"""A summary for error messages; the one for an unknown function lists all functions."""

# Other ways to type a known function: `torch.exp(x)`, `x.exp()`, `np.add(x, y)`.

OPERATORS: Mapping[str, type[ast.operator] | type[ast.unaryop]] = {
    **expression.OPERATORS,
    **dict.fromkeys(("power", "float_power"), ast.Pow),
    **dict.fromkeys(("inner", "vdot"), ast.MatMult),
    **dict.fromkeys(("neg", "negative"), ast.USub),
}
"""Functions that are written as a sign in an expression."""
SAME = {"absolute": "abs", "fabs": "abs", "amax": "max", "amin": "min", "expit": "sigmoid"}
"""Functions that have another name in an expression."""

_EVERYWHERE = names("exp log log1p sqrt sin cos tanh")
_ARRAYS = _EVERYWHERE + names(
    "square abs absolute sum mean prod max min amax amin dot maximum minimum multiply divide "
    "true_divide subtract add negative float_power matmul inner vdot"
)
_FUNCTIONAL = frozenset(names("relu sigmoid tanh softplus silu gelu"))
METHODS = frozenset(_ARRAYS + names("sigmoid relu pow sub mul div neg"))
"""The methods of a tensor that an expression may use."""
MODULES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("torch", "torch.Tensor"), METHODS),
    "torch.special": frozenset(("expit", "log1p")),
    **dict.fromkeys(("torch.nn.functional", "nn.functional", "F"), _FUNCTIONAL),
    **dict.fromkeys(("numpy", "np"), frozenset((*_ARRAYS, "fabs", "power", "pow"))),
    "math": frozenset((*_EVERYWHERE, "fabs", "pow", "prod")),
}
"""The functions of each module that an expression may use."""
ROOTS = frozenset(names("torch nn F numpy np math cmath scipy sympy jnp jax tf keras"))
"""The first names of modules."""
_CONSTANTS = {"pi": math.pi, "e": math.e}
_WITH_CONSTANTS = ("torch", "numpy", "np", "math")


def module_of(node: ast.expr) -> str:
    """Return the module before the last dot, `torch.nn` in `torch.nn.relu`; otherwise ''."""
    root, *rest = expression.dotted(node) or [""]
    known = root in ROOTS or root.lower() in _WITH_CONSTANTS
    return ".".join((root, *rest[:-1])) if rest and known else ""


class Canonical(ast.NodeTransformer):
    """Rewrites every known call and constant of a tree in the notation of expressions.

    `torch.exp(x)` and `x.exp()` become `exp(x)`, `torch.pow(x, 2)` becomes `x**2`, `math.pi` a
    number. Unknown parts stay unchanged, so that a refusal can point at them.
    """

    def visit_Call(self, call: ast.Call) -> ast.expr:
        function = call.func
        if isinstance(function, ast.Attribute):
            name, module = function.attr, module_of(function)
            if name not in (MODULES.get(module, ()) if module else METHODS):
                return call
            owner = [] if module else [function.value]
            return _called(name, [self.visit(each) for each in (*owner, *call.args)], call)
        if isinstance(function, ast.Name) and function.id in (*OPERATORS, *SAME, *FUNCTIONS):
            return _called(function.id, [self.visit(each) for each in call.args], call)
        self.generic_visit(call)
        return call

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if module_of(node) in _WITH_CONSTANTS and node.attr in _CONSTANTS:
            return ast.copy_location(ast.Constant(_CONSTANTS[node.attr]), node)
        return node


def _called(name: str, args: list[ast.expr], call: ast.Call) -> ast.expr:
    operator = OPERATORS.get(name)
    new: ast.expr
    if operator and not call.keywords and len(args) == (1 if operator is ast.USub else 2):
        if issubclass(operator, ast.unaryop):
            new = ast.UnaryOp(operator(), args[0])
        else:
            new = ast.BinOp(args[0], operator(), args[1])
        return ast.copy_location(new, call)
    # The whole of `x.exp` or `torch.exp` is the called function: refusals point at it.
    function = ast.copy_location(ast.Name(SAME.get(name, name), ast.Load()), call.func)
    return ast.copy_location(ast.Call(function, args, call.keywords), call)
