"""Why a number is infinite, or is no number at all, in words; knows no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.graph.values import Value, operand, short

_TOO_LARGE = "larger than a float64 can hold, which ends at about 1.8×10³⁰⁸"
_WHOLE = ("sum", "mean", "prod", "max", "min", "@")
"""The operations that make one number from all of a vector."""


def reason(operation: str, operands: Sequence[Value], value: Value) -> str:
    """Why what the operation gives is not finite; nothing where it is.

    The first number that is not finite speaks for all of them.
    """
    for index, result in enumerate(value.numbers):
        if not math.isfinite(result):
            if operation in _WHOLE:
                inputs = [number for each in operands for number in each.numbers]
            else:
                inputs = [each.numbers[index % len(each.numbers)] for each in operands]
            return _reason(operation, inputs, result)
    return ""


def product_reason(upstream: Value, local: Value, product: Value) -> str:
    """The same for the product of a gradient and a local derivative."""
    if local.finite or product.finite:
        return reason("*", (upstream, local), product)
    if not any(map(math.isnan, local.numbers)):
        return "the local derivative is infinite: at this point the slope has no bound"
    return "there is no derivative here: the operation itself gives no number"


def _reason(operation: str, inputs: Sequence[float], result: float) -> str:
    if any(map(math.isnan, inputs)):
        return "what goes in is not a number, so neither is what comes out"
    known = _pole(operation, inputs[0], inputs[-1], result)
    if known:
        return known
    if any(map(math.isinf, inputs)):
        return "∞ against ∞ has no value" if math.isnan(result) else "an infinity goes in"
    return _TOO_LARGE


def _pole(operation: str, x: float, y: float, result: float) -> str:
    """Where an operation has no finite value by its nature; `y` is its last input."""
    match operation:
        case "log" if x <= 0:
            return _outside("logarithm", x)
        case "log1p" if x <= -1:
            return _outside("logarithm", 1 + x)
        case "sqrt" if x < 0:
            return _outside("square root", x)
        case "/" if y == 0:
            return f"{short(x)} is divided by 0"
        case "**" if x == 0 and y < 0:
            return "0 to a negative power is a division by 0"
        case "**" if x < 0 and math.isnan(result):
            return f"a negative number to the power of {short(y)} would be a complex number"
        case "*" if math.isnan(result):
            return f"{short(x)} · {operand(short(y))} has no value"
        case "sin" | "cos":
            return f"{short(x)} has no {'sine' if operation == 'sin' else 'cosine'}"
    return ""


def _outside(what: str, x: float) -> str:
    if x == 0:
        return "towards 0 a logarithm falls without end"
    return f"{short(x)} has no {what}: it is negative"
