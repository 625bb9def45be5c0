"""The operations that an expression may use, and how each is written; knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.graph.values import operand, short

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of the whitelist."""

    name: str
    """As it is typed: `*`, or `sigmoid`."""
    arity: int
    """How many inputs it takes."""
    about: str
    """What it does, in a few words."""
    sign: str = ""
    """What a page of mathematics puts between its inputs, or before the only one."""

    def write(self, inputs: Sequence[str], exponent: float | None = None) -> str:
        """The operation on these inputs, names or numbers: `a · (−2)`, `exp(a)`, `a²`."""
        if exponent is not None:
            return operand(inputs[0]) + _raised(exponent)
        if not self.sign:
            return f"{self.name}({', '.join(inputs)})"
        if self.arity == 1:
            return self.sign + operand(inputs[0])
        return self.sign.join(map(operand, inputs))


SIGNS = {
    operation.name: operation
    for operation in (
        Operation("+", 2, "the sum", " + "),
        Operation("-", 2, "the difference", " − "),
        Operation("*", 2, "the product, number by number", " · "),
        Operation("/", 2, "the quotient", " / "),
        Operation("**", 2, "the power", "^"),
        Operation("@", 2, "the dot product of two vectors", " @ "),
    )
}
NEGATIVE = Operation("negative", 1, "the same with the other sign", "−")

FUNCTIONS = {
    operation.name: operation
    for operation in (
        Operation("exp", 1, "e to the power of x"),
        Operation("log", 1, "the natural logarithm"),
        Operation("log1p", 1, "log(1 + x), exact for a small x"),
        Operation("sqrt", 1, "the square root"),
        Operation("square", 1, "x times x"),
        Operation("abs", 1, "the distance from 0"),
        Operation("sin", 1, "the sine"),
        Operation("cos", 1, "the cosine"),
        Operation("sigmoid", 1, "1 / (1 + exp(−x)), between 0 and 1"),
        Operation("tanh", 1, "between −1 and 1"),
        Operation("relu", 1, "x where it is above 0, else 0"),
        Operation("softplus", 1, "log(1 + exp(x)), a smooth relu"),
        Operation("silu", 1, "x · sigmoid(x)"),
        Operation("gelu", 1, "x · the share of a bell curve below x"),
        Operation("sum", 1, "all numbers of a vector added"),
        Operation("mean", 1, "the average of a vector"),
        Operation("prod", 1, "all numbers of a vector multiplied"),
        Operation("max", 1, "the largest number of a vector"),
        Operation("min", 1, "the smallest number of a vector"),
        Operation("dot", 2, "the sum of the products of two vectors"),
        Operation("maximum", 2, "the larger of two, number by number"),
        Operation("minimum", 2, "the smaller of two, number by number"),
    )
}

_KNOWN = ("exp", "log", "relu", "sigmoid", "mean")
ALLOWED = (
    f"numbers, the inputs, {' '.join(SIGNS)}, brackets and functions such as {', '.join(_KNOWN)}"
)
"""What an expression may be made of, in a line; who types a function that is none gets them all."""


def _raised(exponent: float) -> str:
    if exponent.is_integer() and abs(exponent) < 1000:
        return str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"^{operand(short(exponent))}"
