"""Expressions on tensors compared with PyTorch, the scenes, and the NumPy session.

The source cells of a result are checked by brute force: change a cell, see what changes.
"""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from engine.expression import MOST_CHARACTERS, OPERATORS, Refused
from engine.tensors.content import FRAMES, photograph, tensors
from engine.tensors.evaluate import evaluate
from engine.tensors.limits import MOST_CELLS
from engine.tensors.looks import Broadcast, PyTorchRefused, Shape, TensorAxis, TensorLook
from engine.tensors.numpy_session import NAMES, NOTES, SCRIPT, Assignment, NumpySession, assignment
from engine.tensors.scenes import SCENES, find
from engine.tensors.torch_map import MODULES, run
from engine.tensors.vocabulary import FORMS, FUNCTIONS, METHODS

LINES = """
x; x[0]; x[-1, 2]; x[:, -1]; x[:, [-1]]; x[1:, ::2]; x[[0, 2]]; x[[0, 2], [1, 3]]; x[..., 0];
x[None]; x[:, None, :]; x[x > 2]; x[(x > 2) & (x < 7)]; x[x[:, 0] > 0]; x[y.long()[:2] - 5];
x[:x.argmax() - 9]; x.T; x.mT; x.t(); x.reshape(2, -1); x.reshape((6, 2)); x.reshape(x.numel());
x.reshape(x.shape[1], x.shape[0]); x.view(-1); x.permute(1, 0); x.transpose(0, 1); x.unsqueeze(0);
x[:1].squeeze(0); x.flatten(); x.unflatten(1, (2, 2)); y.expand(2, -1); x.repeat(2, 1); x.flip(0);
x.roll(1, 0); x.roll(shifts=1, dims=1); x.T.contiguous(); x.clone(); x.float(); x.double();
x.half(); x.int(); x.long(); x.bool(); x.to(torch.float64); x.to(dtype=torch.uint8); x.abs();
x.sqrt(); x.exp(); (x - 3).log(); (x / 7).round(); x.clamp(2, 6); x.clamp(min=3); x.sum();
x.sum(dim=0); x.sum(dim=(0, 1), keepdim=True); x.sum(1, True); x.mean(dim=1, keepdim=True);
x.prod(dim=1); x.max(); x.max(dim=1).values; x.max(1).indices; x.min(dim=0).values; x.argmax(dim=1);
x.argmax(); x.argmin(dim=0); (x > 2).all(dim=1); (x > 2).any(); x.std(dim=1); x.var(dim=0,
correction=0); x + y; x - y; x * y; x / y; x // 2; x % 3; x ** 2; x ** -0.5; 2 ** x; x @ x.T; x @ y;
y @ y; x + 1; 1 - x; -x; +x; ~(x > 2); (x > 2) | (x < 1); (x > 2) ^ (x < 5); x == y; x != 3;
x >= 3; x <= 3; 3 < x; x / 0; torch.cat([x, x], dim=1); torch.cat((x, y[None]));
torch.stack([y, y], 1); torch.where(x > 2, x, 0); torch.where(x > 2, x, y);
torch.tensor([[1, 2], [3, 4]]); torch.tensor([1.0, 2.0], dtype=torch.float64);
torch.arange(0, 12, 5); torch.arange(2.5); torch.zeros(2, 3); torch.ones((2, 3), dtype=torch.int64);
x + torch.ones(3, 1); x.relu() + x.sigmoid() - x.tanh(); (x - 5).relu().square();
x.sin().floor() + x.cos().ceil(); torch.sum(x); torch.sum(x, dim=0); torch.sum(x, 1, True);
torch.mean(x, dim=1, keepdim=True); torch.max(x); torch.max(x, dim=1).values;
torch.argmax(x, dim=0); torch.std(x, dim=0); torch.exp(torch.sin(x)); torch.relu(x - y);
torch.reshape(x, (2, -1)); torch.permute(x, (1, 0)); torch.transpose(x, 0, 1);
torch.unsqueeze(x, 0); torch.squeeze(x[:1]); torch.flatten(x); torch.clamp(x, min=3);
torch.matmul(x, y); torch.matmul(x, x.T); torch.add(x, y); torch.sub(x, 1); torch.mul(x, y);
torch.div(x, y); torch.pow(x, 2); torch.pow(2, x); x.add(y); x.mul(2).sub(y); x.matmul(y);
x.pow(2); (x - x.mean(dim=0)) / x.std(dim=0)
"""
OTHERS = """
x.shape; x.shape[0]; x.shape[1:]; x.ndim; x.dtype; x.device; x.size(); x.size(1); x.dim();
x.numel(); x.stride(); x.T.stride(0); x[1].storage_offset(); x.T.is_contiguous(); x[0, 0].item();
x.shape == y.shape; x.dtype == torch.float32; 2 ** 10 + 7 // 2 - 3 % 2; -(1.5) / 4
"""
TRACED = """
x; x[1]; x[:, -1]; x[:, [-1, 0]]; x[1:, ::2]; x[..., None, 0]; x[[0, 0, 2], [1, 1, 3]]; x.T;
x.T.reshape(2, -1); x.view(2, -1)[1]; x.permute(1, 0)[2:]; x.flip(1); x.roll(1, 0); x.repeat(2, 1);
y.expand(2, -1); x.unflatten(1, (2, 2)).transpose(0, 2); x.sum(dim=0); x.sum();
x[:, 1:].sum(dim=1, keepdim=True); x.mean(dim=(0, 1), keepdim=True); x.prod(dim=1);
x.max(dim=1).values; x.max(dim=0).indices; x.max(); x.argmin(dim=1); x.std(dim=0);
(x > 5).any(dim=0); (x > -5).all(); x + y; x * y[1]; x[:, 0] - x[:, 1]; x - x.mean(dim=0);
x[:, None] + x; x @ x.T; x @ y; y @ y; x[0:1] @ x.T; x.abs() ** 2; x.double().half(); -x; x > y;
torch.cat([x, y[None]]); torch.stack([x[0], y]); torch.ones(3, 4) + y; torch.ones(2, 3) @ x;
torch.arange(3); x.unsqueeze(0).expand(2, -1, -1).sum(dim=0)
"""
SHAPES: tuple[Shape, ...] = ((), (1,), (3,), (4,), (3, 1), (1, 4), (3, 4), (4, 3), (2, 1, 4), (0,))
SHARED = {
    ("x",): ("x.T", "x[:, -1]", "x.reshape(2, -1)", "x.float()", "x[0:0]"),
    ("y",): ("y.expand(3, -1)",),
    (): ("x[:, [-1]]", "x[x > 2]", "x.T.reshape(2, -1)", "x.double()", "x.clone()", "x + y"),
}


def split(lines: str) -> list[str]:
    return [line.strip().replace("\n", " ") for line in lines.split(";")]


def names() -> dict[str, Any]:
    x = torch.arange(12.0).reshape(3, 4)
    return {"x": x, "y": torch.tensor([5.0, 6.0, 7.0, 8.0])}


def same(look: TensorLook | None, expected: torch.Tensor) -> None:
    assert look is not None
    assert (look.shape, look.strides) == (tuple(expected.shape), expected.stride())
    assert look.dtype == str(expected.dtype).removeprefix("torch.")
    assert (look.device, look.storage_offset) == ("cpu", expected.storage_offset())
    np.testing.assert_array_equal(look.numbers, expected.numpy())


def test_a_line_gives_what_pytorch_gives_and_changes_nothing() -> None:
    own = names()
    for line in split(LINES):
        same(evaluate(line, own).look, eval(line, {"torch": torch, **names()}))
    for line in ("cat([x, x])", "stack([y, y])", "arange(3)"):  # nothing of torch before it
        same(evaluate(line, own).look, eval(f"torch.{line}", {"torch": torch, **names()}))
    for line in split(OTHERS):  # values that are not tensors are shown in Python notation
        result = evaluate(line, own)
        assert result.look is None
        assert result.value == str(eval(line, {"torch": torch, **names()}))
    for name, tensor in own.items():
        assert torch.equal(tensor, names()[name])
        assert (tensor._version, tensor.requires_grad) == (0, False)
    shown = evaluate("x.T", own).look
    assert shown is not None
    shown.numbers[:] = 99  # a copy
    assert own["x"].max() == 11
    for scene in SCENES:  # includes uint8 and float64
        for name, tensor in tensors(scene.name).items():
            same(evaluate(f"{name} + {name}", {name: tensor}).look, tensor + tensor)


def test_whose_memory_a_result_lies_in() -> None:
    """Checked by writing to the result: tensors that change share its memory."""
    for shared, lines in SHARED.items():
        for line in lines:
            own = names()
            assert evaluate(line, own).shares_storage_with == shared, line
            result = eval(line, {"torch": torch, **own})
            if result.numel():
                result[(0,) * result.ndim] = -5
                changed = tuple(name for name in own if not torch.equal(own[name], names()[name]))
                assert changed == shared, line
    # A tensor that the line does not read can share memory too: y is x with channels first.
    assert evaluate("x[0]", tensors("image")).shares_storage_with == ("x", "y")


def start(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {"x": torch.randn(3, 4), "y": torch.randn(4)}


def by_brute_force(line: str, name: str) -> torch.Tensor:
    """Find which cells of the result depend on which cells of the tensor.

    Shape (shape of the result, then shape of the tensor). A comparison or a maximum does not
    react to every change, so several changes from several start values are tried.
    """
    code, starts = compile(line, "line", "eval"), [start(seed) for seed in range(2)]
    before = [eval(code, {"torch": torch, **names}).clone() for names in starts]
    shape = starts[0][name].shape
    found: list[torch.Tensor] = []
    for cell in product(*map(range, shape)):
        changed = torch.tensor(False)
        for (names, old), change in product(zip(starts, before, strict=True), (0.37, -100, 100)):
            others = names | {name: names[name].clone()}
            others[name][cell] += change
            changed = changed | (eval(code, {"torch": torch, **others}) != old)
        found.append(changed)
    return torch.stack(found, dim=-1).reshape(*found[0].shape, *shape)


def test_the_cells_are_those_that_a_change_can_reach() -> None:
    for line in split(TRACED):
        result = evaluate(line, start(0))
        assert result.look is not None
        for name, picked in result.picked.items():
            expected = by_brute_force(line, name).numpy()
            axes = tuple(range(len(result.look.shape)))
            np.testing.assert_array_equal(picked, expected.any(axis=axes), line)
            for cell in product(*map(range, result.look.shape)):
                np.testing.assert_array_equal(result.came_from([cell])[name], expected[cell], line)


def test_what_decides_is_not_picked_and_zeros_are() -> None:
    assert set(evaluate("x + 1", start(0)).picked) == {"x"}
    assert set(evaluate("torch.ones(2)", start(0)).picked) == set()
    shape = evaluate("x.shape", start(0))  # not a tensor: no cells
    assert not shape.picked["x"].any()
    assert not shape.came_from([()])["x"].any()
    own = start(0)
    result, positive = evaluate("x[x > 0]", own), (own["x"] > 0).numpy()
    np.testing.assert_array_equal(result.picked["x"], positive)
    first = np.argwhere(result.came_from([(0,)])["x"])
    np.testing.assert_array_equal(first, np.argwhere(positive)[:1])
    own = {"x": torch.tensor([1.0, 5.0]), "y": torch.tensor([3.0, 3.0])}
    picked = evaluate("torch.where(x > 2, x, y)", own).picked
    assert [picked[name].tolist() for name in "xy"] == [[False, True], [True, False]]
    own = {"x": torch.tensor([1.0, 5.0, 7.0]), "y": torch.tensor([2, 0])}
    picked = evaluate("x[y]", own).picked
    assert (picked["x"].tolist(), picked["y"].any()) == ([True, False, True], False)
    own = {"x": torch.zeros(2, 3), "y": torch.zeros(3)}
    for line in ("x[:, 1]", "(x * y)[:, 1]", "x.long()[:, 1]", "x.bool()[:, 1]", "x[:, 1] @ x"):
        assert evaluate(line, own).picked["x"][:, 1].all()
    assert evaluate("(x * y)[:, 1]", own).picked["x"].sum() == 2
    # A mean over the frames of a video reads one position in each frame.
    result = evaluate("x.float().mean(dim=0)", tensors("video"))
    expected = np.zeros((20, 16, 24, 3), np.bool_)
    expected[:, 3, 4, 0] = True
    np.testing.assert_array_equal(result.came_from([(3, 4, 0)])["x"], expected)
    expected[:, 5, 6, 1] = True  # two cells: the union of their sources
    np.testing.assert_array_equal(result.came_from([(3, 4, 0), (5, 6, 1)])["x"], expected)


def test_the_rule_of_broadcasting_is_pytorchs() -> None:
    """Broadcast dimensions have stride 0 in PyTorch, an independent check of every dimension."""
    for left, right in product(SHAPES, SHAPES):
        found = Broadcast("+", "x", "y", left, right)
        try:
            expected = torch.empty(left) + torch.empty(right)
        except RuntimeError:
            assert not found.agrees
            continue
        assert tuple(axis.result for axis in found.axes) == tuple(expected.shape)
        padded = [(1,) * (expected.ndim - len(shape)) + shape for shape in (left, right)]
        assert found.stretches == any(shape != expected.shape for shape in padded)
        if 0 in expected.shape:
            continue
        pair = torch.broadcast_tensors(torch.empty(left), torch.empty(right))
        for axis, *strides in zip(found.axes, *(part.stride() for part in pair), strict=True):
            if axis.result != 1:
                assert axis.stretched == tuple(stride == 0 for stride in strides)
    assert Broadcast("+", "x", "y", (2, 1, 4), (3, 1)).axes == (
        *(TensorAxis(2, None), TensorAxis(1, 3), TensorAxis(4, 1)),
    )


def test_a_line_lists_its_broadcasts_and_a_mismatch_says_which_dimensions_disagree() -> None:
    own = {"x": torch.ones(4, 3), "y": torch.ones(3)}
    (found,) = evaluate("x[:, [0]] * y", own).broadcasts
    assert found == Broadcast("*", "x[:, [0]]", "y", (4, 1), (3,))
    several = evaluate("(x - x.mean(dim=0)) / (y > 0) + 1", own).broadcasts
    assert [(one.operator, one.left_text, one.right_text) for one in several] == [
        ("-", "x", "x.mean(dim=0)"),
        ("/", "x - x.mean(dim=0)", "y > 0"),
    ]
    (equal,) = evaluate("x * x", own).broadcasts
    assert not equal.stretches
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


ARGUMENTS = (
    *("0", "1", "-1", "2", "-3", "5", "[]", "()", "(0, 1)", "[0, 0]", "(0,)", "(2, -1)", "-5"),
    *("9223372036854775807", "-9223372036854775807", "2**62", "10**12", "2**31", "None", "..."),
    *("True", "False", "1.5", "-0.0", "1e300", "1e999", "'a'", "x", "y", "x.shape", "[x, x]"),
    *("x > 2", "torch.float32", "torch.int64", "torch.uint8", "x.dtype", "[[1], [2, 3]]", "~1.5"),
    *("[1.5]", "x.max(dim=0)", "[[]]", "torch.tensor([])", "torch.zeros(0, 3)", "~True", "x[0:0]"),
)
KEYS = (
    *("dim", "dims", "axis", "keepdim", "keepdims", "min", "max", "dtype", "start_dim", "end_dim"),
    *("shifts", "sizes", "correction", "dim0", "dim1", "start", "end", "step", "alpha", "out"),
)
SLICES = (":", "1:", "::2", ":-1", "::-1", "2**62:", ":9223372036854775807", "::2**62", "x[0]:")
FUZZED = (
    *METHODS,
    *FUNCTIONS,
    *FORMS,
    *OPERATORS,
    *("values", "indices", "nothing", "Flatten()", "add_", "linalg.norm"),
)


def fuzzed(chance: random.Random, depth: int = 2) -> str:
    """Return a random line with methods, functions, operators and indices."""
    if depth == 0:
        return chance.choice(("x", "y", "x", "y", *ARGUMENTS))
    owner = fuzzed(chance, depth - 1) if chance.random() < 0.4 else chance.choice("xy")
    listed = [chance.choice(ARGUMENTS) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
    named = [
        f"{chance.choice(KEYS)}={chance.choice(ARGUMENTS)}" for _ in range(chance.choice((0, 1, 2)))
    ]
    name, given = chance.choice(FUZZED), ", ".join(listed + named)
    match chance.randrange(9):
        case 0 | 1 | 2:
            return f"({owner}).{name}({given})"
        case 3:
            return f"{chance.choice(('torch.', 'np.', 'F.', ''))}{name}({owner}, {given})"
        case 4:
            return f"torch.{chance.choice(tuple(FUNCTIONS))}({given})"
        case 5:
            sign = chance.choice(("+", "-", "*", "/", "//", "%", "**", "@", "&", "^", "<", "=="))
            return f"({owner}) {sign} ({fuzzed(chance, depth - 1)})"
        case 6:
            items = [
                chance.choice((*ARGUMENTS, *SLICES, *SLICES)) for _ in range(chance.randint(1, 3))
            ]
            return f"({owner})[{', '.join(items)}]"
        case 7:
            return f"{chance.choice(('-', '~', '+', 'not '))}({owner})"
    return f"({owner}).{name}"


def test_random_lines_end_in_a_result_or_a_refusal_and_every_cell_can_be_traced() -> None:
    chance, taken = random.Random(13), 0
    own = (
        names(),
        {"x": torch.arange(12).reshape(3, 4), "y": torch.tensor(3.5)},
        {"x": torch.arange(24).reshape(2, 3, 4).to(torch.uint8), "y": torch.tensor([1, 0]) > 0},
    )
    for _ in range(1000):
        line, given = fuzzed(chance), chance.choice(own)
        result: Any = None
        try:
            result = evaluate(line, given)
        except Refused as caught:
            refused = caught
        if result is None:
            assert str(refused), line
            assert 0 <= refused.start <= refused.end <= len(refused.text), line
        elif result.look is not None:
            taken += 1
            cells = list(np.ndindex(result.look.shape))
            for cell in chance.sample(cells, min(len(cells), 24)):
                for name, mask in result.came_from([cell]).items():
                    assert mask.shape == given[name].shape, line
                    assert (mask <= result.picked[name]).all(), line
    assert taken > 50


ONCE_ENDED_THE_APP = {
    r"(dim|min) is given twice": (
        *("x.sum(dim=0, dim=1)", "x.clamp(min=0, min=1)", "torch.cat([x, x], dim=0, dim=1)"),
        *("x.sum(axis=0, dim=0)", "np.sum(x, axis=0, dim=1)"),
    ),
    "~ is for masks and whole numbers": ("~1.5", "~12.0", "~1e5", "x[~1.5]"),
    "is too large here": (
        *("x.roll(9223372036854775807)", "x.flip(2**62)", "x.roll([1, 2**62], (0, 1))"),
    ),
    "too big": ("x[0:0].reshape(0, 2**30, 2**31)",),  # a shape that NumPy rejects
}


def test_what_once_ended_the_app_is_refused_or_traced() -> None:
    for words, lines in ONCE_ENDED_THE_APP.items():
        for line in lines:
            with pytest.raises(Refused, match=words) as caught:
                evaluate(line, names())
            if "twice" in words:
                assert caught.value.text[caught.value.start :].startswith(("dim=", "min="))
    for line in ("x.any([])", "x.all([])", "x.any(())", "x.any(dim=())"):
        result, expected = evaluate(line, names()), eval(line, {"x": names()["x"]})
        same(result.look, expected)
        for cell in np.ndindex(tuple(expected.shape)):
            assert np.argwhere(result.came_from([cell])["x"]).tolist() == [list(cell)]


# The scenes and the map of modules.


def test_every_scene_is_small_named_and_new_each_time_and_its_lines_do_what_they_say() -> None:
    dimensions = [tensors(scene.name)["x"].ndim for scene in SCENES[:6]]
    assert dimensions == [0, 1, 2, 2, 3, 4]
    assert [scene.title[:3] for scene in SCENES[:6]] == [f"{ndim}-D" for ndim in dimensions]
    for scene in SCENES:
        own, second = tensors(scene.name), tensors(scene.name)
        named = {name: tensor.ndim for name, tensor in own.items()}
        assert {name: len(axes) for name, axes in scene.axes.items()} == named
        for name, tensor in second.items():
            assert tensor.numel() <= MOST_CELLS
            tensor.zero_()
            assert own[name].any()
        assert scene.tries
        for one in scene.tries:
            assert len(one.text) <= 40 < MOST_CHARACTERS
            assert len(one.shows) <= 64
            if one.shows.startswith("fails"):
                with pytest.raises(PyTorchRefused):
                    evaluate(one.text, own)
                continue
            shared = evaluate(one.text, own).shares_storage_with
            copied = "copied" in one.shows or "a copy" in one.shows
            if copied and "not copied" not in one.shows:
                assert shared == ()
            if "view" in one.shows or "same memory" in one.shows or "shared" in one.shows:
                assert shared
    for scene_name, words in (("vidio", "did you mean video"), ("nothing", "no scene")):
        with pytest.raises(ValueError, match=words):
            tensors(scene_name)
    assert find("video") is SCENES[5]


def test_the_stone_the_photograph_and_the_ball() -> None:
    from sklearn.datasets import load_sample_image

    # Height changes by the mean of the speeds before and after: exact for constant acceleration.
    time, height, speed = tensors("sequence")["x"].double().numpy().T
    between = (speed[1:] + speed[:-1]) / 2 * np.diff(time)
    np.testing.assert_allclose(np.diff(height), between, atol=1e-5)
    np.testing.assert_allclose(np.diff(speed), -9.81 * 0.25, atol=1e-5)
    whole, small = load_sample_image("flower.jpg").astype(float), photograph().numpy()
    assert small.shape == (24, 36, 3)
    np.testing.assert_allclose(small.mean(axis=(0, 1)), whole.mean(axis=(0, 1)), atol=0.6)
    assert whole[:, :320].mean() == pytest.approx(small[:, :18].mean(), abs=0.6)
    image = tensors("image")
    assert torch.equal(image["y"], image["x"].permute(2, 0, 1))
    # The position of the ball, by the brightest orange: low in frames 0 and 10, high between.
    video = tensors("video")["x"].float()
    assert video.shape == (FRAMES, 16, 24, 3)
    orange = (video[..., 0] - video[..., 2]).clamp(min=60) - 60
    weight = orange.sum(dim=(1, 2))
    rows = (orange.sum(dim=2) @ torch.arange(16.0)) / weight
    columns = (orange.sum(dim=1) @ torch.arange(24.0)) / weight
    assert min(rows[0], rows[10]) > 9
    assert rows[5] < 4
    assert (columns.argmin(), columns.argmax()) == (0, 10)
    assert abs(columns[-1] - columns[1]) < 0.2
    assert (rows.roll(-1) - rows).abs().max() < 4


EXPECTED = {
    "torch": repr(torch.tensor([[1 * 1 + 2 * 3, 1 * 2 + 2 * 4], [3 * 1 + 4 * 3, 3 * 2 + 4 * 4.0]])),
    "torch.nn": "[(2, 3), (2,)]",
    "torch.nn.functional": "tensor([0., 0., 2.])",
    "torch.optim": repr(torch.tensor([1 - 0.1 * 0.5], requires_grad=True)),
    "torch.utils.data": "[tensor([0., 1.]), tensor([2., 3.]), tensor([4.])]",
    "torch.autograd": "(tensor(6.),)",
    "torch.cuda": f"({torch.cuda.is_available()}, {torch.cuda.device_count()})",
    "torchvision": "torch.Size([3, 16, 24])",
}


def test_every_module_of_the_map_runs_and_leaves_random_numbers_alone() -> None:
    assert [module.name for module in MODULES] == list(EXPECTED)
    for module in MODULES:
        assert import_module(module.name)
        tree = ast.parse("\n".join(module.code))
        assert isinstance(tree.body[-1], ast.Expr)
        assert len(tree.body) == len(module.code)
        assert all(len(line) <= 64 for line in module.code)
        assert any(module.name.split(".")[-1] in line for line in module.code)
        before = torch.get_rng_state()
        ran = run(module)
        assert torch.equal(before, torch.get_rng_state())
        assert ran.output == EXPECTED[module.name]
        assert ran.seconds > 0
    modules = ", ".join(f"engine.tensors.{name}" for name in ("scenes", "looks", "torch_map"))
    script = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


# The NumPy session.

BOTH = ("a", "shared")


def changed(session: NumpySession) -> tuple[str, ...]:
    return tuple(name for name, each in session.variables.items() if each.changed.any())


def test_the_script_is_what_a_person_would_run() -> None:
    """Run the same statements one after the other in plain Python."""
    session, own = NumpySession(), {"np": np, "torch": torch}
    assert [each.library for each in session.variables.values()] == ["numpy", "torch", "torch"]
    changes, shared = [], []
    for number, statement in enumerate(SCRIPT):
        exec(statement, own)
        if number < 2:
            continue  # the session starts with three statements
        assert session.ran == list(zip(SCRIPT[: number + 1], NOTES, strict=False))
        assert session.ahead == SCRIPT[number + 1 :]
        for name, variable in session.variables.items():
            np.testing.assert_array_equal(variable.numbers, own[name])
        changes.append(changed(session))
        shared.append(session.shared)
        assert session.step() == bool(SCRIPT[number + 1 :])
    # After `a = a + 1` the name a refers to another array.
    assert changes == [(), BOTH, BOTH, ("copied",), BOTH, BOTH, ("a",), ("a",)]
    assert shared == [*[BOTH] * 6, *[("shared",)] * 2]
    assert len(NOTES) == len(SCRIPT)
    for name in BOTH:
        session.change(Assignment(name, 0, 0, -3))
        assert changed(session) == (name,)


def test_a_person_changes_one_and_sees_the_others() -> None:
    for name, follows in (("a", ("shared",)), ("shared", ("a",)), ("copied", ())):
        session = NumpySession()
        assert session.untouched
        before = session.variables
        session.change(Assignment(name, 1, 2, 42))
        assert not session.untouched
        statement, note = session.ran[-1]
        assert statement == f"{name}[1, 2] = 42.0"
        assert all(other in note for other in follows)
        for other, variable in session.variables.items():
            followed = other in (name, *follows)
            assert variable.numbers.tolist() == [[0, 1, 2], [3, 4, 42 if followed else 5]]
            assert variable.changed[1, 2] == variable.changed.sum() == followed
            assert before[other].numbers[1, 2] == 5  # a copy
        session.step()
        session = session.without_last()  # removes the script's statement, but not the learner's
        assert session.variables[name].numbers[1, 2] == 42
        session = session.without_last()
        assert session.variables[name].numbers[1, 2] == 5
        assert len(session.without_last().ran) == 3  # the variables stay


def test_an_assignment_is_read_by_its_form_and_takes_a_plain_number() -> None:
    assert assignment("a[0, 1] = 5", NAMES) == Assignment("a", 0, 1, 5.0)
    assert assignment("  shared [ 1,2 ]=-.5e1 ", NAMES) == Assignment("shared", 1, 2, -5.0)
    for text in ("shared", "a[0, 0] == 1", "a[0] = 1", "a[-1, 0] = 1", "", "x = 3"):
        assert assignment(text, NAMES) is None
    for text, place, instead in (
        ("b[0, 0] = 1", "b", ""),
        ("a[0, 0] = __import__('os')", "__import__('os')", ""),
        ("a[0, 0] = 1_0", "1_0", "a[0, 0] = 10"),
        ("a[0, 0] = ", "", ""),
        ("a[0, 0] = a", "a", ""),
        ("shared[0, 1] = 1/2", "1/2", "shared[0, 1] = 0.5"),
        ("shared[0, 1] = 0,5", "0,5", "shared[0, 1] = 0.5"),
    ):
        with pytest.raises(Refused) as caught:
            assignment(text, NAMES)
        assert text[caught.value.start : caught.value.end] == place
        assert caught.value.instead == instead
    session = NumpySession()
    before = session.variables
    for name, row, column, value, message in (
        ("b", 0, 0, 1.0, "no variable 'b' yet; there are: a, shared, copied"),
        ("np", 0, 0, 1.0, "no variable"),
        ("a", 2, 0, 1.0, r"no cell \[2, 0\]; rows 0 to 1, columns 0 to 2"),
        ("a", 0, -1, 1.0, "no cell"),
        ("a", 0, 0, float("nan"), "no finite number"),
        ("a", 0, 0, float("inf"), "no finite number"),
    ):
        with pytest.raises(ValueError, match=message):
            session.change(Assignment(name, row, column, value))
        assert session.variables is before
