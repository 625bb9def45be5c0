"""The embedded table against scikit-learn's own loader, and what is said where it is broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from engine.datasets import tables as module
from engine.datasets.registry import Broken, NotHere
from engine.datasets.tables import breast_cancer


def test_it_is_what_scikit_learn_loads() -> None:
    table, bunch = breast_cancer(), load_breast_cancer()
    np.testing.assert_array_equal(table.x, bunch.data)
    np.testing.assert_array_equal(table.y, bunch.target)
    assert table.classes == tuple(bunch.target_names)
    words = [set(name.split()) for name in bunch.feature_names]
    assert [set(name.replace(" of", "").split()) for name in table.names] == words


@pytest.mark.parametrize("content", ["", "569,30\n1,2,3\n", "head\nx,y\n", "h\n" + "1," * 30 + "0"])
def test_a_file_that_is_not_what_it_was_is_not_used(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "breast_cancer.csv"
    path.write_text(content)
    monkeypatch.setattr(module, "embedded", lambda *_: path)
    with pytest.raises(Broken, match=r"expected .* found"):
        breast_cancer()


def test_without_scikit_learn_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "embedded", lambda *_: None)
    with pytest.raises(NotHere, match=r"pip install .*scikit-learn"):
        breast_cancer()
