"""Which cells a result comes from, against brute force: change a cell, see what changes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate

LINES = """\
x
x[1]
x[:, -1]
x[:, [-1, 0]]
x[1:, ::2]
x[..., None, 0]
x[[0, 0, 2], [1, 1, 3]]
x.T
x.T.reshape(2, -1)
x.view(2, -1)[1]
x.permute(1, 0)[2:]
x.flip(1)
x.roll(1, 0)
x.repeat(2, 1)
y.expand(2, -1)
x.unflatten(1, (2, 2)).transpose(0, 2)
x.sum(dim=0)
x.sum()
x[:, 1:].sum(dim=1, keepdim=True)
x.mean(dim=(0, 1), keepdim=True)
x.prod(dim=1)
x.max(dim=1).values
x.max(dim=0).indices
x.max()
x.argmin(dim=1)
x.std(dim=0)
(x > 5).any(dim=0)
(x > -5).all()
x + y
x * y[1]
x[:, 0] - x[:, 1]
x - x.mean(dim=0)
x[:, None] + x
x @ x.T
x @ y
y @ y
x[0:1] @ x.T
x.abs() ** 2
x.double().half()
-x
x > y
torch.cat([x, y[None]])
torch.stack([x[0], y])
torch.ones(3, 4) + y
torch.ones(2, 3) @ x
torch.arange(3)
x.unsqueeze(0).expand(2, -1, -1).sum(dim=0)
""".splitlines()
CHANGES = (0.37, -100.0, 100.0, 1000.0)
STARTS = 3


def start(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {"x": torch.randn(3, 4), "y": torch.randn(4)}


def by_brute_force(line: str, name: str) -> torch.Tensor:
    """Whether a change of a cell of the tensor can change a cell of the result.

    Shape (shape of the result, then shape of the tensor). A comparison or a maximum does not
    notice every change, so several changes are made from several starts.
    """
    shape = start(0)[name].shape
    found: list[torch.Tensor] = []
    for cell in product(*map(range, shape)):
        changed = None
        for seed, change in product(range(STARTS), CHANGES):
            names = start(seed)
            before = eval(line, {"torch": torch, **names}).clone()
            names[name][cell] += change
            differs = eval(line, {"torch": torch, **names}) != before
            changed = differs if changed is None else changed | differs
        assert changed is not None
        found.append(changed)
    return torch.stack(found, dim=-1).reshape(*found[0].shape, *shape)


@pytest.mark.parametrize("line", LINES)
def test_the_cells_are_those_that_a_change_can_reach(line: str) -> None:
    result = evaluate(line, start(0))
    assert result.look is not None
    for name, picked in result.picked.items():
        expected = by_brute_force(line, name).numpy()
        axes = tuple(range(result.look.ndim))
        np.testing.assert_array_equal(picked, expected.any(axis=axes))
        for cell in product(*map(range, result.look.shape)):
            np.testing.assert_array_equal(result.came_from(cell)[name], expected[cell])


def test_only_tensors_that_the_line_reads_are_named() -> None:
    assert set(evaluate("x + 1", start(0)).picked) == {"x"}
    assert set(evaluate("torch.ones(2)", start(0)).picked) == set()


def test_a_mask_picks_the_cells_where_it_is_true() -> None:
    names = start(0)
    result = evaluate("x[x > 0]", names)
    positive = (names["x"] > 0).numpy()
    np.testing.assert_array_equal(result.picked["x"], positive)
    first = np.argwhere(positive)[0]
    assert [tuple(cell) for cell in np.argwhere(result.came_from((0,))["x"])] == [tuple(first)]


def test_a_choice_comes_from_the_tensor_that_was_chosen() -> None:
    names = {"x": torch.tensor([1.0, 5.0]), "y": torch.tensor([3.0, 3.0])}
    picked = evaluate("torch.where(x > 2, x, y)", names).picked
    np.testing.assert_array_equal(picked["x"], [False, True])
    np.testing.assert_array_equal(picked["y"], [True, False])


def test_an_index_decides_and_is_not_picked() -> None:
    names = {"x": torch.tensor([1.0, 5.0, 7.0]), "y": torch.tensor([2, 0])}
    picked = evaluate("x[y]", names).picked
    np.testing.assert_array_equal(picked["x"], [True, False, True])
    assert not picked["y"].any()


def test_zeros_are_picked_like_other_numbers() -> None:
    names = {"x": torch.zeros(2, 3), "y": torch.zeros(3)}
    for line in ("x[:, 1]", "(x * y)[:, 1]", "x.long()[:, 1]", "x.bool()[:, 1]", "x[:, 1] @ x"):
        assert evaluate(line, names).picked["x"][:, 1].all()
    assert evaluate("(x * y)[:, 1]", names).picked["x"].sum() == 2


def test_of_what_is_no_tensor_no_cells_are_lit() -> None:
    result = evaluate("x.shape", start(0))
    assert not result.picked["x"].any()
    assert not result.came_from(())["x"].any()


def test_cells_of_the_video_are_found_one_by_one() -> None:
    """The mean over time at one place comes from that place in each of the frames."""
    result = evaluate("x.float().mean(dim=0)", tensors("video"))
    expected = np.zeros((20, 16, 24, 3), np.bool_)
    expected[:, 3, 4, 0] = True
    np.testing.assert_array_equal(result.came_from((3, 4, 0))["x"], expected)
