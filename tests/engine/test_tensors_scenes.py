"""The ladder: what each scene holds, and that what it offers to try does what it says."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from engine.expression import MOST_CHARACTERS
from engine.tensors.limits import MOST_CELLS
from engine.tensors.content import FRAMES, photograph, tensors
from engine.tensors.evaluate import evaluate, look
from engine.tensors.looks import PyTorchRefused
from engine.tensors.scenes import SCENES, TensorScene as Scene, find


@pytest.fixture(params=SCENES, ids=lambda scene: scene.name)
def scene(request: pytest.FixtureRequest) -> Scene:
    found: Scene = request.param
    return found


def test_the_ladder_goes_from_0_to_4_dimensions() -> None:
    dimensions = [tensors(scene.name)["x"].ndim for scene in SCENES[:6]]
    assert dimensions == [0, 1, 2, 2, 3, 4]
    assert [scene.title[:3] for scene in SCENES[:6]] == [f"{ndim}-D" for ndim in dimensions]


def test_every_dimension_has_a_name(scene: Scene) -> None:
    named = {name: tensor.ndim for name, tensor in tensors(scene.name).items()}
    assert {name: len(axes) for name, axes in scene.axes.items()} == named


def test_every_line_to_try_does_what_it_says(scene: Scene) -> None:
    names = tensors(scene.name)
    assert scene.tries
    for one in scene.tries:
        if one.shows.startswith("fails"):
            with pytest.raises(PyTorchRefused):
                evaluate(one.text, names)
        else:
            result = evaluate(one.text, names)
            says_copy = "copied" in one.shows or "a copy" in one.shows
            if says_copy and "not copied" not in one.shows:
                assert result.shares_storage_with == ()
            if "view" in one.shows or "same memory" in one.shows or "shared" in one.shows:
                assert result.shares_storage_with
        assert len(one.text) <= 40 < MOST_CHARACTERS
        assert len(one.shows) <= 64


def test_every_tensor_can_be_worked_with(scene: Scene) -> None:
    for tensor in tensors(scene.name).values():
        assert tensor.numel() <= MOST_CELLS


def test_a_scene_is_new_each_time(scene: Scene) -> None:
    first, second = tensors(scene.name), tensors(scene.name)
    for name, tensor in first.items():
        kept = second[name].clone()
        tensor.zero_()
        assert torch.equal(second[name], kept)


def test_a_scene_is_quick(scene: Scene) -> None:
    tensors(scene.name)
    began = time.perf_counter()
    tensors(scene.name)
    assert time.perf_counter() - began < 0.1


def test_an_unknown_scene_offers_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean video"):
        find("vidio")
    with pytest.raises(ValueError, match="no scene"):
        tensors("nothing")


def test_the_stone_obeys_gravity() -> None:
    """Height changes by the mean of the speeds before and after: exact under a steady pull."""
    time_, height, speed = tensors("sequence")["x"].double().numpy().T
    between = (speed[1:] + speed[:-1]) / 2 * np.diff(time_)
    np.testing.assert_allclose(np.diff(height), between, atol=1e-5)
    np.testing.assert_allclose(np.diff(speed), -9.81 * 0.25, atol=1e-5)


def test_the_photograph_is_that_of_scikit_learn() -> None:
    from sklearn.datasets import load_sample_image

    whole = load_sample_image("flower.jpg").astype(float)
    small = photograph().numpy()
    assert small.shape == (24, 36, 3)
    np.testing.assert_allclose(small.mean(axis=(0, 1)), whole.mean(axis=(0, 1)), atol=0.6)
    left = (whole[:, :320].mean(), small[:, :18].mean())
    assert left[0] == pytest.approx(left[1], abs=0.6)


def test_the_ball_bounces_and_comes_back() -> None:
    """Where it is, by the brightest orange: low in frames 0 and 10, high between, and a loop."""
    video = tensors("video")["x"].float()
    assert video.shape == (FRAMES, 16, 24, 3)
    orange = (video[..., 0] - video[..., 2]).clamp(min=60) - 60
    weight = orange.sum(dim=(1, 2))
    rows = (orange.sum(dim=2) @ torch.arange(16.0)) / weight
    columns = (orange.sum(dim=1) @ torch.arange(24.0)) / weight
    assert rows[0] > 9
    assert rows[10] > 9
    assert rows[5] < 4
    assert columns.argmin() == 0
    assert columns.argmax() == 10
    assert abs(columns[-1] - columns[1]) < 0.2
    steps = (rows.roll(-1) - rows).abs()
    assert steps.max() < 4


def test_channel_first_is_a_view() -> None:
    names = tensors("image")
    assert torch.equal(names["y"], names["x"].permute(2, 0, 1))
    assert names["y"].data_ptr() == names["x"].data_ptr()


def test_a_look_tells_the_layout() -> None:
    seen = look(torch.arange(12).reshape(3, 4)[1:, ::2])
    assert (seen.shape, seen.strides, seen.storage_offset) == ((2, 2), (4, 2), 4)
    assert (seen.storage_elements, seen.elements, seen.ndim) == (12, 4, 2)
    assert (seen.dtype, seen.device, seen.contiguous) == ("int64", "cpu", False)
    np.testing.assert_array_equal(seen.numbers, [[4, 6], [8, 10]])


LIGHT = ("scenes", "vocabulary", "looks", "snapshots", "torch_map")


@pytest.mark.parametrize("module", LIGHT)
def test_what_screens_and_lessons_read_needs_no_torch(module: str) -> None:
    script = f"import sys, engine.tensors.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
