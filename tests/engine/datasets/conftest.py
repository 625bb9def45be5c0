"""A small MNIST in the catalog, and a server that has it; and a table of a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import download, registry
from engine.datasets.download import FetchProgress
from tests.engine.datasets.csv_tables import Write
from tests.mirror import Mirror, Tiny, serving_alone

TRAIN = "train-images-idx3-ubyte.gz"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """It takes the place of MNIST in the catalog; the folder of the data sets is empty."""
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    monkeypatch.setenv(registry.DATA_DIR, str(tmp_path))
    return tiny


@pytest.fixture
def mirror(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server that has it, and the only one that is known."""
    with serving_alone(tiny, monkeypatch) as mirror:
        yield mirror


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; gives its path."""

    def written(content: str | bytes) -> str:
        path = tmp_path / "t.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return written


def get(folder: Path, heard: list[FetchProgress] | None = None, stop: Any = lambda: False) -> Path:
    return download.fetch("mnist", folder, (heard if heard is not None else []).append, stop)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, with what is in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def whole(tiny: Tiny, place: str = "MNIST/raw") -> dict[str, bytes]:
    return {f"{place}/{name}": content for name, content in tiny.packed.items()}
