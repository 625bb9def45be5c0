"""Modules of the engine for the home screen import neither torch nor numpy."""

from __future__ import annotations

import subprocess
import sys

LIGHT = (
    *("config", "equations", "frame", "device", "trainer", "turns"),
    *("graph.settings", "graph.walk", "graph.programs"),
    *("programs.measuring", "programs.results", "throughput"),
)


def test_imports_nothing_heavy() -> None:
    """In one process: a module that imports something heavy is named."""
    script = f"""
import importlib, sys
for module in {LIGHT!r}:
    importlib.import_module("engine." + module)
    heavy = {{"torch", "numpy", "textual", "rich"}} & set(sys.modules)
    if heavy:
        sys.exit(f"{{module}} imported {{heavy}}")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_warming_up_is_what_the_first_optimizer_would_wait_for() -> None:
    script = """
import sys
from engine.run import warm_up
import torch
torch.manual_seed(0)
before = torch.get_rng_state()
cold = "torch._dynamo" in sys.modules
warm_up()
assert torch.equal(before, torch.get_rng_state()), "it draws random numbers"
loaded = set(sys.modules)
weight = torch.nn.Parameter(torch.ones(1))
optimizer = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
optimizer.zero_grad()
(weight * weight).sum().backward()
optimizer.step()
late = set(sys.modules) - loaded
assert len(late) < 5, f"imported only at the first step: {late}"
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
