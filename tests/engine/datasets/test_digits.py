"""The digits that take the place of MNIST: what they are, and when."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets import registry
from engine.datasets.images import NotHere, images_or_digits, load_images
from tests.mirror import Tiny

SHARED = Path(__file__).parents[4] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte"
LABELS = "t10k-labels-idx1-ubyte"


def test_the_digits_are_scikit_learns_in_another_size() -> None:
    from sklearn.datasets import load_digits

    theirs = load_digits()
    ours = load_images("digits")
    assert len(ours.train_y) + len(ours.test_y) == 1797
    share = len(ours.test_y) / 1797
    assert abs(share - 1 / 4) < 0.005
    for label in range(10):  # as many of each as there are in the whole
        of_all = (theirs.target == label).mean()
        assert abs((ours.test_y == label).double().mean() - of_all) < 0.005
    # The eighth zero of the file is the second for the test: 8×8, by the pixels' centres.
    index = np.flatnonzero(theirs.target == 0)[7]
    image = theirs.images[index] * 255 / 16
    where_they_are = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    rows = np.array([np.interp(where_they_are, np.arange(8), row) for row in image])
    scaled = np.array([np.interp(where_they_are, np.arange(8), column) for column in rows.T]).T
    found = ours.test_x[(ours.test_y == 0).nonzero().flatten()[1]].double().numpy()
    assert np.abs(found - scaled).max() <= 0.51


def test_no_digit_is_both_learnt_and_asked() -> None:
    digits = load_images("digits")
    learnt = {image.numpy().tobytes() for image in digits.train_x}
    asked = [image.numpy().tobytes() for image in digits.test_x]
    assert len({*asked}) == len(asked) == 445
    assert not learnt & {*asked}


def test_the_digits_are_the_same_every_time() -> None:
    first, second = load_images("digits"), load_images("digits")
    assert torch.equal(first.train_x, second.train_x)
    assert first.train_x.max() == 255
    assert first.train_x.min() == 0


def test_without_scikit_learn_even_the_digits_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    with pytest.raises(NotHere, match=r"pip install .*scikit-learn"):
        images_or_digits("mnist")


def test_without_mnist_the_digits_take_its_place_and_say_so(tiny: Tiny, tmp_path: Path) -> None:
    digits = images_or_digits("mnist")
    assert digits.name == "digits"
    assert "MNIST is not here" in digits.note
    assert "dltui data fetch mnist" in digits.note
    os.truncate(tiny.put(tmp_path / "mnist") / f"{TRAIN}.gz", 12)
    digits = images_or_digits("mnist")
    assert digits.name == "digits"
    assert f"MNIST is damaged ({TRAIN}.gz: expected" in digits.note
    assert "found 12)" in digits.note
    tiny.put(tmp_path / "mnist")
    assert images_or_digits("mnist").note == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "mnist"]


def test_what_is_no_data_set_of_images() -> None:
    with pytest.raises(ValueError, match="did you mean mnist"):
        load_images("mmist")
    with pytest.raises(ValueError, match="breast-cancer is a table"):
        images_or_digits("breast-cancer")
