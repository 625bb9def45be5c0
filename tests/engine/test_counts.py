"""Counts in words."""

from __future__ import annotations

import pytest

from engine.numerals import counted


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1234, "1,234 rows")],
)
def test_one_is_in_the_singular(count: int, words: str) -> None:
    assert counted(count, "row") == words


def test_a_plural_of_its_own() -> None:
    assert (counted(1, "class", "classes"), counted(3, "class", "classes")) == (
        "1 class",
        "3 classes",
    )
