"""Attributes, methods and functions of a line: each allowed by name, and with which arguments."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from types import NoneType
from typing import Any

import torch

from engine.config import nearest
from engine.expression import columns
from engine.numerals import counted
from engine.tensors import bounds, explain, instead, traced
from engine.tensors.line import Line
from engine.tensors.traced import Pair, Traced
from engine.tensors.vocabulary import ATTRIBUTES, DTYPES, FUNCTIONS, METHODS, PAIR, Kind, Method

Arguments = tuple[list[Any], dict[str, Any]]
KNOWN = {
    "attribute": (*ATTRIBUTES, *METHODS),
    "method": tuple(METHODS),
    "function": tuple(FUNCTIONS),
    "word": (*DTYPES, *FUNCTIONS),
}
FAMILIAR = ("shape", "T", "reshape", "permute", "sum", "mean", "float")
JOINING = ("cat", "stack", "where")
"""Functions that take tensors."""
ONE_NUMBER = ("std", "var")
"""Reductions whose second place means something else than `keepdim`."""


def attribute(line: Line, node: ast.Attribute, owner: Any) -> Any:
    """`x.T`, `x.shape` and the others of the vocabulary."""
    name = node.attr
    if isinstance(owner, Pair) and name in PAIR:
        return getattr(owner, name)
    if isinstance(owner, Pair):
        raise line.refusal_at_end("two tensors: take .values or .indices first", node, name)
    if not isinstance(owner, Traced):
        raise line.refusal_at_end("only tensors have attributes here", node, name)
    if name in METHODS:
        called = f"{line.source(node)}()"
        message = f"a method, called with (): {METHODS[name].usage}"
        raise line.correction(message, node, called, name)
    if name not in ATTRIBUTES:
        raise instead.of_attribute(line, node, _unknown(name, "attribute", "x."))
    if name not in ("T", "mT"):
        return getattr(owner.value, name)
    if name == "T" and owner.value.ndim != 2:
        message = f".T is for matrices, and this has {counted(owner.value.ndim, 'dimension')}; "
        raise line.refusal_at_end(message + "use .mT or .permute(…)", node, name)
    why = partial(explain.transposed, tuple(owner.value.shape))
    return line.attempt(node, lambda: traced.transposed(owner, name), why)


def dtype(line: Line, node: ast.Attribute, module: str) -> torch.dtype:
    """`torch.float32` and the other words of the vocabulary."""
    if node.attr in instead.CONSTANTS:
        raise line.correction("a number is typed", node, instead.CONSTANTS[node.attr])
    if module != "torch":
        words = f"{module} is not used here; a dtype is one of PyTorch's"
        raise line.correction(words, node, f"torch.{node.attr}")
    if node.attr in FUNCTIONS:
        raise line.refusal(f"called with arguments: {FUNCTIONS[node.attr].usage}", node)
    if node.attr not in DTYPES:
        message = "".join(_unknown(node.attr, "word", "torch."))
        raise line.refusal_at_end(message, node, node.attr)
    found: torch.dtype = getattr(torch, node.attr)
    return found


def check_method(line: Line, call: ast.Call, owner: Any) -> None:
    """Refuse what is no tensor, or no method of the vocabulary, or moves it to a device."""
    node = call.func
    assert isinstance(node, ast.Attribute)
    name = node.attr
    if isinstance(owner, Pair):
        raise line.refusal_at_end("two tensors: take .values or .indices first", node, name)
    if not isinstance(owner, Traced):
        raise line.refusal_at_end("only tensors have methods here", node, name)
    if name not in METHODS:
        raise instead.of_method(line, call, _unknown(name, "method", "x."))
    if name == "to":
        instead.check_to(line, call)
    for keyword in call.keywords:
        if keyword.arg in instead.KEYWORDS:
            words = f"{keyword.arg}= is NumPy's word for {instead.KEYWORDS[keyword.arg]}="
            refused = line.correction(words, call, instead.method_of(line, call))
            refused.start, refused.end = columns(line.text, keyword.value)
            raise refused


def method(line: Line, node: ast.Call, owner: Traced, arguments: Arguments) -> Any:
    """`x.reshape(2, -1)` and the other methods of the vocabulary, once it was checked."""
    assert isinstance(node.func, ast.Attribute)
    name, (args, keywords) = node.func.attr, arguments
    _check(line, node, METHODS[name], arguments, tensors=False)
    if name == "to" and [type(part) for part in (*args, *keywords.values())] != [torch.dtype]:
        raise line.refusal(f"one dtype is wanted: {METHODS[name].usage}", node)
    if METHODS[name].kind is Kind.REDUCE and args and isinstance(args[0], bool):
        raise line.refusal("dim is a whole number; write keepdim=True by name", node.args[0])
    if name in ONE_NUMBER and len(args) > 1:
        raise line.refusal(f"only dim stands without a name: {METHODS[name].usage}", node.args[1])
    line.allow(node, lambda: bounds.check(bounds.of_method(name, owner.value, args)))
    why = partial(explain.method, name, owner.value, args)
    return line.attempt(node, lambda: traced.call(name, owner, args, keywords), why)


def function(line: Line, node: ast.Call, name: str, arguments: Arguments) -> Traced:
    """`torch.cat([x, y])` and the other functions of the vocabulary, once it was checked."""
    args, keywords = arguments
    _check(line, node, FUNCTIONS[name], arguments, tensors=name in JOINING)
    if name == "where" and not (len(args) == 3 and isinstance(args[0], Traced)):
        raise line.refusal(f"a mask and two choices: {FUNCTIONS[name].usage}", node)
    line.allow(node, lambda: bounds.check(_cells(name, args, keywords)))
    why = partial(explain.function, name, traced.values(args))
    return line.attempt(node, lambda: traced.function(name, args, keywords), why)


def _cells(name: str, args: list[Any], keywords: dict[str, Any]) -> float:
    """How many cells the function would make."""
    parts = [part.value for part in leaves(args) if isinstance(part, Traced)]
    if name == "where":
        return bounds.of_broadcast(*(part.shape for part in parts))
    if name in JOINING:
        return sum(part.numel() for part in parts)
    if name == "arange":
        return bounds.of_arange(args, keywords)
    if name == "tensor":
        return 0  # a line is too short to spell many numbers
    return math.prod(size for size in leaves(args) if isinstance(size, int) and size >= 0)


def leaves(value: Any) -> Iterator[Any]:
    """What lists and tuples hold, however deep."""
    if not isinstance(value, list | tuple):
        yield value
        return
    for part in value:
        yield from leaves(part)


def _check(
    line: Line, node: ast.Call, allowed: Method, arguments: Arguments, *, tensors: bool
) -> None:
    """Refuse arguments by an unknown name, and values that could mean something else."""
    args, keywords = arguments
    for keyword in node.keywords:
        if keyword.arg not in allowed.keywords:
            message = f"{keyword.arg}= is not taken here; it is used as in {allowed.usage}"
            raise line.refusal(message, keyword.value)
    places = *node.args, *(keyword.value for keyword in node.keywords)
    names = *(None for _ in args), *keywords
    for place, name, value in zip(places, names, (*args, *keywords.values()), strict=True):
        kinds: tuple[type, ...] = (int, float, NoneType)
        kinds += (Traced,) if tensors else ()
        kinds += (torch.dtype,) if name == "dtype" or "torch.float32" in allowed.usage else ()
        if not all(isinstance(leaf, kinds) for leaf in leaves(value)):
            raise line.refusal(f"this cannot stand here; it is used as in {allowed.usage}", place)


def _unknown(name: str, kind: str, before: str) -> tuple[str, str]:
    """Why a name is not taken; and the nearest words, or the most useful where none is near."""
    if name.endswith("_") and not name.endswith("__"):
        return f"{before}{name} would change a tensor in place; a line here only reads", ""
    known = KNOWN[kind]
    if get_close_matches(name, known, cutoff=0.5) or len(known) < 20:
        return f"no {kind} {before}{name} here", f"; {nearest(name, known)}"
    return f"no {kind} {before}{name} here", f"; there are {', '.join(FAMILIAR)} and others"
