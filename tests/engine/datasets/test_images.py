"""MNIST and its relatives from the disk: the layouts, and that nothing is written."""

from __future__ import annotations

import gzip
import hashlib
import os
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets import registry
from engine.datasets.images import NotHere, load_images
from engine.datasets.registry import DATA_SETS, DataSet, find
from engine.datasets.verify import DataSetStatus, status
from tests.engine.datasets.conftest import everything
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
    assert status(find("mnist"), tmp_path).place == place


@pytest.mark.parametrize("inside", ["MNIST/raw", "MNIST", "mnist"])
def test_the_folder_may_be_the_one_with_the_files(
    inside: str, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.put(tmp_path / ("mnist" if inside == "mnist" else "MNIST/raw"))
    registry.set_data_dir(tmp_path / inside)
    assert len(load_images("mnist").train_x) == 600
    monkeypatch.chdir(tmp_path / inside)
    registry.set_data_dir(Path())
    assert len(load_images("mnist").test_x) == 100


@pytest.mark.parametrize("inside", ["", "raw"])
def test_a_folder_of_any_name_is_read_by_the_checksums_of_its_files(
    inside: str, tiny: Tiny, tmp_path: Path
) -> None:
    tiny.put(tmp_path / "my pictures" / inside)
    registry.set_data_dir(tmp_path / "my pictures")
    assert len(load_images("mnist").train_x) == 600
    assert status(find("mnist"), registry.data_dir()).place == tmp_path / "my pictures" / inside
    for name in ("fashion-mnist", "kmnist"):  # their files have the same names
        assert status(find(name), registry.data_dir()) == DataSetStatus()
    registry.set_data_dir(tmp_path)
    with pytest.raises(NotHere) as caught:
        load_images("mnist")
    command = f"dltui data fetch mnist --data-dir {shlex.quote(str(tmp_path))}"
    assert str(caught.value) == f"MNIST is not in {tmp_path}; get it with: {command}"


FOLDERS = ("", "mnist", "MNIST/raw", "raw")


@pytest.mark.parametrize("place", FOLDERS)
@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("{dotted}", False),
        ("{dotted}.gz", True),
        ("{name}/{name}", False),  # as Kaggle's archive is unpacked
        ("{name}/{dotted}", False),
        ("{name}.gz/{name}", False),
        ("{name}.gz", False),  # unpacked, and named as if it were not
        ("{name}", True),  # packed, and named as if it were not
    ],
)
def test_files_under_their_other_names_are_read(
    place: str, name: str, packed: bool, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(tiny, monkeypatch)
    for (plain_name, plain), gz in zip(tiny.plain.items(), tiny.packed.values(), strict=True):
        dotted = plain_name.replace("-idx", ".idx")
        path = tmp_path / place / name.format(name=plain_name, dotted=dotted)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gz if packed else plain)
    before = everything(tmp_path)
    images = load_images("mnist")
    assert np.array_equal(images.train_x.numpy(), tiny.values[TRAIN])
    assert np.array_equal(images.test_y.numpy(), tiny.values[LABELS])
    assert status(find("mnist"), tmp_path) == DataSetStatus(tmp_path / place)
    assert everything(tmp_path) == before


def test_packed_again_by_somebody_else_it_is_the_same_file(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(tiny, monkeypatch)
    place = tiny.put(tmp_path / "mnist")
    again = gzip.compress(tiny.plain[TRAIN], compresslevel=1, mtime=12345)
    assert again != tiny.packed[f"{TRAIN}.gz"]
    (place / f"{TRAIN}.gz").write_bytes(again)
    assert np.array_equal(load_images("mnist").train_x.numpy(), tiny.values[TRAIN])


@pytest.mark.parametrize("size", [0, 100, 400_000])
def test_a_damaged_packed_file_beside_a_whole_one_does_no_harm(
    size: int, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(tiny, monkeypatch)
    place = tiny.put(tmp_path / "mnist", packed=False)
    (place / f"{TRAIN}.gz").write_bytes(tiny.packed[f"{TRAIN}.gz"][:size])
    assert status(find("mnist"), tmp_path) == DataSetStatus(place)
    assert len(load_images("mnist").train_x) == 600


def test_the_files_of_two_data_sets_in_one_folder_are_told_apart(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tiny(seed=1)
    sets = know(tiny, monkeypatch), replace(other.data_set("fashion-mnist"))
    monkeypatch.setattr(registry, "DATA_SETS", sets)
    other.put(tmp_path)
    assert status(sets[0], tmp_path) == DataSetStatus()
    assert status(sets[1], tmp_path) == DataSetStatus(tmp_path)
    os.truncate(tmp_path / f"{TRAIN}.gz", 10)
    assert status(sets[0], tmp_path) == DataSetStatus()  # the other three say whose they are
    fault = status(sets[1], tmp_path).fault
    assert fault is not None
    assert fault.path == tmp_path / f"{TRAIN}.gz"


def test_damaged_files_that_are_nobodys_are_called_mnists(tiny: Tiny, tmp_path: Path) -> None:
    for name in tiny.packed:
        (tmp_path / name).write_bytes(b"<!DOCTYPE html>")
    fault = status(find("mnist"), tmp_path).fault
    assert fault is not None
    assert fault.found == "15, a web page"
    assert status(find("kmnist"), tmp_path) == DataSetStatus()


def know(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """Let the catalog know the checksums of the unpacked files too, as it does of MNIST."""
    files = (
        replace(file, unpacked_md5=hashlib.md5(tiny.plain[file.name]).hexdigest())
        for file in tiny.data_set().files
    )
    data_set = replace(tiny.data_set(), files=tuple(files))
    monkeypatch.setattr(registry, "DATA_SETS", (data_set, *registry.DATA_SETS[1:]))
    return data_set


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
    monkeypatch.setenv(registry.DATA_DIR, str(folder))
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


@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="the real MNIST is not on this machine")
def test_the_real_mnist_as_kaggles_archive_has_it(tmp_path: Path) -> None:
    for file in find("mnist").files:
        plain = gzip.decompress((SHARED / "mnist" / file.packed).read_bytes())
        (tmp_path / file.name).mkdir()
        (tmp_path / file.name / file.name).write_bytes(plain)
    found = [status(data_set, tmp_path) for data_set in DATA_SETS[:3]]
    assert found == [DataSetStatus(tmp_path), DataSetStatus(), DataSetStatus()]
