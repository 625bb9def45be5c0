"""Folders for tests of the digits lesson, and MNIST where it lies beside the checkout."""

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
    """Empty folders: no MNIST, and no saved network; gives that of the saved networks."""
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "state" / "networks"
