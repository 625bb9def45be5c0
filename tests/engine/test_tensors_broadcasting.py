"""Broadcasting: which dimensions are stretched, and which disagree, as PyTorch has it."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from engine.tensors.evaluate import evaluate
from engine.tensors.looks import TensorAxis as Axis, Broadcast, PyTorchRefused, Shape

SHAPES: tuple[Shape, ...] = ((), (1,), (3,), (4,), (3, 1), (1, 4), (3, 4), (4, 3), (2, 1, 4), (0,))


def broadcast(left: Shape, right: Shape) -> Broadcast:
    return Broadcast("+", "x", "y", left, right)


@pytest.mark.parametrize(("left", "right"), product(SHAPES, SHAPES))
def test_the_rule_is_pytorchs(left: Shape, right: Shape) -> None:
    found = broadcast(left, right)
    try:
        expected = torch.empty(left) + torch.empty(right)
    except RuntimeError:
        assert not found.agrees
        assert found.result is None
        return
    assert found.result == tuple(expected.shape)
    padded = [(1,) * (expected.ndim - len(shape)) + shape for shape in (left, right)]
    assert found.stretches == any(shape != expected.shape for shape in padded)


@pytest.mark.parametrize(("left", "right"), product(SHAPES, SHAPES))
def test_what_is_stretched_has_no_step_in_memory(left: Shape, right: Shape) -> None:
    """PyTorch stretches by a stride of 0: an independent witness for every dimension."""
    found = broadcast(left, right)
    if not found.agrees or found.result is None or 0 in found.result:
        return
    pair = torch.broadcast_tensors(torch.empty(left), torch.empty(right))
    for axis, one, other in zip(found.axes, *(part.stride() for part in pair), strict=True):
        if axis.result != 1:
            assert axis.stretches_left == (one == 0)
            assert axis.stretches_right == (other == 0)


def test_shapes_are_aligned_at_the_right() -> None:
    assert broadcast((2, 1, 4), (3, 1)).axes == (Axis(2, None), Axis(1, 3), Axis(4, 1))


def test_a_line_tells_what_was_stretched() -> None:
    names = {"x": torch.ones(4, 3), "y": torch.ones(3)}
    (found,) = evaluate("x + y", names).broadcasts
    assert found == Broadcast("+", "x", "y", (4, 3), (3,))
    assert found.result == (4, 3)
    assert found.sentences == ("dimension 0: y has none, so it counts as 1 and is stretched to 4",)


def test_both_can_be_stretched_at_once() -> None:
    names = {"x": torch.ones(4, 3), "y": torch.ones(3)}
    (found,) = evaluate("x[:, [0]] * y", names).broadcasts
    assert [(axis.stretches_left, axis.stretches_right) for axis in found.axes] == [
        (False, True),
        (True, False),
    ]
    assert found.sentences[1] == "dimension 1: x[:, [0]] has 1, which is stretched to 3"


def test_every_operation_on_two_tensors_is_told_in_order() -> None:
    names = {"x": torch.ones(4, 3), "y": torch.ones(3)}
    found = evaluate("(x - x.mean(dim=0)) / (y > 0) + 1", names).broadcasts
    assert [(one.operator, one.left_text, one.right_text) for one in found] == [
        ("-", "x", "x.mean(dim=0)"),
        ("/", "x - x.mean(dim=0)", "y > 0"),
    ]


def test_equal_shapes_need_no_stretching() -> None:
    (found,) = evaluate("x * x", {"x": torch.ones(2)}).broadcasts
    assert not found.stretches
    assert found.sentences == ()


def test_a_mismatch_says_which_dimensions_disagree() -> None:
    with pytest.raises(PyTorchRefused) as caught:
        evaluate("1 + (x + y)", {"x": torch.ones(2, 4, 3), "y": torch.ones(3, 3)})
    refusal = caught.value
    assert refusal.error == (
        "RuntimeError: The size of tensor a (4) must match the size of tensor b (3) at "
        "non-singleton dimension 1"
    )
    assert refusal.broadcast is not None
    assert [axis.agrees for axis in refusal.broadcast.axes] == [True, False, True]
    assert "dimension 1: x has 4, y has 3" in str(refusal)
    assert "dimension 0" not in str(refusal)
    assert refusal.text[refusal.start : refusal.end] == "x + y"
