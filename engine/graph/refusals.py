"""The reasons why a part of an expression is not accepted, and what to write instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

from engine.expression import decimal_point, factor, parses, source
from engine.graph.operations import (
    ALLOWED,
    FUNCTIONS,
    METHODS,
    MODULES,
    OPERATORS,
    SAME,
    Operation,
    module_of,
    names,
)


class Reason(NamedTuple):
    """A reason, and the text to write instead; empty if there is none."""

    words: str
    fragment: str = ""
    line: str = ""  # the whole corrected line


FORMULAS = {
    "tan": "sin({x}) / cos({x})",
    "exp2": "2**{p}",
    "expm1": "exp({x}) - 1",
    **dict.fromkeys(("log2", "log_2", "lb", "ld"), "log({x}) / log(2)"),
    **dict.fromkeys(("log10", "log_10", "lg"), "log({x}) / log(10)"),
    "ln": "log({x})",
    "σ": "sigmoid({x})",
    "rsqrt": "1 / sqrt({x})",
    "reciprocal": "1 / {p}",
    "sinh": "(exp({x}) - exp(-{p})) / 2",
    "cosh": "(exp({x}) + exp(-{p})) / 2",
    "softmax": "exp({x}) / sum(exp({x}))",
    "log_softmax": "{p} - log(sum(exp({x})))",
    "logsumexp": "log(sum(exp({x})))",
    "logsigmoid": "-softplus(-{p})",
    "leaky_relu": "maximum({x}, 0.01*{p})",
    "relu6": "minimum(relu({x}), 6)",
    "softsign": "{p} / (1 + abs({x}))",
    "norm": "sqrt(sum({p}**2))",
    "mse_loss": "mean(({p} - {q})**2)",
    "l1_loss": "mean(abs({p} - {q}))",
    "hypot": "sqrt({p}**2 + {q}**2)",
    "cross_entropy": "sum({y})*log(sum(exp({x}))) - sum({p}*{q})",
    "binary_cross_entropy": "-mean({q}*log({x}) + (1 - {q})*log(1 - {p}))",
    "binary_cross_entropy_with_logits": "mean(softplus({x}) - {p}*{q})",
    "lerp": "{p} + {r}*({q} - {p})",
    **dict.fromkeys(("mm", "mv"), "{p} @ {q}"),
    **dict.fromkeys(("clamp", "clip"), "minimum(maximum({x}, {y}), {z})"),
}
"""Formulas for functions that are not accepted. `{x}`, `{y}`, `{z}` are the arguments, `{p}`,
`{q}`, `{r}` the same as factors."""
OF_NAMES = names("cross_entropy")
"""Functions whose second argument must be an input: a number would be a class."""
OVER_DIM = names("softmax log_softmax logsumexp")
"""Functions whose second argument is a dimension, of which vectors have only one."""
FLAT = names(
    "sign floor ceil round trunc heaviside argmax argmin argsort int long short bool "
    "len size dim ndim numel nelement stride"
)
"""Functions whose gradient is 0 wherever it exists."""
WRAPPERS = names("tensor Tensor FloatTensor as_tensor array asarray Variable Parameter")
"""Functions that convert given numbers to a tensor."""
MAKERS = WRAPPERS + names(
    "zeros ones full rand randn randint normal arange linspace eye empty range "
    "zeros_like ones_like full_like rand_like randn_like"
)
"""Functions that create a tensor."""
LAYERS = {
    **{name: name.lower() for name in names("ReLU Sigmoid Tanh Softplus SiLU GELU Softmax ReLU6")},
    "LogSoftmax": "log_softmax",
    "LeakyReLU": "leaky_relu",
    "MSELoss": "mse_loss",
    "L1Loss": "l1_loss",
    "CrossEntropyLoss": "cross_entropy",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
}
"""Modules of `torch.nn`, with the function that each computes."""
OTHERS = names(
    "acos acosh asin asinh atan atanh celu cross elu fmax fmin frexp fsum glu hardsigmoid isin "
    "isinf isqrt ldexp logit long median prelu real rrelu selu sinc sort std ulong xlog1py xlogy"
)
"""PyTorch functions whose names resemble an accepted function, but which differ from it."""
SAME_VALUE = names(
    "item clone copy contiguous float double numpy tolist cpu cuda to type T mT t values "
    "transpose permute squeeze flatten ravel view reshape"
)
"""Attributes and methods that do not change the value."""
RESHAPES = {"view": ["-1"], "reshape": ["-1"], "flatten": [], "ravel": [], "squeeze": []}
"""Methods of them that keep a vector a vector, with the arguments that do."""
DERIVED = "the walk computes the derivatives: the expression alone is typed"
REQUIRES = "which inputs require a gradient is set with g in the lab, or with requires_grad=x"
OF_ALL = names("dim axis keepdim keepdims dtype out inplace")
"""Arguments that do not matter for a scalar or a single vector."""
_NO_SLOPE = "cannot stand here: True and False have no slope"
_WORDS: dict[type[ast.AST], str] = {
    ast.Subscript: "an input is used whole, without […]",
    ast.Lambda: "a lambda cannot stand here",
    ast.Compare: f"a comparison {_NO_SLOPE}",
    ast.BoolOp: f"and, or {_NO_SLOPE}",
    ast.IfExp: "if cannot stand here: a graph has no branches",
    ast.List: "a list cannot stand here: give it to an input, such as x = [1, 2, 3]",
    ast.Tuple: "one result is wanted, without a comma",
    ast.NamedExpr: ":= cannot stand here: the result's name stands in front, with =",
    ast.Starred: "a star cannot stand in front of an input",
    ast.JoinedStr: "text cannot stand here",
    **dict.fromkeys(
        (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp),
        "a loop cannot stand here: a function works on a whole vector",
    ),
    ast.Dict: "a dict cannot stand here",
    ast.Set: "a set cannot stand here; brackets are round",
    ast.Await: "await cannot stand here",
    ast.BitXor: "^ is no power in Python, ** is",
    ast.FloorDiv: "// is not taken: it rounds down, and that has no gradient; / divides",
    ast.Mod: "% is not taken: this sign is no part of a graph here",
    ast.Not: f"not {_NO_SLOPE}",
}


def refusal(tree: ast.expr, text: str) -> Reason:
    """Return why this part of the text is not accepted."""
    match tree:
        case ast.Call(func=ast.Attribute() as function):
            return _called(function, tree, text)
        case ast.Attribute():
            return _attribute(tree, text)
        case ast.Constant(value=str(value)) if parses(value):
            return Reason("text cannot stand here: the expression is typed without quotes", value)
        case ast.Constant(value=str() | bytes()):
            words = "text cannot stand here"
        case ast.Constant(value=complex()):
            words = "a complex number cannot stand here"
        case ast.Constant(value=bool() | None as value):
            words = f"{value} is no number here"
        case ast.BinOp(op=ast.BitXor() as op):
            return Reason(_WORDS[type(op)], line=text.replace("^", "**").strip())
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            words = _WORDS.get(type(op), "this sign is not taken")
        case ast.Call(
            func=ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=own, keywords=named
            )
        ) if name[:1].isupper():
            layer = LAYERS.get(name, "")
            if not layer or ((own or named) and layer not in OVER_DIM):
                return Reason("a module is not taken, a function is, such as relu(x)")
            args = ", ".join(_sources(tree.args, text))
            return Reason("a module is not taken, its function is", f"{layer}({args})")
        case ast.Call(func=called, args=[argument]):
            left, right = (factor(source(text, each)) for each in (called, argument))
            words = "only a function can be called; for a product write *"
            return Reason(words, f"{left}*{right}")
        case ast.Call():
            words = "only a function can be called; for a product write *"
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="max" | "min" as name), args=[_, dim]) as call,
            slice=ast.Constant(value=0),
        ) if _is_dim(dim):
            return Reason(f"{name} gives the number alone, without its index", source(text, call))
        case ast.Lambda(body=value) | ast.NamedExpr(value=value):
            return Reason(_WORDS[type(tree)], source(text, value))
        case ast.Tuple() if number := decimal_point(source(text, tree)):
            return Reason("the sign in a decimal number is a point", number)
        case _:
            words = _WORDS.get(type(tree), "this cannot stand here")
    return Reason(f"{words}. Allowed are {ALLOWED}")


def unknown(call: ast.Call, name: str, bound: Collection[str], text: str) -> Reason:
    """Return why `name(…)` is not accepted."""
    args = _sources(call.args, text)
    if name in bound:
        product = f"{name} * {factor(args[0])}" if len(args) == 1 else ""
        message = f"{name} is an input, no function; for a product write {name} * (…)"
        return Reason(message, product)
    if name in OPERATORS:
        values = [*args, *(source(text, keyword.value) for keyword in call.keywords)]
        few = "one value" if OPERATORS[name] is ast.USub else "two values"
        return Reason(f"{name} takes {few}, without names", f"{name}({', '.join(values)})")
    return _missing(name, args, call)


def misused(function: Operation, call: ast.Call, text: str) -> Reason | None:
    """Return why a function is not accepted with these arguments; None if it is."""
    name, args = function.name, _sources(call.args, text)
    keywords = [keyword.arg or "**" for keyword in call.keywords]
    if keywords and set(keywords) <= set(OF_ALL):
        words = f"{keywords[0]}= is not needed: an input is a number or one vector, taken whole"
        return Reason(words, f"{name}({', '.join(args)})")
    if keywords:
        args += [source(text, keyword.value) for keyword in call.keywords]
        return Reason(f"{name} takes no names with =", f"{name}({', '.join(args)})")
    if len(args) == function.arity or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    of_module = isinstance(call.func, ast.Name) and "." in source(text, call.func)
    over_dim = ("sum", "mean", "prod", *(("max", "min") if of_module else ()))
    if name in over_dim and len(args) == 2 and _is_dim(call.args[1]):
        words = "dim is not needed: an input is a number or one vector, taken whole"
        return Reason(words, f"{name}({args[0]})")
    message = f"{name} takes {function.arity}, as in {example(function)}, not {len(args)}"
    if name in ("max", "min") and len(args) == 2:
        larger = "larger" if name == "max" else "smaller"
        message += f"; of two, {example(FUNCTIONS[f'{name}imum'])} takes the {larger}"
        return Reason(message, f"{name}imum({', '.join(args)})")
    if name == "log" and len(args) == 2:
        return Reason(message, f"log({args[0]}) / log({args[1]})")
    return Reason(message)


def _is_dim(tree: ast.expr) -> bool:
    """Return whether a second argument is one dimension or several."""
    try:
        value = ast.literal_eval(tree)
    except ValueError:
        return False
    return isinstance(value, tuple) or value in (0, -1, None)


def example(function: Operation) -> str:
    """Return the function as it is typed."""
    return function.write(["x", "y"][: function.arity])


def _sources(trees: list[ast.expr], text: str) -> list[str]:
    return [source(text, tree) for tree in trees]


def _called(function: ast.Attribute, call: ast.Call, text: str) -> Reason:
    """Return the refusal of `torch.foo(x)` or `x.foo()`."""
    name, module, args = function.attr, module_of(function), _sources(call.args, text)
    if not module:
        owner = source(text, function.value)
        if name in SAME_VALUE and RESHAPES.get(name, args) in (args, []):
            return Reason(f".{name}() is not needed here", owner)
        if name in (*SAME_VALUE, "unsqueeze"):
            return Reason(f".{name}() is not taken: an input is a number or one vector")
        if name == "backward":
            return Reason(DERIVED, owner)
        if name in ("detach", "requires_grad_"):
            return Reason(f".{name}() is not taken: {REQUIRES}")
        args = [owner, *args]
    if name.endswith("_") and not name.endswith("__"):
        same = f"{name[:-1]}({', '.join(args)})"
        return Reason(f"{module}.{name}() would write over a value", same)
    if name in FUNCTIONS or name in SAME or name in OPERATORS:
        where = f"{module} has no {name}" if module in MODULES else f"{module} is not known here"
        where = where if module else f"a tensor has no {name}"
        return Reason(where, f"{SAME.get(name, name)}({', '.join(args)})")
    return _missing(name, args, call, f"{module}." if module else "")


def _attribute(node: ast.Attribute, text: str) -> Reason:
    name, module = node.attr, module_of(node)
    known = SAME.get(name, name)
    if known in FUNCTIONS and (module or name in METHODS):
        return Reason(f"{name} is a function: write {example(FUNCTIONS[known])}")
    if module:
        return Reason(f"{module}.{name} is no function that is known here. Allowed are {ALLOWED}")
    if name in SAME_VALUE:
        return Reason(f".{name} is not needed here", source(text, node.value))
    if name in ("data", "requires_grad"):
        return Reason(f".{name} is not taken: {REQUIRES}")
    if name == "grad":
        return Reason(DERIVED)
    return Reason(f"nothing is taken out of a value with a dot. Allowed are {ALLOWED}")


def _missing(name: str, args: list[str], call: ast.Call, prefix: str = "") -> Reason:
    """Return the refusal of an unknown function, with an equivalent made of known functions.

    `args` are those of the call, preceded by the owner of a method.
    """
    start = f"an expression has no function {prefix}{name}"
    if name in FLAT:
        return Reason(f"{start}: its gradient would be 0 everywhere. Allowed are {ALLOWED}")
    if name in MAKERS:
        if name in WRAPPERS and len(args) == 1 and not args[0].startswith("["):
            return Reason("a number stands here by itself", args[0])
        words = f"{prefix}{name} makes a tensor, and here the inputs are the tensors"
        return Reason(f"{words}: give one its numbers, as in x = [1, 2, 3]")
    if name in SAME_VALUE and name not in ("type", "to") and len(args) == 1:
        return Reason(f"{prefix}{name} is not needed here", args[0])
    if name == "grad":
        return Reason(DERIVED, args[0] if args else "")
    if name == "where":
        words = "chooses by True and False, and those have no slope; maximum(x, y), minimum(x, y)"
        return Reason(f"{prefix}where {words} and relu(x) choose by value")
    if name == "print":
        return Reason("the result is shown without print", args[0] if len(args) == 1 else "")
    if formula := FORMULAS.get(name, FORMULAS.get(name.lower(), "")):
        if name in OVER_DIM and len(args) == 2 and args[1].lstrip("-").isdecimal():
            args = args[:1]
        given = " with a probability for each class" if name in OF_NAMES else ""
        start += f", but{given} it can be made of others"
        wanted = 3 if re.search("{[zr]}", formula) else 2 if re.search("{[yq]}", formula) else 1
        usual = all(keyword.arg in OF_ALL for keyword in call.keywords)
        if name in OF_NAMES:
            usual &= all(map(str.isidentifier, args[1:]))
        if usual and len(args) == wanted:
            return Reason(start, _filled(formula, args))
        return Reason(f"{start}, as in {_filled(formula, ['x', 'y', 'z'])}")
    close = get_close_matches(name.lower(), FUNCTIONS, n=1, cutoff=0.75)
    if close and name.lower() not in OTHERS:
        return Reason(f"{start}; the nearest is {close[0]}", f"{close[0]}({', '.join(args)})")
    return Reason(f"{start}. There are {', '.join(FUNCTIONS)}")


def _filled(formula: str, args: list[str]) -> str:
    places = dict(zip("xyz", args, strict=False))
    return formula.format(**places, **dict(zip("pqr", map(factor, args), strict=False)))
