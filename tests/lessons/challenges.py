"""Asking a challenge whether it is met, and going through tables of ways to meet it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

import pytest

from lessons.catalog import find


def checked(slug: str) -> set[str]:
    """The challenges of the lesson that check for themselves whether they are met."""
    return {one.slug for one in find(slug).load().challenges if one.check}


def met(slug: str, challenge: str, seen: Any) -> bool:
    """Whether what is seen, a frame or a look, meets this challenge of the lesson."""
    check = next(one.check for one in find(slug).load().challenges if one.slug == challenge)
    assert check is not None
    return check(seen)


def cases(table: Mapping[Any, Iterable[Any]], slow: Container[str] = ()) -> list[Any]:
    """Each challenge of the table with each of its ways, as cases that are named after both.

    A challenge is its name, or its lesson's and its name; those of slow lessons are marked so.
    """
    return [
        case(*((challenge,) if isinstance(challenge, str) else challenge), way, slow=slow)
        for challenge, ways in table.items()
        for way in ways
    ]


def case(first: str, *others: Any, slow: Container[str] = ()) -> Any:
    """A case that is named after its parameters."""
    name = "-".join(map(str, (first, *others)))
    return pytest.param(first, *others, id=name, marks=[pytest.mark.slow] * (first in slow))
