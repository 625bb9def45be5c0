"""What a screen or a command asks about data sets brings no torch and no numpy with it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["", ".registry", ".verify", ".download"])
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
from engine.datasets import registry, verify
for data_set in registry.DATA_SETS:
    verify.status(data_set, registry.data_dir())
heavy = {"torch", "torchvision", "numpy", "sklearn"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
