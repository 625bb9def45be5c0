"""The map of torch's modules: every line runs, and gives what its sentence says."""

from __future__ import annotations

import ast
import math
from importlib import import_module

import pytest
import torch

from engine.tensors.torch_map import MODULES, Module, run

BY_NAME = {module.name: module for module in MODULES}
EXPECTED = {
    "torch": repr(torch.tensor([[1 * 1 + 2 * 3, 1 * 2 + 2 * 4], [3 * 1 + 4 * 3, 3 * 2 + 4 * 4.0]])),
    "torch.nn": "[(2, 3), (2,)]",
    "torch.nn.functional": "tensor([0., 0., 2.])",
    "torch.optim": repr(torch.tensor([1 - 0.1 * 0.5], requires_grad=True)),
    "torch.utils.data": "[tensor([0., 1.]), tensor([2., 3.]), tensor([4.])]",
    "torch.autograd": "(tensor(6.),)",
    "torchvision": "torch.Size([3, 16, 24])",
}


@pytest.fixture(params=MODULES, ids=lambda module: module.name)
def module(request: pytest.FixtureRequest) -> Module:
    found: Module = request.param
    return found


def test_the_map_has_the_places_of_the_course() -> None:
    assert list(BY_NAME) == [*list(EXPECTED)[:6], "torch.cuda", "torchvision"]


def test_every_place_exists(module: Module) -> None:
    assert import_module(module.name)


def test_the_lines_run_and_leave_random_numbers_alone(module: Module) -> None:
    before = torch.get_rng_state()
    ran = run(module)
    assert torch.equal(before, torch.get_rng_state())
    assert ran.module == module.name
    assert math.isfinite(ran.seconds)
    assert ran.seconds > 0
    cuda = f"({torch.cuda.is_available()}, {torch.cuda.device_count()})"
    assert ran.output == EXPECTED.get(module.name, cuda)


def test_the_lines_are_short_and_stand_alone(module: Module) -> None:
    tree = ast.parse("\n".join(module.code))
    assert isinstance(tree.body[-1], ast.Expr)
    assert len(tree.body) == len(module.code)
    assert all(len(line) <= 64 for line in module.code)
    assert module.says.endswith(".")
    assert any(module.name.split(".")[-1] in line for line in module.code)
