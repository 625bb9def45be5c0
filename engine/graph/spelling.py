"""Other ways to write a known function, `torch.exp(x)` and `x.exp()`, as one tree; runs nothing."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from engine.graph.operations import FUNCTIONS

OPERATORS: Mapping[str, type[ast.operator] | type[ast.unaryop]] = {
    **dict.fromkeys(("add",), ast.Add),
    **dict.fromkeys(("sub", "subtract"), ast.Sub),
    **dict.fromkeys(("mul", "multiply"), ast.Mult),
    **dict.fromkeys(("div", "divide", "true_divide"), ast.Div),
    **dict.fromkeys(("pow", "power", "float_power"), ast.Pow),
    **dict.fromkeys(("matmul", "inner", "vdot"), ast.MatMult),
    **dict.fromkeys(("neg", "negative"), ast.USub),
}
"""Functions that are a sign here."""
SAME = {"absolute": "abs", "fabs": "abs", "amax": "max", "amin": "min", "expit": "sigmoid"}
"""Functions that have another name here."""

_EVERYWHERE = ("exp", "log", "log1p", "sqrt", "sin", "cos", "tanh")
_ARRAYS = (
    *_EVERYWHERE,
    *("square", "abs", "absolute", "sum", "mean", "prod", "max", "min", "amax", "amin"),
    *("dot", "maximum", "minimum", "multiply", "divide", "true_divide", "subtract", "add"),
    *("negative", "float_power", "matmul", "inner", "vdot"),
)
_TENSORS = frozenset((*_ARRAYS, "sigmoid", "relu", "pow", "sub", "mul", "div", "neg"))
_FUNCTIONAL = frozenset(("relu", "sigmoid", "tanh", "softplus", "silu", "gelu"))
_NUMPY = frozenset((*_ARRAYS, "fabs", "power", "pow"))
MODULES: Mapping[str, frozenset[str]] = {
    "torch": _TENSORS,
    "torch.Tensor": _TENSORS,
    "torch.special": frozenset(("expit", "log1p")),
    "torch.nn.functional": _FUNCTIONAL,
    "nn.functional": _FUNCTIONAL,
    "F": _FUNCTIONAL,
    "numpy": _NUMPY,
    "np": _NUMPY,
    "math": frozenset((*_EVERYWHERE, "fabs", "pow", "prod")),
}
"""By the name of a module, its functions that an expression may use."""
METHODS = _TENSORS
"""The methods of a tensor that an expression may use."""
ROOTS = frozenset(("torch", "nn", "F", "numpy", "np", "math", "cmath", "scipy", "jnp", "tf"))
"""The names with which a module is written."""
NOT_NAMES = ROOTS - {"F"}
"""Module names that no input may have; F may be one: a force."""
_CONSTANTS = {"pi": math.pi, "e": math.e}
_WITH_CONSTANTS = ("torch", "numpy", "np", "math")


def module_of(node: ast.expr) -> str:
    """The module before the dot, `torch.nn` of `torch.nn.relu`; empty where there is none."""
    parts = []
    while isinstance(node, ast.Attribute):
        node = node.value
        parts.append(node.attr if isinstance(node, ast.Attribute) else "")
    if not parts or not isinstance(node, ast.Name):
        return ""
    if node.id not in ROOTS and node.id.lower() not in _WITH_CONSTANTS:
        return ""
    return ".".join((node.id, *reversed(parts[:-1])))


def canonical(tree: ast.expr) -> ast.expr:
    """The tree with every function of a module and every method as an expression writes it.

    `torch.exp(x)` and `x.exp()` become `exp(x)`, `torch.pow(x, 2)` becomes `x**2`, `math.pi` a
    number. What is not known stays as it is, for the refusal to point at.
    """
    return _Canonical().visit(tree)  # type: ignore[no-any-return]


class _Canonical(ast.NodeTransformer):
    """Rewrites known calls and constants from the inside out."""

    def visit_Call(self, call: ast.Call) -> ast.expr:
        function = call.func
        if isinstance(function, ast.Attribute):
            name, module = function.attr, module_of(function)
            args = [self.visit(arg) for arg in call.args]
            if module:
                if name not in MODULES.get(module, ()):
                    return call
            elif name in METHODS:
                args = [self.visit(function.value), *args]
            else:
                return call
        elif isinstance(function, ast.Name) and function.id in (*OPERATORS, *SAME, *FUNCTIONS):
            name, args = function.id, [self.visit(arg) for arg in call.args]
        else:
            self.generic_visit(call)
            return call
        return _called(name, args, call)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if module_of(node) in _WITH_CONSTANTS and node.attr in _CONSTANTS:
            return ast.copy_location(ast.Constant(_CONSTANTS[node.attr]), node)
        return node


def _called(name: str, args: list[ast.expr], call: ast.Call) -> ast.expr:
    """The call of the function as a sign, where it is one with so many arguments."""
    operator = OPERATORS.get(name)
    new: ast.expr
    if operator and not call.keywords and len(args) == (1 if operator is ast.USub else 2):
        if issubclass(operator, ast.unaryop):
            new = ast.UnaryOp(operator(), args[0])
        else:
            new = ast.BinOp(args[0], operator(), args[1])
        return ast.copy_location(new, call)
    place = call.func  # of `x.exp` and `torch.exp` as well: that is what is called
    function = ast.copy_location(ast.Name(SAME.get(name, name), ast.Load()), place)
    return ast.copy_location(ast.Call(function, args, call.keywords), call)
