"""What a screen or a command asks about data sets brings no torch and no numpy with it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["", ".catalog", ".places", ".unusable", ".whole", ".fetch"])
def test_imports_nothing_heavy(module: str) -> None:
    script = f"""
import sys
import engine.datasets{module}
heavy = {{"torch", "torchvision", "numpy", "sklearn", "textual"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_finding_a_data_set_imports_nothing_heavy_either() -> None:
    script = """
import sys
from engine.datasets import catalog, places, whole
for data_set in catalog.DATA_SETS:
    whole.standing(data_set, places.folder())
heavy = {"torch", "torchvision", "numpy", "sklearn"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_made_points_are_handed_on() -> None:
    from engine import datasets
    from engine.datasets import Data, made, moons

    assert moons is made.moons is datasets.moons
    assert Data is made.Data
    assert all(hasattr(made, name) for name in datasets.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = datasets.nothing
