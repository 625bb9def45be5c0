"""The scenes and the map: their tensors, and that what they offer to try does what it says."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest
import torch

from engine.expression import MOST_CHARACTERS
from engine.tensors.content import FRAMES, photograph, tensors
from engine.tensors.evaluate import evaluate, look
from engine.tensors.limits import MOST_CELLS
from engine.tensors.looks import PyTorchRefused
from engine.tensors.scenes import SCENES, find
from engine.tensors.torch_map import MODULES, run

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


def test_every_scene_is_small_named_and_new_each_time() -> None:
    dimensions = [tensors(scene.name)["x"].ndim for scene in SCENES[:6]]
    assert dimensions == [0, 1, 2, 2, 3, 4]
    assert [scene.title[:3] for scene in SCENES[:6]] == [f"{ndim}-D" for ndim in dimensions]
    for scene in SCENES:
        first, second = tensors(scene.name), tensors(scene.name)
        named = {name: tensor.ndim for name, tensor in first.items()}
        assert {name: len(axes) for name, axes in scene.axes.items()} == named
        for name, tensor in first.items():
            assert tensor.numel() <= MOST_CELLS
            kept = second[name].clone()
            tensor.zero_()
            assert torch.equal(second[name], kept)


def test_every_line_to_try_does_what_it_says() -> None:
    for scene in SCENES:
        names = tensors(scene.name)
        assert scene.tries
        for one in scene.tries:
            assert len(one.text) <= 40 < MOST_CHARACTERS
            assert len(one.shows) <= 64
            if one.shows.startswith("fails"):
                with pytest.raises(PyTorchRefused):
                    evaluate(one.text, names)
                continue
            shared = evaluate(one.text, names).shares_storage_with
            copied = "copied" in one.shows or "a copy" in one.shows
            if copied and "not copied" not in one.shows:
                assert shared == ()
            if "view" in one.shows or "same memory" in one.shows or "shared" in one.shows:
                assert shared


def test_an_unknown_scene_offers_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean video"):
        find("vidio")
    with pytest.raises(ValueError, match="no scene"):
        tensors("nothing")


def test_the_stone_obeys_gravity() -> None:
    """Height changes by the mean of the speeds before and after: exact under a steady pull."""
    time, height, speed = tensors("sequence")["x"].double().numpy().T
    between = (speed[1:] + speed[:-1]) / 2 * np.diff(time)
    np.testing.assert_allclose(np.diff(height), between, atol=1e-5)
    np.testing.assert_allclose(np.diff(speed), -9.81 * 0.25, atol=1e-5)


def test_the_photograph_is_that_of_scikit_learn() -> None:
    from sklearn.datasets import load_sample_image

    whole = load_sample_image("flower.jpg").astype(float)
    small = photograph().numpy()
    assert small.shape == (24, 36, 3)
    np.testing.assert_allclose(small.mean(axis=(0, 1)), whole.mean(axis=(0, 1)), atol=0.6)
    assert whole[:, :320].mean() == pytest.approx(small[:, :18].mean(), abs=0.6)


def test_the_ball_bounces_and_comes_back() -> None:
    """Where it is, by the brightest orange: low in frames 0 and 10, high between, and a loop."""
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


def test_channel_first_is_a_view() -> None:
    names = tensors("image")
    assert torch.equal(names["y"], names["x"].permute(2, 0, 1))
    assert names["y"].data_ptr() == names["x"].data_ptr()


def test_a_look_has_the_layout() -> None:
    seen = look(torch.arange(12).reshape(3, 4)[1:, ::2])
    assert (seen.shape, seen.strides, seen.storage_offset) == ((2, 2), (4, 2), 4)
    assert (seen.dtype, seen.device) == ("int64", "cpu")
    np.testing.assert_array_equal(seen.numbers, [[4, 6], [8, 10]])


def test_every_module_of_the_map_runs_and_leaves_random_numbers_alone() -> None:
    assert [module.name for module in MODULES] == list(EXPECTED)
    for module in MODULES:
        assert import_module(module.name)
        tree = ast.parse("\n".join(module.code))
        assert isinstance(tree.body[-1], ast.Expr)
        assert len(tree.body) == len(module.code)
        assert all(len(line) <= 64 for line in module.code)
        assert module.says.endswith(".")
        assert any(module.name.split(".")[-1] in line for line in module.code)
        before = torch.get_rng_state()
        ran = run(module)
        assert torch.equal(before, torch.get_rng_state())
        assert ran.output == EXPECTED[module.name]
        assert 0 < ran.seconds < math.inf


def test_what_screens_and_lessons_read_needs_no_torch() -> None:
    names = ", ".join(f"engine.tensors.{name}" for name in ("scenes", "looks", "torch_map"))
    script = f"import sys, {names}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
