"""Typing into the state of a lab of curves, and stepping it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tui.labs.curves import CurveState

S = TypeVar("S", bound=CurveState)


def played(state: S, typed: Iterable[str] = (), steps: int = 0) -> S:
    """The state, once these lines were typed and then so many steps made."""
    for text in typed:
        state.type(text)
    for _ in range(steps):
        state.step()
    return state
