"""One typed line while it is worked out: what it may use, and how it is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TypeVar

from engine.expression import Place, Refused, replaced, source
from engine.tensors.looks import Broadcast, PyTorchRefused
from engine.tensors.traced import Traced

T = TypeVar("T")

CANNOT = (RuntimeError, IndexError, TypeError, ValueError, OverflowError)
"""What PyTorch raises where it cannot do something."""
LONGEST_ERROR = 240
"""Some of PyTorch's errors list every way to call a function; their beginning says it."""


class Line:
    """The text of a line, the tensors that it may name, and what it has used so far."""

    def __init__(self, text: str, tensors: Mapping[str, Traced]) -> None:
        self.text = text
        self.tensors = tensors
        self.read: set[str] = set()
        """The names that it has used."""
        self.broadcasts: list[Broadcast] = []
        """Its element-wise operations on two tensors."""

    def refusal(self, message: str, place: Place) -> Refused:
        """The line cannot be taken, because of what stands at the place."""
        return Refused(message, self.text, place)

    def correction(
        self,
        message: str,
        place: ast.expr,
        fragment: str,
        word: str | None = None,
        hint: str = "",
    ) -> Refused:
        """The same, with what may be written in place of it, and the hint where that fails.

        `word` is the end of the place, as in `refusal_at_end`.
        """
        at = place.func if isinstance(place, ast.Call) else place
        refused = self.refusal_at_end(message, at, word) if word else self.refusal(message, at)
        refused.hint = hint
        refused.instead = replaced(self.text, place, fragment) if fragment else ""
        return refused

    def source(self, node: ast.expr) -> str:
        """What was typed for this node."""
        return source(self.text, node)

    def refusal_at_end(self, message: str, place: Place, word: str) -> Refused:
        """The same, because of the word with which the place ends: the `foo` of `x.foo`."""
        end = self.refusal(message, place).end
        return self.refusal(message, (end - len(word), end))

    def words(self, place: Place) -> str:
        """What was typed at the place."""
        refusal = self.refusal("", place)
        return self.text[refusal.start : refusal.end]

    def allow(self, place: Place, check: Callable[[], T]) -> T:
        """What the check gives; a `ValueError` of it refuses the line."""
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
        """What PyTorch makes of it; its error is told with an explanation beside it."""
        try:
            return do()
        except CANNOT as error:
            text = str(error).strip().partition("\n")[0]
            message = f"{type(error).__name__}: {text}"[:LONGEST_ERROR]
            raise PyTorchRefused(explain(text), self.text, place, message, broadcast) from None
