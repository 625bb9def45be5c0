"""Lines on tensors mean what they mean in Python: each is compared with PyTorch run directly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate
from engine.tensors.looks import TensorLook
from engine.tensors.scenes import SCENES

LINES = """\
x
x[0]
x[-1, 2]
x[:, -1]
x[:, [-1]]
x[1:, ::2]
x[[0, 2]]
x[[0, 2], [1, 3]]
x[..., 0]
x[None]
x[:, None, :]
x[x > 2]
x[(x > 2) & (x < 7)]
x[x[:, 0] > 0]
x[y.long()[:2] - 5]
x[:x.argmax() - 9]
x.T
x.mT
x.t()
x.reshape(2, -1)
x.reshape((6, 2))
x.reshape(x.numel())
x.reshape(x.shape[1], x.shape[0])
x.view(-1)
x.permute(1, 0)
x.transpose(0, 1)
x.unsqueeze(0)
x[:1].squeeze(0)
x.flatten()
x.unflatten(1, (2, 2))
y.expand(2, -1)
x.repeat(2, 1)
x.flip(0)
x.roll(1, 0)
x.roll(shifts=1, dims=1)
x.T.contiguous()
x.clone()
x.float()
x.double()
x.half()
x.int()
x.long()
x.bool()
x.to(torch.float64)
x.to(dtype=torch.uint8)
x.abs()
x.sqrt()
x.exp()
(x - 3).log()
(x / 7).round()
x.clamp(2, 6)
x.clamp(min=3)
x.sum()
x.sum(dim=0)
x.sum(dim=(0, 1), keepdim=True)
x.sum(1, True)
x.mean(dim=1, keepdim=True)
x.prod(dim=1)
x.max()
x.max(dim=1).values
x.max(1).indices
x.min(dim=0).values
x.argmax(dim=1)
x.argmax()
x.argmin(dim=0)
(x > 2).all(dim=1)
(x > 2).any()
x.std(dim=1)
x.var(dim=0, correction=0)
x + y
x - y
x * y
x / y
x // 2
x % 3
x ** 2
x ** -0.5
2 ** x
x @ x.T
x @ y
y @ y
x + 1
1 - x
-x
+x
~(x > 2)
(x > 2) | (x < 1)
(x > 2) ^ (x < 5)
x == y
x != 3
x >= 3
x <= 3
3 < x
x / 0
torch.cat([x, x], dim=1)
torch.cat((x, y[None]))
torch.stack([y, y], 1)
torch.where(x > 2, x, 0)
torch.where(x > 2, x, y)
torch.tensor([[1, 2], [3, 4]])
torch.tensor([1.0, 2.0], dtype=torch.float64)
torch.arange(0, 12, 5)
torch.arange(2.5)
torch.zeros(2, 3)
torch.ones((2, 3), dtype=torch.int64)
x + torch.ones(3, 1)
x.relu() + x.sigmoid() - x.tanh()
(x - 5).relu().square()
x.sin().floor() + x.cos().ceil()
torch.sum(x)
torch.sum(x, dim=0)
torch.sum(x, 1, True)
torch.mean(x, dim=1, keepdim=True)
torch.max(x)
torch.max(x, dim=1).values
torch.argmax(x, dim=0)
torch.std(x, dim=0)
torch.exp(torch.sin(x))
torch.relu(x - y)
torch.reshape(x, (2, -1))
torch.permute(x, (1, 0))
torch.transpose(x, 0, 1)
torch.unsqueeze(x, 0)
torch.squeeze(x[:1])
torch.flatten(x)
torch.clamp(x, min=3)
torch.matmul(x, y)
torch.matmul(x, x.T)
torch.add(x, y)
torch.sub(x, 1)
torch.mul(x, y)
torch.div(x, y)
torch.pow(x, 2)
torch.pow(2, x)
x.add(y)
x.mul(2).sub(y)
x.matmul(y)
x.pow(2)
(x - x.mean(dim=0)) / x.std(dim=0)
""".splitlines()
OTHERS = """\
x.shape
x.shape[0]
x.shape[1:]
x.ndim
x.dtype
x.device
x.size()
x.size(1)
x.dim()
x.numel()
x.stride()
x.T.stride(0)
x[1].storage_offset()
x.T.is_contiguous()
x[0, 0].item()
x.shape == y.shape
x.dtype == torch.float32
2 ** 10 + 7 // 2 - 3 % 2
-(1.5) / 4
""".splitlines()


def names() -> dict[str, Any]:
    x = torch.arange(12.0).reshape(3, 4)
    return {"x": x, "y": torch.tensor([5.0, 6.0, 7.0, 8.0])}


def same(look: TensorLook, expected: torch.Tensor) -> None:
    assert look.shape == tuple(expected.shape)
    assert look.strides == expected.stride()
    assert look.dtype == str(expected.dtype).removeprefix("torch.")
    assert look.storage_offset == expected.storage_offset()
    assert look.contiguous == expected.is_contiguous()
    assert look.elements == expected.numel()
    np.testing.assert_array_equal(look.numbers, expected.numpy())


@pytest.mark.parametrize("line", LINES)
def test_a_line_gives_what_pytorch_gives(line: str) -> None:
    result = evaluate(line, names())
    assert result.look is not None
    same(result.look, eval(line, {"torch": torch, **names()}))


@pytest.mark.parametrize("line", OTHERS)
def test_what_is_no_tensor_is_told_as_python_writes_it(line: str) -> None:
    result = evaluate(line, names())
    assert result.look is None
    assert result.value == str(eval(line, {"torch": torch, **names()}))


@pytest.mark.parametrize("line", ["cat([x, x])", "stack([y, y])", "arange(3)"])
def test_functions_need_no_torch_before_them(line: str) -> None:
    result = evaluate(line, names())
    assert result.look is not None
    same(result.look, eval(f"torch.{line}", {"torch": torch, **names()}))


def test_the_kinds_of_tensor_on_the_ladder_all_work() -> None:
    """Whole numbers, bytes, doubles: `x + x` is right in each scene, and says its dtype."""
    for scene in SCENES:
        for name, tensor in tensors(scene.name).items():
            result = evaluate(f"{name} + {name}", {name: tensor})
            assert result.look is not None
            same(result.look, tensor + tensor)


def test_nothing_and_infinity_are_numbers_to_show() -> None:
    look = evaluate("(x - 3).log()", names()).look
    assert look is not None
    assert np.isnan(look.numbers[0, 0])
    assert look.numbers[0, 3] == -np.inf


def test_a_line_changes_nothing() -> None:
    before = names()
    kept = {name: (tensor.clone(), tensor._version) for name, tensor in before.items()}
    for line in LINES:
        evaluate(line, before)
    for name, tensor in before.items():
        assert torch.equal(tensor, kept[name][0])
        assert tensor._version == kept[name][1]
        assert not tensor.requires_grad


def test_the_numbers_shown_are_a_copy() -> None:
    own = names()
    look = evaluate("x.T", own).look
    assert look is not None
    look.numbers[:] = 99
    assert own["x"].max() == 11


@pytest.mark.parametrize(
    ("line", "shared"),
    [
        ("x.T", ("x",)),
        ("x[:, -1]", ("x",)),
        ("x[:, [-1]]", ()),
        ("x[x > 2]", ()),
        ("x.reshape(2, -1)", ("x",)),
        ("x.T.reshape(2, -1)", ()),
        ("x.float()", ("x",)),
        ("x.double()", ()),
        ("x.clone()", ()),
        ("x.flip(0)", ()),
        ("y.expand(3, -1)", ("y",)),
        ("x + y", ()),
        ("x[0:0]", ("x",)),
    ],
)
def test_whose_memory_a_result_lies_in(line: str, shared: tuple[str, ...]) -> None:
    """Told by writing into the result: whatever changes with it shares its memory."""
    own = names()
    assert evaluate(line, own).shares_storage_with == shared
    result = eval(line, {"torch": torch, **own})
    before = {name: tensor.clone() for name, tensor in own.items()}
    if result.numel():
        result[(0,) * result.ndim] = -5
        changed = tuple(name for name in own if not torch.equal(own[name], before[name]))
        assert changed == shared


def test_a_neighbour_that_the_line_does_not_read_can_share_too() -> None:
    """In the image scene y is x with its channels first."""
    assert evaluate("x[0]", tensors("image")).shares_storage_with == ("x", "y")
