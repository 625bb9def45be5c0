"""What to write for a line of PyTorch or NumPy that the lab does not take; evaluates nothing."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from difflib import get_close_matches

from engine.expression import Refused, factor
from engine.tensors.line import Line
from engine.tensors.vocabulary import ATTRIBUTES, FUNCTIONS, METHODS, OPERATORS

MODULES = frozenset(("torch", "np", "numpy", "F", "nn", "math", "functional", "jnp", "tf", "plt"))
CONSTANTS = {"pi": repr(math.pi), "e": repr(math.e)}
KEYWORDS = {"axis": "dim", "keepdims": "keepdim"}
"""NumPy's names of arguments, with PyTorch's."""
FORMS: Mapping[str, str] = {
    **dict.fromkeys(("numpy", "tolist", "detach", "cpu", "cuda", "print", "list", "str"), "{x}"),
    **dict.fromkeys(("repr", "asarray", "display", "data", "requires_grad_"), "{x}"),
    **dict.fromkeys(
        ("array", "Tensor", "FloatTensor", "LongTensor", "as_tensor"), "torch.tensor({all})"
    ),
    **dict.fromkeys(("concatenate", "concat", "vstack", "hstack"), "torch.cat({all})"),
    **dict.fromkeys(("mm", "mv", "bmm", "dot", "inner", "vdot"), "{x} @ {y}"),
    **dict.fromkeys(("copy", "deepcopy"), "{x}.clone()"),
    **dict.fromkeys(("ravel", "view_flat"), "{x}.flatten()"),
    **dict.fromkeys(("swapaxes", "swapdims", "moveaxis"), "{x}.transpose({rest})"),
    **dict.fromkeys(("absolute", "fabs"), "{x}.abs()"),
    **dict.fromkeys(("amax", "nanmax"), "{x}.max({rest})"),
    **dict.fromkeys(("amin", "nanmin"), "{x}.min({rest})"),
    **dict.fromkeys(("power", "float_power"), "{x} ** {y}"),
    **dict.fromkeys(("clip",), "{x}.clamp({rest})"),
    **dict.fromkeys(("expand_dims",), "{x}.unsqueeze({rest})"),
    **dict.fromkeys(("neg", "negative"), "-{x}"),
    **dict.fromkeys(("len", "length", "__len__"), "{x}.shape[0]"),
    **dict.fromkeys(("nelement", "count_nonzero"), "{x}.numel()"),
    "type": "{x}.dtype",
    "astype": "{x}.{y}()",
    **dict.fromkeys(("rand", "randn", "empty", "random_sample"), "torch.ones({all})"),
    **dict.fromkeys(("rand_like", "randn_like", "empty_like", "zeros_like"), "{x} * 0"),
    "ones_like": "{x} * 0 + 1",
    "full": "torch.ones({x}) * {y}",
    "full_like": "{x} * 0 + {y}",
    "eye": "torch.arange({x})[:, None] == torch.arange({x})",
    "range": "torch.arange({all})",
    "norm": "({x} ** 2).sum().sqrt()",
    "softmax": "{x}.exp() / {x}.exp().sum({rest}, keepdim=True)",
    "maximum": "torch.where({x} > {y}, {x}, {y})",
    "minimum": "torch.where({x} < {y}, {x}, {y})",
    "reshape_as": "{x}.reshape({y}.shape)",
    "view_as": "{x}.view({y}.shape)",
    "is_cuda": "{x}.device",
    "reciprocal": "1 / {x}",
    "gt": "{x} > {y}",
    "lt": "{x} < {y}",
    "ge": "{x} >= {y}",
    "le": "{x} <= {y}",
    "eq": "{x} == {y}",
    "ne": "{x} != {y}",
    "logical_and": "{x} & {y}",
    "logical_or": "{x} | {y}",
    "logical_not": "~{x}",
}
"""Functions and methods that are not taken, as lines that are. `{x}` and `{y}` are the first two
arguments, the owner of a method among them, `{rest}` those after the first, `{all}` all."""
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("print", "display", "str", "repr"), "the result of a line is always shown"),
    **dict.fromkeys(("numpy", "tolist", "list"), "the numbers of a tensor are shown anyway"),
    **dict.fromkeys(("cpu", "cuda"), "everything in this lab lies on the CPU"),
    **dict.fromkeys(
        ("rand", "randn", "randint", "normal", "randperm", "rand_like", "randn_like"),
        "no random numbers are drawn here: a line gives the same each time",
    ),
    **dict.fromkeys(("empty", "empty_like"), "what an empty tensor holds is left to chance"),
    **dict.fromkeys(
        ("backward", "grad", "requires_grad", "requires_grad_", "detach"),
        "gradients are the subject of the lesson autograd",
    ),
    **dict.fromkeys(("load", "save", "open", "loadtxt"), "no file is read or written here"),
    **dict.fromkeys(("eval", "exec", "compile", "__import__"), "nothing that is typed is executed"),
}
"""Why some of them are not taken."""


def module(line: Line, node: ast.Attribute) -> str:
    """The module before the last dot, `torch.nn`; empty where a tensor or something else is."""
    names = []
    inner: ast.expr = node.value
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id in line.tensors or inner.id not in MODULES:
        return ""
    return ".".join((inner.id, *reversed(names)))


def of_function(line: Line, call: ast.Call, name: str) -> Refused:
    """Why `name(…)` is not taken."""
    if name in line.tensors:
        product = f"{name} * {factor(line.source(call.args[0]))}" if len(call.args) == 1 else ""
        return line.correction(f"{name} is a tensor, no function", call, product, name)
    words = WORDS.get(name, f"no function {name} here")
    hint = "" if name in WORDS else "; functions of a tensor are its methods, as in x.sum()"
    return line.correction(words, call, _form(line, call, name, call.args), name, hint)


def of_module(line: Line, call: ast.Call, function: ast.Attribute) -> Refused:
    """Why `np.name(…)` or `torch.name(…)` is not taken."""
    name, where = function.attr, module(line, function)
    words, hint = WORDS.get(name, f"{where} is not used here"), ""
    if where == "torch" and name in METHODS:
        words = f"torch.{name} has a tensor first, without a name"
        hint = f", as in {METHODS[name].usage.replace('x.', 'torch.', 1).replace('(', '(x, ', 1)}"
    elif where == "torch" and name not in WORDS:
        close = get_close_matches(name, (*FUNCTIONS, *METHODS), n=3, cutoff=0.6)
        words = f"no function torch.{name} here"
        hint = f"; did you mean {' or '.join(close)}?" if close else f"; {_some()}"
    return line.correction(words, call, _form(line, call, name, call.args), name, hint)


def of_layer(line: Line, call: ast.Call, name: str) -> Refused:
    """Why `nn.ReLU()(x)` is not taken."""
    fragment = _form(line, call, name.lower(), call.args)
    return line.correction(f"{name} is a module, not a function of a tensor", call, fragment)


def of_method(line: Line, call: ast.Call, reason: tuple[str, str]) -> Refused:
    """Why `x.name(…)` is not taken; `reason` is said where nothing better is known."""
    assert isinstance(call.func, ast.Attribute)
    name, owner = call.func.attr, call.func.value
    if name in ATTRIBUTES:
        return line.correction(f"{name} is no method", call, line.source(call.func), name)
    words, hint = (WORDS[name], "") if name in WORDS else reason
    fragment = _form(line, call, name.removesuffix("_"), [owner, *call.args])
    return line.correction(words, call, fragment, name, hint)


def of_attribute(line: Line, node: ast.Attribute, reason: tuple[str, str]) -> Refused:
    """Why `x.name` is not taken; `reason` is said where nothing better is known."""
    name, owner = node.attr, factor(line.source(node.value))
    words, hint = (WORDS[name], "") if name in WORDS else reason
    known = ("len", "length", "data", "cpu", "cuda", "is_cuda")
    fragment = FORMS[name].format(x=owner) if name in known else ""
    return line.correction(words, node, fragment, name, hint)


def check_to(line: Line, call: ast.Call) -> None:
    """Refuse `x.to("cuda")` and `x.to("float32")`, whose arguments are texts."""
    for place in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(place, ast.Constant) and isinstance(place.value, str):
            assert isinstance(call.func, ast.Attribute)
            word, owner = place.value, line.source(call.func.value)
            if word.partition(":")[0] in ("cuda", "cpu", "mps", "gpu", "meta", "xpu"):
                raise line.correction(WORDS["cuda"], call, owner, "to")
            dtype = f"{owner}.to(torch.{word})"
            raise line.correction("a dtype is one of PyTorch's, without quotes", call, dtype, "to")


def method_of(line: Line, call: ast.Call) -> str:
    """The call of a method as it is, with PyTorch's names of arguments."""
    assert isinstance(call.func, ast.Attribute)
    return _method(line, call.func.attr, [call.func.value, *call.args], call.keywords)


def of_syntax(line: Line, node: ast.expr) -> str:
    """What to write for a construct of Python that is not taken; empty where nothing is."""
    match node:
        case ast.Compare(left=left, comparators=[middle, right], ops=[first, second]):
            a, b, c = map(line.source, (left, middle, right))
            signs = [_SIGNS.get(type(sign), "") for sign in (first, second)]
            return f"({a} {signs[0]} {b}) & ({b} {signs[1]} {c})" if all(signs) else ""
        case ast.BoolOp(op=op, values=values):
            sign = " & " if isinstance(op, ast.And) else " | "
            return sign.join(factor(line.source(value)) for value in values)
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return f"torch.where({', '.join(map(line.source, (test, body, otherwise)))})"
        case ast.NamedExpr(value=value) | ast.Starred(value=value) | ast.Lambda(body=value):
            return line.source(value)
    return ""


_SIGNS: Mapping[type[ast.AST], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def _form(line: Line, call: ast.Call, name: str, args: list[ast.expr]) -> str:
    """The call as the lab takes it; empty where no form is known."""
    if name in METHODS and args:
        return _method(line, name, args, call.keywords)
    if name in FUNCTIONS:
        return f"torch.{name}({_listed(line, args, call.keywords)})"
    if name in OPERATORS and len(args) == 2:
        left, right = (factor(line.source(arg)) for arg in args)
        return f"{left} {_OPERATORS[OPERATORS[name]]} {right}"
    if name not in FORMS:
        return ""
    places = {
        "x": factor(line.source(args[0])) if args else "",
        "y": factor(line.source(args[1])) if len(args) > 1 else "",
        "rest": _listed(line, args[1:], call.keywords),
        "all": _listed(line, args, ()),
    }
    return FORMS[name].format(**places)


_OPERATORS: Mapping[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_OPERATORS = {**_OPERATORS, ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}


def _method(line: Line, name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> str:
    return f"{factor(line.source(args[0]))}.{name}({_listed(line, args[1:], keywords)})"


def _listed(line: Line, args: list[ast.expr], keywords: list[ast.keyword] | tuple[()]) -> str:
    """Arguments with commas between them, those by name under PyTorch's names."""
    named = [
        f"{KEYWORDS.get(keyword.arg or '', keyword.arg)}={line.source(keyword.value)}"
        for keyword in keywords
    ]
    return ", ".join((*map(line.source, args), *named))


def _some() -> str:
    return f"there are {', '.join(FUNCTIONS)}, and the methods of tensors such as torch.sum(x)"
