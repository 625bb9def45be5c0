"""What the tests of tables of strangers share; the fixture that writes one is in `conftest`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.datasets.csv_table import read_table
from engine.datasets.tables import Table

Write = Callable[[str | bytes], str]
PLAIN = "a,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n"


def same(table: Table, x: list[list[float]], y: list[float]) -> None:
    np.testing.assert_array_equal(table.x, x)
    np.testing.assert_array_equal(table.y, y)


def refused(path: str, *words: str, **options: str) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its words are looked at below
        read_table(path, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    for word in words:
        assert word in message
    assert message.isprintable()
    return message
