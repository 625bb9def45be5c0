"""Refusals of a line on tensors: the place, the reason, and a corrected line."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import torch

from engine.config import nearest
from engine.expression import OPERATORS, Place, Refused, dotted, factor, replaced, source
from engine.numerals import counted
from engine.tensors.limits import COMPARISONS, leaves
from engine.tensors.limits import OPERATORS as SYMBOLS
from engine.tensors.looks import Broadcast, PyTorchRefused, Shape
from engine.tensors.traced import TracedTensor
from engine.tensors.vocabulary import (
    ATTRIBUTES,
    BUILTIN_FORMS,
    BUILTIN_HINTS,
    DIFFERENT,
    DTYPES,
    FORMS,
    FUNCTIONS,
    KEYWORDS,
    LAYERS,
    MASK_FORMS,
    METHODS,
    MODULES,
    ONLY_METHODS,
    OVER_ROWS,
    REASONS,
    Kind,
)

T = TypeVar("T")

ERRORS = (RuntimeError, IndexError, TypeError, ValueError, OverflowError)
"""The errors that PyTorch raises for an impossible operation."""
LONGEST_ERROR = 240
"""The most characters of an error: some list every way to call a function."""
KNOWN = {
    "attribute": (*ATTRIBUTES, *METHODS),
    "method": tuple(METHODS),
    "word": (*DTYPES, *FUNCTIONS),
}
FAMILIAR = "shape, T, reshape, permute, sum, mean, float"
CHAINED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)  # pairs of these can be written as a mask
METHODS_ONLY = "; functions of a tensor are its methods, as in x.sum()"
UNEXPLAINED = "PyTorch does not do this with tensors of these shapes and dtypes."


class TensorLine:
    """A typed line during its evaluation: its tensors, the names it has used, and its refusals."""

    def __init__(self, text: str, tensors: Mapping[str, TracedTensor]) -> None:
        self.text = text
        self.tensors = tensors
        self.read: set[str] = set()  # the names that it has used
        self.broadcasts: list[Broadcast] = []  # its element-wise operations on two tensors
        self.first: Any = None  # the value of the first argument of a function that is refused

    def source(self, node: ast.expr | ast.keyword) -> str:
        return source(self.text, node)

    def factor(self, node: ast.expr) -> str:
        """Return the source, in brackets where an operator or a dot beside it needs them."""
        return factor(self.source(node))

    def as_tensor(self, node: ast.expr) -> str:
        """Return the same for a first argument; plain numbers become a tensor."""
        plain = isinstance(self.first, int | float | list | tuple)
        return f"torch.tensor({self.source(node)})" if plain else self.factor(node)

    def refusal(self, message: str, place: Place, word: str | None = None) -> Refused:
        """Return the error for this place, or for the word at its end: the `foo` of `x.foo`."""
        refused = Refused(message, self.text, place)
        if word is not None:  # the typed one can have another length than Python's: ﬁ is fi
            refused.start = self.text.rfind(".", refused.start, refused.end) + 1 or refused.start
            while self.text[refused.start] == " ":
                refused.start += 1
        return refused

    def correction(
        self,
        message: str,
        place: ast.expr,
        fragment: str,
        word: str | None = None,
        hint: str = "",
    ) -> Refused:
        """Return the error with a replacement for the place, and a hint if that fails."""
        refused = self.refusal(message, place.func if isinstance(place, ast.Call) else place, word)
        refused.hint = hint
        refused.instead = replaced(self.text, place, fragment) if fragment else ""
        return refused

    def allow(self, place: Place, check: Callable[[], T]) -> T:
        """Return the result of the check; its `ValueError` refuses the line."""
        try:
            return check()
        except ValueError as error:
            raise self.refusal(str(error), place) from None

    def attempt(
        self,
        place: Place,
        do: Callable[[], T],
        explain: Callable[[str], str],
        broadcast: Broadcast | None = None,
    ) -> T:
        """Return the result of an operation of PyTorch; an error is raised with an explanation."""
        try:
            return do()
        except ERRORS as error:
            text = str(error).strip().partition("\n")[0]
            message = f"{type(error).__name__}: {text}"[:LONGEST_ERROR]
            raise PyTorchRefused(explain(text), self.text, place, message, broadcast) from None


# Replacements for what is not in the vocabulary.


def module(line: TensorLine, node: ast.Attribute) -> str:
    """Return the module before the last dot, `torch.nn`; empty for anything else."""
    names = dotted(node.value)
    known = names and names[0] in MODULES and names[0] not in line.tensors
    return ".".join(names) if known else ""


def unknown(name: str, kind: str, before: str) -> tuple[str, str]:
    """Return why a name is not accepted, and the nearest, or else the most useful, words."""
    if name in REASONS and kind != "word":
        return REASONS[name], ""
    if name.endswith("_") and not name.endswith("__"):
        return f"{before}{name} would change a tensor in place; a line here only reads", ""
    if hasattr(torch if before == "torch." else torch.Tensor, name):
        return f"this lab does not have {before}{name}", f"; there are {FAMILIAR} and others"
    if get_close_matches(name, KNOWN[kind], cutoff=0.5) or len(KNOWN[kind]) < 20:
        return f"no {kind} {before}{name} here", f"; {nearest(name, KNOWN[kind])}"
    return f"no {kind} {before}{name} here", f"; there are {FAMILIAR} and others"


def wrong_function(line: TensorLine, call: ast.Call, name: str) -> Refused:
    """Return the refusal of `name(…)`."""
    if name in line.tensors:
        product = f"{name} * {line.factor(call.args[0])}" if len(call.args) == 1 else ""
        fragment = product if call.args or call.keywords else name
        return line.correction(f"{name} is a tensor, no function", call, fragment, name)
    words, hint = REASONS.get(name, f"no function {name} here"), METHODS_ONLY
    if name in BUILTIN_FORMS:
        fragment = _builtin(line, name, call)
        hint = f"; {BUILTIN_HINTS[name]}" if name in BUILTIN_HINTS else hint
    else:
        fragment = _form(line, call, name, call.args)
    return line.correction(words, call, fragment, name, "" if name in REASONS else hint)


def _builtin(line: TensorLine, name: str, call: ast.Call) -> str:
    """Return a line for a function of Python; empty where Python refuses such an argument."""
    if call.keywords or (isinstance(line.first, list | tuple) and name in ("int", "float")):
        return ""
    if isinstance(line.first, TracedTensor) and len(call.args) == 1:
        dimensions = line.first.value.ndim
        if dimensions != 1 if name in OVER_ROWS else name == "sum" and not dimensions:
            return ""
    return _filled(line, BUILTIN_FORMS[name], call.args, [])


def wrong_function_of_module(line: TensorLine, call: ast.Call, function: ast.Attribute) -> Refused:
    """Return the refusal of `np.name(…)` or `torch.name(…)`."""
    name, where = function.attr, module(line, function)
    words, hint = REASONS.get(name, f"{where} is not used here"), METHODS_ONLY
    if name in REASONS:
        hint = ""
    elif where == "math":
        words = "math works on plain numbers, and this lab on tensors"
    elif name in DTYPES:
        words = f"{where}.{name} is a dtype, no function"
    elif where == "torch" and name in METHODS and name not in ONLY_METHODS:
        words = f"torch.{name} has a tensor first, without a name"
        hint = f", as in {METHODS[name].usage.replace('x.', 'torch.', 1).replace('(', '(x, ', 1)}"
    elif where == "torch" and name in OPERATORS:
        words = f"torch.{name} is taken with a tensor and one more argument, without names"
    elif where == "torch":
        words = f"this lab does not have torch.{name}"
        hint = f"; there are {', '.join(FUNCTIONS)}, and methods of tensors such as torch.sum(x)"
        close = get_close_matches(name, (*FUNCTIONS, *METHODS), n=3, cutoff=0.6)
        if close and not hasattr(torch, name):
            hint = f"; did you mean {' or '.join(close)}?"
    full = f"{where}.{name}"
    if full in BUILTIN_FORMS:
        fragment = _builtin(line, full, call)
    elif where != "torch" and not {name, full}.isdisjoint(DIFFERENT):
        fragment = ""
    else:
        fragment = _form(line, call, name, call.args)
    return line.correction(words, call, fragment, name, hint)


def cell_by_cell(line: TensorLine, call: ast.Call, args: list[ast.expr], name: str) -> Refused:
    """Return the refusal of `x.max(y)` or `x.min(y)`, which is `torch.name(x, y)`."""
    fragment = _filled(line, FORMS[name], args, [])
    return line.correction("two tensors are compared cell by cell", call, fragment)


def wrong_layer(line: TensorLine, call: ast.Call, name: str) -> Refused:
    """Return the refusal of `nn.ReLU()(x)`."""
    layer, fragment = call.func, ""
    assert isinstance(layer, ast.Call)
    if name.lower() in LAYERS and not call.keywords:
        same = ast.Call(call.func, call.args + layer.args, layer.keywords)
        fragment = _form(line, same, name.lower(), same.args)
    return line.correction(f"{name} is a module, not a function of a tensor", call, fragment)


def wrong_method(line: TensorLine, call: ast.Call, function: ast.Attribute) -> Refused:
    """Return the refusal of `x.name(…)`."""
    name = function.attr
    if name in ATTRIBUTES:
        fragment = line.source(function)
        if call.args or call.keywords:
            one = name == "shape" and len(call.args) == 1 and not call.keywords
            fragment = f"{fragment}[{line.source(call.args[0])}]" if one else ""
        return line.correction(f"{name} is no method", call, fragment, name)
    words, hint = unknown(name, "method", "x.")
    if name in OPERATORS:
        words, hint = f"x.{name} is taken with one argument, without a name", ""
    fragment = _form(line, call, name.removesuffix("_"), [function.value, *call.args])
    return line.correction(words, call, fragment, name, hint)


def wrong_attribute(line: TensorLine, node: ast.Attribute) -> Refused:
    """Return the refusal of `x.name`."""
    name, owner = node.attr, line.factor(node.value)
    words, hint = unknown(name, "attribute", "x.")
    known = ("len", "length", "data", "cpu", "cuda")
    fragment = FORMS[name].format(x=owner) if name in known else ""
    return line.correction(words, node, fragment, name, hint)


def check_place_to_move(line: TensorLine, call: ast.Call, function: ast.Attribute) -> None:
    """Refuse `x.to("cuda")` and `x.to("float32")`, whose arguments are texts."""
    for place in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(place, ast.Constant) and isinstance(place.value, str):
            word, owner = place.value, line.source(function.value)
            if word.partition(":")[0] in ("cuda", "cpu", "mps", "gpu", "meta", "xpu"):
                raise line.correction(REASONS["cuda"], call, owner, "to")
            dtype = f"{owner}.to(torch.{word})"
            raise line.correction("a dtype is one of PyTorch's, without quotes", call, dtype, "to")


def method_call(
    line: TensorLine, name: str, args: list[ast.expr], keywords: list[ast.keyword]
) -> str:
    """Return the call of a method on the first of `args`, with PyTorch's argument names."""
    return f"{line.as_tensor(args[0])}.{name}({_listed(line, args[1:], keywords)})"


def other_syntax(line: TensorLine, node: ast.expr) -> str:
    """Return a line for a Python construct that is not accepted; empty if there is none."""
    match node:
        case ast.Compare(left=left, comparators=[middle, right], ops=ops):
            a, b, c = map(line.source, (left, middle, right))
            signs = [COMPARISONS[type(sign)][0] for sign in ops if type(sign) in CHAINED]
            return f"({a} {signs[0]} {b}) & ({b} {signs[1]} {c})" if len(signs) == 2 else ""
        case ast.BoolOp(op=op, values=values) if all(map(_is_mask, values)):
            sign = " & " if isinstance(op, ast.And) else " | "
            return sign.join(map(line.factor, values))
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return f"torch.where({', '.join(map(line.source, (test, body, otherwise)))})"
        case ast.NamedExpr(value=value) | ast.Starred(value=value) | ast.Lambda(body=value):
            return line.source(value)
    return ""


def _is_mask(node: ast.expr) -> bool:
    """Return whether this is a comparison or several: on whole numbers, & works bit by bit."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_mask(operand)
        case ast.BoolOp(values=values):
            return all(map(_is_mask, values))
    return isinstance(node, ast.Compare)


def _form(line: TensorLine, call: ast.Call, name: str, args: list[ast.expr]) -> str:
    """Return an accepted call with the same result; empty if none is known."""
    if len(args) == 1 and not call.keywords and name in (*DTYPES, "shape", "ndim", "dtype", "T"):
        owner = line.as_tensor(args[0])
        return f"{owner}.to(torch.{name})" if name in DTYPES else f"{owner}.{name}"
    if name in METHODS and args:
        return method_call(line, name, args, call.keywords)
    if name in FUNCTIONS:
        return f"torch.{name}({_listed(line, args, call.keywords)})"
    if name in ("hstack", "vstack") and not call.keywords:
        return _stacked(line, name, args)
    if name in ("Tensor", "FloatTensor"):
        listed = len(args) == 1 and isinstance(args[0], ast.List)  # otherwise it is a size
        return f"torch.tensor({line.source(args[0])}, dtype=torch.float32)" if listed else ""
    if name in OPERATORS and len(args) == 2 and len(call.keywords) == 1:
        return _operator_with(line, name, args, call.keywords[0])
    if name not in FORMS and name != name.lower() and name.lower() not in (*ATTRIBUTES, "size"):
        return _form(line, call, name.lower(), args)
    form = FORMS.get(name, "")
    if name in OPERATORS:
        form = f"{{x}} {SYMBOLS[OPERATORS[name]][0]} {{y}}"
    elif name in MASK_FORMS and all(isinstance(arg, ast.Compare) for arg in args):
        form = MASK_FORMS[name]
    return _filled(line, form, args, call.keywords)


def _filled(line: TensorLine, forms: str, args: list[ast.expr], keywords: list[ast.keyword]) -> str:
    """Return the first of the forms that uses every argument, filled in; empty if none does."""
    method = "{x}." in forms or ("{x} " in forms and isinstance(line.first, list | tuple))
    places = {
        "x": (line.as_tensor if method else line.factor)(args[0]) if args else "",
        "y": line.factor(args[1]) if len(args) > 1 else "",
        "rest": _listed(line, args[1:], keywords),
        "all": _listed(line, args, keywords),
    }
    for form in forms.split(" or "):
        wanted = 2 if "{y}" in form else 1
        any_number = "{all}" in form or ("{rest}" in form and args)
        if any_number or len(args) + len(keywords) == wanted == len(args):
            return form.format(**places)
    return ""


def _operator_with(line: TensorLine, name: str, args: list[ast.expr], more: ast.keyword) -> str:
    """Return `add` and `sub` with `alpha=2`, `div` with `rounding_mode="floor"`."""
    left, right = map(line.factor, args)
    value, sign = line.source(more.value), SYMBOLS[OPERATORS[name]][0]
    if more.arg == "alpha" and sign in "+-":
        return f"{left} {sign} {factor(value)} * {right}"
    floor = more.arg == "rounding_mode" and value[1:-1] == "floor" and sign == "/"
    return f"{left} // {right}" if floor else ""


def _stacked(line: TensorLine, name: str, args: list[ast.expr]) -> str:
    """Return `hstack` or `vstack` of tensors of the scene, whose dimensions select the call."""
    match args:
        case [ast.List(elts=parts) | ast.Tuple(elts=parts)]:
            known = [line.tensors.get(line.source(part)) for part in parts]
            sizes = {part.value.ndim if part else 0 for part in known}
            if len(sizes) == 1 and 0 not in sizes:
                call = "stack" if sizes == {1} and name == "vstack" else "cat"
                dim = int(name == "hstack" and sizes != {1})
                return f"torch.{call}({line.source(args[0])}, dim={dim})"
    return ""


def _listed(line: TensorLine, args: list[ast.expr], keywords: list[ast.keyword]) -> str:
    named = [
        f"{KEYWORDS.get(keyword.arg or '', keyword.arg)}={line.source(keyword.value)}"
        for keyword in keywords
    ]
    return ", ".join((*map(line.source, args), *named))


# Explanations of PyTorch's errors, with advice.


def explain_transposed(shape: Shape) -> str:
    """Explain an error of `x.mT`."""
    return f".mT exchanges the last two dimensions, and there {_dimensions(shape)}."


def explain_cells(
    operands: Sequence[torch.Tensor], error: str, broadcast: Broadcast | None, symbol: str = ""
) -> str:
    """Explain an error of an element-wise operator between tensors."""
    if broadcast is not None and not broadcast.agrees:
        return f"Aligned at the right, {'; '.join(broadcast.disagreements)}."
    if symbol == "^":
        return "^ combines masks and whole numbers bit by bit; a power is written **, as in x ** 2."
    if "ZeroDivision" in error:
        return f"Whole numbers have no infinity: make them floats first, x.float() {symbol} 0."
    if "without overflow" in error:
        return "The number does not fit this dtype: make the cells floats first, x.float()."
    if "negative integer powers" in error:
        return "A negative power is a fraction: make the numbers floats first, x.float()."
    if error.startswith("Negation"):
        return "To turn a mask around write ~x; as numbers, 0 and 1, it is -x.long()."
    if "bitwise" in error or "invert" in error:
        return "&, | and ~ are for masks and whole numbers: compare first, (x > 1) & (x < 5)."
    if "bool" in error or any(operand.dtype is torch.bool for operand in operands):
        return "These are True and False: combine them with &, | and ~, or count: x.long()."
    return UNEXPLAINED


def explain_matmul(left: torch.Tensor, right: torch.Tensor, error: str) -> str:
    """Explain an error of `left @ right`."""
    if 0 in (left.ndim, right.ndim):
        return "@ needs at least one dimension on each side: for a single number write *."
    inner = right.shape[-2] if right.ndim > 1 else right.shape[0]
    if left.shape[-1] != inner:
        return (
            f"@ multiplies rows by columns: the last dimension of the left, {left.shape[-1]}, "
            f"must equal the {'last but one' if right.ndim > 1 else 'only one'} of the right, "
            f"{inner}. Perhaps one of them wants .mT."
        )
    if left.dtype != right.dtype:
        return "@ needs one dtype on both sides, such as float"
    if "not implemented for" in error:
        return "@ does not work with this dtype, but with floats"
    if "must match the size" in error:
        return "The dimensions before the last two are aligned at the right: equal, or one is 1."
    return UNEXPLAINED


def explain_index(shape: Shape, items: Sequence[Any], error: str) -> str:
    """Explain an error of `x[…]`."""
    if not shape:
        return "This is a single number, 0-D: it has no dimension to index."
    if "too many indices" in error:
        return f"There {_dimensions(shape)}, and each takes one index at most."
    if "out of bounds" in error or "out of range" in error:
        sizes = ", ".join(f"dimension {dim}: 0 to {size - 1}" for dim, size in enumerate(shape))
        return f"Indices count from 0, or from −1 backwards. {sizes.capitalize()}."
    if "step must be" in error:
        return "Slices of a tensor only go forward; x.flip(0) turns a dimension around."
    if "mask" in error:
        return f"A mask needs the sizes of what it picks from, {_sizes(shape)}: x[x > 2]."
    if any(isinstance(item, float) for item in items) or "must be long" in error:
        return "An index is a whole number, a slice, a list of whole numbers or a mask."
    if "broadcast" in error:
        return "Lists in one index are paired up: first with first. They need equal lengths."
    return UNEXPLAINED


def explain_method(name: str, tensor: torch.Tensor, args: Sequence[Any], error: str) -> str:
    """Explain an error of a method called on a tensor."""
    shape, method = tuple(tensor.shape), METHODS[name]
    order = ", ".join(str(dim) for dim in reversed(range(len(shape))))
    permuted = f"There {_dimensions(shape)}: each is named once, as in x.permute({order})."
    known = {
        **dict.fromkeys(("permute", "transpose", "t"), permuted),
        "expand": f"Only dimensions of size 1 can be stretched, and the shape is {_sizes(shape)}.",
        "repeat": f"There {_dimensions(shape)}, so at least as many counts: {method.usage}.",
        "unflatten": f"The new sizes must multiply to the size they replace; "
        f"shape {_sizes(shape)}.",
        "item": f"Only a tensor of one element is one number; this has {tensor.numel()}.",
    }
    if name in ("reshape", "view"):
        return _explain_reshape(tensor, args, error)
    if name in known:
        return known[name]
    if "floating point" in error:
        what = {"std": "standard deviation", "var": "variance"}.get(name, name)
        return f"A {what} of whole numbers is a fraction: make them floats, x.float().{name}()."
    if "imension" in error and shape and method.kind is not Kind.CELL:
        return _explain_dim(shape, new=name == "unsqueeze")
    if not tensor.numel() and method.kind is Kind.REDUCE:
        return "There is nothing in it: of no numbers there is no largest and no smallest."
    return f"It is used as in {method.usage}."


def explain_function(name: str, args: Sequence[Any], error: str) -> str:
    """Explain an error of a function of torch."""
    parts = [part for part in leaves(args) if isinstance(part, torch.Tensor)]
    if "Dimension out of range" in error:
        return _explain_dim(tuple(parts[0].shape), new=name == "stack")
    if name == "where" and parts[0].dtype is not torch.bool:
        return f"The first argument is a mask: {FUNCTIONS[name].usage}."
    if "without overflow" in error:
        return "A number does not fit this dtype: uint8, for one, reaches from 0 to 255."
    if name == "arange" and "nonzero" in error:
        return "With a step of 0 there is no end: torch.arange(0, 12, 2)."
    if name == "arange" and "sign" in error:
        return "With this step the end is never reached: down it goes with one below 0."
    shapes = f"Shapes: {', '.join(_sizes(tuple(part.shape)) for part in parts)}."
    known = {
        "cat": f"cat joins along one dimension; all other sizes must be equal. {shapes}",
        "stack": f"stack puts tensors of one and the same shape side by side. {shapes}",
        "where": f"The mask and both choices must fit each other by broadcasting. {shapes}",
    }
    if name in known and parts:
        return known[name]
    if name == "tensor" and "expected sequence" in error:
        return "A tensor has no ragged edge: all its rows have the same length."
    return f"It is used as in {FUNCTIONS[name].usage}."


def _explain_reshape(tensor: torch.Tensor, args: Sequence[Any], error: str) -> str:
    count = tensor.numel()
    if "not compatible" in error:
        return (
            f"A view only reads the same memory in other steps, and with strides "
            f"{tuple(tensor.stride())} there are none that fit. x.reshape(…) and "
            f"x.contiguous().view(…) copy it, but only where they must."
        )
    asked = args[0] if args and isinstance(args[0], list | tuple) else args
    if not all(isinstance(size, int) for size in asked) or not asked:
        return "Sizes are whole numbers, and one of them may be −1: x.reshape(2, -1)."
    known = math.prod(size for size in asked if size != -1)
    if list(asked).count(-1) == 1:
        return f"{counted(count, 'element')} cannot be shared out evenly over {known:,}."
    if -1 in asked:
        return "Only one size may be −1: PyTorch works it out from the others."
    return (
        f"Sizes multiply to the number of elements: there are {count:,}, and these make {known:,}. "
        f"One size may be −1, and PyTorch works it out."
    )


def _explain_dim(shape: Shape, *, new: bool) -> str:
    """Explain a missing dimension; a new one may also come after all others."""
    last = len(shape) - (not new)
    behind = " for the new one" if new else ""
    return f"There {_dimensions(shape)}: dim goes from 0 to {last}{behind}, or −1 backwards."


def _dimensions(shape: Shape) -> str:
    if not shape:
        return "are no dimensions"
    return "is 1 dimension" if len(shape) == 1 else f"are {len(shape)} dimensions"


def _sizes(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "a single number"
