"""A small MNIST, a server for it, and helpers for CSV files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets import download, registry
from engine.datasets.csv_table import read_table
from engine.datasets.download import FetchProgress
from engine.datasets.tables import Table
from tests.mirror import Mirror, Tiny, serving_alone

SHARED = Path(__file__).parents[4] / "shared"
TRAIN = "train-images-idx3-ubyte"
LABELS = "t10k-labels-idx1-ubyte"
needs_mnist = pytest.mark.skipif(
    not (SHARED / "data/mnist").is_dir(), reason="the real MNIST is not on this machine"
)
Write = Callable[[str | bytes], str]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Replace MNIST in the registry; the data folder is empty."""
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    monkeypatch.setenv(registry.DATA_DIR, str(tmp_path))
    return tiny


@pytest.fixture
def mirror(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve the small MNIST from the only known mirror."""
    with serving_alone(tiny, monkeypatch) as mirror:
        yield mirror


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file with a later time each time, and returns its path."""
    seconds = count(1)

    def written(content: str | bytes) -> str:
        path = tmp_path / "t.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (0, next(seconds)))  # clocks are too coarse to distinguish two writes
        return str(path)

    return written


def get(folder: Path, heard: list[FetchProgress] | None = None, stop: Any = lambda: False) -> Path:
    return download.fetch("mnist", folder, (heard if heard is not None else []).append, stop)


def everything(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files below the folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def whole(tiny: Tiny, place: str = "MNIST/raw") -> dict[str, bytes]:
    return {f"{place}/{name}": content for name, content in tiny.packed.items()}


def same(table: Table, x: list[list[float]], y: list[float]) -> None:
    np.testing.assert_array_equal(table.x, x)
    np.testing.assert_array_equal(table.y, y)


def refused(path: str, *words: str, **options: Any) -> str:
    """Return the error message, which contains these words and no control characters."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is checked below
        read_table(path, **options)
    message = str(caught.value)
    for word in words:
        assert word in message, (word, message)
    assert message.isprintable()
    return message
