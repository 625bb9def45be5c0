"""Folders for tests of the digits lesson, and the real MNIST if it is available."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_mnist = pytest.mark.skipif(
    not (SHARED / "mnist" / "train-images-idx3-ubyte.gz").is_file(),
    reason="MNIST is not beside the checkout",
)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use empty folders without MNIST and saved networks; return the folder for saved networks."""
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "state" / "networks"
