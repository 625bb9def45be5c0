"""What the learner sets for a graph: the expression, its inputs and the start of backward."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.expression import SIGNS, Refused, check_letters, suggesting
from engine.graph.build import RESERVED, ExpressionGraph, build, checked_name
from engine.graph.operations import Numbers, Value, listed
from engine.numerals import LONGEST, NUMBER, ascii_form, meant

LONGEST_VECTOR = 12
WANTED = f"a number, such as −0.5 or 1e3, or a list of at most {LONGEST_VECTOR}, such as [1, 2, 3]"

_TENSOR = re.compile(
    r"\s*(?:(?:torch|np|numpy)\.)?(?:tensor|array)\((.*?)(?:,\s*[a-z_]+\s*=.*)?\)\s*"
)
"""`torch.tensor([1.0], requires_grad=True)`: PyTorch's way to write a value."""
_MOST_CHARACTERS = 400
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """An expression, its inputs, and what backward starts with.

    Raises:
        ValueError: a name or a value that is not allowed; the message says what is.
        Refused: the expression is not on the whitelist, or does not fit the inputs.
    """

    expression: str
    inputs: Mapping[str, Numbers]
    """The inputs by name, in order: a float, or a tuple of them for a vector."""
    requires_grad: tuple[str, ...] | None = None
    """The inputs that require a gradient; None stands for all, and is replaced by them."""
    gradient: Numbers | None = None
    """The weights that backward starts with; a vector has to have them."""
    graph: ExpressionGraph = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        inputs = {checked_name(name): _checked(name, value) for name, value in self.inputs.items()}
        wanted = inputs if self.requires_grad is None else self.requires_grad
        for name in wanted:
            if name not in inputs:
                raise ValueError(
                    f"requires_grad = {name!r} is not allowed: the inputs are {listed(inputs)}"
                )
        gradient = None if self.gradient is None else _checked("gradient", self.gradient)
        for name, value in {
            "inputs": MappingProxyType(inputs),
            "requires_grad": tuple(name for name in inputs if name in wanted),
            "gradient": gradient,
            "graph": build(self.expression, inputs),
        }.items():
            object.__setattr__(self, name, value)  # the class is frozen

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> GraphSettings:
        """From text by name, as a command line gives it.

        `expression` is needed; `requires_grad` lists inputs, or is `all` or `none`;
        `gradient` is a value or `none`; every other name is an input.
        """
        if not settings.get("expression", "").strip():
            raise ValueError("an expression is wanted, such as expression=x*y*z")
        inputs = {
            checked_name(name): text for name, text in settings.items() if name not in RESERVED
        }
        required = settings.get("requires_grad", "all").strip()
        names = () if required in ("", "none") else required.split(",")
        gradient = settings.get("gradient", "none")
        return cls(
            settings["expression"],
            {name: parse_value(name, text) for name, text in inputs.items()},
            None if required == "all" else tuple(checked_name(name.strip()) for name in names),
            None if gradient.strip() in ("", "none") else parse_value("gradient", gradient),
        )

    def texts(self) -> dict[str, str]:
        """The same as text by name, with every digit: what `of` takes."""
        texts = {"expression": self.expression}
        texts |= {name: str(Value.of(value).plain) for name, value in self.inputs.items()}
        if self.requires_grad != tuple(self.inputs):
            texts["requires_grad"] = ",".join(self.requires_grad or ()) or "none"
        if self.gradient is not None:
            texts["gradient"] = str(Value.of(self.gradient).plain)
        return texts


def parse_value(name: str, text: str) -> Numbers:
    """The scalar or the vector that was typed for `name`.

    Raises:
        Refused: it is neither; the place is that of the part which is not a number. A value that
            the message suggests is accepted.
    """
    if len(text) > _MOST_CHARACTERS:
        length = f"{len(text):,} characters: too many"
        raise Refused(f"{name} has {length}; it must be {WANTED}", text[:_QUOTED], (0, _QUOTED))
    check_letters(text)
    with suggesting(lambda other: _value(name, other)):
        return _value(name, text)


def _value(name: str, text: str) -> Numbers:
    typed = text.translate(SIGNS)
    if not typed.strip().startswith("["):
        return _number(name, text, text, 0)
    if not typed.rstrip().endswith("]"):
        raise _refused(name, text, (0, len(text)), f"{typed.strip()}]")
    start, end = typed.index("[") + 1, typed.rindex("]")
    numbers = []
    for piece in typed[start:end].split(","):
        numbers.append(_number(name, text, text[start : start + len(piece)], start))
        start += len(piece) + 1
    if len(numbers) > LONGEST_VECTOR:
        whole = typed.index("["), end + 1
        raise Refused(f"{name} has {len(numbers)} numbers; it must be {WANTED}", text, whole)
    return tuple(numbers)


def _number(name: str, text: str, piece: str, start: int) -> float:
    """The number in `piece`, which begins at the column `start` of `text`."""
    word = ascii_form(piece)
    if NUMBER.fullmatch(word) and math.isfinite(float(word)):
        return float(word)
    instead = ""
    if likely := meant(piece):
        instead = f"{text[:start]}{likely}{text[start + len(piece) :]}".strip()
    elif not start or "," not in text:
        instead = _as_list(text)
    start += len(piece) - len(piece.lstrip())
    raise _refused(name, text, (start, start + max(1, len(word))), instead)


def _as_list(text: str) -> str:
    """Several numbers in another notation as a list; empty where it is not known."""
    inner = text.strip()
    if found := _TENSOR.fullmatch(inner):
        return found[1]
    inner = inner.strip("(){}[]") if inner[:1] in ("(", "{", "[") else inner
    parts = re.split(r"[,;\s]+", inner.strip())
    return f"[{', '.join(parts)}]" if len(parts) > 1 and len(inner) <= LONGEST else ""


def _refused(name: str, text: str, place: tuple[int, int], instead: str = "") -> Refused:
    quoted = text.strip() if len(text) <= _QUOTED else f"{text.strip()[:_QUOTED]}…"
    message = f"{name} = {quoted} is not allowed: it must be {WANTED}"
    return Refused(message, text, place, instead)


def _checked(name: str, value: Numbers) -> Numbers:
    numbers = Value.of(value).numbers
    if not 1 <= len(numbers) <= LONGEST_VECTOR or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{name} is not allowed: it must be {WANTED}")
    return tuple(map(float, numbers)) if isinstance(value, tuple) else float(value)
