"""Helpers to type into the state of a curve lab, and to step it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tui.labs.curves import CurveState

S = TypeVar("S", bound=CurveState)


def played(state: S, typed: Iterable[str] = (), steps: int = 0) -> S:
    """Return the state after typing these lines and doing this number of steps."""
    for text in typed:
        state.type(text)
    for _ in range(steps):
        state.step()
    return state
