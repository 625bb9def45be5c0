"""A number or a short vector as it is shown; knows no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from typing import TypeAlias

from engine.equations import number

MOST_SHOWN = 4
"""A longer vector is cut where there is little room: its shape says how long it is."""

_ZEROS = re.compile(r"\.0+(?=×|$)|(?<=[1-9])0+(?=×|$)")

Numbers: TypeAlias = float | tuple[float, ...]
"""A scalar, or a vector, as Python writes them."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a tensor of no or one dimension holds."""

    shape: tuple[int, ...]
    """As PyTorch says it: `()` is a scalar, `(3,)` a vector of three numbers."""
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, numbers: Numbers) -> Value:
        """A scalar from a float, a vector from a tuple."""
        if isinstance(numbers, tuple):
            return cls((len(numbers),), numbers)
        return cls((), (numbers,))

    @property
    def plain(self) -> float | list[float]:
        """The same as Python and JSON write it."""
        return list(self.numbers) if self.shape else self.numbers[0]

    @property
    def finite(self) -> bool:
        """Whether there is neither an infinity nor a "not a number" in it."""
        return all(map(math.isfinite, self.numbers))

    @property
    def text(self) -> str:
        """All of it: `6`, `[1, 2, 3]`."""
        return self._written(len(self.numbers))

    @property
    def brief(self) -> str:
        """As much of it as fits into a box: `[1, 2, 3, …]`."""
        return self._written(MOST_SHOWN)

    def __add__(self, other: Value) -> Value:
        """The sum of two of one shape."""
        pairs = zip(self.numbers, other.numbers, strict=True)
        return Value(self.shape, tuple(a + b for a, b in pairs))

    def __mul__(self, other: Value) -> Value:
        """The product number by number; a scalar is stretched."""
        shape = max(self.shape, other.shape, key=math.prod)
        pairs = zip(cycle(self.numbers), cycle(other.numbers), range(math.prod(shape)))
        return Value(shape, tuple(a * b for a, b, _ in pairs))

    def _written(self, most: int) -> str:
        if not self.shape:
            return short(self.numbers[0])
        cut = len(self.numbers) > most
        texts = [short(number) for number in self.numbers[: most - 1 if cut else most]]
        return f"[{', '.join(texts + ['…'] * cut)}]"


@lru_cache(maxsize=4096)  # a walk shows the same numbers again and again
def short(value: float) -> str:
    """The number without the zeros at its end, unless they say that it is rounded.

    >>> short(6.0), short(0.73106), short(1e9), short(0.99999)
    ('6', '0.7311', '1×10⁹', '1.0000')
    """
    text = number(value)
    rounded = float(f"{value:.3e}" if "×" in text else f"{value:.4f}")
    return _ZEROS.sub("", text) if math.isclose(value, rounded, rel_tol=1e-12) else text


def operand(text: str) -> str:
    """The text between two signs: what has a sign or a space of its own stands in brackets."""
    alone = text.startswith("[") or not (text.startswith("−") or " " in text or "×" in text)
    return text if alone else f"({text})"


def listed(words: Iterable[str], nothing: str = "nothing") -> str:
    """The words with commas between them."""
    return ", ".join(words) or nothing
