"""MNIST and its relatives from the disk: the layouts, and that nothing is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets import places
from engine.datasets.catalog import DATA_SETS, find, where
from engine.datasets.images import NotHere, load_images
from tests.mirror import Tiny

SHARED = Path(__file__).parents[4] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte"
LABELS = "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize("layout", ["MNIST/raw", "mnist"])
@pytest.mark.parametrize("packed", [True, False])
def test_reads_what_is_there_and_writes_nothing(
    layout: str, packed: bool, tiny: Tiny, tmp_path: Path
) -> None:
    place = tiny.put(tmp_path / layout, packed)
    for folder in (place, tmp_path):
        folder.chmod(0o555)
    before = sorted(tmp_path.rglob("*"))
    try:
        images = load_images("mnist")
    finally:
        for folder in (tmp_path, place):
            folder.chmod(0o755)
    assert (images.name, images.note, images.classes) == ("mnist", "", tuple("0123456789"))
    read = (images.train_x, images.train_y, images.test_x, images.test_y)
    for tensor, values in zip(read, tiny.values.values(), strict=True):
        assert np.array_equal(tensor.numpy(), values)
    assert images.train_x.dtype == images.test_x.dtype == torch.uint8
    assert images.train_y.dtype == images.test_y.dtype == torch.int64
    assert sorted(tmp_path.rglob("*")) == before
    assert where("mnist", tmp_path) == place


@pytest.mark.parametrize("inside", ["MNIST/raw", "MNIST", "mnist"])
def test_the_folder_may_be_the_one_with_the_files(
    inside: str, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.put(tmp_path / ("mnist" if inside == "mnist" else "MNIST/raw"))
    places.use(tmp_path / inside)
    assert len(load_images("mnist").train_x) == 600
    monkeypatch.chdir(tmp_path / inside)
    places.use(Path())
    assert len(load_images("mnist").test_x) == 100


def test_a_folder_of_another_name_is_nobodys(tiny: Tiny, tmp_path: Path) -> None:
    tiny.put(tmp_path / "pictures")
    places.use(tmp_path / "pictures")
    assert where("mnist", tmp_path / "pictures") is None
    with pytest.raises(NotHere, match=r"MNIST is not in .*pictures.*dltui data fetch mnist"):
        load_images("mnist")


def test_the_catalog_says_what_torchvision_says() -> None:
    import torchvision.datasets

    for data_set in DATA_SETS:
        if data_set.files:
            theirs = getattr(torchvision.datasets, data_set.layouts[0].partition("/")[0])
            assert [(f.packed, f.md5) for f in data_set.files] == theirs.resources
            assert data_set.layouts[0].endswith("/raw")


def test_torchvision_finds_what_lies_in_its_layout(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torchvision.datasets import MNIST

    tiny.put(tmp_path / find("mnist").layouts[0])
    monkeypatch.setattr(MNIST, "resources", [(f.packed, f.md5) for f in tiny.data_set().files])
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])  # where nobody is
    theirs = MNIST(str(tmp_path), download=True)
    assert np.array_equal(theirs.data.numpy(), tiny.values[TRAIN])
    assert len(load_images("mnist").train_x) == 600


@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="the real MNIST is not on this machine")
@pytest.mark.parametrize("folder", [SHARED, SHARED / "mnist"])
def test_the_real_mnist(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(places.VARIABLE, str(folder))
    images = load_images("mnist")
    assert images.train_x.shape == (60_000, 28, 28)
    assert images.test_x.shape == (10_000, 28, 28)
    # What its makers say of it, and the two numbers that everybody normalises with.
    assert images.train_y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert float((images.train_x / 255).mean()) == pytest.approx(0.1307, abs=5e-5)
    assert float((images.train_x / 255).std()) == pytest.approx(0.3081, abs=5e-5)


def test_sizes_are_what_will_be_fetched() -> None:
    assert [each.size for each in DATA_SETS if each.embedded] == [0, 0]
    assert find("mnist").size == 9_912_422 + 28_881 + 1_648_877 + 4_542
    for data_set in DATA_SETS:
        assert data_set.source
        assert data_set.licence
        assert len(data_set.classes) in (2, 10)
